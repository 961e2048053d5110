//! Pausing, resuming and cancelling; counting; deleting what is over.

use rusqlite::params;

use super::claim::set_next_permit;
use super::list::{ROW, read};
use super::rows::state_of;
use super::scope::Scope;
use crate::row::Row;
use crate::state::State;
use crate::store::{Control, Counts, GroupMode, Status, StoreError};
use crate::time::Time;

/// How many rows of a group are cancelled in one transaction.
const SLICE: i64 = 1_000;

/// The number that no group has.
const NO_GROUP: i64 = -1;

pub(super) fn control(
    scope: &Scope<'_>,
    queue: &str,
    control: &Control,
    now: Time,
) -> Result<usize, StoreError> {
    let queue = scope.queue(queue)?;
    match control {
        Control::Pause { reason } => {
            let sql = "UPDATE queues SET paused = ?2 WHERE id = ?1";
            scope.execute(sql, params![queue, reason])?;
        }
        Control::Resume => {
            scope.execute("UPDATE queues SET paused = NULL WHERE id = ?1", [queue])?;
        }
        Control::HoldUntil(until) => {
            let sql = "UPDATE queues SET hold_until = max(hold_until, ?2) WHERE id = ?1";
            scope.execute(sql, [queue, until.micros()])?;
        }
        Control::PauseGroup(name) => set_mode(scope, queue, name, GroupMode::Paused)?,
        Control::ResumeGroup(name) => set_mode(scope, queue, name, GroupMode::Running)?,
        Control::CancelGroup(name) => {
            set_mode(scope, queue, name, GroupMode::Cancelled)?;
            return cancel_slice(scope, queue, name, now);
        }
        Control::ReturnPermits { from, to } => {
            let sql = "SELECT 1 FROM queues WHERE id = ?1 AND next_permit = ?2";
            let is_last: Option<i64> = scope.first(sql, [queue, to.micros()], |row| row.get(0))?;
            if is_last.is_some() {
                set_next_permit(scope, queue, *from)?;
            }
        }
    }
    Ok(0)
}

/// A group that is cancelled stays so. From the pause of a group on there may be rows that were put aside for it.
fn set_mode(scope: &Scope<'_>, queue: i64, name: &str, mode: GroupMode) -> Result<(), StoreError> {
    let group = scope.group(queue, Some(name))?;
    let is_paused = mode == GroupMode::Paused;
    let sql = "UPDATE groups SET mode = ?2, has_held = has_held OR ?3 WHERE id = ?1 AND mode <> ?4";
    let cancelled = GroupMode::Cancelled.code();
    scope.execute(sql, params![group, mode.code(), is_paused, cancelled])?;
    Ok(())
}

/// Cancels some rows of a group, and leaves its unknown rows unknown.
fn cancel_slice(scope: &Scope<'_>, queue: i64, name: &str, now: Time) -> Result<usize, StoreError> {
    let group = scope.group(queue, Some(name))?;
    let places = scope.places(
        "SELECT seq FROM outbox WHERE grp = ?1 AND grp <> 0 AND open = 1 AND state <> 2 ORDER BY seq LIMIT ?2",
        [group, SLICE],
    )?;
    let mut batch = scope.at(&places)?;
    let cancelled = batch.cancel(now);
    scope.write(&batch, now)?;
    Ok(cancelled)
}

pub(super) fn status(
    scope: &Scope<'_>,
    queue: &str,
    group: Option<&str>,
) -> Result<Status, StoreError> {
    let Some(queue) = scope.find_queue(queue)? else {
        return Ok(Status::default());
    };
    let group = match group {
        Some(name) => Some(scope.find_group(queue, name)?.unwrap_or(NO_GROUP)),
        None => None,
    };
    let rows = scope.all(
        "SELECT state, sum(rows) FROM counts WHERE queue = ?1 AND (?2 IS NULL OR grp = ?2) GROUP BY state",
        params![queue, group],
        |row| Ok((state_of(row, 0)?, row.get::<_, i64>(1)?)),
    )?;
    let mut counts = Counts::default();
    for (state, rows) in rows {
        counts.add(state, u64::try_from(rows).unwrap_or_default());
    }
    let mut status = Status::new(counts, None);
    let sql = "SELECT paused, nullif(hold_until, 0) FROM queues WHERE id = ?1";
    let held = scope.first(sql, [queue], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if let Some((paused, hold_until)) = held {
        status.paused = paused;
        status.hold_until = Option::map(hold_until, Time::from_micros);
    }
    let sql = "SELECT mode FROM groups WHERE id = ?1";
    let mode: Option<i64> = scope.first(sql, [group.unwrap_or(NO_GROUP)], |row| row.get(0))?;
    status.group = mode.and_then(GroupMode::from_code).unwrap_or_default();
    Ok(status)
}

pub(super) fn undecided(
    scope: &Scope<'_>,
    queue: &str,
    now: Time,
    again: Time,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let Some(queue) = scope.find_queue(queue)? else {
        return Ok(Vec::new());
    };
    let places = scope.places(
        "SELECT seq FROM outbox WHERE queue = ?1 AND policy = 2 AND decide_at IS NOT NULL AND decide_at <= ?2
         ORDER BY decide_at LIMIT ?3",
        params![queue, now.micros(), i64::try_from(limit).unwrap_or(i64::MAX)],
    )?;
    let mut rows = Vec::with_capacity(places.len());
    for place in places {
        let sql = "UPDATE outbox SET decide_at = ?2 WHERE seq = ?1";
        scope.execute(sql, [place, again.micros()])?;
        rows.extend(scope.first(&format!("{ROW} WHERE seq = ?1"), [place], read)?);
    }
    Ok(rows)
}

pub(super) fn purge(
    scope: &Scope<'_>,
    queue: &str,
    states: &[State],
    before: Time,
    limit: usize,
) -> Result<usize, StoreError> {
    let Some(queue) = scope.find_queue(queue)? else {
        return Ok(0);
    };
    let codes: Vec<String> = states
        .iter()
        .filter(|state| state.is_ended())
        .map(|state| state.code().to_string())
        .collect();
    if codes.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "SELECT seq FROM outbox WHERE queue = ?1 AND state > 2 AND changed < ?2 AND state IN ({}) AND open = 0
         ORDER BY changed LIMIT ?3",
        codes.join(", ")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let places = scope.places(&sql, params![queue, before.micros(), limit])?;
    for place in &places {
        let sql = "DELETE FROM outbox WHERE seq = ?1 RETURNING grp, state";
        let deleted = scope.first(sql, [place], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some((group, state)) = deleted {
            scope.count(queue, group, state, -1);
        }
    }
    Ok(places.len())
}
