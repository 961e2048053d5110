//! Pausing, resuming and cancelling; counting; deleting what is over.

use super::connection::{Pool, Session};
use super::list::{ROW, read};
use super::values::{code, get, known, maybe_time, rows as at_most};
use super::{queues, rows};
use crate::row::Row;
use crate::state::State;
use crate::state::record::policy;
use crate::store::{Control, Counts, GroupMode, Status, StoreError};
use crate::time::Time;

/// How many rows of a group are cancelled in one transaction.
const SLICE: i64 = 1_000;

/// The number that no group has.
const NO_GROUP: i64 = -1;

/// Does what is asked for. A group is cancelled before its rows are, each in a transaction of its own: nothing of it is
/// begun from then on.
pub(super) async fn control(
    pool: &Pool,
    queue: &str,
    control: &Control,
    now: Time,
) -> Result<usize, StoreError> {
    let applied = pool
        .transact(&(queue, control), |session, (queue, control)| {
            Box::pin(apply(session, queue, control))
        })
        .await?;
    let (Some(group), Control::CancelGroup(_)) = (applied, control) else {
        return Ok(0);
    };
    pool.transact(&(group, now), |session, (group, now)| {
        Box::pin(cancel_slice(session, *group, *now))
    })
    .await
}

/// Changes the queue or a group, and returns the number of the group.
async fn apply(
    session: &Session<'_>,
    name: &str,
    control: &Control,
) -> Result<Option<i64>, StoreError> {
    let queue = queues::number(session, name).await?;
    let group = match control {
        Control::Pause { reason } => {
            let sql = "UPDATE queues SET paused = $2 WHERE id = $1";
            session.execute(sql, &[&queue, reason]).await?;
            None
        }
        Control::Resume => {
            let sql = "UPDATE queues SET paused = NULL WHERE id = $1";
            session.execute(sql, &[&queue]).await?;
            None
        }
        Control::HoldUntil(until) => {
            let sql = "UPDATE queues SET hold_until = greatest(hold_until, $2) WHERE id = $1";
            session.execute(sql, &[&queue, &until.micros()]).await?;
            None
        }
        Control::PauseGroup(name) => Some(set_mode(session, queue, name, GroupMode::Paused).await?),
        Control::ResumeGroup(name) => {
            Some(set_mode(session, queue, name, GroupMode::Running).await?)
        }
        Control::CancelGroup(name) => {
            Some(set_mode(session, queue, name, GroupMode::Cancelled).await?)
        }
        Control::ReturnPermits { from, to } => {
            let sql = "UPDATE queues SET next_permit = $2 WHERE id = $1 AND next_permit = $3";
            let times = (from.micros(), to.micros());
            session.execute(sql, &[&queue, &times.0, &times.1]).await?;
            None
        }
    };
    if matches!(control, Control::Resume | Control::ResumeGroup(_)) {
        session.announce(name).await?;
    }
    Ok(group)
}

/// A group that is cancelled stays so. From the pause of a group on there may be rows that were put aside for it.
async fn set_mode(
    session: &Session<'_>,
    queue: i64,
    name: &str,
    mode: GroupMode,
) -> Result<i64, StoreError> {
    let groups = queues::groups(session, queue, &[name]).await?;
    let group = groups.get(name).copied().ok_or(StoreError::Busy)?;
    let is_paused = mode == GroupMode::Paused;
    let sql = "UPDATE groups SET mode = $2, has_held = has_held OR $3 WHERE id = $1 AND mode <> $4";
    let cancelled = code(GroupMode::Cancelled.code());
    session
        .execute(sql, &[&group, &code(mode.code()), &is_paused, &cancelled])
        .await?;
    Ok(group)
}

/// Cancels some rows of a group, and leaves its unknown rows unknown.
async fn cancel_slice(session: &Session<'_>, group: i64, now: Time) -> Result<usize, StoreError> {
    let sql = "SELECT seq FROM outbox WHERE grp = $1 AND grp <> 0 AND open AND state <> 2 ORDER BY seq LIMIT $2";
    let found = session.query(sql, &[&group, &SLICE]).await?;
    let seqs = found
        .iter()
        .map(|row| get(row, 0))
        .collect::<Result<_, _>>()?;
    let mut batch = rows::at(session, seqs).await?;
    let cancelled = batch.cancel(now);
    rows::write(session, &batch, now).await?;
    Ok(cancelled)
}

pub(super) async fn status(
    session: &Session<'_>,
    queue: &str,
    group: Option<&str>,
) -> Result<Status, StoreError> {
    let Some(queue) = queues::find(session, queue).await? else {
        return Ok(Status::default());
    };
    let group = match group {
        Some(name) => {
            let found = queues::find_group(session, queue, name).await?;
            Some(found.unwrap_or(NO_GROUP))
        }
        None => None,
    };
    let counted = session
        .query(
            "SELECT state, sum(rows)::bigint FROM (
                 SELECT state, rows FROM counts WHERE queue = $1 AND ($2::bigint IS NULL OR grp = $2)
                 UNION ALL
                 SELECT state, rows FROM count_changes WHERE queue = $1 AND ($2::bigint IS NULL OR grp = $2)) AS c
             GROUP BY state",
            &[&queue, &group],
        )
        .await?;
    let mut counts = Counts::default();
    for row in counted {
        let rows: i64 = get(&row, 1)?;
        let rows = u64::try_from(rows).unwrap_or_default();
        counts.add(known(&row, 0, State::from_code)?, rows);
    }
    let mut status = Status::new(counts, None);
    let sql = "SELECT q.paused, nullif(q.hold_until, 0), coalesce(g.mode, 0::smallint)
               FROM queues q LEFT JOIN groups g ON g.id = $2 WHERE q.id = $1";
    if let Some(row) = session.first(sql, &[&queue, &group]).await? {
        status.paused = get(&row, 0)?;
        status.hold_until = maybe_time(&row, 1)?;
        status.group = known(&row, 2, GroupMode::from_code)?;
    }
    Ok(status)
}

pub(super) async fn undecided(
    session: &Session<'_>,
    queue: &str,
    now: Time,
    again: Time,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let Some(queue) = queues::find(session, queue).await? else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "UPDATE outbox SET decide_at = $3 WHERE seq = ANY(ARRAY(
             SELECT seq FROM outbox
             WHERE queue = $1 AND policy = {} AND decide_at IS NOT NULL AND decide_at <= $2
             ORDER BY decide_at LIMIT $4 FOR UPDATE SKIP LOCKED))
         RETURNING {ROW}",
        policy::ASK
    );
    let (now, again) = (now.micros(), again.micros());
    let rows = session
        .query(&sql, &[&queue, &now, &again, &at_most(limit)])
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn purge(
    session: &Session<'_>,
    queue: &str,
    states: &[State],
    before: Time,
    limit: usize,
) -> Result<usize, StoreError> {
    let Some(queue) = queues::find(session, queue).await? else {
        return Ok(0);
    };
    let codes: Vec<i16> = states
        .iter()
        .filter(|state| state.is_ended())
        .map(|state| code(state.code()))
        .collect();
    let sql = "WITH gone AS (
                   DELETE FROM outbox WHERE seq = ANY(ARRAY(
                       SELECT seq FROM outbox
                       WHERE queue = $1 AND state > 2 AND changed < $2 AND state = ANY($3) AND NOT open
                       ORDER BY changed LIMIT $4 FOR UPDATE SKIP LOCKED))
                   RETURNING grp, state),
               counted AS (
                   INSERT INTO count_changes (queue, grp, state, rows)
                   SELECT $1, grp, state, -count(*) FROM gone GROUP BY grp, state)
               SELECT count(*) FROM gone";
    let before = before.micros();
    let gone = session
        .first(sql, &[&queue, &before, &codes, &at_most(limit)])
        .await?;
    let gone: i64 = gone.map_or(Ok(0), |row| get(&row, 0))?;
    Ok(usize::try_from(gone).unwrap_or_default())
}
