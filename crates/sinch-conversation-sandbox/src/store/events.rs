//! The events that the API lists: those of conversations.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params_from_iter};
use sinch_conversation_raw::types::ConversationEvent;

use super::StoreError;
use super::document::{self, run};
use super::filter::Filter;

/// Adds an event of a conversation.
pub(crate) fn add(
    tx: &Transaction<'_>,
    app_id: &str,
    accepted: DateTime<Utc>,
    event: &ConversationEvent,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO events (id, app_id, conversation_id, contact_id, accepted_us, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            &event.id,
            app_id,
            &event.conversation_id,
            &event.contact_id,
            accepted.timestamp_micros(),
            document::encode(event)?,
        ),
    )
}

/// Selects the events to list: at most `limit` of those older than the one with the id `after`.
#[derive(Debug)]
pub(crate) struct EventFilter<'a> {
    pub(crate) conversation_id: Option<&'a str>,
    pub(crate) contact_id: Option<&'a str>,
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
}

/// Returns events, the latest first.
pub(crate) fn list(
    tx: &Transaction<'_>,
    wanted: &EventFilter<'_>,
) -> Result<Vec<ConversationEvent>, StoreError> {
    let mut filter = Filter::default();
    filter.and_some(
        "conversation_id = ?",
        wanted.conversation_id.map(str::to_owned),
    );
    filter.and_some("contact_id = ?", wanted.contact_id.map(str::to_owned));
    filter.and_some("id < ?", wanted.after.map(str::to_owned));
    let sql = filter.sql(
        "SELECT doc FROM events",
        &format!("ORDER BY id DESC LIMIT {}", wanted.limit),
    );
    document::many(tx, &sql, params_from_iter(filter.values()))
}

/// Removes the events of an app that were accepted before this time.
pub(crate) fn remove_before(
    tx: &Transaction<'_>,
    app_id: &str,
    before: DateTime<Utc>,
) -> Result<(), StoreError> {
    run(
        tx,
        "DELETE FROM events WHERE app_id = ?1 AND accepted_us < ?2",
        (app_id, before.timestamp_micros()),
    )
}
