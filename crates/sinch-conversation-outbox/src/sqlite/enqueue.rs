//! Storing rows.

use rusqlite::params;

use super::rows::{policy, readiness};
use super::scope::Scope;
use crate::row::{NewRow, RowId, UnknownPolicy};
use crate::state::State;
use crate::store::{Enqueued, StoreError};
use crate::time::{Time, micros};

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
    let (kind, pause) = match row.on_unknown {
        UnknownPolicy::Leave => (policy::LEAVE, 0),
        UnknownPolicy::SendAgainAfter(pause) => (policy::SEND_AGAIN, micros(pause)),
        UnknownPolicy::AskAfter(pause) => (policy::ASK, micros(pause)),
    };
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
            readiness(scope, queue, row, due > now)?,
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

fn readiness(
    scope: &Scope<'_>,
    queue: i64,
    row: &NewRow,
    is_later: bool,
) -> Result<i64, StoreError> {
    if let Some(key) = &row.ordering_key {
        let sql =
            "SELECT 1 FROM outbox WHERE queue = ?1 AND ordering_key = ?2 AND open = 1 LIMIT 1";
        let earlier: Option<i64> = scope.first(sql, params![queue, key], |row| row.get(0))?;
        if earlier.is_some() {
            return Ok(readiness::WAITING);
        }
    }
    Ok(if is_later {
        readiness::SCHEDULED
    } else {
        readiness::READY
    })
}
