//! Claiming rows, and marking them as begun.

use rusqlite::params;

use super::ready::Ready;
use super::rows::{Note, Stored, mode, readiness};
use super::scope::Scope;
use crate::state::{Change, Lease, State};
use crate::store::{Begin, Begun, Claim, Claimed, ClaimedRow, Permits, StoreError};
use crate::time::{Time, micros};

/// How many rows are looked at that turn out not to be due, in one claim.
const ASIDE: usize = 1_000;

/// A permit that is this far ahead was taken by a clock that is wrong, and does not count.
const WRONG_CLOCK: i64 = 60_000_000;

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
    let (start, limit) = permits(claim, queue.next_permit);
    if limit == 0 {
        // Early enough to be ready when the next permit begins.
        let slice = claim.rate.map(|rate| rate.slice).unwrap_or_default();
        claimed.wake = Some(start.minus(slice / 2));
        return Ok(claimed);
    }
    promote(scope, queue.id, now, limit)?;
    let mut ready = Ready::new(queue.id, claim);
    claimed.rows = take(scope, &mut ready, claim, limit)?;
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
        claimed.wake = due.into_iter().chain(ready.opens_at()).min();
    }
    Ok(claimed)
}

fn read_queue(scope: &Scope<'_>, name: &str) -> Result<Queue, StoreError> {
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

/// When the next permit begins, and how many there are until the end of the slice.
fn permits(claim: &Claim, next: i64) -> (Time, usize) {
    let now = claim.now.micros();
    let Some(rate) = claim.rate else {
        return (claim.now, claim.limit);
    };
    let is_wrong = next.saturating_sub(now) > WRONG_CLOCK.max(micros(rate.slice));
    let start = if is_wrong { now } else { next.max(now) };
    let ahead = start - now;
    let left = micros(rate.slice)
        .max(micros(rate.interval()))
        .saturating_sub(ahead);
    let count = left.max(0) / micros(rate.interval()).max(1);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    (Time::from_micros(start), count.min(claim.limit))
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
) -> Result<Vec<ClaimedRow>, StoreError> {
    let lease = Lease {
        worker: claim.worker.clone(),
        until: claim.now.plus(claim.lease),
    };
    let mut taken = Vec::new();
    let mut looked_at = 0;
    while taken.len() < limit && looked_at < limit.saturating_add(ASIDE) {
        // Each of these is claimed, leaves the index in this transaction or has no room, so the next ones are others.
        let next = ready.next(scope, limit - taken.len())?;
        if next.is_empty() {
            break;
        }
        looked_at += next.len();
        for next in next {
            if !ready.has_room(&next) {
                continue;
            }
            let Some(row) = scope.at(next.place)? else {
                continue;
            };
            if put_aside(scope, &row, claim.now)? {
                continue;
            }
            let change = Change::Claim(lease.clone());
            if let Some(life) = scope.change(&row, &change, &Note::default(), claim.now)? {
                ready.take(&next);
                let sql = "SELECT request FROM outbox WHERE seq = ?1";
                let request = scope.first(sql, [next.place], |row| row.get(0))?;
                taken.push(ClaimedRow::new(
                    row.id,
                    request.unwrap_or_default(),
                    life.attempt,
                ));
            }
        }
    }
    Ok(taken)
}

/// Deals with a queued or claimed row that must not be sent now. Returns whether it was one.
fn put_aside(scope: &Scope<'_>, row: &Stored, now: Time) -> Result<bool, StoreError> {
    let none = Note::default();
    if row.mode == mode::CANCELLED {
        scope.change(row, &Change::Cancel, &none, now)?;
        return Ok(true);
    }
    if row.is_expired(now) {
        scope.change(row, &Change::Expire, &none, now)?;
        return Ok(true);
    }
    if row.mode != mode::PAUSED {
        return Ok(false);
    }
    if let Some(lease) = &row.life.lease {
        scope.change(row, &Change::Release(&lease.worker), &none, now)?;
    }
    let sql = "UPDATE outbox SET readiness = ?2 WHERE seq = ?1 AND state = 0";
    scope.execute(sql, [row.place, readiness::HELD])?;
    scope.execute("UPDATE groups SET has_held = 1 WHERE id = ?1", [row.group])?;
    Ok(true)
}

pub(super) fn begin(scope: &Scope<'_>, begin: &Begin) -> Result<Vec<Begun>, StoreError> {
    let queue = read_queue(scope, &begin.queue)?;
    let lease = Lease {
        worker: begin.worker.clone(),
        until: begin.now.plus(begin.lease),
    };
    let is_paused = queue.paused.is_some() || queue.hold_until > begin.now.micros();
    let mut begun = Vec::with_capacity(begin.rows.len());
    for id in &begin.rows {
        let Some(row) = scope.by_id(*id)? else {
            continue;
        };
        let is_held = row
            .life
            .lease
            .as_ref()
            .is_some_and(|held| held.worker == begin.worker);
        if row.life.state != State::Claimed || !is_held {
            continue;
        }
        if put_aside(scope, &row, begin.now)? {
            continue;
        }
        let change = if is_paused {
            Change::Release(&begin.worker)
        } else {
            Change::Begin(lease.clone())
        };
        let life = scope.change(&row, &change, &Note::default(), begin.now)?;
        if let Some(life) = life.filter(|life| life.state == State::Begun) {
            begun.push(Begun::new(*id, life.attempt));
        }
    }
    Ok(begun)
}
