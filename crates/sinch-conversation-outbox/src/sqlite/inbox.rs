//! Received events.

use rusqlite::{Row as SqlRow, params};

use super::rows::known;
use super::scope::Scope;
use super::settle;
use crate::inbox::record::EventRecord;
use crate::inbox::{
    ClaimEvents, EventChange, EventLife, EventNumber, EventState, Handled, NewEvent, StoredEvent,
};
use crate::state::record::Readiness;
use crate::state::{Lease, WorkerId};
use crate::store::StoreError;
use crate::time::Time;

/// The most leases that one claim ends.
const LEASES: i64 = 1_000;

pub(super) fn accept(
    scope: &Scope<'_>,
    inbox: &str,
    events: Vec<NewEvent>,
    now: Time,
) -> Result<Vec<bool>, StoreError> {
    let inbox = scope.queue(inbox)?;
    let mut are_new = Vec::with_capacity(events.len());
    for event in events {
        are_new.push(store(scope, inbox, &event, now)?);
        // Also of a repeated event: receipts count once whatever happens.
        settle::receive(scope, event.receipt.as_slice(), now)?;
    }
    Ok(are_new)
}

fn store(scope: &Scope<'_>, inbox: i64, event: &NewEvent, now: Time) -> Result<bool, StoreError> {
    let key = event.ordering_key.as_deref();
    let readiness = readiness(scope, inbox, key, Readiness::Ready)?.code();
    let stored = scope.execute(
        "INSERT INTO inbox (inbox, event_key, ordering_key, body, state, readiness, due, attempt, received, changed)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, 0, ?6, ?6) ON CONFLICT (inbox, event_key) DO NOTHING",
        params![inbox, event.key, event.ordering_key, event.body, readiness, now.micros()],
    )?;
    Ok(stored > 0)
}

/// Whether an event can be claimed: not while an earlier one with its ordering key waits or is worked on.
fn readiness(
    scope: &Scope<'_>,
    inbox: i64,
    key: Option<&str>,
    otherwise: Readiness,
) -> Result<Readiness, StoreError> {
    let Some(key) = key else {
        return Ok(otherwise);
    };
    let open: Option<i64> = scope.first(
        "SELECT number FROM inbox WHERE inbox = ?1 AND ordering_key = ?2 AND ordering_key IS NOT NULL AND state < 2
         LIMIT 1",
        params![inbox, key],
        |row| row.get(0),
    )?;
    Ok(open.map_or(otherwise, |_| Readiness::Waiting))
}

pub(super) fn claim(
    scope: &Scope<'_>,
    claim: &ClaimEvents,
) -> Result<Vec<StoredEvent>, StoreError> {
    let inbox = scope.queue(&claim.inbox)?;
    let now = claim.now;
    let over = scope.places(
        "SELECT number FROM inbox WHERE inbox = ?1 AND lease_until IS NOT NULL AND lease_until <= ?2 LIMIT ?3",
        params![inbox, now.micros(), LEASES],
    )?;
    for number in over {
        let end = EventChange::EndLease(now);
        change(scope, inbox, number, now, |event| event.change(&end, now))?;
    }
    let limit = i64::try_from(claim.limit).unwrap_or(i64::MAX);
    scope.execute(
        "UPDATE inbox SET readiness = 1 WHERE number IN (
             SELECT number FROM inbox WHERE inbox = ?1 AND state = 0 AND readiness = 0 AND due <= ?2
             ORDER BY due LIMIT ?3)",
        params![inbox, now.micros(), limit],
    )?;
    let ready = scope.places(
        "SELECT number FROM inbox WHERE inbox = ?1 AND state = 0 AND readiness = 1 ORDER BY number LIMIT ?2",
        params![inbox, limit],
    )?;
    let lease = Lease {
        worker: claim.worker.clone(),
        until: now.plus(claim.lease),
    };
    let mut claimed = Vec::with_capacity(ready.len());
    for number in ready {
        let by = EventChange::Claim(lease.clone());
        if change(scope, inbox, number, now, |event| event.change(&by, now))? {
            claimed.extend(scope.first(&format!("{EVENT} WHERE number = ?1"), [number], read)?);
        }
    }
    Ok(claimed)
}

pub(super) fn settle(
    scope: &Scope<'_>,
    inbox: &str,
    handled: &[(EventNumber, Handled)],
    now: Time,
) -> Result<usize, StoreError> {
    let inbox = scope.queue(inbox)?;
    let mut changed = 0;
    for (number, handled) in handled {
        let is_changed = change(scope, inbox, *number, now, |event| {
            event.settle(handled, now)
        })?;
        changed += usize::from(is_changed);
    }
    Ok(changed)
}

/// Changes an event, if its life allows that.
fn change(
    scope: &Scope<'_>,
    inbox: i64,
    number: EventNumber,
    now: Time,
    change: impl FnOnce(&mut EventRecord) -> bool,
) -> Result<bool, StoreError> {
    let sql = "SELECT number, inbox, state, attempt, worker, lease_until, ordering_key, due, readiness FROM inbox
               WHERE number = ?1 AND inbox = ?2";
    let Some(mut event) = scope.first(sql, [number, inbox], read_record)? else {
        return Ok(false);
    };
    if !change(&mut event) {
        return Ok(false);
    }
    if event.readiness == Readiness::Unchecked {
        let otherwise = Readiness::at(event.due, now);
        event.readiness = readiness(scope, inbox, event.ordering_key.as_deref(), otherwise)?;
    }
    let lease = event.life.lease.as_ref();
    scope.execute(
        "UPDATE inbox SET state = ?2, attempt = ?3, worker = ?4, lease_until = ?5, readiness = ?6, due = ?7,
             reason = coalesce(?8, reason), changed = ?9
         WHERE number = ?1",
        params![
            event.number,
            event.life.state.code(),
            event.life.attempt,
            lease.map(|lease| lease.worker.as_str()),
            lease.map(|lease| lease.until.micros()),
            event.readiness.code(),
            event.due.micros(),
            event.reason,
            now.micros(),
        ],
    )?;
    if !event.is_open() {
        wake_next(scope, &event, now)?;
    }
    Ok(true)
}

/// Lets the first event with the same ordering key go, unless one of them is worked on or is to be tried again.
fn wake_next(scope: &Scope<'_>, ended: &EventRecord, now: Time) -> Result<(), StoreError> {
    let Some(key) = &ended.ordering_key else {
        return Ok(());
    };
    scope.execute(
        "UPDATE inbox SET readiness = CASE WHEN due > ?3 THEN 0 ELSE 1 END WHERE number = (
             SELECT min(number) FROM inbox
             WHERE inbox = ?1 AND ordering_key = ?2 AND ordering_key IS NOT NULL AND state < 2)
         AND state = 0 AND readiness = 3 AND NOT EXISTS (
             SELECT 1 FROM inbox WHERE inbox = ?1 AND ordering_key = ?2 AND ordering_key IS NOT NULL AND state < 2
             AND NOT (state = 0 AND readiness = 3))",
        params![ended.inbox, key, now.micros()],
    )?;
    Ok(())
}

fn read_record(row: &SqlRow<'_>) -> rusqlite::Result<EventRecord> {
    let worker: Option<String> = row.get(4)?;
    let until: Option<i64> = row.get(5)?;
    let lease = worker.zip(until).map(|(worker, until)| Lease {
        worker: WorkerId::new(worker),
        until: Time::from_micros(until),
    });
    Ok(EventRecord {
        number: row.get(0)?,
        inbox: row.get(1)?,
        life: EventLife {
            state: known(row, 2, EventState::from_code)?,
            attempt: row.get(3)?,
            lease,
        },
        ordering_key: row.get(6)?,
        due: Time::from_micros(row.get(7)?),
        readiness: known(row, 8, Readiness::from_code)?,
        reason: None,
    })
}

const EVENT: &str = "SELECT number, event_key, body, attempt, received, reason FROM inbox";

fn read(row: &SqlRow<'_>) -> rusqlite::Result<StoredEvent> {
    let received = Time::from_micros(row.get(4)?);
    Ok(StoredEvent::new(
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        received,
        row.get(5)?,
    ))
}

pub(super) fn dead(
    scope: &Scope<'_>,
    inbox: &str,
    after: EventNumber,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let inbox = scope.queue(inbox)?;
    let sql =
        format!("{EVENT} WHERE inbox = ?1 AND state = 3 AND number > ?2 ORDER BY number LIMIT ?3");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    scope.all(&sql, [inbox, after, limit], read)
}

pub(super) fn replay(
    scope: &Scope<'_>,
    inbox: &str,
    events: &[EventNumber],
    now: Time,
) -> Result<usize, StoreError> {
    let inbox = scope.queue(inbox)?;
    let mut replayed = 0;
    for number in events {
        let replay = |event: &mut EventRecord| event.change(&EventChange::Replay, now);
        let is_changed = change(scope, inbox, *number, now, replay)?;
        replayed += usize::from(is_changed);
    }
    Ok(replayed)
}

pub(super) fn purge(
    scope: &Scope<'_>,
    inbox: &str,
    before: Time,
    limit: usize,
) -> Result<usize, StoreError> {
    let inbox = scope.queue(inbox)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    scope.execute(
        "DELETE FROM inbox WHERE number IN (
             SELECT number FROM inbox WHERE inbox = ?1 AND state = 2 AND changed < ?2 ORDER BY changed LIMIT ?3)",
        params![inbox, before.micros(), limit],
    )
}
