//! Claiming rows, and marking them as begun.

use std::collections::HashMap;

use super::connection::{Pool, Session};
use super::queues::{self, Queue};
use super::values::{get, maybe_time, rows as at_most};
use super::{order, ready, rows};
use crate::row::RowId;
use crate::state::batch::{Batch, Chosen};
use crate::state::permits;
use crate::store::{Begin, Begun, Claim, Claimed, ClaimedRow, Permits, StoreError};
use crate::time::{Time, micros};

/// How many rows are looked at that turn out not to be due, in one claim.
const ASIDE: usize = 1_000;

/// What one transaction of a claim has found.
#[derive(Default)]
struct Taken {
    rows: Vec<ClaimedRow>,
    start: Time,
    /// Rows that must not be sent now.
    aside: Vec<i64>,
    /// When there is room again for an app that has none.
    opens_at: Option<Time>,
}

/// Rows that are put aside need other locks than those that are claimed, so each takes a transaction of its own.
pub(super) async fn claim(pool: &Pool, claim: &Claim) -> Result<Claimed, StoreError> {
    let now = claim.now;
    let queue = pool.transact(claim, |session, claim| Box::pin(prepare(session, claim)));
    let queue = queue.await?;
    let mut claimed = Claimed::nothing(now);
    if queue.paused.is_some() {
        claimed.paused = queue.paused;
        return Ok(claimed);
    }
    if queue.hold_until > now {
        claimed.wake = Some(queue.hold_until);
        return Ok(claimed);
    }
    let (start, limit) = permits::available(claim, queue.next_permit);
    if limit == 0 {
        claimed.wake = Some(permits::wake(claim, start));
        return Ok(claimed);
    }
    let mut looked_at = 0;
    let mut chunk = limit;
    let mut opens_at = None;
    while claimed.rows.is_empty() && looked_at < limit.saturating_add(ASIDE) {
        let arguments = (claim, queue.id, limit, chunk);
        let taking = pool.transact(&arguments, |session, arguments| {
            let (claim, queue, limit, chunk) = *arguments;
            Box::pin(take(session, claim, queue, limit, chunk))
        });
        let taken = taking.await?;
        if let Some(rate) = claim.rate {
            claimed.permits = Permits::new(taken.start, rate.interval());
        }
        claimed.rows = taken.rows;
        opens_at = taken.opens_at;
        if taken.aside.is_empty() {
            break;
        }
        looked_at += taken.aside.len();
        chunk = ASIDE;
        pool.transact(&(taken.aside, now), |session, (aside, now)| {
            Box::pin(put_aside(session, aside, *now))
        })
        .await?;
    }
    if claimed.rows.is_empty() {
        let due = pool.transact(&queue.id, |session, queue| {
            Box::pin(next_due(session, *queue))
        });
        claimed.wake = due.await?.into_iter().chain(opens_at).min();
    }
    Ok(claimed)
}

/// Reads the queue, and makes rows ready that are due by now, that have nobody to wait for any more, and those of groups
/// that are not paused any more.
async fn prepare(session: &Session<'_>, claim: &Claim) -> Result<Queue, StoreError> {
    let queue = queues::read(session, &claim.queue).await?;
    let now = claim.now;
    if queue.paused.is_some() || queue.hold_until > now {
        return Ok(queue);
    }
    let limit = claim.limit.saturating_add(ASIDE);
    session
        .execute(
            "UPDATE outbox SET readiness = 1 WHERE seq = ANY(ARRAY(
                 SELECT seq FROM outbox WHERE queue = $1 AND state = 0 AND readiness = 0 AND due <= $2
                 ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED))",
            &[&queue.id, &now.micros(), &at_most(limit)],
        )
        .await?;
    order::OUTBOX.check(session, queue.id, now, limit).await?;
    release_held(session, queue.id, limit).await?;
    Ok(queue)
}

/// A group stays marked until it is certain that no row is put aside for it: a transaction that does so has locked the group.
async fn release_held(session: &Session<'_>, queue: i64, limit: usize) -> Result<(), StoreError> {
    let sql = "SELECT id FROM groups WHERE queue = $1 AND has_held AND mode <> 1";
    for group in session.query(sql, &[&queue]).await? {
        let group: i64 = get(&group, 0)?;
        let released = session
            .execute(
                "UPDATE outbox SET readiness = 1 WHERE seq = ANY(ARRAY(
                     SELECT seq FROM outbox WHERE grp = $1 AND state = 0 AND readiness = 2
                     ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED))",
                &[&group, &at_most(limit)],
            )
            .await?;
        if released > 0 {
            continue;
        }
        let sql = "SELECT FROM groups WHERE id = $1 AND mode <> 1 FOR UPDATE SKIP LOCKED";
        if session.first(sql, &[&group]).await?.is_some() {
            session
                .execute(
                    "UPDATE groups SET has_held = false WHERE id = $1 AND NOT EXISTS (
                         SELECT FROM outbox WHERE grp = $1 AND state = 0 AND readiness = 2)",
                    &[&group],
                )
                .await?;
        }
    }
    Ok(())
}

/// Claims rows that nobody else is looking at, and takes their permits last, since others wait for these.
async fn take(
    session: &Session<'_>,
    claim: &Claim,
    queue: i64,
    limit: usize,
    chunk: usize,
) -> Result<Taken, StoreError> {
    let (mut rooms, paces) = ready::rooms(session, queue, claim).await?;
    // Rows that are put aside take no room.
    let room = |pace: &i64| match rooms.room(*pace) {
        0 => None,
        room if chunk == limit => Some((*pace, room)),
        _ => Some((*pace, chunk)),
    };
    let open: Vec<_> = paces.iter().filter_map(room).collect();
    let (mut sendable, mut aside, mut pace_of) = (Vec::new(), Vec::new(), HashMap::new());
    for row in ready::next(session, queue, open, chunk).await? {
        let record = rows::read(&row)?;
        if record.is_sendable(claim.now) {
            pace_of.insert(record.place, ready::pace(&row)?);
            sendable.push(record);
        } else {
            aside.push(record.place);
        }
    }
    let mut batch = Batch::new(sendable);
    // The permits are taken last, so nothing is begun yet.
    let claimed = batch.claim(claim, limit, 0, |place| {
        let pace = pace_of.get(&place);
        pace.is_some_and(|pace| rooms.take(*pace))
    });
    let mut taken = Taken {
        start: claim.now,
        opens_at: rooms.opens_at(),
        aside,
        ..Taken::default()
    };
    ready::keep(session, queue, &rooms).await?;
    if claimed.is_empty() {
        return Ok(taken);
    }
    rows::write(session, &batch, claim.now).await?;
    taken.rows = requests(session, claimed).await?;
    if let Some(rate) = claim.rate {
        let count = u32::try_from(taken.rows.len()).unwrap_or(u32::MAX);
        let length = micros(rate.interval().saturating_mul(count));
        taken.start = take_permits(session, claim, queue, length).await?;
    }
    Ok(taken)
}

/// The requests of rows, in order.
async fn requests(
    session: &Session<'_>,
    claimed: Vec<Chosen>,
) -> Result<Vec<ClaimedRow>, StoreError> {
    let ids = super::values::uuids(claimed.iter().map(|row| row.id));
    let sql = "SELECT id, request FROM outbox WHERE id = ANY($1)";
    let found = session.query(sql, &[&ids]).await?;
    let pair = |row| Ok((get::<super::values::Uuid>(row, 0)?.0, get(row, 1)?));
    let mut requests: HashMap<RowId, String> = found.iter().map(pair).collect::<Result<_, _>>()?;
    let row = |row: Chosen| {
        let request = requests.remove(&row.id)?;
        Some(row.with(request))
    };
    Ok(claimed.into_iter().filter_map(row).collect())
}

/// Takes permits for so many microseconds, and returns when the first one begins.
async fn take_permits(
    session: &Session<'_>,
    claim: &Claim,
    queue: i64,
    length: i64,
) -> Result<Time, StoreError> {
    let wrong = permits::wrong_from(claim).micros();
    let sql = "UPDATE queues SET next_permit =
                   CASE WHEN next_permit > $3 THEN $2 ELSE greatest(next_permit, $2) END + $4
               WHERE id = $1 RETURNING next_permit - $4";
    let row = session
        .first(sql, &[&queue, &claim.now.micros(), &wrong, &length])
        .await?;
    let row = row.ok_or_else(|| StoreError::Database("a queue is gone".to_owned()))?;
    get(&row, 0).map(Time::from_micros)
}

async fn put_aside(session: &Session<'_>, seqs: &[i64], now: Time) -> Result<(), StoreError> {
    let mut batch = rows::at(session, seqs.to_vec()).await?;
    batch.put_aside(now);
    rows::write(session, &batch, now).await
}

async fn next_due(session: &Session<'_>, queue: i64) -> Result<Option<Time>, StoreError> {
    let sql = "SELECT min(due) FROM outbox WHERE queue = $1 AND state = 0 AND readiness = 0";
    match session.first(sql, &[&queue]).await? {
        Some(row) => maybe_time(&row, 0),
        None => Ok(None),
    }
}

pub(super) async fn begin(session: &Session<'_>, begin: &Begin) -> Result<Vec<Begun>, StoreError> {
    let mut batch = rows::by_id(session, begin.rows.iter().copied()).await?;
    let queue = queues::read(session, &begin.queue).await?;
    let is_paused = queue.paused.is_some() || queue.hold_until > begin.now;
    let begun = batch.begin(begin, is_paused);
    rows::write(session, &batch, begin.now).await?;
    Ok(begun)
}
