//! Faults in the API, and the requests that meet them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::request::{ControlRequest, listed};
use crate::api::error::Fault;
use crate::server::faults::injected::InjectedFault;

pub(super) async fn list(sandbox: Arc<Sandbox>, _: ControlRequest) -> Result<Value, Fault> {
    Ok(json!({ "faults": sandbox.faults() }))
}

pub(super) async fn inject(sandbox: Arc<Sandbox>, asked: ControlRequest) -> Result<Value, Fault> {
    let fault: InjectedFault = asked.body()?;
    Ok(json!({ "id": sandbox.inject(fault)? }))
}

pub(super) async fn clear(sandbox: Arc<Sandbox>, _: ControlRequest) -> Result<Value, Fault> {
    sandbox.clear_faults();
    Ok(json!({}))
}

/// The last requests, oldest first.
pub(super) async fn requests(sandbox: Arc<Sandbox>, asked: ControlRequest) -> Result<Value, Fault> {
    let window = asked.window()?;
    let page = sandbox.server.requests.after(&window);
    let last = page.items.last().map(|last| json!(last.id));
    let page = page.map(|request| json!(request));
    Ok(listed("requests", page, last, window.after))
}

/// Forgets the requests so far.
pub(super) async fn clear_requests(
    sandbox: Arc<Sandbox>,
    _: ControlRequest,
) -> Result<Value, Fault> {
    sandbox.clear_requests();
    Ok(json!({}))
}
