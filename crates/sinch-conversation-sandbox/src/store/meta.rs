//! What the database says about itself: whose project it is and what its tokens are signed with.

use rusqlite::Transaction;

use super::StoreError;
use super::document::{optional_value, run, value};

/// Returns the project of this database; stores `wanted` if there is none yet.
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

/// Returns the key that signs access tokens: random and stored, so that tokens are valid after a restart.
pub(crate) fn token_key(tx: &Transaction<'_>) -> Result<Vec<u8>, StoreError> {
    if let Some(key) = read(tx, "token_key")? {
        return Ok(key);
    }
    let key: Vec<u8> = value(tx, "SELECT randomblob(32)", [])?;
    write(tx, "token_key", &key)?;
    Ok(key)
}

/// Returns how many microseconds the clock is ahead of the machine's. Due times are stored by that clock.
pub(crate) fn clock_ahead(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    let stored = read(tx, "clock_ahead")?;
    let text = stored.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// Stores how far ahead the clock is.
pub(crate) fn set_clock_ahead(tx: &Transaction<'_>, ahead_us: i64) -> Result<(), StoreError> {
    write(tx, "clock_ahead", ahead_us.to_string().as_bytes())
}

fn read(tx: &Transaction<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    optional_value(tx, "SELECT value FROM meta WHERE name = ?1", [name])
}

fn write(tx: &Transaction<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO meta (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
}
