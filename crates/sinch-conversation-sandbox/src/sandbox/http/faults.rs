//! Faults of the API, and the request log.

use std::future::ready;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::input::{Input, listing};
use crate::api::error::ApiError;
use crate::server::faults::injected::InjectedFault;
use crate::server::operation_names::operation_names;
use crate::server::request_log::LoggedRequest;

pub(super) async fn list(sandbox: Arc<Sandbox>, _: Input) -> Result<Value, ApiError> {
    Ok(json!({ "faults": sandbox.faults() }))
}

pub(super) async fn inject(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let fault: InjectedFault = input.body()?;
    Ok(json!({ "id": sandbox.inject(fault)? }))
}

pub(super) async fn clear(sandbox: Arc<Sandbox>, _: Input) -> Result<(), ApiError> {
    sandbox.clear_faults();
    Ok(())
}

/// Returns the operations that faults can be injected into.
pub(super) async fn operations(_: Arc<Sandbox>, _: Input) -> Result<Value, ApiError> {
    let names: Vec<&str> = operation_names().collect();
    Ok(json!({ "operations": names }))
}

/// Returns the last requests, oldest first.
pub(super) async fn requests(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let read = |window| ready(Ok::<_, ApiError>(sandbox.server.requests.after(&window)));
    let key = |request: &LoggedRequest| request.id;
    listing("requests", input.window()?, read, key, |it| json!(it)).await
}

/// Clears the request log.
pub(super) async fn clear_requests(sandbox: Arc<Sandbox>, _: Input) -> Result<(), ApiError> {
    sandbox.clear_requests();
    Ok(())
}
