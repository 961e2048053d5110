//! Beginning anew, and with what.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::request::ControlRequest;
use crate::api::error::Fault;

pub(super) async fn reset(sandbox: Arc<Sandbox>, _: ControlRequest) -> Result<Value, Fault> {
    sandbox.reset().await?;
    Ok(json!({}))
}

pub(super) async fn seed(sandbox: Arc<Sandbox>, asked: ControlRequest) -> Result<Value, Fault> {
    let seeded = sandbox.try_seed(asked.body()?).await?;
    Ok(json!(seeded))
}
