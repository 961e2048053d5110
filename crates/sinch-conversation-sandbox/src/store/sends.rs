//! Every message that was sent, with what became of it.

use rusqlite::{OptionalExtension, Transaction};

use super::StoreError;
use super::window::{Page, Window};
use crate::model::message::SentMessage;

/// Adds the message, or replaces the one with this id.
pub(crate) fn put(tx: &Transaction<'_>, message: &SentMessage) -> Result<(), StoreError> {
    let document =
        serde_json::to_string(message).map_err(|error| StoreError::Document(error.to_string()))?;
    tx.prepare_cached(
        "INSERT INTO sends (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
    )?
    .execute((&message.id, document))?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, id: &str) -> Result<Option<SentMessage>, StoreError> {
    let text: Option<String> = tx
        .prepare_cached("SELECT doc FROM sends WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    text.as_deref().map(decode).transpose()
}

/// Those behind an id, oldest first.
pub(crate) fn after(
    tx: &Transaction<'_>,
    window: &Window<String>,
) -> Result<Page<SentMessage>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT doc FROM sends WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let rows = statement.query((&window.after, window.rows()))?;
    window.page(rows, |row| {
        let text: String = row.get(0)?;
        Ok((decode(&text)?, text.len()))
    })
}

/// Gives what a contact that goes away was sent to another contact.
pub(crate) fn move_to_contact(
    tx: &Transaction<'_>,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE sends SET doc = json_set(doc, '$.contact_id', ?2) WHERE doc ->> '$.contact_id' = ?1")?.execute([from, to],
    )?;
    Ok(())
}

/// Gives what belongs to a conversation that goes away to another conversation.
pub(crate) fn move_to_conversation(
    tx: &Transaction<'_>,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE sends SET doc = json_set(doc, '$.conversation_id', ?2)
         WHERE doc ->> '$.conversation_id' = ?1",
    )?
    .execute([from, to])?;
    Ok(())
}

pub(super) fn decode(text: &str) -> Result<SentMessage, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Document(error.to_string()))
}
