//! Which seed files are in the database already.

use rusqlite::Transaction;

use super::StoreError;

/// Writes down that a file is in. Whether that is news.
pub(crate) fn add(tx: &Transaction<'_>, digest: &str) -> Result<bool, StoreError> {
    let added = tx
        .prepare_cached("INSERT OR IGNORE INTO seeds (digest) VALUES (?1)")?
        .execute([digest])?;
    Ok(added > 0)
}
