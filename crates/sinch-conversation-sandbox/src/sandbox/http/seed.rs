//! Beginning anew, and with what.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asked::Asked;
use crate::api::error::Fault;
use crate::core::Core;
use crate::sandbox::{control, seed};

pub(super) async fn reset(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    control::reset(&core).await?;
    Ok(json!({}))
}

pub(super) async fn seed(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let seeded = seed::perform(&core, asked.body()?).await?;
    Ok(json!(seeded))
}
