//! Keeps the record of what apps sent and received, which is there also when the API stores nothing.

use serde_json::Value;
use sinch_conversation_raw::types::{ChannelIdentity, ConversationDirection, ProcessingMode};
use sinch_conversation_raw::wire::Timestamp;

use crate::model::timeline::{TimelineEntry, TimelineKind, address};
use crate::store::{Scope, StoreError, record};

/// What is said or done.
#[derive(Debug)]
pub(crate) enum Content {
    Message(Value),
    Event(Value),
}

/// What is recorded besides what an app sends.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) id: &'a str,
    pub(crate) app_id: &'a str,
    /// Empty in DISPATCH mode, like the next.
    pub(crate) contact_id: &'a str,
    pub(crate) conversation_id: &'a str,
    pub(crate) address: Option<&'a ChannelIdentity>,
    pub(crate) mode: &'a ProcessingMode,
    /// When it was accepted.
    pub(crate) time: Timestamp,
    pub(crate) direction: ConversationDirection,
    pub(crate) content: Content,
    pub(crate) metadata: &'a str,
}

/// Writes an entry down as what happened last.
pub(crate) fn add(
    scope: &Scope<'_>,
    kind: TimelineKind,
    entry: Entry<'_>,
) -> Result<(), StoreError> {
    let (channel, identity) = address(entry.address);
    let (message, event) = match entry.content {
        Content::Message(message) => (Some(message), None),
        Content::Event(event) => (None, Some(event)),
    };
    let recorded = TimelineEntry {
        seq: 0,
        kind,
        direction: entry.direction,
        id: entry.id.to_owned(),
        app_id: entry.app_id.to_owned(),
        contact_id: entry.contact_id.to_owned(),
        conversation_id: entry.conversation_id.to_owned(),
        channel,
        identity,
        time: entry.time,
        processing_mode: entry.mode.clone(),
        message,
        rendered: None,
        event,
        statuses: Vec::new(),
        metadata: entry.metadata.to_owned(),
    };
    record::add(scope.tx, &recorded)
}
