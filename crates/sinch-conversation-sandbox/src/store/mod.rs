//! The state, in SQLite. All access goes through [`Store`], whose thread has the only connection. One is enough, since
//! SQLite has one writer and a request is one short transaction.

pub(crate) mod batches;
mod cache;
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
mod group_commit;
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
pub(crate) mod trim;
pub(crate) mod webhooks;
pub(crate) mod window;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction};
use tokio::sync::{oneshot, watch};

use crate::core::State;
use cache::Cache;
pub(crate) use document::Table;
pub(crate) use group_commit::Written;
use group_commit::{Effect, Unit};
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
}

impl Store {
    pub(crate) fn new(database: Database, state: Arc<State>) -> Result<Self, OpenError> {
        Ok(Self {
            state,
            thread: StoreThread::start(database.0).map_err(OpenError::Thread)?,
        })
    }

    /// Notifies of every commit that may have changed something.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.thread.changes().subscribe()
    }

    /// Notifies those that wait for changes; also called for changes outside of the store.
    pub(crate) fn tell(&self) {
        thread::tell(self.thread.changes());
    }

    /// Returns how much was written since the start.
    pub(crate) fn written(&self) -> Written {
        self.thread.written()
    }

    /// Closes the database after the current transaction; later ones are refused.
    pub(crate) fn close(&self) {
        self.thread.close();
    }

    /// Runs `work` in a transaction: everything is stored if it succeeds, nothing if it fails. Returns after the commit.
    /// The transaction may contain other work; a failure of one does not affect the other.
    pub(crate) async fn write<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
    {
        self.ask(Effect::Change, work).await
    }

    /// Runs `work` in a transaction, without notifying those that wait for changes.
    pub(crate) async fn tidy<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.ask(Effect::Tidying, work).await
    }

    /// Queues `work` for a transaction, before any later work, and does not wait for it.
    pub(crate) fn write_soon<W>(&self, work: W)
    where
        W: FnOnce(&Scope<'_>) -> Result<(), StoreError> + Send + 'static,
    {
        let answer = |outcome| {
            if let Err(error) = outcome {
                tracing::error!(%error, "a deferred transaction failed");
            }
        };
        self.queue(Effect::Change, work, answer);
    }

    /// Runs `work`, which only reads.
    pub(crate) async fn read<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
    {
        self.ask(Effect::None, work).await
    }

    async fn ask<T, E, W>(&self, effect: Effect, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // The caller may be gone; the work is done anyway.
        self.queue(effect, work, |outcome| drop(reply.send(outcome)));
        match answer.await {
            Ok(outcome) => outcome,
            Err(_) if self.thread.is_closed() => Err(StoreError::Closed.into()),
            Err(_) => Err(StoreError::Aborted.into()),
        }
    }

    fn queue<T, E, W, A>(&self, effect: Effect, work: W, answer: A)
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, E> + Send + 'static,
        A: FnOnce(Result<T, E>) + Send + 'static,
    {
        self.thread.queue(Box::new(Asked {
            state: Arc::clone(&self.state),
            effect,
            work: Some(work),
            outcome: None,
            answer,
        }));
    }
}

/// Work with what came out of it, and what is done with that.
struct Asked<T, E, W, A> {
    state: Arc<State>,
    effect: Effect,
    work: Option<W>,
    outcome: Option<Result<T, E>>,
    answer: A,
}

impl<T, E, W, A> Unit for Asked<T, E, W, A>
where
    T: Send,
    E: From<StoreError> + Send,
    W: FnOnce(&Scope<'_>) -> Result<T, E> + Send,
    A: FnOnce(Result<T, E>) + Send,
{
    fn effect(&self) -> Effect {
        self.effect
    }

    fn run(&mut self, tx: &Transaction<'_>, cache: &Cache) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let outcome = work(&Scope::new(&self.state, tx, cache));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, stored: Result<(), &rusqlite::Error>) {
        let failed = stored.err().map(|error| StoreError::Sqlite(copy(error)));
        let outcome = match (self.outcome, failed) {
            (Some(Err(own)), _) => Err(own),
            (_, Some(error)) => Err(error.into()),
            (Some(outcome), None) => outcome,
            (None, None) => Err(StoreError::Aborted.into()),
        };
        (self.answer)(outcome);
    }
}

/// The same error for one more caller.
fn copy(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            rusqlite::Error::SqliteFailure(*code, text.clone())
        }
        other => rusqlite::Error::ToSqlConversionFailure(other.to_string().into()),
    }
}
