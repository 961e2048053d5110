//! Rows in a file of SQLite.

mod claim;
mod control;
mod enqueue;
mod error;
mod file;
mod inbox;
mod list;
mod open;
mod ready;
mod rows;
mod schema;
mod scope;
mod settle;
mod sweep;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use file::OpenFiles;
use open::Settings;
use scope::Scope;
use writer::Writer;

use crate::inbox::{ClaimEvents, EventNumber, EventStore, Handled, NewEvent, StoredEvent};
use crate::row::{NewRow, Row, RowId, RowNumber};
use crate::state::State;
use crate::store::{
    Answer, Begin, Begun, Changes, Claim, Claimed, Control, Enqueued, Key, Receipt, RowFilter,
    Settlement, Signals, Status, Store, StoreError, Swept,
};
use crate::time::Time;

/// How long another process may hold the database, unless told otherwise.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Rows in a file of SQLite, for one machine.
///
/// Several processes may have the same file open, each with workers of its own. The file has to be on a local disk.
/// What is acknowledged is on the disk (WAL with `synchronous = FULL`). What is asked for at the same time is
/// committed together.
///
/// Clones share the connection. It is closed with the last one, after what was asked for is done.
///
/// ```
/// use sinch_conversation_outbox::SqliteStore;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let store = SqliteStore::open(folder.path().join("outbox.db"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    writer: Arc<Writer>,
    /// For workers in this process.
    signals: Arc<Signals>,
}

/// How a file is opened; made by [`SqliteStore::builder`].
///
/// ```
/// use std::time::Duration;
/// use sinch_conversation_outbox::SqliteStore;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let store = SqliteStore::builder()
///     .busy_timeout(Duration::from_secs(5))
///     .max_bytes(1 << 30)
///     .open(folder.path().join("outbox.db"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is opened before `open`"]
pub struct SqliteBuilder {
    settings: Settings,
}

impl SqliteBuilder {
    /// Sets how long to wait while other processes hold the database. 30 s by default.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.settings.busy_timeout = timeout;
        self
    }

    /// Sets the largest size of the database, in bytes. What needs more fails with [`StoreError::Full`]. The files
    /// next to it, which are written first, come on top.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.settings.max_bytes = Some(bytes);
        self
    }

    /// Opens the file, and makes it when it is not there, readable for its owner only.
    ///
    /// # Errors
    ///
    /// [`StoreError`] says whether the file is damaged, belongs to another program, has newer tables, or cannot be
    /// opened. It is left as it is then.
    pub fn open(self, file: impl AsRef<Path>) -> Result<SqliteStore, StoreError> {
        self.start(Some(file.as_ref()))
    }

    /// Opens a database in memory, for tests.
    ///
    /// # Errors
    ///
    /// Those of SQLite.
    pub fn open_in_memory(self) -> Result<SqliteStore, StoreError> {
        self.start(None)
    }

    fn start(&self, file: Option<&Path>) -> Result<SqliteStore, StoreError> {
        let connection = open::open(file, &self.settings)?;
        let writer = Arc::new(Writer::start(connection, OpenFiles::of(file))?);
        let signals = Arc::default();
        Ok(SqliteStore { writer, signals })
    }
}

impl SqliteStore {
    /// Opens a file with the settings that are the default.
    ///
    /// # Errors
    ///
    /// Those of [`SqliteBuilder::open`].
    pub fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::builder().open(file)
    }

    /// Starts with the settings that are the default.
    pub fn builder() -> SqliteBuilder {
        let settings = Settings {
            busy_timeout: BUSY_TIMEOUT,
            max_bytes: None,
        };
        SqliteBuilder { settings }
    }

    /// Closes the database after what was asked for is done. Later requests fail with [`StoreError::Closed`]. Blocks
    /// until the file is closed.
    pub fn close(&self) {
        self.writer.close();
    }

    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Answer<T> {
        let writer = Arc::clone(&self.writer);
        async move { writer.run(work).await }
    }

    /// Does work that workers and handlers of a queue should look at.
    fn announce<T: Send + 'static>(
        &self,
        queue: String,
        work: impl FnOnce(&Scope<'_>, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Answer<T> {
        let (name, signals) = (queue.clone(), Arc::clone(&self.signals));
        let answer = self.run(move |scope| work(scope, &name));
        async move {
            let answer = answer.await?;
            signals.announce(&queue);
            Ok(answer)
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
    fn enqueue(&self, queue: &str, rows: Vec<NewRow>, now: Time) -> impl Answer<Vec<Enqueued>> {
        self.announce(queue.to_owned(), move |scope, queue| {
            enqueue::enqueue(scope, queue, &rows, now)
        })
    }

    fn claim(&self, claim: Claim) -> impl Answer<Claimed> {
        self.run(move |scope| claim::claim(scope, &claim))
    }

    fn begin(&self, begin: Begin) -> impl Answer<Vec<Begun>> {
        self.run(move |scope| claim::begin(scope, &begin))
    }

    fn settle(&self, settlements: Vec<Settlement>, now: Time) -> impl Answer<usize> {
        self.run(move |scope| settle::settle(scope, &settlements, now))
    }

    fn receive(&self, receipts: Vec<Receipt>, now: Time) -> impl Answer<Vec<Option<RowId>>> {
        self.run(move |scope| settle::receive(scope, &receipts, now))
    }

    fn sweep(&self, queue: &str, now: Time, limit: usize) -> impl Answer<Swept> {
        let queue = queue.to_owned();
        self.run(move |scope| sweep::sweep(scope, &queue, now, limit))
    }

    fn undecided(
        &self,
        queue: &str,
        now: Time,
        again: Time,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        let queue = queue.to_owned();
        self.run(move |scope| control::undecided(scope, &queue, now, again, limit))
    }

    fn control(&self, queue: &str, control: Control, now: Time) -> impl Answer<usize> {
        self.announce(queue.to_owned(), move |scope, queue| {
            control::control(scope, queue, &control, now)
        })
    }

    fn status(&self, queue: &str, group: Option<&str>) -> impl Answer<Status> {
        let (queue, group) = (queue.to_owned(), group.map(str::to_owned));
        self.run(move |scope| control::status(scope, &queue, group.as_deref()))
    }

    fn find(&self, queue: &str, key: Key) -> impl Answer<Option<Row>> {
        let queue = queue.to_owned();
        self.run(move |scope| list::find(scope, &queue, &key))
    }

    fn list(
        &self,
        queue: &str,
        filter: &RowFilter,
        after: RowNumber,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        let (queue, filter) = (queue.to_owned(), filter.clone());
        self.run(move |scope| list::list(scope, &queue, &filter, after, limit))
    }

    fn purge(
        &self,
        queue: &str,
        states: &[State],
        before: Time,
        limit: usize,
    ) -> impl Answer<usize> {
        let (queue, states) = (queue.to_owned(), states.to_vec());
        self.run(move |scope| control::purge(scope, &queue, &states, before, limit))
    }

    fn changes(&self, queue: &str) -> Changes {
        self.signals.subscribe(queue)
    }
}

impl EventStore for SqliteStore {
    fn accept(&self, inbox: &str, events: Vec<NewEvent>, now: Time) -> impl Answer<Vec<bool>> {
        self.announce(inbox.to_owned(), move |scope, inbox| {
            inbox::accept(scope, inbox, events, now)
        })
    }

    fn claim_events(&self, claim: ClaimEvents) -> impl Answer<Vec<StoredEvent>> {
        self.run(move |scope| inbox::claim(scope, &claim))
    }

    fn settle_events(
        &self,
        inbox: &str,
        handled: Vec<(EventNumber, Handled)>,
        now: Time,
    ) -> impl Answer<usize> {
        let inbox = inbox.to_owned();
        self.run(move |scope| inbox::settle(scope, &inbox, &handled, now))
    }

    fn dead_events(
        &self,
        inbox: &str,
        after: EventNumber,
        limit: usize,
    ) -> impl Answer<Vec<StoredEvent>> {
        let inbox = inbox.to_owned();
        self.run(move |scope| inbox::dead(scope, &inbox, after, limit))
    }

    fn replay_events(
        &self,
        inbox: &str,
        events: Vec<EventNumber>,
        now: Time,
    ) -> impl Answer<usize> {
        self.announce(inbox.to_owned(), move |scope, inbox| {
            inbox::replay(scope, inbox, &events, now)
        })
    }

    fn purge_events(&self, inbox: &str, before: Time, limit: usize) -> impl Answer<usize> {
        let inbox = inbox.to_owned();
        self.run(move |scope| inbox::purge(scope, &inbox, before, limit))
    }

    fn event_changes(&self, inbox: &str) -> Changes {
        self.signals.subscribe(inbox)
    }
}
