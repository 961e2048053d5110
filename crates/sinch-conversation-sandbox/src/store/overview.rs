//! Everything at once: for those who look on, and for starting anew.

use rusqlite::Transaction;
use sinch_conversation_raw::types::{Contact, Conversation};

use super::{StoreError, document};

/// All contacts, oldest first.
pub(crate) fn contacts(tx: &Transaction<'_>) -> Result<Vec<Contact>, StoreError> {
    document::many(tx, "SELECT doc FROM contacts ORDER BY id", [])
}

/// All conversations, oldest first.
pub(crate) fn conversations(tx: &Transaction<'_>) -> Result<Vec<Conversation>, StoreError> {
    document::many(tx, "SELECT doc FROM conversations ORDER BY id", [])
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
