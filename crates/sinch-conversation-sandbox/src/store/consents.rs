//! Who wants no messages: the opt-out lists of every app, and what was ever changed in them.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};
use sinch_conversation_raw::types::{AuditRecordOperation, AuditRecordOrigin, ConsentsListType};

use super::StoreError;
use crate::core::clock::from_micros;
use crate::model::consents::ConsentManagement;

/// The names that the table has for the modes.
const MODES: &[(ConsentManagement, &str)] = &[
    (ConsentManagement::Off, "off"),
    (ConsentManagement::Primary, "primary"),
    (ConsentManagement::Secondary, "secondary"),
];

/// How consents are managed for an app.
pub(crate) fn mode(tx: &Transaction<'_>, app_id: &str) -> Result<ConsentManagement, StoreError> {
    let name: Option<String> = tx
        .prepare_cached("SELECT mode FROM consent_modes WHERE app_id = ?1")?
        .query_row([app_id], |row| row.get(0))
        .optional()?;
    let Some(name) = name else {
        return Ok(ConsentManagement::Off);
    };
    let found = MODES.iter().find(|(_, known)| *known == name);
    found
        .map(|(mode, _)| *mode)
        .ok_or_else(|| StoreError::Document(format!("consent management {name:?}")))
}

pub(crate) fn set_mode(
    tx: &Transaction<'_>,
    app_id: &str,
    mode: ConsentManagement,
) -> Result<(), StoreError> {
    let name = MODES.iter().find(|(known, _)| *known == mode);
    tx.prepare_cached(
        "INSERT INTO consent_modes (app_id, mode) VALUES (?1, ?2)
         ON CONFLICT (app_id) DO UPDATE SET mode = excluded.mode",
    )?
    .execute((app_id, name.map_or("off", |(_, name)| name)))?;
    Ok(())
}

/// A place on a list.
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
    let listed = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM consents WHERE app_id = ?1 AND list = ?2 AND identity = ?3)",
        )?
        .query_row(entry.columns(), |row| row.get(0))?;
    Ok(listed)
}

/// Puts an identity on a list; says whether it was not there before.
pub(crate) fn insert(tx: &Transaction<'_>, entry: ListEntry<'_>) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO consents (app_id, list, identity) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(entry.columns())?;
    Ok(inserted > 0)
}

/// Takes an identity off a list; says whether it was there.
pub(crate) fn remove(tx: &Transaction<'_>, entry: ListEntry<'_>) -> Result<bool, StoreError> {
    let removed = tx
        .prepare_cached("DELETE FROM consents WHERE app_id = ?1 AND list = ?2 AND identity = ?3")?
        .execute(entry.columns())?;
    Ok(removed > 0)
}

/// Identities of a list in their order: `limit` of those behind `after`, without the first `skipped`.
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

/// One change of a list.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) list: ConsentsListType,
    pub(crate) origin: AuditRecordOrigin,
    pub(crate) operation: AuditRecordOperation,
    pub(crate) at: DateTime<Utc>,
}

/// Writes a change down.
pub(crate) fn record(
    tx: &Transaction<'_>,
    app_id: &str,
    identity: &str,
    change: &Change,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO consent_records (app_id, identity, list, origin, operation, at_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        app_id,
        identity,
        change.list.as_str(),
        change.origin.as_str(),
        change.operation.as_str(),
        change.at.timestamp_micros(),
    ))?;
    Ok(())
}

/// What was changed for an identity, oldest first.
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
