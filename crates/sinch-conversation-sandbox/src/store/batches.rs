//! Accepted batches. The stored items of a batch are those that are left to process: each is removed in the transaction
//! that processes it, so none is processed twice and none is lost.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sinch_conversation_raw::types::BatchStatus;

use super::StoreError;
use super::columns::{Json, Name};
use super::document::run;
use crate::core::clock::from_micros;

/// What a batch does with each item.
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
    /// Empty if the batch does not concern an app.
    pub(crate) app_id: String,
    pub(crate) status: BatchStatus,
    pub(crate) send_after: DateTime<Utc>,
    /// What the items have in common.
    pub(crate) shared: Value,
}

/// Adds a batch with its items and metadata.
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
    let mut statement = tx.prepare_cached(
        "SELECT id, kind, app_id, status, send_after_us, shared FROM batches WHERE id = ?1",
    )?;
    Ok(statement.query_row([id], read).optional()?)
}

/// Returns the message batches with this metadata, oldest first.
pub(crate) fn with_metadata(
    tx: &Transaction<'_>,
    key: &str,
    value: &str,
) -> Result<Vec<Batch>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, kind, app_id, status, send_after_us, shared
         FROM batches JOIN batch_metadata ON batch_id = id WHERE key = ?1 AND value = ?2 ORDER BY id",
    )?;
    let rows = statement.query_map([key, value], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        id: row.get(0)?,
        kind: row.get::<_, Name<_>>(1)?.0,
        app_id: row.get(2)?,
        status: BatchStatus::from(row.get::<_, String>(3)?.as_str()),
        send_after: from_micros(row.get(4)?),
        shared: row.get::<_, Json<_>>(5)?.0,
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

/// Removes and returns the next item, with its number in the batch.
pub(crate) fn take_item(
    tx: &Transaction<'_>,
    id: &str,
) -> Result<Option<(usize, Value)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "DELETE FROM batch_items
         WHERE batch_id = ?1 AND number = (SELECT min(number) FROM batch_items WHERE batch_id = ?1)
         RETURNING number, doc",
    )?;
    let taken = statement.query_row([id], |row| Ok((row.get(0)?, row.get::<_, Json<_>>(1)?.0)));
    Ok(taken.optional()?)
}

/// Removes all items of a batch.
pub(crate) fn drop_items(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM batch_items WHERE batch_id = ?1", [id])
}

/// Removes a batch that cannot be queried.
pub(crate) fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM batches WHERE id = ?1", [id])
}
