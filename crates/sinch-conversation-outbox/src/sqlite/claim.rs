//! Claiming rows, and marking them as begun.

use std::collections::HashMap;

use rusqlite::params;

use super::ready::Ready;
use super::schema;
use super::scope::Scope;
use crate::state::permits;
use crate::store::{Begin, Begun, Claim, Claimed, ClaimedRow, Permits, StoreError};
use crate::time::Time;

/// How many rows are looked at that turn out not to be due, in one claim.
const ASIDE: usize = 1_000;

/// What holds for a whole queue.
struct Queue {
    id: i64,
    paused: Option<String>,
    hold_until: i64,
    next_permit: i64,
}

pub(super) fn claim(scope: &Scope<'_>, claim: &Claim) -> Result<Claimed, StoreError> {
    let now = claim.now;
    let queue = read_queue(scope, &claim.queue)?;
    let mut claimed = Claimed::nothing(now);
    if queue.paused.is_some() {
        claimed.paused = queue.paused;
        return Ok(claimed);
    }
    if queue.hold_until > now.micros() {
        claimed.wake = Some(Time::from_micros(queue.hold_until));
        return Ok(claimed);
    }
    let (start, limit) = permits::available(claim, Time::from_micros(queue.next_permit));
    if limit == 0 {
        claimed.wake = Some(permits::wake(claim, start));
        return Ok(claimed);
    }
    promote(scope, queue.id, now, limit)?;
    let mut ready = Ready::new(scope, queue.id, claim)?;
    let begin = permits::early(claim, start);
    claimed.rows = take(scope, &mut ready, claim, limit, begin)?;
    ready.finish(scope)?;
    if let Some(rate) = claim.rate {
        claimed.permits = Permits::new(start, rate.interval());
        if !claimed.rows.is_empty() {
            let end = claimed.permits.at(claimed.rows.len());
            set_next_permit(scope, queue.id, end)?;
        }
    }
    if claimed.rows.is_empty() {
        let sql = "SELECT min(due) FROM outbox WHERE queue = ?1 AND state = 0 AND readiness = 0";
        let due: Option<Option<i64>> = scope.first(sql, [queue.id], |row| row.get(0))?;
        let due = due.flatten().map(Time::from_micros);
        claimed.wake = due.into_iter().chain(ready.rooms.opens_at()).min();
    }
    Ok(claimed)
}

/// Reads a queue. Fails when the tables are not for this program any more.
fn read_queue(scope: &Scope<'_>, name: &str) -> Result<Queue, StoreError> {
    let sql = "SELECT user_version, compatible_from FROM pragma_user_version, compatibility";
    let versions = scope.first(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (found, compatible_from) = versions.unwrap_or_default();
    schema::check(found, compatible_from)?;
    let id = scope.queue(name)?;
    let sql = "SELECT paused, hold_until, next_permit FROM queues WHERE id = ?1";
    let found = scope.first(sql, [id], |row| {
        Ok(Queue {
            id,
            paused: row.get(0)?,
            hold_until: row.get(1)?,
            next_permit: row.get(2)?,
        })
    })?;
    found.ok_or_else(|| StoreError::Database("a queue is gone".to_owned()))
}

pub(super) fn set_next_permit(scope: &Scope<'_>, queue: i64, at: Time) -> Result<(), StoreError> {
    let sql = "UPDATE queues SET next_permit = ?2 WHERE id = ?1";
    scope.execute(sql, params![queue, at.micros()]).map(|_| ())
}

/// Makes rows ready that are due by now, and those of groups that are not paused any more.
fn promote(scope: &Scope<'_>, queue: i64, now: Time, limit: usize) -> Result<(), StoreError> {
    let limit = i64::try_from(limit.saturating_add(ASIDE)).unwrap_or(i64::MAX);
    scope.execute(
        "UPDATE outbox SET readiness = 1 WHERE seq IN (
             SELECT seq FROM outbox WHERE queue = ?1 AND state = 0 AND readiness = 0 AND due <= ?2
             ORDER BY due LIMIT ?3)",
        params![queue, now.micros(), limit],
    )?;
    let sql = "SELECT id FROM groups WHERE queue = ?1 AND has_held = 1 AND mode <> 1";
    for group in scope.places(sql, [queue])? {
        let released = scope.execute(
            "UPDATE outbox SET readiness = 1 WHERE seq IN (
                 SELECT seq FROM outbox WHERE grp = ?1 AND state = 0 AND readiness = 2 ORDER BY seq LIMIT ?2)",
            params![group, limit],
        )?;
        if released == 0 {
            scope.execute("UPDATE groups SET has_held = 0 WHERE id = ?1", [group])?;
        }
    }
    Ok(())
}

fn take(
    scope: &Scope<'_>,
    ready: &mut Ready<'_>,
    claim: &Claim,
    limit: usize,
    begin: usize,
) -> Result<Vec<ClaimedRow>, StoreError> {
    let mut taken: Vec<ClaimedRow> = Vec::new();
    let mut looked_at = 0;
    let mut select = scope.prepare("SELECT request FROM outbox WHERE seq = ?1")?;
    while taken.len() < limit && looked_at < limit.saturating_add(ASIDE) {
        let left = limit - taken.len();
        // Each of these is claimed, leaves the index in this transaction or has no room, so the next ones are others.
        let next = ready.next(scope, left)?;
        let are_all = next.len() < left;
        looked_at += next.len();
        let places: Vec<i64> = next.iter().map(|next| next.place).collect();
        let paces: HashMap<i64, i64> = next.iter().map(|next| (next.place, next.pace)).collect();
        let mut batch = scope.at(&places)?;
        let begin = begin.saturating_sub(taken.len());
        let claimed = batch.claim(claim, left, begin, |place| {
            let pace = paces.get(&place);
            pace.is_some_and(|pace| ready.rooms.take(*pace))
        });
        scope.write(&batch, claim.now)?;
        for row in claimed {
            let request = select.first([row.place], |row| row.get(0))?;
            taken.push(row.with(request.unwrap_or_default()));
        }
        if are_all {
            break;
        }
    }
    Ok(taken)
}

pub(super) fn begin(scope: &Scope<'_>, begin: &Begin) -> Result<Vec<Begun>, StoreError> {
    let queue = read_queue(scope, &begin.queue)?;
    let is_paused = queue.paused.is_some() || queue.hold_until > begin.now.micros();
    let mut batch = scope.by_id(begin.rows.iter().copied())?;
    let begun = batch.begin(begin, is_paused);
    scope.write(&batch, begin.now)?;
    Ok(begun)
}
