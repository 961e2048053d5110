//! Lists of resources.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use super::Sandbox;
use super::input::{Input, listing};
use crate::api::error::ApiError;
use crate::model::redact;
use crate::store::{APPS, CONTACTS, CONVERSATIONS, Table};

pub(super) async fn state(sandbox: Arc<Sandbox>, _: Input) -> Result<Value, ApiError> {
    let (state, written) = (&sandbox.store.state, sandbox.store.written());
    let endpoints = &sandbox.endpoints;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "project_id": state.settings.project,
        "generation": state.generation.name(),
        "store": {"writes": written.units, "commits": written.commits},
        "now": Timestamp::from(sandbox.now()),
        "endpoints": {
            "conversation": endpoints.conversation(),
            "template": endpoints.template(),
            "batch": endpoints.batch(),
            "auth": endpoints.auth(),
        },
    }))
}

pub(super) async fn apps(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let mut listed = documents(&sandbox, &input, "apps", APPS).await?;
    if let Some(apps) = listed.get_mut("apps").and_then(Value::as_array_mut) {
        apps.iter_mut().for_each(redact::app);
    }
    Ok(listed)
}

pub(super) async fn contacts(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    documents(&sandbox, &input, "contacts", CONTACTS).await
}

pub(super) async fn conversations(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    documents(&sandbox, &input, "conversations", CONVERSATIONS).await
}

/// Returns a part of a list of documents, ordered by id.
async fn documents<T: Wire + Serialize + DeserializeOwned + Send + 'static>(
    sandbox: &Sandbox,
    input: &Input,
    name: &str,
    table: Table<T>,
) -> Result<Value, ApiError> {
    let read = |window| {
        let store = &sandbox.store;
        store.read(move |scope| table.page(scope.tx, &window))
    };
    let key = |document: &T| {
        let id = document.to_value().get_mut("id").map(Value::take);
        id.unwrap_or_default()
    };
    listing(name, input.window_of_ids()?, read, key, T::to_value).await
}
