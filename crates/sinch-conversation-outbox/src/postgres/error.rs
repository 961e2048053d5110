//! Errors of Postgres, as those of every store.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::StoreError;

/// What an error means.
pub(super) fn database_error(error: &Error) -> StoreError {
    let Some(state) = error.code() else {
        // Without an answer of the server: the connection broke, or a value could not be read.
        return if error.is_closed() || is_io(error) {
            StoreError::Disconnected(text(error))
        } else {
            StoreError::Database(text(error))
        };
    };
    if is_conflict(state) || *state == SqlState::LOCK_NOT_AVAILABLE {
        return StoreError::Busy;
    }
    if *state == SqlState::DISK_FULL {
        return StoreError::Full;
    }
    let corrupt = [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED];
    if corrupt.contains(state) {
        return StoreError::Corrupt(text(error));
    }
    // Classes 08 and 57: the connection broke, the server is stopped or starts. 53300: it has too many connections.
    let is_passing = state.code().starts_with("08")
        || state.code().starts_with("57")
        || *state == SqlState::TOO_MANY_CONNECTIONS;
    if is_passing {
        return StoreError::Disconnected(text(error));
    }
    StoreError::Database(text(error))
}

/// Whether a transaction failed because of another one, so that it can be made again.
pub(super) fn is_conflict(state: &SqlState) -> bool {
    *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED
}

fn is_io(error: &Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(|source| source.is::<std::io::Error>())
}

/// What went wrong, with its cause; neither statements nor their values are in it.
fn text(error: &Error) -> String {
    match error.as_db_error() {
        Some(told) => format!("{} ({})", told.message(), told.code().code()),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
