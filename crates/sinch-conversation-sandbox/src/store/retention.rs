//! Removes what is older than a retention policy allows.

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use sinch_conversation_raw::types::Conversation;

use super::messages::Source;
use super::{StoreError, document};

/// Removes an app's messages that were accepted before this time.
pub(crate) fn remove_messages(
    tx: &Transaction<'_>,
    app_id: &str,
    source: Source,
    before: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let removed = tx
        .prepare_cached(
            "DELETE FROM messages WHERE app_id = ?1 AND source = ?2 AND accepted_us < ?3",
        )?
        .execute((app_id, source.as_str(), before.timestamp_micros()))?;
    Ok(removed)
}

/// Returns an app's conversations whose latest message was accepted before this time. Conversations without messages
/// are not among them.
pub(crate) fn silent_conversations(
    tx: &Transaction<'_>,
    app_id: &str,
    before: DateTime<Utc>,
) -> Result<Vec<Conversation>, StoreError> {
    document::many(
        tx,
        "SELECT doc FROM conversations WHERE app_id = ?1 AND
             (SELECT max(accepted_us) FROM messages WHERE conversation_id = conversations.id) < ?2",
        (app_id, before.timestamp_micros()),
    )
}
