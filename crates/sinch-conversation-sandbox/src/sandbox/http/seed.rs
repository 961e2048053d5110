//! Beginning anew, and with what.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::input::Input;
use crate::api::error::Fault;

pub(super) async fn reset(sandbox: Arc<Sandbox>, _: Input) -> Result<(), Fault> {
    sandbox.reset().await?;
    Ok(())
}

pub(super) async fn seed(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, Fault> {
    let seeded = sandbox.try_seed(input.body()?).await?;
    Ok(json!(seeded))
}
