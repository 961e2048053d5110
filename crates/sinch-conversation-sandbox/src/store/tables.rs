//! The tables that hold only documents.

use sinch_conversation_raw::types::{
    AppResponse, Contact, Conversation, ConversationEvent, ProjectSettingsContent, V2Template,
    Webhook,
};

use super::document::Table;
use crate::model::capability::Probe;
use crate::model::event::SentEvent;
use crate::model::message::SentMessage;

pub(crate) const APPS: Table<AppResponse> = Table::named("apps");
pub(crate) const CONTACTS: Table<Contact> = Table::named("contacts");
pub(crate) const CONVERSATIONS: Table<Conversation> = Table::named("conversations");
/// The events that the API lists: those of conversations.
pub(crate) const EVENTS: Table<ConversationEvent> = Table::named("events");
/// The settings of the project, by its id.
pub(crate) const SETTINGS: Table<ProjectSettingsContent> = Table::named("settings");
pub(crate) const TEMPLATES: Table<V2Template> = Table::named("templates");
pub(crate) const WEBHOOKS: Table<Webhook> = Table::named("webhooks");

// Not part of the API, so nothing that the API removes is removed from them.

/// All messages of apps, with their delivery.
pub(crate) const SENT_MESSAGES: Table<SentMessage> = Table::named("sent_messages");
/// All events of apps, with their delivery.
pub(crate) const SENT_EVENTS: Table<SentEvent> = Table::named("sent_events");
/// Capability queries without an answer yet.
pub(crate) const PROBES: Table<Probe> = Table::named("probes");
