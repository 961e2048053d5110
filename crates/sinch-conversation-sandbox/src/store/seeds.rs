//! Which seed files are in the database already.

use rusqlite::Transaction;

use super::StoreError;
use super::document::count;

/// Writes down that a file is in. Whether that is news.
pub(crate) fn add(tx: &Transaction<'_>, digest: &str) -> Result<bool, StoreError> {
    Ok(count(
        tx,
        "INSERT OR IGNORE INTO seeds (digest) VALUES (?1)",
        [digest],
    )? > 0)
}
