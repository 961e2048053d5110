//! Faults in the API, and the requests that meet them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asked::{Asked, listed};
use crate::api::error::Fault;
use crate::core::Core;
use crate::server::faults;
use crate::server::faults::injected::InjectedFault;

pub(super) async fn list(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    Ok(json!({ "faults": core.faults.all() }))
}

pub(super) async fn inject(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let fault: InjectedFault = asked.body()?;
    let id = faults::inject(&core, fault)?;
    core.store.tell();
    Ok(json!({ "id": id }))
}

pub(super) async fn clear(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    core.faults.clear();
    core.store.tell();
    Ok(json!({}))
}

/// The last requests, oldest first.
pub(super) async fn requests(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window()?;
    let page = core.requests.after(&window);
    let last = page.items.last().map(|last| json!(last.id));
    let page = page.map(|request| json!(request));
    Ok(listed("requests", page, last, window.after))
}

/// Forgets the requests so far.
pub(super) async fn clear_requests(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    core.requests.clear();
    Ok(json!({}))
}
