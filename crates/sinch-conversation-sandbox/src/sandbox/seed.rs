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

use super::error::{ControlError, StartError};
use super::http::input::object;
use super::{Sandbox, handset};
use crate::api;
use crate::api::call::{Call, Parameters, Request};
use crate::api::contract;
use crate::api::error::ApiError;
use crate::model::channels;
use crate::model::strict;
use crate::store::{
    APPS, CONTACTS, CONVERSATIONS, Scope, StoreError, WEBHOOKS, meta, reset, seeds,
};

/// The ids of what a seed has created, in the order of the document.
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
struct SeedDocument {
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

/// A list of the seed document, whose entries are request bodies of one operation, with an optional `id`.
struct Part {
    name: &'static str,
    operation: Id,
    /// Finds the fields of a body that are not documented.
    unknown: fn(Value) -> Result<JsonObject, DecodeError>,
    /// Returns whether a resource with this id exists.
    taken: fn(&Transaction<'_>, &str) -> Result<bool, StoreError>,
}

const APP_PART: Part = Part {
    name: "apps",
    operation: Id::AppCreateApp,
    unknown: |body| Ok(strict::read::<AppCreateRequest>(&body)?.extra),
    taken: |tx, id| Ok(APPS.get(tx, id)?.is_some()),
};
const WEBHOOK_PART: Part = Part {
    name: "webhooks",
    operation: Id::WebhooksCreateWebhook,
    unknown: |body| Ok(strict::read::<Webhook>(&body)?.extra),
    taken: |tx, id| Ok(WEBHOOKS.get(tx, id)?.is_some()),
};
const CONTACT_PART: Part = Part {
    name: "contacts",
    operation: Id::ContactCreateContact,
    unknown: |body| Ok(strict::read::<ContactCreateRequest>(&body)?.extra),
    taken: |tx, id| Ok(CONTACTS.get(tx, id)?.is_some()),
};
const CONVERSATION_PART: Part = Part {
    name: "conversations",
    operation: Id::ConversationCreateConversation,
    unknown: |body| Ok(strict::read::<CreateConversationRequest>(&body)?.extra),
    taken: |tx, id| Ok(CONVERSATIONS.get(tx, id)?.is_some()),
};

impl Sandbox {
    /// Removes all resources, messages and callbacks (pending ones too), the request log and all faults, makes all
    /// channels work and sets the clock back to the machine's time. The project, the access keys, the tokens and open
    /// connections stay. A callback that is being delivered may still arrive.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn reset(&self) -> Result<(), ControlError> {
        let (server, callbacks) = (Arc::clone(&self.server), Arc::clone(&self.callbacks));
        // One transaction, so no request sees an empty database with the rest of the state unchanged.
        let emptied = self.store.write(move |scope| {
            let state = scope.state;
            reset::wipe(scope)?;
            state.channels.restore_all();
            callbacks.forget_tokens();
            server.faults.clear();
            server.requests.clear();
            state.clock.reset();
            meta::set_clock_ahead(scope.tx, 0)?;
            state.generation.begin(state.new_id());
            Ok::<_, StoreError>(())
        });
        Ok(emptied.await?)
    }

    /// Adds apps, webhooks, contacts, conversations and messages from contacts; nothing is added if any of it is
    /// invalid. The checks and callbacks are those of requests. See
    /// [`SandboxBuilder::seed_file`](crate::SandboxBuilder::seed_file) for the document.
    ///
    /// # Errors
    ///
    /// [`ControlError::Seed`] names each invalid place, and each id that already exists.
    pub async fn seed(&self, document: Value) -> Result<Seeded, ControlError> {
        let seeded = self.try_seed(document).await;
        seeded.map_err(|error| ControlError::Seed {
            problem: wrong(&error),
        })
    }

    /// Applies a document; returns an error of the API if it is invalid.
    pub(super) async fn try_seed(&self, document: Value) -> Result<Seeded, ApiError> {
        let document = object(document)?;
        let work = move |scope: &Scope<'_>| fill(scope, document);
        self.store.write(work).await
    }

    /// Applies a file, unless the same file was applied to the database before.
    pub(super) async fn seed_from(&self, path: &Path) -> Result<(), StartError> {
        let failed = |problem: String| StartError::Seed {
            path: path.to_owned(),
            problem,
        };
        let bytes = std::fs::read(path)
            .map_err(|error| failed(format!("{error}: use a file that can be read")))?;
        let digest = hex(&Sha256::digest(&bytes));
        let document: Value = serde_json::from_slice(&bytes)
            .map_err(|error| failed(format!("it is not valid JSON: {error}")))?;
        let document: SeedDocument = serde_path_to_error::deserialize(document)
            .map_err(|error| failed(wrong(&error.into())))?;
        let work = move |scope: &Scope<'_>| {
            if seeds::add(scope.tx, &digest)? {
                fill(scope, document)?;
            }
            Ok::<_, ApiError>(())
        };
        let filled = self.store.write(work).await;
        filled.map_err(|error| failed(wrong(&error)))
    }
}

/// Describes what is wrong with a document, and what to do.
fn wrong(error: &ApiError) -> String {
    format!(
        "{}. Nothing of it was applied; correct it and try again",
        error.summary()
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fill(scope: &Scope<'_>, document: SeedDocument) -> Result<Seeded, ApiError> {
    Ok(Seeded {
        apps: create(scope, &APP_PART, document.apps)?,
        webhooks: create(scope, &WEBHOOK_PART, document.webhooks)?,
        contacts: create(scope, &CONTACT_PART, document.contacts)?,
        conversations: create(scope, &CONVERSATION_PART, document.conversations)?,
        messages: receive(scope, document.messages)?,
    })
}

fn create(
    scope: &Scope<'_>,
    part: &Part,
    entries: Vec<Map<String, Value>>,
) -> Result<Vec<String>, ApiError> {
    let numbered = entries.into_iter().enumerate();
    numbered
        .map(|(index, entry)| {
            let place = format!("{}[{index}]", part.name);
            create_one(scope, part, entry).map_err(|error| error.inside(&place))
        })
        .collect()
}

fn create_one(
    scope: &Scope<'_>,
    part: &Part,
    mut entry: Map<String, Value>,
) -> Result<String, ApiError> {
    if let Some(id) = entry.remove("id") {
        scope.want_id(free_id(scope, part, &id)?);
    }
    let body = Bytes::from(Value::Object(entry).to_string());
    let call = checked(part.operation, body)?;
    check_names(part, Value::Object(call.json()?.clone()))?;
    let created = api::perform(scope, &call)?;
    let id = created.get("id").and_then(Value::as_str);
    Ok(id.unwrap_or_default().to_owned())
}

/// Checks a request body as a call of an operation without parameters.
pub(super) fn checked(operation: Id, body: Bytes) -> Result<Call, ApiError> {
    let request = Request {
        operation: operation.operation(),
        parameters: Parameters::new(Vec::new(), None),
        body,
    };
    contract::check(request, &json_headers())
}

/// Returns the headers of a request with a JSON body.
fn json_headers() -> HeaderMap {
    [(CONTENT_TYPE, HeaderValue::from_static("application/json"))]
        .into_iter()
        .collect()
}

fn free_id(scope: &Scope<'_>, part: &Part, id: &Value) -> Result<String, ApiError> {
    let Some(id) = id.as_str().filter(|id| Ulid::from_string(id).is_ok()) else {
        return Err(ApiError::invalid(
            "id",
            format!("expected a ULID, found {id}: use one, or omit it"),
        ));
    };
    if (part.taken)(scope.tx, id)? {
        let remedy = "remove this entry, or reset the sandbox first";
        return Err(ApiError::invalid(
            "id",
            format!("{id} already exists: {remedy}"),
        ));
    }
    Ok(id.to_owned())
}

/// Refuses undocumented names, which the API would ignore: in a seed they are typing errors.
fn check_names(part: &Part, body: Value) -> Result<(), ApiError> {
    let unknown = (part.unknown)(body)?;
    match unknown.iter().find(|(_, value)| !value.is_null()) {
        None => Ok(()),
        Some((name, _)) => Err(ApiError::invalid(
            name,
            "is not a documented field: correct the name, or remove it",
        )),
    }
}

fn receive(scope: &Scope<'_>, messages: Vec<Inbound>) -> Result<Vec<String>, ApiError> {
    let numbered = messages.into_iter().enumerate();
    numbered
        .map(|(index, message)| {
            receive_one(scope, message).map_err(|error| error.inside(&format!("messages[{index}]")))
        })
        .collect()
}

fn receive_one(scope: &Scope<'_>, inbound: Inbound) -> Result<String, ApiError> {
    let message = match (inbound.text, inbound.contact_message) {
        (Some(text), None) => {
            ContactMessage::new(ContactMessageTypes::TextMessage(TextMessage::new(text)))
        }
        (None, Some(message)) => handset::read_message(message)?,
        _ => {
            let expected = "expected exactly one of text, contact_message";
            return Err(ApiError::invalid("", expected));
        }
    };
    let channel = inbound.channel.as_str().into();
    let from = channels::identity(&channel, &inbound.identity, &inbound.app_id);
    Ok(handset::send(scope, &inbound.app_id, &from, &message)?)
}
