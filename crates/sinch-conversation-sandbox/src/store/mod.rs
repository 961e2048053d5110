//! The state, in SQLite. All access goes through [`Store`]: one connection, which a thread of its own has. One is
//! enough, since SQLite has one writer and a request is one short transaction.

pub(crate) mod apps;
pub(crate) mod batches;
pub(crate) mod callbacks;
pub(crate) mod capabilities;
pub(crate) mod consents;
pub(crate) mod contacts;
pub(crate) mod conversations;
mod document;
pub(crate) mod events;
pub(crate) mod filter;
pub(crate) mod kept;
pub(crate) mod messages;
pub(crate) mod meta;
pub(crate) mod notes;
mod open;
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
mod thread;
pub(crate) mod webhooks;
pub(crate) mod window;

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{oneshot, watch};

pub(crate) use open::OpenError;
use thread::StoreThread;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the database failed: {}", open::plain(.0))]
    Sqlite(#[from] rusqlite::Error),
    #[error("a stored document cannot be read: {0}")]
    Document(String),
    #[error("the work was cut off")]
    Aborted,
    #[error("the sandbox has stopped")]
    Closed,
}

pub(crate) struct Store {
    thread: StoreThread,
    changes: watch::Sender<u64>,
}

impl Store {
    /// Opens the file, or a database in memory, and makes the tables when there are none.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, OpenError> {
        let connection = open::open(file)?;
        Ok(Self {
            thread: StoreThread::start(connection).map_err(OpenError::Thread)?,
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
        self.thread.close();
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

    /// Runs `work` as one transaction before anything that is asked for later, and does not wait for it.
    pub(crate) fn write_soon<W>(&self, work: W)
    where
        W: FnOnce(&Transaction<'_>) -> Result<(), StoreError> + Send + 'static,
    {
        self.thread.queue(move |connection| {
            if let Err(error) = perform(connection, TransactionBehavior::Immediate, work) {
                tracing::error!(%error, "something could not be written down");
            }
        });
        self.tell();
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
        let (reply, answer) = oneshot::channel();
        self.thread.queue(move |connection| {
            // Whoever asked may have gone; the work is done all the same.
            let _ = reply.send(perform(connection, behavior, work));
        });
        match answer.await {
            Ok(outcome) => outcome,
            Err(_) if self.thread.is_closed() => Err(StoreError::Closed.into()),
            Err(_) => Err(StoreError::Aborted.into()),
        }
    }
}

fn perform<T, E, W>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: W,
) -> Result<T, E>
where
    E: From<StoreError>,
    W: FnOnce(&Transaction<'_>) -> Result<T, E>,
{
    let transaction = connection
        .transaction_with_behavior(behavior)
        .map_err(StoreError::from)?;
    let answer = work(&transaction)?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(answer)
}
