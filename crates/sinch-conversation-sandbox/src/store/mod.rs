//! The state, in SQLite. All access goes through [`Store`], whose thread has the only connection. One is enough, since
//! SQLite has one writer and a request is one short transaction.

pub(crate) mod batches;
pub(crate) mod callbacks;
pub(crate) mod capabilities;
mod columns;
pub(crate) mod consents;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod dispatch_metadata;
mod document;
pub(crate) mod events;
pub(crate) mod filter;
pub(crate) mod jobs;
pub(crate) mod journal;
pub(crate) mod messages;
pub(crate) mod meta;
pub(crate) mod moves;
mod open;
pub(crate) mod profiles;
pub(crate) mod queues;
pub(crate) mod replays;
pub(crate) mod reset;
pub(crate) mod retention;
mod schema;
mod scope;
pub(crate) mod seeds;
mod tables;
pub(crate) mod templates;
mod thread;
pub(crate) mod webhooks;
pub(crate) mod window;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use crate::core::State;
pub(crate) use document::Table;
pub(crate) use open::OpenError;
pub(crate) use scope::Scope;
pub(crate) use tables::{
    APPS, CONTACTS, CONVERSATIONS, EVENTS, PROBES, SENT_EVENTS, SENT_MESSAGES, SETTINGS, TEMPLATES,
    WEBHOOKS,
};
use thread::StoreThread;

/// Why an operation of the store failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the database failed: {}", open::plain(.0))]
    Sqlite(#[from] rusqlite::Error),
    #[error("a stored document cannot be read: {0}")]
    Document(String),
    #[error("the transaction was aborted")]
    Aborted,
    #[error("the sandbox has stopped")]
    Closed,
}

/// An open database, before a sandbox runs on it.
pub(crate) struct Database(Connection);

impl Database {
    /// Opens the file, or a database in memory, and creates missing tables.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, OpenError> {
        Ok(Self(open::open(file)?))
    }

    /// Runs `work` as one transaction.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.0.transaction()?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

/// The database of a running sandbox, and the rest of its state.
pub(crate) struct Store {
    pub(crate) state: Arc<State>,
    thread: StoreThread,
    changes: watch::Sender<u64>,
}

impl Store {
    pub(crate) fn new(database: Database, state: Arc<State>) -> Result<Self, OpenError> {
        Ok(Self {
            state,
            thread: StoreThread::start(database.0).map_err(OpenError::Thread)?,
            changes: watch::Sender::new(0),
        })
    }

    /// Notifies of every commit that may have changed something.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Notifies those that wait for changes; also called for changes outside of the store.
    pub(crate) fn tell(&self) {
        self.changes
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Closes the database after the current transaction; later ones are refused.
    pub(crate) fn close(&self) {
        self.thread.close();
    }

    /// Runs `work` in one transaction: everything is stored if it succeeds, nothing if it fails.
    pub(crate) async fn write<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
    {
        let outcome = self.transaction(TransactionBehavior::Immediate, work).await;
        if outcome.is_ok() {
            self.tell();
        }
        outcome
    }

    /// Queues `work` as one transaction, and does not wait for it.
    pub(crate) fn write_soon<W>(&self, work: W)
    where
        W: FnOnce(&Scope<'_>) -> Result<(), StoreError> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        self.thread.queue(move |connection| {
            if let Err(error) = perform(connection, TransactionBehavior::Immediate, &state, work) {
                tracing::error!(%error, "a deferred transaction failed");
            }
        });
        self.tell();
    }

    /// Runs `work`, which only reads.
    pub(crate) async fn read<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
    {
        self.transaction(TransactionBehavior::Deferred, work).await
    }

    async fn transaction<T, E, W>(&self, behavior: TransactionBehavior, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let state = Arc::clone(&self.state);
        self.thread.queue(move |connection| {
            // The caller may be gone; the transaction runs anyway.
            let _ = reply.send(perform(connection, behavior, &state, work));
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
    state: &State,
    work: W,
) -> Result<T, E>
where
    E: From<StoreError>,
    W: FnOnce(&Scope<'_>) -> Result<T, E>,
{
    let transaction = connection
        .transaction_with_behavior(behavior)
        .map_err(StoreError::from)?;
    let answer = work(&Scope::new(state, &transaction))?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(answer)
}
