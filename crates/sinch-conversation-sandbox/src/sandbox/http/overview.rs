//! What there is.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use super::Sandbox;
use super::request::{ControlRequest, listed};
use crate::api::error::Fault;
use crate::model::redact;
use crate::store::{APPS, CONTACTS, CONVERSATIONS, Table};

pub(super) async fn state(sandbox: Arc<Sandbox>, _: ControlRequest) -> Result<Value, Fault> {
    let state = &sandbox.store.state;
    let endpoints = &sandbox.endpoints;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "project_id": state.settings.project,
        "generation": state.generation.name(),
        "now": Timestamp::from(sandbox.now()),
        "endpoints": {
            "conversation": endpoints.conversation(),
            "template": endpoints.template(),
            "batch": endpoints.batch(),
            "auth": endpoints.auth(),
        },
    }))
}

pub(super) async fn apps(sandbox: Arc<Sandbox>, asked: ControlRequest) -> Result<Value, Fault> {
    let mut listed = documents(&sandbox, &asked, "apps", APPS).await?;
    if let Some(apps) = listed.get_mut("apps").and_then(Value::as_array_mut) {
        apps.iter_mut().for_each(redact::app);
    }
    Ok(listed)
}

pub(super) async fn contacts(sandbox: Arc<Sandbox>, asked: ControlRequest) -> Result<Value, Fault> {
    documents(&sandbox, &asked, "contacts", CONTACTS).await
}

pub(super) async fn conversations(
    sandbox: Arc<Sandbox>,
    asked: ControlRequest,
) -> Result<Value, Fault> {
    documents(&sandbox, &asked, "conversations", CONVERSATIONS).await
}

/// A part of a list of documents, which are in the order of their ids.
async fn documents<T: Wire + Serialize + DeserializeOwned + Send + 'static>(
    sandbox: &Sandbox,
    asked: &ControlRequest,
    name: &str,
    table: Table<T>,
) -> Result<Value, Fault> {
    let window = asked.window_of_ids()?;
    let after = window.after.clone();
    let page = sandbox
        .store
        .read(move |scope| table.page(scope.tx, &window))
        .await?;
    let page = page.map(|document| document.to_value());
    let last = page.items.last().and_then(|last| last.get("id").cloned());
    Ok(listed(name, page, last, after))
}
