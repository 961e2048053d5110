//! Documents in and out of their columns.

use rusqlite::{OptionalExtension, Params, Transaction};
use sinch_conversation_raw::wire::Wire;

use super::StoreError;
use super::window::{Page, Window};

pub(super) fn encode<T: Wire>(document: &T) -> String {
    document.to_value().to_string()
}

pub(super) fn decode<T: Wire>(text: &str) -> Result<T, StoreError> {
    let value =
        serde_json::from_str(text).map_err(|error| StoreError::Document(error.to_string()))?;
    T::from_value(value).map_err(|error| StoreError::Document(error.to_string()))
}

/// The document that a query gives as its one column, if there is one.
pub(super) fn one<T: Wire>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = tx
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))
        .optional()?;
    text.as_deref().map(decode).transpose()
}

/// A page of documents in the order of their ids: the parameters of the query are the last id and the limit.
pub(super) fn page<T: Wire>(
    tx: &Transaction<'_>,
    sql: &str,
    window: &Window<String>,
) -> Result<Page<T>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query((&window.after, window.rows()))?;
    window.page(rows, |row| {
        let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        Ok((decode(text)?, text.len()))
    })
}

/// The documents that a query gives as its one column.
pub(super) fn many<T: Wire>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        documents.push(decode(
            row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?,
        )?);
    }
    Ok(documents)
}
