//! Fills a sandbox from a document: through the functions of the API, as one transaction.

use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_raw::types::{
    AppCreateRequest, ContactCreateRequest, ContactMessage, ContactMessageTypes,
    CreateConversationRequest, TextMessage, Webhook,
};
use sinch_conversation_raw::wire::{DecodeError, JsonObject};
use ulid::Ulid;

use super::http::object;
use crate::api;
use crate::contract;
use crate::core::Core;
use crate::engine::people;
use crate::engine::scope::Scope;
use crate::error::{ControlError, StartError};
use crate::handset;
use crate::http::call::Request;
use crate::http::fault::Fault;
use crate::store::{StoreError, apps, contacts, conversations, seeds, webhooks};
use crate::strict;

/// What a seed has made: the ids, in the order of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Seeded {
    /// Apps.
    pub apps: Vec<String>,
    /// Webhooks.
    pub webhooks: Vec<String>,
    /// Contacts.
    pub contacts: Vec<String>,
    /// Conversations.
    pub conversations: Vec<String>,
    /// Messages from contacts.
    pub messages: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Document {
    apps: Vec<Map<String, Value>>,
    webhooks: Vec<Map<String, Value>>,
    contacts: Vec<Map<String, Value>>,
    conversations: Vec<Map<String, Value>>,
    messages: Vec<Inbound>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    app_id: String,
    channel: String,
    identity: String,
    text: Option<String>,
    contact_message: Option<Value>,
}

/// A part of the document whose entries are the bodies of one operation, with an `id` that may be given.
struct Part {
    name: &'static str,
    operation: Id,
    /// What of a body the document of the API does not know.
    unknown: fn(Value) -> Result<JsonObject, DecodeError>,
    /// Whether there is a resource with this id.
    taken: fn(&Transaction<'_>, &str) -> Result<bool, StoreError>,
}

const APPS: Part = Part {
    name: "apps",
    operation: Id::AppCreateApp,
    unknown: |body| Ok(strict::read::<AppCreateRequest>(&body)?.extra),
    taken: |tx, id| Ok(apps::get(tx, id)?.is_some()),
};
const WEBHOOKS: Part = Part {
    name: "webhooks",
    operation: Id::WebhooksCreateWebhook,
    unknown: |body| Ok(strict::read::<Webhook>(&body)?.extra),
    taken: |tx, id| Ok(webhooks::get(tx, id)?.is_some()),
};
const CONTACTS: Part = Part {
    name: "contacts",
    operation: Id::ContactCreateContact,
    unknown: |body| Ok(strict::read::<ContactCreateRequest>(&body)?.extra),
    taken: |tx, id| Ok(contacts::get(tx, id)?.is_some()),
};
const CONVERSATIONS: Part = Part {
    name: "conversations",
    operation: Id::ConversationCreateConversation,
    unknown: |body| Ok(strict::read::<CreateConversationRequest>(&body)?.extra),
    taken: |tx, id| Ok(conversations::get(tx, id)?.is_some()),
};

/// Applies a document.
pub(super) async fn apply(core: &Arc<Core>, document: Value) -> Result<Seeded, ControlError> {
    let seeded = perform(core, document).await;
    seeded.map_err(|fault| ControlError::Seed {
        problem: wrong(&fault),
    })
}

/// Applies a document, with what is wrong as an answer of the API.
pub(super) async fn perform(core: &Arc<Core>, document: Value) -> Result<Seeded, Fault> {
    let document = object(document)?;
    let shared = Arc::clone(core);
    let work = move |tx: &Transaction<'_>| fill(&Scope::new(&shared, tx), document);
    core.store.write(work).await
}

/// Applies a file, unless this very file is in the database already.
pub(crate) async fn file(core: &Arc<Core>, path: &Path) -> Result<(), StartError> {
    let failed = |problem: String| StartError::Seed {
        path: path.to_owned(),
        problem,
    };
    let bytes = std::fs::read(path)
        .map_err(|error| failed(format!("{error}: give a file that can be read")))?;
    let digest = hex(&Sha256::digest(&bytes));
    let document: Value = serde_json::from_slice(&bytes)
        .map_err(|error| failed(format!("it is not valid JSON: {error}")))?;
    let document: Document =
        serde_path_to_error::deserialize(document).map_err(|error| failed(wrong(&error.into())))?;
    let shared = Arc::clone(core);
    let work = move |tx: &Transaction<'_>| {
        if seeds::add(tx, &digest)? {
            fill(&Scope::new(&shared, tx), document)?;
        }
        Ok::<_, Fault>(())
    };
    let filled = core.store.write(work).await;
    filled.map_err(|fault| failed(wrong(&fault)))
}

/// What is wrong with a document, and what to do.
fn wrong(fault: &Fault) -> String {
    format!(
        "{}. Nothing of it was applied; correct it and try again",
        fault.summary()
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fill(scope: &Scope<'_>, document: Document) -> Result<Seeded, Fault> {
    Ok(Seeded {
        apps: create(scope, &APPS, document.apps)?,
        webhooks: create(scope, &WEBHOOKS, document.webhooks)?,
        contacts: create(scope, &CONTACTS, document.contacts)?,
        conversations: create(scope, &CONVERSATIONS, document.conversations)?,
        messages: receive(scope, document.messages)?,
    })
}

fn create(
    scope: &Scope<'_>,
    part: &Part,
    entries: Vec<Map<String, Value>>,
) -> Result<Vec<String>, Fault> {
    let numbered = entries.into_iter().enumerate();
    numbered
        .map(|(index, entry)| {
            let place = format!("{}[{index}]", part.name);
            create_one(scope, part, entry).map_err(|fault| fault.inside(&place))
        })
        .collect()
}

fn create_one(
    scope: &Scope<'_>,
    part: &Part,
    mut entry: Map<String, Value>,
) -> Result<String, Fault> {
    if let Some(id) = entry.remove("id") {
        scope.want_id(free_id(scope, part, &id)?);
    }
    let body = Bytes::from(Value::Object(entry).to_string());
    let request = Request::new(part.operation.operation(), Vec::new(), None, body);
    let call = contract::check(request, &json_headers())?;
    check_names(part, Value::Object(call.json()?))?;
    let created = api::perform(scope, &call)?;
    let id = created.get("id").and_then(Value::as_str);
    Ok(id.unwrap_or_default().to_owned())
}

/// What a request says about a body of JSON.
fn json_headers() -> HeaderMap {
    [(CONTENT_TYPE, HeaderValue::from_static("application/json"))]
        .into_iter()
        .collect()
}

fn free_id(scope: &Scope<'_>, part: &Part, id: &Value) -> Result<String, Fault> {
    let Some(id) = id.as_str().filter(|id| Ulid::from_string(id).is_ok()) else {
        return Err(Fault::invalid(
            "id",
            format!("expected a ULID, found {id}: give one, or leave it out"),
        ));
    };
    if (part.taken)(scope.tx, id)? {
        let remedy = "leave this entry out, or reset the sandbox first";
        return Err(Fault::invalid(
            "id",
            format!("{id} is taken already: {remedy}"),
        ));
    }
    Ok(id.to_owned())
}

/// A name that the API does not know would be passed over there. Here it is a slip of the pen.
fn check_names(part: &Part, body: Value) -> Result<(), Fault> {
    let unknown = (part.unknown)(body)?;
    match unknown.iter().find(|(_, value)| !value.is_null()) {
        None => Ok(()),
        Some((name, _)) => Err(Fault::invalid(
            name,
            "there is no such field: correct the name, or remove it",
        )),
    }
}

fn receive(scope: &Scope<'_>, messages: Vec<Inbound>) -> Result<Vec<String>, Fault> {
    let numbered = messages.into_iter().enumerate();
    numbered
        .map(|(index, message)| {
            receive_one(scope, message).map_err(|fault| fault.inside(&format!("messages[{index}]")))
        })
        .collect()
}

fn receive_one(scope: &Scope<'_>, inbound: Inbound) -> Result<String, Fault> {
    let message = match (inbound.text, inbound.contact_message) {
        (Some(text), None) => {
            ContactMessage::new(ContactMessageTypes::TextMessage(TextMessage::new(text)))
        }
        (None, Some(message)) => handset::read_message(message)?,
        _ => {
            let expected = "expected exactly one of text, contact_message";
            return Err(Fault::invalid("", expected));
        }
    };
    let channel = inbound.channel.as_str().into();
    let from = people::identity(&channel, &inbound.identity, &inbound.app_id);
    Ok(handset::send(scope, &inbound.app_id, &from, &message)?)
}
