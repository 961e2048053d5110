//! Callbacks to be posted again on request, out of order.

use rusqlite::Transaction;

use super::StoreError;
use super::callbacks::{Head, add_attempt, read_head};
use super::document::{count, run, value};
use crate::model::callback::Attempt;

/// Queues a replay. Returns whether the callback exists.
pub(crate) fn add(tx: &Transaction<'_>, callback: i64) -> Result<bool, StoreError> {
    Ok(count(
        tx,
        "INSERT INTO replays (callback) SELECT seq FROM callbacks WHERE seq = ?1",
        [callback],
    )? > 0)
}

/// Returns the replays queued after this one, each with its callback.
pub(crate) fn after(tx: &Transaction<'_>, seq: i64) -> Result<Vec<(i64, Head)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT callbacks.seq, due_us, target, secret, credentials, body, 0, replays.seq
         FROM replays JOIN callbacks ON callbacks.seq = replays.callback
         WHERE replays.seq > ?1 ORDER BY replays.seq",
    )?;
    let rows = statement.query_map([seq], |row| Ok((row.get(7)?, read_head(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Records the attempt of a replay. An abandoned or dropped callback becomes delivered if it succeeds.
pub(crate) fn done(
    tx: &Transaction<'_>,
    replay: i64,
    callback: i64,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    run(tx, "DELETE FROM replays WHERE seq = ?1", [replay])?;
    add_attempt(tx, callback, attempt)?;
    if attempt.succeeded() {
        run(
            tx,
            "UPDATE callbacks SET state = 'delivered' WHERE seq = ?1 AND state IN ('abandoned', 'dropped')",
            [callback],
        )?;
    }
    Ok(())
}

/// Returns how many replays are pending.
pub(crate) fn pending(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    value(tx, "SELECT count(*) FROM replays", [])
}
