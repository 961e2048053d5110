//! Apps.

use rusqlite::Transaction;
use sinch_conversation_raw::types::AppResponse;

use super::{StoreError, document};

/// Adds the app, or replaces the one with this id.
pub(crate) fn put(tx: &Transaction<'_>, id: &str, app: &AppResponse) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO apps (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc")?.execute((id, document::encode(app)),
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, id: &str) -> Result<Option<AppResponse>, StoreError> {
    document::one(tx, "SELECT doc FROM apps WHERE id = ?1", [id])
}

/// All apps, oldest first.
pub(crate) fn all(tx: &Transaction<'_>) -> Result<Vec<AppResponse>, StoreError> {
    document::many(tx, "SELECT doc FROM apps ORDER BY id", [])
}

/// Removes the app with its webhooks, conversations and messages.
pub(crate) fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM apps WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}
