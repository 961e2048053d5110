//! The queue of each app: how many messages are in it, and when the next may leave.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Transaction;

use super::StoreError;
use super::document::{optional_value, run, value};
use crate::core::clock::from_micros;

/// Returns how many messages of the app wait for a channel.
pub(crate) fn waiting(tx: &Transaction<'_>, app_id: &str) -> Result<usize, StoreError> {
    let waiting = optional_value(tx, "SELECT waiting FROM queues WHERE app_id = ?1", [app_id])?;
    Ok(waiting.unwrap_or_default())
}

/// Returns whether a message of the app may leave now.
pub(crate) fn is_free(
    tx: &Transaction<'_>,
    app_id: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let free = optional_value(tx, "SELECT free_us FROM queues WHERE app_id = ?1", [app_id])?;
    Ok(free.is_none_or(|free: i64| free <= now.timestamp_micros()))
}

/// Adds a message and returns when it may leave: `pace` after the one before it.
pub(crate) fn enter(
    tx: &Transaction<'_>,
    app_id: &str,
    now: DateTime<Utc>,
    pace: TimeDelta,
) -> Result<DateTime<Utc>, StoreError> {
    run(
        tx,
        "INSERT INTO queues (app_id, waiting, free_us) VALUES (?1, 1, ?2)
             ON CONFLICT (app_id) DO UPDATE SET
                 waiting = waiting + 1, free_us = max(free_us + ?3, excluded.free_us)",
        (
            app_id,
            now.timestamp_micros(),
            pace.num_microseconds().unwrap_or(i64::MAX),
        ),
    )?;
    // Not by RETURNING, for which SQLite makes a table each time.
    let due: i64 = value(tx, "SELECT free_us FROM queues WHERE app_id = ?1", [app_id])?;
    Ok(from_micros(due))
}

/// Removes a message.
pub(crate) fn leave(tx: &Transaction<'_>, app_id: &str) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE queues SET waiting = max(waiting - 1, 0) WHERE app_id = ?1",
        [app_id],
    )
}
