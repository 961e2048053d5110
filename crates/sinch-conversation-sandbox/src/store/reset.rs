//! Reset.

use super::{Scope, StoreError};

/// Empties every table except the one with the sandbox's own data. Numbers are not reused, so nothing new can be
/// mistaken for something that was removed.
pub(crate) fn wipe(scope: &Scope<'_>) -> Result<(), StoreError> {
    let tx = scope.tx;
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
    // SQLite does not report the rows of a table that it empties as a whole.
    scope.cache.clear();
    // What comes later in this transaction is checked where it happens.
    tx.pragma_update(None, "defer_foreign_keys", false)?;
    Ok(())
}
