//! What the sandbox keeps of its own accord, as documents by kind and id. Not part of the API, so nothing that
//! the API deletes is deleted here.

use rusqlite::{OptionalExtension, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::window::{Page, Window};
use crate::model::event::SentEvent;

/// Something that is kept.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    /// The name that the table has for its kind.
    const KIND: &'static str;

    fn id(&self) -> &str;
}

impl Kept for SentEvent {
    const KIND: &'static str = "event";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Adds it, or replaces the one with this id.
pub(crate) fn put<T: Kept>(tx: &Transaction<'_>, kept: &T) -> Result<(), StoreError> {
    let document =
        serde_json::to_string(kept).map_err(|error| StoreError::Document(error.to_string()))?;
    tx.prepare_cached(
        "INSERT INTO kept (kind, id, doc) VALUES (?1, ?2, ?3)
         ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc",
    )?
    .execute((T::KIND, kept.id(), document))?;
    Ok(())
}

pub(crate) fn get<T: Kept>(tx: &Transaction<'_>, id: &str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = tx
        .prepare_cached("SELECT doc FROM kept WHERE kind = ?1 AND id = ?2")?
        .query_row([T::KIND, id], |row| row.get(0))
        .optional()?;
    text.as_deref().map(decode).transpose()
}

/// Those of a kind behind an id, oldest first.
pub(crate) fn after<T: Kept>(
    tx: &Transaction<'_>,
    window: &Window<String>,
) -> Result<Page<T>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT doc FROM kept WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3")?;
    let rows = statement.query((T::KIND, &window.after, window.rows()))?;
    window.page(rows, |row| {
        let text: String = row.get(0)?;
        Ok((decode(&text)?, text.len()))
    })
}

/// Takes it out.
pub(crate) fn take<T: Kept>(tx: &Transaction<'_>, id: &str) -> Result<Option<T>, StoreError> {
    let found = get(tx, id)?;
    tx.prepare_cached("DELETE FROM kept WHERE kind = ?1 AND id = ?2")?
        .execute([T::KIND, id])?;
    Ok(found)
}

pub(super) fn decode<T: Kept>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Document(error.to_string()))
}
