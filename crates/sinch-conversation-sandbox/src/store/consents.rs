//! The opt-out lists of every app, and their history.

use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction};
use sinch_conversation_raw::types::{AuditRecordOperation, AuditRecordOrigin, ConsentsListType};

use super::StoreError;
use super::columns::Name;
use super::document::{count, optional_value, run, value};
use crate::core::clock::from_micros;
use crate::model::consents::ConsentManagement;

/// Returns how consents are managed for an app.
pub(crate) fn mode(tx: &Transaction<'_>, app_id: &str) -> Result<ConsentManagement, StoreError> {
    let mode: Option<Name<ConsentManagement>> = optional_value(
        tx,
        "SELECT mode FROM consent_modes WHERE app_id = ?1",
        [app_id],
    )?;
    Ok(mode.map(|Name(mode)| mode).unwrap_or_default())
}

pub(crate) fn set_mode(
    tx: &Transaction<'_>,
    app_id: &str,
    mode: ConsentManagement,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO consent_modes (app_id, mode) VALUES (?1, ?2)
         ON CONFLICT (app_id) DO UPDATE SET mode = excluded.mode",
        (app_id, Name(mode)),
    )
}

/// An entry of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListEntry<'a> {
    pub(crate) app_id: &'a str,
    pub(crate) list: &'a ConsentsListType,
    pub(crate) identity: &'a str,
}

impl ListEntry<'_> {
    fn columns(&self) -> [&str; 3] {
        [self.app_id, self.list.as_str(), self.identity]
    }
}

pub(crate) fn is_listed(tx: &Transaction<'_>, entry: ListEntry<'_>) -> Result<bool, StoreError> {
    value(
        tx,
        "SELECT EXISTS (SELECT 1 FROM consents WHERE app_id = ?1 AND list = ?2 AND identity = ?3)",
        entry.columns(),
    )
}

/// Adds an identity to a list. Returns whether it was new.
pub(crate) fn insert(tx: &Transaction<'_>, entry: ListEntry<'_>) -> Result<bool, StoreError> {
    Ok(count(
        tx,
        "INSERT INTO consents (app_id, list, identity) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        entry.columns(),
    )? > 0)
}

/// Removes an identity from a list. Returns whether it was there.
pub(crate) fn remove(tx: &Transaction<'_>, entry: ListEntry<'_>) -> Result<bool, StoreError> {
    Ok(count(
        tx,
        "DELETE FROM consents WHERE app_id = ?1 AND list = ?2 AND identity = ?3",
        entry.columns(),
    )? > 0)
}

/// Returns the identities of a list, in order: `limit` of those after `after`, without the first `skipped`.
pub(crate) fn list(
    tx: &Transaction<'_>,
    app_id: &str,
    list: &ConsentsListType,
    after: &str,
    skipped: i64,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT identity FROM consents WHERE app_id = ?1 AND list = ?2 AND identity > ?3
         ORDER BY identity LIMIT ?4 OFFSET ?5",
    )?;
    let rows = statement.query_map((app_id, list.as_str(), after, limit, skipped), |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A change of a list.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) list: ConsentsListType,
    pub(crate) origin: AuditRecordOrigin,
    pub(crate) operation: AuditRecordOperation,
    pub(crate) at: DateTime<Utc>,
}

/// Records a change.
pub(crate) fn record(
    tx: &Transaction<'_>,
    app_id: &str,
    identity: &str,
    change: &Change,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO consent_records (app_id, identity, list, origin, operation, at_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            app_id,
            identity,
            change.list.as_str(),
            change.origin.as_str(),
            change.operation.as_str(),
            change.at.timestamp_micros(),
        ),
    )
}

/// Returns the changes for an identity, oldest first.
pub(crate) fn records(
    tx: &Transaction<'_>,
    app_id: &str,
    identity: &str,
) -> Result<Vec<Change>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT list, origin, operation, at_us FROM consent_records
         WHERE app_id = ?1 AND identity = ?2 ORDER BY seq",
    )?;
    let rows = statement.query_map([app_id, identity], read_change)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_change(row: &Row<'_>) -> rusqlite::Result<Change> {
    let (list, origin, operation, at): (String, String, String, i64) = row.try_into()?;
    Ok(Change {
        list: list.as_str().into(),
        origin: origin.as_str().into(),
        operation: operation.as_str().into(),
        at: from_micros(at),
    })
}
