//! JSON documents in columns, and tables that hold only documents.

use std::marker::PhantomData;

use rusqlite::types::FromSql;
use rusqlite::{OptionalExtension, Params, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::columns::Json;
use super::window::{Page, Window};

pub(super) fn encode<T: Serialize>(document: &T) -> Result<String, StoreError> {
    serde_json::to_string(document).map_err(|error| StoreError::Document(error.to_string()))
}

pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Document(error.to_string()))
}

/// Runs a statement.
pub(super) fn run(tx: &Transaction<'_>, sql: &str, params: impl Params) -> Result<(), StoreError> {
    count(tx, sql, params).map(|_| ())
}

/// Runs a statement and returns how many rows it changed.
pub(super) fn count(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached(sql)?.execute(params)?)
}

/// Returns the single value of a query.
pub(super) fn value<T: FromSql>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<T, StoreError> {
    Ok(tx
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))?)
}

/// Returns the single value of a query, if there is one.
pub(super) fn optional_value<T: FromSql>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    Ok(statement.query_row(params, |row| row.get(0)).optional()?)
}

/// Returns the document in the single column of a query, if there is one.
pub(super) fn one<T: DeserializeOwned>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, StoreError> {
    let found: Option<Json<T>> = optional_value(tx, sql, params)?;
    Ok(found.map(|Json(document)| document))
}

/// Returns the documents in the single column of a query.
pub(super) fn many<T: DeserializeOwned>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| Ok(row.get::<_, Json<T>>(0)?.0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A table of documents with ids.
pub(crate) struct Table<T> {
    name: &'static str,
    document: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Table<T> {
    pub(super) const fn named(name: &'static str) -> Self {
        Self {
            name,
            document: PhantomData,
        }
    }

    pub(crate) fn get(&self, tx: &Transaction<'_>, id: &str) -> Result<Option<T>, StoreError> {
        let sql = format!("SELECT doc FROM {} WHERE id = ?1", self.name);
        one(tx, &sql, [id])
    }

    /// Adds the document, or replaces the one with this id. The table must have no further columns.
    pub(crate) fn put(
        &self,
        tx: &Transaction<'_>,
        id: &str,
        document: &T,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {} (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
            self.name
        );
        run(tx, &sql, (id, encode(document)?))?;
        Ok(())
    }

    /// Replaces the document with this id, if there is one.
    pub(crate) fn update(
        &self,
        tx: &Transaction<'_>,
        id: &str,
        document: &T,
    ) -> Result<(), StoreError> {
        let sql = format!("UPDATE {} SET doc = ?2 WHERE id = ?1", self.name);
        run(tx, &sql, (id, encode(document)?))
    }

    /// Removes the document and everything that refers to it.
    pub(crate) fn remove(&self, tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {} WHERE id = ?1", self.name);
        run(tx, &sql, [id])?;
        Ok(())
    }

    /// Returns all documents, ordered by id.
    pub(crate) fn all(&self, tx: &Transaction<'_>) -> Result<Vec<T>, StoreError> {
        many(
            tx,
            &format!("SELECT doc FROM {} ORDER BY id", self.name),
            [],
        )
    }

    /// Returns the documents after an id, ordered by id.
    pub(crate) fn page(
        &self,
        tx: &Transaction<'_>,
        window: &Window<String>,
    ) -> Result<Page<T>, StoreError> {
        let sql = format!(
            "SELECT doc FROM {} WHERE id > ?1 ORDER BY id LIMIT ?2",
            self.name
        );
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query((&window.after, window.rows()))?;
        window.page(rows, |row| {
            let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            Ok((decode(text)?, text.len()))
        })
    }
}
