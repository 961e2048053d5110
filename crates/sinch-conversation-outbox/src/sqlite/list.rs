//! Rows for those who look at them.

use rusqlite::params;

use super::rows::state_of;
use super::scope::Scope;
use crate::row::{Row, RowId, RowNumber};
use crate::store::{Key, RowFilter, StoreError};
use crate::time::Time;

pub(super) const ROW: &str = "SELECT id, request, created, state, attempt, dedup_key, message_id, reason, changed, seq, \
     (SELECT name FROM groups WHERE groups.id = grp) FROM outbox ";

pub(super) fn find(scope: &Scope<'_>, queue: &str, key: &Key) -> Result<Option<Row>, StoreError> {
    let Some(queue) = scope.find_queue(queue)? else {
        return Ok(None);
    };
    match key {
        Key::Id(id) => {
            let sql = format!("{ROW} WHERE queue = ?1 AND id = ?2");
            scope.first(&sql, params![queue, id.to_bytes()], read)
        }
        Key::Dedup(key) => {
            let sql = format!("{ROW} WHERE queue = ?1 AND dedup_key = ?2");
            scope.first(&sql, params![queue, key], read)
        }
    }
}

pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let created = Time::from_micros(row.get(2)?);
    let mut read = Row::new(RowId::from_bytes(row.get(0)?), row.get(1)?, created);
    read.state = state_of(row, 3)?;
    read.attempt = row.get(4)?;
    read.dedup_key = row.get(5)?;
    read.message_id = row.get(6)?;
    read.reason = row.get(7)?;
    read.changed = Time::from_micros(row.get(8)?);
    read.number = row.get(9)?;
    read.group = row.get(10)?;
    Ok(read)
}

pub(super) fn list(
    scope: &Scope<'_>,
    queue: &str,
    filter: &RowFilter,
    after: RowNumber,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let Some(queue) = scope.find_queue(queue)? else {
        return Ok(Vec::new());
    };
    let group = match &filter.group {
        Some(name) => match scope.find_group(queue, name)? {
            Some(group) => Some(group),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    // One state after the other, so that each is a part of the index.
    let mut rows = Vec::new();
    for condition in filter.conditions() {
        let sql = format!(
            "{ROW} WHERE queue = ?1 AND seq > ?2 AND (?3 IS NULL OR grp = ?3) AND {condition} ORDER BY seq LIMIT ?4"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        rows.extend(scope.all(&sql, params![queue, after, group, limit], read)?);
    }
    rows.sort_by_key(|row| row.number);
    rows.truncate(limit);
    Ok(rows)
}
