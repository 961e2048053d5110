//! Callbacks: the queue by ordering key, and the log of attempts.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};
use sinch_conversation_raw::types::ClientCredentials;

use super::StoreError;
use super::columns::{Json, Name};
use super::document::{self, run, value};
use super::window::{Page, Window};
use crate::core::clock::from_micros;
use crate::model::callback::{Attempt, Callback, CallbackState};

/// A callback to queue. Its target is fixed when it is queued, even if the webhook changes later.
pub(crate) struct NewCallback<'a> {
    /// Callbacks with the same key are posted one after the other.
    pub(crate) ordering_key: &'a str,
    pub(crate) app_id: &'a str,
    /// `None` if a message had its own `callback_url`.
    pub(crate) webhook_id: Option<&'a str>,
    pub(crate) trigger: &'a str,
    pub(crate) target: &'a str,
    /// Empty: not signed.
    pub(crate) secret: &'a str,
    pub(crate) credentials: Option<&'a ClientCredentials>,
    pub(crate) body: &'a str,
}

/// The next callback of an ordering key.
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) due: DateTime<Utc>,
    pub(crate) target: String,
    pub(crate) secret: String,
    pub(crate) credentials: Option<ClientCredentials>,
    pub(crate) body: String,
    /// How many attempts there were.
    pub(crate) attempts: usize,
}

/// What an attempt means for its callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    Delivered,
    RetryAt(DateTime<Utc>),
    Abandoned,
}

pub(crate) fn enqueue(
    tx: &Transaction<'_>,
    callback: &NewCallback<'_>,
    due: DateTime<Utc>,
) -> Result<(), StoreError> {
    run(tx, "INSERT INTO callbacks
             (ordering_key, state, due_us, app_id, webhook_id, trigger, target, secret, credentials, body, queued_us)
         VALUES (?1, 'pending', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?2)", (
        callback.ordering_key,
        due.timestamp_micros(),
        callback.app_id,
        callback.webhook_id,
        callback.trigger,
        callback.target,
        callback.secret,
        callback.credentials.map(document::encode).transpose()?,
        callback.body,
    ))
}

/// Returns the ordering keys of so many pending callbacks after `seq`, and the last `seq` that was looked at.
pub(crate) fn keys_after(
    tx: &Transaction<'_>,
    seq: i64,
    limit: usize,
) -> Result<(Vec<String>, i64), StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, ordering_key FROM callbacks WHERE seq > ?1 AND state = 'pending' ORDER BY seq LIMIT ?2",
    )?;
    let (mut keys, mut last) = (Vec::new(), seq);
    let mut rows = statement.query((seq, limit))?;
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        keys.push(row.get(1)?);
    }
    if keys.len() < limit {
        last = value(
            tx,
            "SELECT max(?1, ifnull(max(seq), 0)) FROM callbacks",
            [seq],
        )?;
    }
    Ok((keys, last))
}

/// Returns when the next callback with this ordering key is due.
pub(crate) fn next_due(
    tx: &Transaction<'_>,
    ordering_key: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = document::optional_value(
        tx,
        "SELECT due_us FROM callbacks WHERE ordering_key = ?1 AND state = 'pending' ORDER BY seq LIMIT 1",
        [ordering_key],
    )?;
    Ok(due.map(from_micros))
}

/// Returns the next callback with this ordering key.
pub(crate) fn head(tx: &Transaction<'_>, ordering_key: &str) -> Result<Option<Head>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, due_us, target, secret, credentials, body,
                (SELECT count(*) FROM attempts WHERE callback = callbacks.seq AND replay = 0)
         FROM callbacks WHERE ordering_key = ?1 AND state = 'pending' ORDER BY seq LIMIT 1",
    )?;
    Ok(statement.query_row([ordering_key], read_head).optional()?)
}

/// Reads the callback as it is posted.
pub(super) fn read_head(row: &Row<'_>) -> rusqlite::Result<Head> {
    let credentials: Option<Json<_>> = row.get(4)?;
    Ok(Head {
        seq: row.get(0)?,
        due: from_micros(row.get(1)?),
        target: row.get(2)?,
        secret: row.get(3)?,
        credentials: credentials.map(|Json(credentials)| credentials),
        body: row.get(5)?,
        attempts: row.get(6)?,
    })
}

/// Records an attempt. A callback that was dropped in the meantime stays dropped.
pub(crate) fn record(
    tx: &Transaction<'_>,
    head: &Head,
    attempt: &Attempt,
    outcome: AttemptOutcome,
) -> Result<(), StoreError> {
    add_attempt(tx, head.seq, attempt)?;
    let (state, due) = match outcome {
        AttemptOutcome::Delivered => (CallbackState::Delivered, head.due),
        AttemptOutcome::RetryAt(due) => (CallbackState::Pending, due),
        AttemptOutcome::Abandoned => (CallbackState::Abandoned, head.due),
    };
    run(
        tx,
        "UPDATE callbacks SET state = ?2, due_us = ?3 WHERE seq = ?1 AND state = 'pending'",
        (head.seq, Name(state), due.timestamp_micros()),
    )
}

/// Adds an attempt to the log, unless its callback was removed.
pub(super) fn add_attempt(
    tx: &Transaction<'_>,
    callback: i64,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    run(tx, "INSERT INTO attempts (callback, number, at_us, status, problem, headers, response, replay)
         SELECT seq, (SELECT ifnull(max(number), 0) + 1 FROM attempts WHERE callback = ?1), ?2, ?3, ?4, ?5, ?6, ?7
         FROM callbacks WHERE seq = ?1", (
        callback,
        attempt.at.timestamp_micros(),
        attempt.status,
        &attempt.problem,
        document::encode(&attempt.headers)?,
        &attempt.response,
        attempt.replay,
    ))
}

/// Drops the pending callbacks of a deleted webhook.
pub(crate) fn drop_for_webhook(tx: &Transaction<'_>, webhook_id: &str) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE callbacks SET state = 'dropped' WHERE webhook_id = ?1 AND state = 'pending'",
        [webhook_id],
    )
}

/// Returns how many callbacks are pending.
pub(crate) fn pending(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    value(
        tx,
        "SELECT count(*) FROM callbacks WHERE state = 'pending'",
        [],
    )
}

const COLUMNS: &str = "seq, state, app_id, webhook_id, trigger, target, body, queued_us";
const ATTEMPT_COLUMNS: &str = "at_us, status, problem, headers, response, replay";

/// Returns the callbacks after an id, oldest first.
pub(crate) fn after(tx: &Transaction<'_>, window: &Window) -> Result<Page<Callback>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM callbacks WHERE seq > ?1 ORDER BY seq LIMIT ?2"
    ))?;
    let rows = statement.query((window.after, window.rows()))?;
    window.page(rows, |row| {
        let mut callback = read(row)?;
        callback.attempts = attempts_of(tx, callback.id)?;
        let length = callback.body.len();
        Ok((callback, length))
    })
}

pub(crate) fn get(tx: &Transaction<'_>, id: i64) -> Result<Option<Callback>, StoreError> {
    let found = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM callbacks WHERE seq = ?1"))?
        .query_row([id], read)
        .optional()?;
    let Some(mut callback) = found else {
        return Ok(None);
    };
    callback.attempts = attempts_of(tx, id)?;
    Ok(Some(callback))
}

fn attempts_of(tx: &Transaction<'_>, id: i64) -> Result<Vec<Attempt>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE callback = ?1 ORDER BY number"
    ))?;
    let attempts = statement
        .query_map([id], read_attempt)?
        .collect::<Result<_, _>>()?;
    Ok(attempts)
}

/// The position of an attempt in the log, its callback, and its index there.
pub(crate) type Logged = (i64, Callback, usize);

/// Returns the first attempt after this position of the log.
pub(crate) fn attempt_after(
    tx: &Transaction<'_>,
    place: i64,
) -> Result<Option<Logged>, StoreError> {
    let found: Option<(i64, i64, usize)> = tx
        .prepare_cached(
            "SELECT seq, callback, number FROM attempts WHERE seq > ?1 ORDER BY seq LIMIT 1",
        )?
        .query_row([place], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((place, id, number)) = found else {
        return Ok(None);
    };
    Ok(get(tx, id)?.map(|callback| (place, callback, number)))
}

/// Returns the last position of the log of attempts.
pub(crate) fn last_attempt(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    value(tx, "SELECT ifnull(max(seq), 0) FROM attempts", [])
}

fn read(row: &Row<'_>) -> rusqlite::Result<Callback> {
    Ok(Callback {
        id: row.get(0)?,
        state: row.get::<_, Name<_>>(1)?.0,
        app_id: row.get(2)?,
        webhook_id: row.get(3)?,
        trigger: row.get(4)?,
        target: row.get(5)?,
        body: row.get(6)?,
        queued_at: from_micros(row.get(7)?),
        attempts: Vec::new(),
    })
}

fn read_attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        at: from_micros(row.get(0)?),
        status: row.get(1)?,
        problem: row.get(2)?,
        headers: row.get::<_, Json<_>>(3)?.0,
        response: row.get(4)?,
        replay: row.get(5)?,
    })
}
