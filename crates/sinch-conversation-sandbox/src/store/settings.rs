//! The settings of the project.

use rusqlite::Transaction;
use sinch_conversation_raw::types::ProjectSettingsContent;

use super::{StoreError, document};

/// Stores the settings in the place of those that are there.
pub(crate) fn put(
    tx: &Transaction<'_>,
    settings: &ProjectSettingsContent,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO settings (id, doc) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc")?.execute([document::encode(settings)],
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>) -> Result<Option<ProjectSettingsContent>, StoreError> {
    document::one(tx, "SELECT doc FROM settings", [])
}

pub(crate) fn remove(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM settings")?.execute([])?;
    Ok(())
}
