//! The seed files that were applied to the database.

use rusqlite::Transaction;

use super::StoreError;
use super::document::count;

/// Records that a file was applied. Returns whether it was new.
pub(crate) fn add(tx: &Transaction<'_>, digest: &str) -> Result<bool, StoreError> {
    Ok(count(
        tx,
        "INSERT OR IGNORE INTO seeds (digest) VALUES (?1)",
        [digest],
    )? > 0)
}
