//! What came of rows, and what time does to them.

use std::collections::{HashMap, HashSet};

use super::connection::Session;
use super::values::{Uuid, get, rows as at_most, uuids};
use super::{queues, rows};
use crate::row::RowId;
use crate::state::record::policy;
use crate::store::{Receipt, Settlement, StoreError, Swept};
use crate::time::Time;

/// How many changes of the numbers of rows a sweep adds up.
const CHANGES: i64 = 10_000;

pub(super) async fn settle(
    session: &Session<'_>,
    settlements: &[Settlement],
    now: Time,
) -> Result<usize, StoreError> {
    let ids = settlements.iter().map(|settlement| settlement.id);
    let mut batch = rows::by_id(session, ids).await?;
    let changed = batch.settle(settlements, now);
    rows::write(session, &batch, now).await?;
    Ok(changed)
}

pub(super) async fn receive(
    session: &Session<'_>,
    receipts: &[Receipt],
    now: Time,
) -> Result<Vec<Option<RowId>>, StoreError> {
    let found = find(session, receipts).await?;
    let mut batch = rows::by_id(session, found.iter().copied().flatten()).await?;
    let received = batch.receive(receipts, found, now);
    rows::write(session, &batch, now).await?;
    Ok(received)
}

/// For each receipt the row with its correlation id, or else the one with its message id.
async fn find(
    session: &Session<'_>,
    receipts: &[Receipt],
) -> Result<Vec<Option<RowId>>, StoreError> {
    let ids = uuids(receipts.iter().filter_map(|receipt| receipt.row));
    let messages = receipts.iter().filter_map(|one| one.message_id.as_deref());
    let messages: Vec<&str> = messages.collect();
    let sql = "SELECT id, NULL FROM outbox WHERE id = ANY($1)
               UNION ALL
               (SELECT DISTINCT ON (message_id) id, message_id FROM outbox WHERE message_id = ANY($2)
                ORDER BY message_id, seq)";
    let (mut rows, mut by_message) = (HashSet::new(), HashMap::new());
    for found in session.query(sql, &[&ids, &messages]).await? {
        let Uuid(id) = get(&found, 0)?;
        match get::<Option<String>>(&found, 1)? {
            Some(message) => {
                by_message.insert(message, id);
            }
            None => {
                rows.insert(id);
            }
        }
    }
    let row = |receipt: &Receipt| {
        let by_id = receipt.row.filter(|row| rows.contains(row));
        let message = receipt.message_id.as_ref();
        by_id.or_else(|| by_message.get(message?).copied())
    };
    Ok(receipts.iter().map(row).collect())
}

/// One worker at a time does this for a queue; the others need not wait for it.
pub(super) async fn sweep(
    session: &Session<'_>,
    queue: &str,
    now: Time,
    limit: usize,
) -> Result<Swept, StoreError> {
    let Some(queue) = queues::find(session, queue).await? else {
        return Ok(Swept::default());
    };
    let sql =
        "SELECT pg_try_advisory_xact_lock(hashtextextended('sweep of ' || current_schema(), $1))";
    let mine = session.first(sql, &[&queue]).await?;
    if !matches!(mine.map(|row| get(&row, 0)), Some(Ok(true))) {
        return Ok(Swept::default());
    }
    let sql = format!(
        "(SELECT seq FROM outbox WHERE queue = $1 AND lease_until IS NOT NULL AND lease_until <= $2
          ORDER BY lease_until LIMIT $3)
         UNION ALL
         (SELECT seq FROM outbox WHERE queue = $1 AND state = 0 AND expires IS NOT NULL AND expires <= $2
          ORDER BY expires LIMIT $3)
         UNION ALL
         (SELECT seq FROM outbox WHERE queue = $1 AND policy = {} AND decide_at IS NOT NULL AND decide_at <= $2
          ORDER BY decide_at LIMIT $3)",
        policy::SEND_AGAIN
    );
    let due = session
        .query(&sql, &[&queue, &now.micros(), &at_most(limit)])
        .await?;
    let due = due
        .iter()
        .map(|row| get(row, 0))
        .collect::<Result<_, _>>()?;
    let mut batch = rows::at(session, due).await?;
    let swept = batch.sweep(now);
    rows::write(session, &batch, now).await?;
    add_up(session, queue).await?;
    Ok(swept)
}

/// Adds up the changes of the numbers of rows.
async fn add_up(session: &Session<'_>, queue: i64) -> Result<(), StoreError> {
    session
        .execute(
            "WITH changes AS (
                 DELETE FROM count_changes WHERE ctid = ANY(ARRAY(
                     SELECT ctid FROM count_changes WHERE queue = $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
                 RETURNING queue, grp, state, rows)
             INSERT INTO counts (queue, grp, state, rows)
             SELECT queue, grp, state, sum(rows) FROM changes GROUP BY queue, grp, state
             ON CONFLICT (queue, grp, state) DO UPDATE SET rows = counts.rows + excluded.rows",
            &[&queue, &CHANGES],
        )
        .await
        .map(|_| ())
}
