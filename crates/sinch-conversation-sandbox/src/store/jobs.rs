//! Jobs: what is due when.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::columns::Name;
use super::document::{run, value};
use crate::core::clock::from_micros;

/// A kind of job. Its subject is the id of what it applies to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Job {
    /// Give a message to its next channel.
    Hand,
    /// Report that a message was delivered.
    Deliver,
    /// Report that a message has failed.
    Lose,
    /// Fail a message whose `ttl` is over, unless a channel has reported on it.
    Expire,
    /// Fall back to the next channel, unless this one has reported.
    Switch,
    /// Remove what is older than the apps' retention policies allow.
    Sweep,
    /// Give an event to its channel.
    HandEvent,
    /// Report the outcome of an event.
    SettleEvent,
    /// Report the capability of a recipient on a channel.
    TellCapability,
    /// Start a scheduled batch.
    BeginBatch,
    /// Process the next item of a batch.
    Batch,
    /// Cancel a batch that has not started.
    CancelBatch,
}

impl Job {
    /// Returns whether the job waits for a time that may be far off, so that the sandbox counts as quiet.
    fn is_background(self) -> bool {
        matches!(
            self,
            Self::BeginBatch | Self::Expire | Self::Switch | Self::Sweep
        )
    }
}

pub(crate) fn add(
    tx: &Transaction<'_>,
    subject: &str,
    job: Job,
    due: DateTime<Utc>,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO jobs (due_us, subject, job) VALUES (?1, ?2, ?3)",
        (due.timestamp_micros(), subject, Name(job)),
    )
}

/// Returns when the next job is due.
pub(crate) fn next_due(tx: &Transaction<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = value(tx, "SELECT min(due_us) FROM jobs", [])?;
    Ok(due.map(from_micros))
}

/// Removes and returns the next due job.
pub(crate) fn take(
    tx: &Transaction<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(String, Job)>, StoreError> {
    let taken: Option<(i64, String, Name<Job>)> = tx
        .prepare_cached(
            "SELECT seq, subject, job FROM jobs WHERE due_us <= ?1 ORDER BY due_us, seq LIMIT 1",
        )?
        .query_row([now.timestamp_micros()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((seq, subject, Name(job))) = taken else {
        return Ok(None);
    };
    run(tx, "DELETE FROM jobs WHERE seq = ?1", [seq])?;
    Ok(Some((subject, job)))
}

/// Postpones the next job.
pub(crate) fn put_off(tx: &Transaction<'_>, due: DateTime<Utc>) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE jobs SET due_us = ?1 WHERE seq = (SELECT seq FROM jobs ORDER BY due_us, seq LIMIT 1)",
        [due.timestamp_micros()],
    )
}

/// Cancels the jobs of a subject, except one.
pub(crate) fn call_off_but(
    tx: &Transaction<'_>,
    subject: &str,
    kept: Job,
) -> Result<(), StoreError> {
    run(
        tx,
        "DELETE FROM jobs WHERE subject = ?1 AND job <> ?2",
        (subject, Name(kept)),
    )
}

/// Cancels all jobs of a subject.
pub(crate) fn call_off(tx: &Transaction<'_>, subject: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM jobs WHERE subject = ?1", [subject])
}

/// Returns whether the job is scheduled.
pub(crate) fn is_planned(
    tx: &Transaction<'_>,
    subject: &str,
    job: Job,
) -> Result<bool, StoreError> {
    value(
        tx,
        "SELECT EXISTS (SELECT 1 FROM jobs WHERE subject = ?1 AND job = ?2)",
        (subject, Name(job)),
    )
}

/// Returns how many jobs are due, or not of the kind that waits for a far-off time.
pub(crate) fn pending(tx: &Transaction<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut pending = 0;
    let mut statement =
        tx.prepare_cached("SELECT job, count(*), sum(due_us <= ?1) FROM jobs GROUP BY job")?;
    let mut rows = statement.query([now.timestamp_micros()])?;
    while let Some(row) = rows.next()? {
        let Name(job) = row.get::<_, Name<Job>>(0)?;
        let counted = if job.is_background() { 2 } else { 1 };
        pending += row.get::<_, usize>(counted)?;
    }
    Ok(pending)
}
