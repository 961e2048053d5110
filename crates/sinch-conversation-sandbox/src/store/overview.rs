//! Everything at once: for those who look on, and for starting anew.

use rusqlite::Transaction;
use sinch_conversation_raw::types::{AppResponse, Contact, Conversation};

use super::window::{Page, Window};
use super::{StoreError, document};

/// Apps, oldest first.
pub(crate) fn apps(
    tx: &Transaction<'_>,
    window: &Window<String>,
) -> Result<Page<AppResponse>, StoreError> {
    document::page(
        tx,
        "SELECT doc FROM apps WHERE id > ?1 ORDER BY id LIMIT ?2",
        window,
    )
}

/// Contacts, oldest first.
pub(crate) fn contacts(
    tx: &Transaction<'_>,
    window: &Window<String>,
) -> Result<Page<Contact>, StoreError> {
    document::page(
        tx,
        "SELECT doc FROM contacts WHERE id > ?1 ORDER BY id LIMIT ?2",
        window,
    )
}

/// Conversations, oldest first.
pub(crate) fn conversations(
    tx: &Transaction<'_>,
    window: &Window<String>,
) -> Result<Page<Conversation>, StoreError> {
    document::page(
        tx,
        "SELECT doc FROM conversations WHERE id > ?1 ORDER BY id LIMIT ?2",
        window,
    )
}

/// Empties every table but the one that says whose database this is. Numbers go on where they were, so that nothing
/// new is taken for something that is gone.
pub(crate) fn wipe(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.pragma_update(None, "defer_foreign_keys", true)?;
    let mut statement = tx.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    )?;
    let tables: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        tx.execute(&format!("DELETE FROM \"{table}\""), [])?;
    }
    Ok(())
}
