//! Rows, locked and read, and written.

use tokio_postgres::Row;

use super::connection::Session;
use super::order;
use super::values::{Uuid, attempt, code, get, known, lease, maybe_time, time, uuids};
use crate::row::RowId;
use crate::state::batch::Batch;
use crate::state::record::{Readiness, Record, policy_from_codes};
use crate::state::{Life, State};
use crate::store::{GroupMode, StoreError};
use crate::time::Time;

/// The columns of a record.
pub(super) const COLUMNS: &str = "o.seq, o.id, o.queue, o.grp, coalesce(g.mode, 0::smallint), o.state, \
     o.attempt, o.worker, o.lease_until, o.expires, o.ordering_key, o.policy, o.pause, o.due, o.readiness, \
     o.decide_at, o.open, o.changed, o.message_id, o.given_up";

/// Locks rows, and before them what changes with them.
pub(super) async fn by_id(
    session: &Session<'_>,
    ids: impl IntoIterator<Item = RowId>,
) -> Result<Batch, StoreError> {
    let ids = uuids(ids);
    if ids.is_empty() {
        return Ok(Batch::new([]));
    }
    let seqs = session
        .query("SELECT seq FROM outbox WHERE id = ANY($1)", &[&ids])
        .await?;
    let seqs = seqs
        .iter()
        .map(|row| get(row, 0))
        .collect::<Result<_, _>>()?;
    at(session, seqs).await
}

/// Locks the rows at these places of the table, and before them what changes with them.
pub(super) async fn at(session: &Session<'_>, seqs: Vec<i64>) -> Result<Batch, StoreError> {
    if seqs.is_empty() {
        return Ok(Batch::new([]));
    }
    order::OUTBOX.lock(session, &seqs).await?;
    // A group that is paused or cancelled is so for all that is read after this.
    session
        .query(
            "SELECT id FROM groups WHERE id IN (SELECT grp FROM outbox WHERE seq = ANY($1) AND grp <> 0)
             ORDER BY id FOR SHARE",
            &[&seqs],
        )
        .await?;
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox o LEFT JOIN groups g ON g.id = o.grp
         WHERE o.seq = ANY($1) ORDER BY o.seq FOR UPDATE OF o"
    );
    let rows = session.query(&sql, &[&seqs]).await?;
    let records = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Batch::new(records))
}

/// Writes what has changed.
pub(super) async fn write(
    session: &Session<'_>,
    batch: &Batch,
    now: Time,
) -> Result<(), StoreError> {
    let records: Vec<&Record> = batch.changed().map(|(record, _)| record).collect();
    if records.is_empty() {
        return Ok(());
    }
    write_records(session, &records).await?;
    let counts = batch.counts();
    count(session, counts.into_iter()).await?;
    let keys: Vec<_> = batch.woken().collect();
    order::OUTBOX.wake(session, &keys, now).await
}

async fn write_records(session: &Session<'_>, records: &[&Record]) -> Result<(), StoreError> {
    fn column<T>(records: &[&Record], of: impl Fn(&Record) -> T) -> Vec<T> {
        records.iter().map(|record| of(record)).collect()
    }
    let lease = |record: &Record| record.life.lease.clone();
    session
        .execute(
            "UPDATE outbox o SET state = w.state, attempt = w.attempt, worker = w.worker,
                 lease_until = w.lease_until, readiness = w.readiness, due = w.due, decide_at = w.decide_at,
                 open = w.open, message_id = w.message_id, reason = coalesce(w.reason, o.reason),
                 changed = w.changed, given_up = w.given_up
             FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::text[], $5::bigint[], $6::smallint[],
                 $7::bigint[], $8::bigint[], $9::boolean[], $10::text[], $11::text[], $12::bigint[], $13::text[])
                 AS w(seq, state, attempt, worker, lease_until, readiness, due, decide_at, open, message_id,
                     reason, changed, given_up)
             WHERE o.seq = w.seq",
            &[
                &column(records, |record| record.place),
                &column(records, |record| code(record.life.state.code())),
                &column(records, |record| i64::from(record.life.attempt)),
                &column(records, |record| {
                    lease(record).map(|lease| lease.worker.as_str().to_owned())
                }),
                &column(records, |record| lease(record).map(|lease| lease.until.micros())),
                &column(records, |record| code(record.readiness.code())),
                &column(records, |record| record.due.micros()),
                &column(records, |record| record.decide_at.map(Time::micros)),
                &column(records, |record| record.is_open),
                &column(records, |record| record.message_id.clone()),
                &column(records, |record| record.reason.clone()),
                &column(records, |record| record.changed.micros()),
                &column(records, |record| record.given_up.clone()),
            ],
        )
        .await?;
    Ok(())
}

/// Notes that there are more or fewer rows of a queue and group in a state.
pub(super) async fn count(
    session: &Session<'_>,
    counts: impl Iterator<Item = ((i64, i64, i64), i64)>,
) -> Result<(), StoreError> {
    let (mut queues, mut groups, mut states, mut rows) = (vec![], vec![], vec![], vec![]);
    for ((queue, group, state), by) in counts {
        queues.push(queue);
        groups.push(group);
        states.push(code(state));
        rows.push(by);
    }
    if queues.is_empty() {
        return Ok(());
    }
    session
        .execute(
            "INSERT INTO count_changes (queue, grp, state, rows)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[])",
            &[&queues, &groups, &states, &rows],
        )
        .await?;
    Ok(())
}

/// Reads a record.
pub(super) fn read(row: &Row) -> Result<Record, StoreError> {
    let Uuid(id) = get(row, 1)?;
    let pause: i64 = get(row, 12)?;
    Ok(Record {
        place: get(row, 0)?,
        id,
        queue: get(row, 2)?,
        group: get(row, 3)?,
        mode: known(row, 4, GroupMode::from_code)?,
        life: Life {
            state: known(row, 5, State::from_code)?,
            attempt: attempt(row, 6)?,
            lease: lease(row, 7)?,
        },
        expires: maybe_time(row, 9)?,
        ordering_key: get(row, 10)?,
        policy: known(row, 11, |kind| policy_from_codes(kind, pause))?,
        readiness: known(row, 14, Readiness::from_code)?,
        due: time(row, 13)?,
        decide_at: maybe_time(row, 15)?,
        is_open: get(row, 16)?,
        changed: time(row, 17)?,
        message_id: get(row, 18)?,
        given_up: get(row, 19)?,
        reason: None,
    })
}
