//! What there is.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sinch_conversation_raw::types::{Contact, Conversation};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use super::asked::Asked;
use crate::core::Core;
use crate::http::fault::Fault;
use crate::store::{apps as stored_apps, overview};

pub(super) async fn state(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let endpoints = &core.endpoints;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "project_id": core.settings.project,
        "epoch": core.epoch.name(),
        "now": Timestamp::from(core.clock.now()),
        "endpoints": {
            "conversation": endpoints.conversation(),
            "template": endpoints.template(),
            "batch": endpoints.batch(),
            "auth": endpoints.auth(),
        },
    }))
}

pub(super) async fn apps(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let found = core.store.read(stored_apps::all).await?;
    let apps: Vec<Value> = found
        .iter()
        .map(|app| {
            let mut shown = app.to_value();
            hide(&mut shown);
            shown
        })
        .collect();
    Ok(json!({ "apps": apps }))
}

pub(super) async fn contacts(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let found = core.store.read(overview::contacts).await?;
    let contacts: Vec<Value> = found.iter().map(Contact::to_value).collect();
    Ok(json!({ "contacts": contacts }))
}

pub(super) async fn conversations(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let found = core.store.read(overview::conversations).await?;
    let conversations: Vec<Value> = found.iter().map(Conversation::to_value).collect();
    Ok(json!({ "conversations": conversations }))
}

/// Of channel credentials, what is no secret. Anything else there may be one, also what no document knows.
const OPEN: [&str; 5] = [
    "channel",
    "channel_known_id",
    "claimed_identity",
    "description",
    "status",
];

/// Replaces secrets of an app by `***`.
fn hide(app: &mut Value) {
    let Value::Object(app) = app else { return };
    for credentials in app
        .get_mut("channel_credentials")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        mask(credentials);
    }
    if let Some(settings) = app.get_mut("callback_settings") {
        mask(settings);
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::String(text) if !text.is_empty() => *text = "***".to_owned(),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => mask_members(members),
        _ => {}
    }
}

fn mask_members(members: &mut Map<String, Value>) {
    let closed = members
        .iter_mut()
        .filter(|(name, _)| !OPEN.contains(&name.as_str()));
    closed.for_each(|(_, value)| mask(value));
}
