//! Received events.

use std::collections::HashSet;

use tokio_postgres::Row;

use super::connection::Session;
use super::values::{attempt, code, get, known, lease, rows as at_most, time};
use super::{order, queues, settle};
use crate::inbox::record::EventRecord;
use crate::inbox::{
    ClaimEvents, EventChange, EventLife, EventNumber, EventState, Handled, NewEvent, StoredEvent,
};
use crate::row::RowId;
use crate::state::Lease;
use crate::state::record::Readiness;
use crate::store::{Receipt, StoreError};
use crate::time::Time;

/// The most leases that one claim ends.
const LEASES: i64 = 1_000;

pub(super) async fn accept(
    session: &Session<'_>,
    inbox: &str,
    events: &[NewEvent],
    now: Time,
) -> Result<Vec<bool>, StoreError> {
    let queue = queues::number(session, inbox).await?;
    // Also of repeated events: receipts count once whatever happens. Their rows are locked before anything is stored.
    let receipts = events.iter().filter_map(|event| event.receipt.clone());
    let receipts: Vec<Receipt> = receipts.collect();
    let _: Vec<Option<RowId>> = settle::receive(session, &receipts, now).await?;
    let keys: Vec<&str> = events.iter().map(|event| event.key.as_str()).collect();
    let readiness = |event: &NewEvent| match event.ordering_key {
        Some(_) => Readiness::Unchecked,
        None => Readiness::Ready,
    };
    let ordering: Vec<_> = events
        .iter()
        .map(|event| event.ordering_key.as_deref())
        .collect();
    let bodies: Vec<&str> = events.iter().map(|event| event.body.as_str()).collect();
    let readiness: Vec<i16> = events
        .iter()
        .map(|event| code(readiness(event).code()))
        .collect();
    let stored = session
        .query(
            "INSERT INTO inbox (queue, due, received, changed, event_key, ordering_key, body, readiness)
             SELECT $1, $2, $2, $2, event_key, ordering_key, body, readiness
             FROM unnest($3::text[], $4::text[], $5::text[], $6::smallint[]) WITH ORDINALITY
                 AS n(event_key, ordering_key, body, readiness, place)
             ORDER BY place
             ON CONFLICT (queue, event_key) DO NOTHING
             RETURNING event_key",
            &[&queue, &now.micros(), &keys, &ordering, &bodies, &readiness],
        )
        .await?;
    let stored = stored.iter().map(|row| get(row, 0));
    let mut new = stored.collect::<Result<HashSet<String>, _>>()?;
    session.announce(inbox).await?;
    Ok(keys.into_iter().map(|key| new.remove(key)).collect())
}

const RECORD: &str = "SELECT seq, queue, state, attempt, worker, lease_until, ordering_key, due, readiness FROM inbox";

fn read_record(row: &Row) -> Result<EventRecord, StoreError> {
    Ok(EventRecord {
        number: get(row, 0)?,
        inbox: get(row, 1)?,
        life: EventLife {
            state: known(row, 2, EventState::from_code)?,
            attempt: attempt(row, 3)?,
            lease: lease(row, 4)?,
        },
        ordering_key: get(row, 6)?,
        due: time(row, 7)?,
        readiness: known(row, 8, Readiness::from_code)?,
        reason: None,
    })
}

fn records(rows: &[Row]) -> Result<Vec<EventRecord>, StoreError> {
    rows.iter().map(read_record).collect()
}

async fn write(session: &Session<'_>, events: &[EventRecord], now: Time) -> Result<(), StoreError> {
    fn column<'a, T>(events: &'a [EventRecord], of: impl Fn(&'a EventRecord) -> T) -> Vec<T> {
        events.iter().map(of).collect()
    }
    if events.is_empty() {
        return Ok(());
    }
    session
        .execute(
            "UPDATE inbox i SET state = w.state, open = w.open, attempt = w.attempt, worker = w.worker,
                 lease_until = w.lease_until, readiness = w.readiness, due = w.due,
                 reason = coalesce(w.reason, i.reason), changed = $1
             FROM unnest($2::bigint[], $3::smallint[], $4::boolean[], $5::bigint[], $6::text[], $7::bigint[],
                 $8::smallint[], $9::bigint[], $10::text[])
                 AS w(seq, state, open, attempt, worker, lease_until, readiness, due, reason)
             WHERE i.seq = w.seq",
            &[
                &now.micros(),
                &column(events, |event| event.number),
                &column(events, |event| code(event.life.state.code())),
                &column(events, EventRecord::is_open),
                &column(events, |event| i64::from(event.life.attempt)),
                &column(events, |event| {
                    event.life.lease.as_ref().map(|lease| lease.worker.as_str())
                }),
                &column(events, |event| {
                    event.life.lease.as_ref().map(|lease| lease.until.micros())
                }),
                &column(events, |event| code(event.readiness.code())),
                &column(events, |event| event.due.micros()),
                &column(events, |event| event.reason.as_deref()),
            ],
        )
        .await
        .map(|_| ())
}

pub(super) async fn claim(
    session: &Session<'_>,
    claim: &ClaimEvents,
) -> Result<Vec<StoredEvent>, StoreError> {
    let queue = queues::read(session, &claim.inbox).await?.id;
    let now = claim.now;
    end_leases(session, queue, now).await?;
    session
        .execute(
            "UPDATE inbox SET readiness = 1 WHERE seq = ANY(ARRAY(
                 SELECT seq FROM inbox WHERE queue = $1 AND state = 0 AND readiness = 0 AND due <= $2
                 ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED))",
            &[&queue, &now.micros(), &at_most(claim.limit)],
        )
        .await?;
    let checked = claim.limit.saturating_mul(4);
    order::INBOX.check(session, queue, now, checked).await?;
    let sql = format!(
        "{RECORD} WHERE queue = $1 AND state = 0 AND readiness = 1 ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED"
    );
    let ready = session
        .query(&sql, &[&queue, &at_most(claim.limit)])
        .await?;
    let mut events = records(&ready)?;
    let by = EventChange::Claim(Lease {
        worker: claim.worker.clone(),
        until: now.plus(claim.lease),
    });
    events.retain_mut(|event| event.change(&by, now));
    write(session, &events, now).await?;
    let numbers: Vec<i64> = events.iter().map(|event| event.number).collect();
    let sql = format!("{EVENT} WHERE seq = ANY($1) ORDER BY seq");
    read_all(&session.query(&sql, &[&numbers]).await?)
}

async fn end_leases(session: &Session<'_>, queue: i64, now: Time) -> Result<(), StoreError> {
    let sql = format!(
        "{RECORD} WHERE queue = $1 AND lease_until IS NOT NULL AND lease_until <= $2
         ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED"
    );
    let over = session
        .query(&sql, &[&queue, &now.micros(), &LEASES])
        .await?;
    let mut events = records(&over)?;
    events.retain_mut(|event| event.change(&EventChange::EndLease(now), now));
    write(session, &events, now).await
}

pub(super) async fn settle(
    session: &Session<'_>,
    inbox: &str,
    handled: &[(EventNumber, Handled)],
    now: Time,
) -> Result<usize, StoreError> {
    let numbers: Vec<i64> = handled.iter().map(|(number, _)| *number).collect();
    let mut events = lock(session, inbox, &numbers).await?;
    let mut changed = 0;
    for (number, handled) in handled {
        let event = events.iter_mut().find(|event| event.number == *number);
        changed += usize::from(event.is_some_and(|event| event.settle(handled, now)));
    }
    write(session, &events, now).await?;
    let over = events.iter().filter(|event| !event.is_open());
    let keys = over.filter_map(|event| Some((event.inbox, event.ordering_key.clone()?)));
    let keys: Vec<_> = keys.collect();
    order::INBOX.wake(session, &keys, now).await?;
    Ok(changed)
}

/// Locks events of an inbox, and before them their ordering keys.
async fn lock(
    session: &Session<'_>,
    inbox: &str,
    numbers: &[i64],
) -> Result<Vec<EventRecord>, StoreError> {
    let queue = queues::number(session, inbox).await?;
    order::INBOX.lock(session, numbers).await?;
    let sql = format!("{RECORD} WHERE queue = $1 AND seq = ANY($2) ORDER BY seq FOR UPDATE");
    records(&session.query(&sql, &[&queue, &numbers]).await?)
}

const EVENT: &str = "SELECT seq, event_key, body, attempt, received, reason FROM inbox";

fn read_all(rows: &[Row]) -> Result<Vec<StoredEvent>, StoreError> {
    let read = |row: &Row| {
        let (number, key, body) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
        let (attempt, received) = (attempt(row, 3)?, time(row, 4)?);
        let reason = get(row, 5)?;
        Ok(StoredEvent::new(
            number, key, body, attempt, received, reason,
        ))
    };
    rows.iter().map(read).collect()
}

pub(super) async fn dead(
    session: &Session<'_>,
    inbox: &str,
    after: EventNumber,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let Some(queue) = queues::find(session, inbox).await? else {
        return Ok(Vec::new());
    };
    let sql = format!("{EVENT} WHERE queue = $1 AND state = 3 AND seq > $2 ORDER BY seq LIMIT $3");
    let limit = at_most(limit);
    read_all(&session.query(&sql, &[&queue, &after, &limit]).await?)
}

pub(super) async fn replay(
    session: &Session<'_>,
    inbox: &str,
    numbers: &[EventNumber],
    now: Time,
) -> Result<usize, StoreError> {
    let mut events = lock(session, inbox, numbers).await?;
    events.retain_mut(|event| event.change(&EventChange::Replay, now));
    write(session, &events, now).await?;
    session.announce(inbox).await?;
    Ok(events.len())
}

pub(super) async fn purge(
    session: &Session<'_>,
    inbox: &str,
    before: Time,
    limit: usize,
) -> Result<usize, StoreError> {
    let Some(queue) = queues::find(session, inbox).await? else {
        return Ok(0);
    };
    session
        .execute(
            "DELETE FROM inbox WHERE seq = ANY(ARRAY(
                 SELECT seq FROM inbox WHERE queue = $1 AND state = 2 AND changed < $2
                 ORDER BY changed LIMIT $3 FOR UPDATE SKIP LOCKED))",
            &[&queue, &before.micros(), &at_most(limit)],
        )
        .await
}
