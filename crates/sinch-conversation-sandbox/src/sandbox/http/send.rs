//! Sends a message of an app, for the page.

use std::sync::Arc;

use serde_json::Value;
use sinch_conversation_raw::OperationId as Id;

use super::Sandbox;
use super::input::Input;
use crate::api;
use crate::api::error::ApiError;
use crate::sandbox::seed;

/// Performs the API's operation, without credentials, rate limit, injected faults and request log.
pub(super) async fn send(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let call = seed::checked(Id::MessagesSendMessage, input.into_bytes())?;
    sandbox
        .store
        .write(move |scope| api::perform(scope, &call))
        .await
}
