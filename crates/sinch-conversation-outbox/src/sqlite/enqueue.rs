//! Storing rows.

use rusqlite::params;

use super::scope::Scope;
use crate::row::{NewRow, RowId};
use crate::state::State;
use crate::state::record::policy_codes;
use crate::store::{Enqueued, StoreError};
use crate::time::Time;

pub(super) fn enqueue(
    scope: &Scope<'_>,
    queue: &str,
    rows: &[NewRow],
    now: Time,
) -> Result<Vec<Enqueued>, StoreError> {
    let queue = scope.queue(queue)?;
    rows.iter()
        .map(|row| store(scope, queue, row, now))
        .collect()
}

fn store(scope: &Scope<'_>, queue: i64, row: &NewRow, now: Time) -> Result<Enqueued, StoreError> {
    if let Some(key) = &row.dedup_key
        && let Some(id) = first_with(scope, queue, key)?
    {
        return Ok(Enqueued::new(id, false));
    }
    let id = RowId::random(now);
    let group = scope.group(queue, row.group.as_deref())?;
    let pace = match &row.pace_key {
        Some(key) => scope.pace(queue, key)?,
        None => 0,
    };
    let due = row.not_before.unwrap_or(now).max(now);
    let (kind, pause) = policy_codes(row.on_unknown);
    let readiness = scope.readiness(queue, row.ordering_key.as_deref(), due, now)?;
    scope.execute(
        "INSERT INTO outbox (id, queue, grp, dedup_key, ordering_key, priority, request, policy, pause, expires,
             created, changed, due, state, open, readiness, attempt, pace)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, 0, 1, ?13, 0, ?14)",
        params![
            id.to_bytes(),
            queue,
            group,
            row.dedup_key,
            row.ordering_key,
            row.priority,
            row.request,
            kind,
            pause,
            row.expires.map(Time::micros),
            now.micros(),
            due.micros(),
            readiness.code(),
            pace,
        ],
    )?;
    scope.count(queue, group, State::Queued.code(), 1);
    Ok(Enqueued::new(id, true))
}

fn first_with(scope: &Scope<'_>, queue: i64, key: &str) -> Result<Option<RowId>, StoreError> {
    let sql = "SELECT id FROM outbox WHERE queue = ?1 AND dedup_key = ?2";
    let id = scope.first(sql, params![queue, key], |row| row.get(0))?;
    Ok(id.map(RowId::from_bytes))
}
