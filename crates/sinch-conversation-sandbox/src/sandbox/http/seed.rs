//! Reset, and seeding.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::input::Input;
use crate::api::error::ApiError;

pub(super) async fn reset(sandbox: Arc<Sandbox>, _: Input) -> Result<(), ApiError> {
    sandbox.reset().await?;
    Ok(())
}

pub(super) async fn seed(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let seeded = sandbox.try_seed(input.body()?).await?;
    Ok(json!(seeded))
}
