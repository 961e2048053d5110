//! What is to be done to messages, and when.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};

use super::StoreError;
use crate::clock::from_micros;

/// What is to be done to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Give it to the next channel of its plan.
    Hand,
    /// Report that it has arrived.
    Deliver,
    /// Report that it has not.
    Lose,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Deliver => "deliver",
            Self::Lose => "lose",
        }
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        [Self::Hand, Self::Deliver, Self::Lose]
            .into_iter()
            .find(|action| action.as_str() == name)
            .ok_or_else(|| StoreError::Document(format!("step {name:?}")))
    }
}

pub(crate) fn add(
    tx: &Transaction<'_>,
    message_id: &str,
    action: Action,
    due: DateTime<Utc>,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO steps (due_us, message_id, action) VALUES (?1, ?2, ?3)")?
        .execute((due.timestamp_micros(), message_id, action.as_str()))?;
    Ok(())
}

/// When the next step is due.
pub(crate) fn next_due(tx: &Transaction<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = tx
        .prepare_cached("SELECT min(due_us) FROM steps")?
        .query_row([], |row| row.get(0))?;
    Ok(due.map(from_micros))
}

/// Takes the next step that is due.
pub(crate) fn take(
    tx: &Transaction<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(String, Action)>, StoreError> {
    let taken: Option<(i64, String, String)> = tx
        .prepare_cached(
            "SELECT seq, message_id, action FROM steps WHERE due_us <= ?1 ORDER BY due_us, seq LIMIT 1",
        )?
        .query_row([now.timestamp_micros()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((seq, message_id, action)) = taken else {
        return Ok(None);
    };
    tx.prepare_cached("DELETE FROM steps WHERE seq = ?1")?
        .execute([seq])?;
    Ok(Some((message_id, Action::from_name(&action)?)))
}

/// How many steps are left.
pub(crate) fn pending(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    Ok(tx.query_row("SELECT count(*) FROM steps", [], |row| row.get(0))?)
}
