//! What the database says about itself: whose project it is and what its tokens are signed with.

use rusqlite::{OptionalExtension, Transaction};

use super::StoreError;

/// The project of this database; `wanted` is written down when there is none yet.
pub(crate) fn project(tx: &Transaction<'_>, wanted: &str) -> Result<String, StoreError> {
    let stored: Option<Vec<u8>> = read(tx, "project")?;
    match stored {
        Some(project) => String::from_utf8(project)
            .map_err(|_| StoreError::Document("the name of the project".to_owned())),
        None => {
            write(tx, "project", wanted.as_bytes())?;
            Ok(wanted.to_owned())
        }
    }
}

/// The key that access tokens are signed with: random, made once, so that tokens outlive a restart.
pub(crate) fn token_key(tx: &Transaction<'_>) -> Result<Vec<u8>, StoreError> {
    if let Some(key) = read(tx, "token_key")? {
        return Ok(key);
    }
    let key: Vec<u8> = tx
        .prepare_cached("SELECT randomblob(32)")?
        .query_row([], |row| row.get(0))?;
    write(tx, "token_key", &key)?;
    Ok(key)
}

fn read(tx: &Transaction<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let value = tx
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value)
}

fn write(tx: &Transaction<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO meta (name, value) VALUES (?1, ?2)")?
        .execute((name, value))?;
    Ok(())
}
