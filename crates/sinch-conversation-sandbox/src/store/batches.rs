//! What the Batch API has accepted. The items of a batch that are still there are those that are left to do: each
//! goes away in the transaction that does it, so that none is done twice and none is forgotten.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sinch_conversation_raw::types::BatchStatus;

use super::StoreError;
use super::document::{self, run};
use super::name::Name;
use crate::core::clock::from_micros;

/// What is done with each item of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BatchKind {
    Messages,
    NewContacts,
    OldContacts,
    Consents,
}

/// A batch without its items.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) id: String,
    pub(crate) kind: BatchKind,
    /// Empty where a batch is not about an app.
    pub(crate) app_id: String,
    pub(crate) status: BatchStatus,
    pub(crate) send_after: DateTime<Utc>,
    /// What the items have in common.
    pub(crate) shared: Value,
}

/// Adds a batch with its items, and what it can be found by.
pub(crate) fn add(
    tx: &Transaction<'_>,
    batch: &Batch,
    metadata: &BTreeMap<String, String>,
    items: impl Iterator<Item = Value>,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO batches (id, kind, app_id, status, send_after_us, shared) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            &batch.id,
            Name(batch.kind),
            &batch.app_id,
            batch.status.as_str(),
            batch.send_after.timestamp_micros(),
            batch.shared.to_string(),
        ),
    )?;
    let mut insert =
        tx.prepare_cached("INSERT INTO batch_metadata (batch_id, key, value) VALUES (?1, ?2, ?3)")?;
    for (key, value) in metadata {
        insert.execute((&batch.id, key, value))?;
    }
    let mut insert =
        tx.prepare_cached("INSERT INTO batch_items (batch_id, number, doc) VALUES (?1, ?2, ?3)")?;
    for (number, item) in items.enumerate() {
        insert.execute((&batch.id, number, item.to_string()))?;
    }
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, id: &str) -> Result<Option<Batch>, StoreError> {
    let row = tx
        .prepare_cached(
            "SELECT id, kind, app_id, status, send_after_us, shared FROM batches WHERE id = ?1",
        )?
        .query_row([id], columns)
        .optional()?;
    row.map(read).transpose()
}

/// The batches of messages with this metadata, oldest first.
pub(crate) fn with_metadata(
    tx: &Transaction<'_>,
    key: &str,
    value: &str,
) -> Result<Vec<Batch>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, kind, app_id, status, send_after_us, shared
         FROM batches JOIN batch_metadata ON batch_id = id WHERE key = ?1 AND value = ?2 ORDER BY id",
    )?;
    let rows = statement.query_map([key, value], columns)?;
    rows.map(|row| read(row?)).collect()
}

type Columns = (String, Name<BatchKind>, String, String, i64, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    row.try_into()
}

fn read(
    (id, Name(kind), app_id, status, send_after, shared): Columns,
) -> Result<Batch, StoreError> {
    Ok(Batch {
        id,
        kind,
        app_id,
        status: BatchStatus::from(status.as_str()),
        send_after: from_micros(send_after),
        shared: document::decode(&shared)?,
    })
}

pub(crate) fn set_status(
    tx: &Transaction<'_>,
    id: &str,
    status: &BatchStatus,
) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE batches SET status = ?2 WHERE id = ?1",
        (id, status.as_str()),
    )
}

/// Takes the next item that is left, with its place in the batch.
pub(crate) fn take_item(
    tx: &Transaction<'_>,
    id: &str,
) -> Result<Option<(usize, Value)>, StoreError> {
    let taken: Option<(usize, String)> = tx
        .prepare_cached(
            "DELETE FROM batch_items
             WHERE batch_id = ?1 AND number = (SELECT min(number) FROM batch_items WHERE batch_id = ?1)
             RETURNING number, doc",
        )?
        .query_row([id], |row| row.try_into())
        .optional()?;
    taken
        .map(|(number, item)| Ok((number, document::decode(&item)?)))
        .transpose()
}

/// Nothing of the batch is left to do.
pub(crate) fn drop_items(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM batch_items WHERE batch_id = ?1", [id])
}

/// Removes a batch that nobody can ask for.
pub(crate) fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM batches WHERE id = ?1", [id])
}
