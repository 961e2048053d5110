//! Beginning anew, and with what.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asked::Asked;
use crate::control;
use crate::core::Core;
use crate::http::fault::Fault;

pub(super) async fn reset(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    control::reset(&core).await?;
    Ok(json!({}))
}

pub(super) async fn seed(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let seeded = control::seed::perform(&core, asked.body()?).await?;
    Ok(json!(seeded))
}
