//! What is to be done next, to what, and when.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::columns::Name;
use super::document::{run, value};
use crate::core::clock::from_micros;

/// What is to be done. The subject of a job is the id of what it is done to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Job {
    /// Give a message to the next channel of its plan.
    Hand,
    /// Report that a message has arrived.
    Deliver,
    /// Report that a message has not.
    Lose,
    /// Give a message up, unless something was heard of it: its `ttl` is over.
    Expire,
    /// Go on to the next channel, unless something was heard from this one.
    Switch,
    /// Remove what is older than the apps' retention policies allow.
    Sweep,
    /// Give an event to its channel.
    HandEvent,
    /// Report what became of an event.
    SettleEvent,
    /// Tell what a recipient can do on a channel.
    TellCapability,
    /// Begin with a batch that waited for its time.
    BeginBatch,
    /// Do the next item of a batch.
    Batch,
    /// Cancel a batch that has not begun.
    CancelBatch,
}

impl Job {
    /// Whether nothing is under way because of it: it waits for a time that may be far off.
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

/// When the next job is due.
pub(crate) fn next_due(tx: &Transaction<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = value(tx, "SELECT min(due_us) FROM jobs", [])?;
    Ok(due.map(from_micros))
}

/// Takes the next job that is due.
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

/// Moves the next job that is due to a later time.
pub(crate) fn put_off(tx: &Transaction<'_>, due: DateTime<Utc>) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE jobs SET due_us = ?1 WHERE seq = (SELECT seq FROM jobs ORDER BY due_us, seq LIMIT 1)",
        [due.timestamp_micros()],
    )
}

/// Calls off what was planned for a subject, but for one job.
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

/// Calls off all that was planned for a subject.
pub(crate) fn call_off(tx: &Transaction<'_>, subject: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM jobs WHERE subject = ?1", [subject])
}

/// Whether this is planned.
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

/// How many jobs are left that something is under way for, or that are due.
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
