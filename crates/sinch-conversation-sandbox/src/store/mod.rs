//! The state, in SQLite. All access goes through [`Store`]: one connection behind a mutex, used on tokio's
//! blocking threads. A commit to a file waits for the disk, and that must not hold up the tasks of the runtime;
//! one connection is enough, since SQLite has one writer and a request is one short transaction.

pub(crate) mod apps;
pub(crate) mod batches;
pub(crate) mod callbacks;
pub(crate) mod consents;
pub(crate) mod contacts;
pub(crate) mod conversations;
mod document;
pub(crate) mod filter;
pub(crate) mod messages;
pub(crate) mod meta;
pub(crate) mod notes;
pub(crate) mod overview;
pub(crate) mod profiles;
pub(crate) mod queues;
pub(crate) mod record;
pub(crate) mod replays;
pub(crate) mod retention;
mod schema;
pub(crate) mod seeds;
pub(crate) mod sends;
pub(crate) mod settings;
pub(crate) mod steps;
pub(crate) mod templates;
pub(crate) mod webhooks;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::watch;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("it is in use by another process")]
    InUse,
    #[error("its tables have version {found}, this program works with version {expected}", expected = schema::VERSION)]
    OtherVersion { found: i64 },
    #[error(transparent)]
    Sqlite(rusqlite::Error),
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("a stored document cannot be read: {0}")]
    Document(String),
    #[error("the work was cut off")]
    Aborted,
    #[error("the sandbox has stopped")]
    Closed,
}

pub(crate) struct Store {
    /// `None` once closed.
    connection: Arc<Mutex<Option<Connection>>>,
    changes: watch::Sender<u64>,
}

impl Store {
    /// Opens the file, or a database in memory, and makes the tables when there are none.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, OpenError> {
        let connection = match file {
            Some(path) => Connection::open(path),
            None => Connection::open_in_memory(),
        };
        let mut connection = connection.map_err(open_error)?;
        connection
            .busy_timeout(Duration::ZERO)
            .map_err(open_error)?;
        prepare(&mut connection)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(Some(connection))),
            changes: watch::Sender::new(0),
        })
    }

    /// Tells of every commit that may have changed something.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Tells whoever waits for changes to look again; also for what changes outside of the store.
    pub(crate) fn tell(&self) {
        self.changes
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Closes the database once the transaction at work is through; whatever comes later is refused.
    pub(crate) fn close(&self) {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Runs `work` as one transaction: all of it is stored when it succeeds, nothing when it fails.
    pub(crate) async fn write<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let outcome = self.transaction(TransactionBehavior::Immediate, work).await;
        if outcome.is_ok() {
            self.tell();
        }
        outcome
    }

    /// Runs `work`, which only reads.
    pub(crate) async fn read<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        self.transaction(TransactionBehavior::Deferred, work).await
    }

    async fn transaction<T, E, W>(&self, behavior: TransactionBehavior, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let blocking = tokio::task::spawn_blocking(move || {
            let mut guard = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = guard.as_mut().ok_or(StoreError::Closed)?;
            let transaction = connection
                .transaction_with_behavior(behavior)
                .map_err(StoreError::from)?;
            let answer = work(&transaction)?;
            transaction.commit().map_err(StoreError::from)?;
            Ok(answer)
        });
        blocking
            .await
            .unwrap_or_else(|_| Err(StoreError::Aborted.into()))
    }
}

fn prepare(connection: &mut Connection) -> Result<(), OpenError> {
    // An exclusive lock keeps a second sandbox off the file. WAL with FULL writes each commit to the disk before
    // the caller hears of it, so that what was acknowledged is still there after the process was killed.
    connection
        .execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;",
        )
        .map_err(open_error)?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(open_error)?;
    let found: i64 = transaction
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(open_error)?;
    match found {
        0 => {
            transaction
                .execute_batch(schema::TABLES)
                .map_err(open_error)?;
            transaction
                .pragma_update(None, "user_version", schema::VERSION)
                .map_err(open_error)?;
        }
        schema::VERSION => {}
        found => return Err(OpenError::OtherVersion { found }),
    }
    transaction.commit().map_err(open_error)
}

fn open_error(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse,
        _ => OpenError::Sqlite(error),
    }
}
