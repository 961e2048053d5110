//! Rows in Postgres.

mod address;
mod claim;
mod connection;
mod control;
mod enqueue;
mod error;
mod group_commit;
mod inbox;
mod list;
mod listen;
mod open;
mod order;
mod queues;
mod ready;
mod rows;
mod schema;
mod settle;
mod tls;
mod transaction;
mod values;

use std::fmt;
use std::sync::{Arc, Once};

use tokio::sync::watch;

use connection::Pool;
use group_commit::GroupCommit;
pub use open::PostgresBuilder;

use crate::inbox::{ClaimEvents, EventNumber, EventStore, Handled, NewEvent, StoredEvent};
use crate::row::{NewRow, Row, RowId, RowNumber};
use crate::state::State;
use crate::store::{
    Answer, Begin, Begun, Changes, Claim, Claimed, Control, Enqueued, Key, Receipt, RowFilter,
    Settlement, Signals, Status, Store, StoreError, Swept,
};
use crate::time::Time;

#[doc = include_str!("store.md")]
#[derive(Clone)]
pub struct PostgresStore {
    shared: Arc<Shared>,
}

/// What clones of a store share.
struct Shared {
    pool: Arc<Pool>,
    callbacks: GroupCommit,
    signals: Arc<Signals>,
    /// Listening begins with the first one who waits.
    listening: Once,
    closed: watch::Sender<bool>,
}

impl Shared {
    fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            callbacks: GroupCommit::default(),
            signals: Arc::default(),
            listening: Once::new(),
            closed: watch::Sender::new(false),
        }
    }

    fn close(&self) {
        self.pool.close();
        self.closed.send_replace(true);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.close();
    }
}

impl PostgresStore {
    /// Opens a database with the settings that are the default.
    ///
    /// # Errors
    ///
    /// Those of [`PostgresBuilder::open`].
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::builder().open(address).await
    }

    /// Starts with the settings that are the default.
    pub fn builder() -> PostgresBuilder {
        PostgresBuilder::new()
    }

    /// Closes the connections that are not in use, and each other one after what was asked for is done. Later requests
    /// fail with [`StoreError::Closed`].
    pub fn close(&self) {
        self.shared.close();
    }

    fn pool(&self) -> &Pool {
        &self.shared.pool
    }

    /// Subscribes to a queue. Nobody listens outside of a runtime; workers look at their intervals then.
    fn subscribe(&self, queue: &str) -> Changes {
        let shared = &self.shared;
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            shared.listening.call_once(|| {
                let connector = shared.pool.connector.clone();
                let signals = Arc::downgrade(&shared.signals);
                runtime.spawn(listen::listen(
                    connector,
                    signals,
                    shared.closed.subscribe(),
                ));
            });
        }
        shared.signals.subscribe(queue)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("schema", &self.pool().connector.schema)
            .finish_non_exhaustive()
    }
}

/// One transaction: its arguments, and the function that makes its statements.
macro_rules! transact {
    ($store:ident, $function:path, $($argument:expr),+ => $($name:pat),+ => $($given:expr),+) => {
        async move {
            let arguments = ($($argument,)+);
            let work = $store.pool().transact(&arguments, |session, ($($name,)+)| {
                Box::pin($function(session, $($given),+))
            });
            work.await
        }
    };
}

impl Store for PostgresStore {
    fn enqueue(&self, queue: &str, rows: Vec<NewRow>, now: Time) -> impl Answer<Vec<Enqueued>> {
        transact!(self, enqueue::enqueue, queue, rows, now => queue, rows, now => queue, rows, *now)
    }

    fn claim(&self, claim: Claim) -> impl Answer<Claimed> {
        async move { claim::claim(self.pool(), &claim).await }
    }

    fn begin(&self, begin: Begin) -> impl Answer<Vec<Begun>> {
        transact!(self, claim::begin, begin => begin => begin)
    }

    fn settle(&self, settlements: Vec<Settlement>, now: Time) -> impl Answer<usize> {
        transact!(self, settle::settle, settlements, now => rows, now => rows, *now)
    }

    fn receive(&self, receipts: Vec<Receipt>, now: Time) -> impl Answer<Vec<Option<RowId>>> {
        transact!(self, settle::receive, receipts, now => receipts, now => receipts, *now)
    }

    fn sweep(&self, queue: &str, now: Time, limit: usize) -> impl Answer<Swept> {
        transact!(self, settle::sweep, queue, now, limit => queue, now, limit => queue, *now, *limit)
    }

    fn undecided(
        &self,
        queue: &str,
        now: Time,
        again: Time,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        transact!(self, control::undecided, queue, now, again, limit =>
            queue, now, again, limit => queue, *now, *again, *limit)
    }

    fn control(&self, queue: &str, control: Control, now: Time) -> impl Answer<usize> {
        async move { control::control(self.pool(), queue, &control, now).await }
    }

    fn status(&self, queue: &str, group: Option<&str>) -> impl Answer<Status> {
        transact!(self, control::status, queue, group => queue, group => queue, *group)
    }

    fn find(&self, queue: &str, key: Key) -> impl Answer<Option<Row>> {
        transact!(self, list::find, queue, key => queue, key => queue, key)
    }

    fn list(
        &self,
        queue: &str,
        filter: &RowFilter,
        after: RowNumber,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        transact!(self, list::list, queue, filter, after, limit =>
            queue, filter, after, limit => queue, filter, *after, *limit)
    }

    fn purge(
        &self,
        queue: &str,
        states: &[State],
        before: Time,
        limit: usize,
    ) -> impl Answer<usize> {
        transact!(self, control::purge, queue, states, before, limit =>
            queue, states, before, limit => queue, states, *before, *limit)
    }

    fn changes(&self, queue: &str) -> Changes {
        self.subscribe(queue)
    }
}

impl EventStore for PostgresStore {
    fn accept(&self, inbox: &str, events: Vec<NewEvent>, now: Time) -> impl Answer<Vec<bool>> {
        let Shared {
            callbacks, pool, ..
        } = &*self.shared;
        async move { callbacks.accept(pool, inbox, events, now).await }
    }

    fn claim_events(&self, claim: ClaimEvents) -> impl Answer<Vec<StoredEvent>> {
        transact!(self, inbox::claim, claim => claim => claim)
    }

    fn settle_events(
        &self,
        inbox: &str,
        handled: Vec<(EventNumber, Handled)>,
        now: Time,
    ) -> impl Answer<usize> {
        transact!(self, inbox::settle, inbox, handled, now => inbox, handled, now => inbox, handled, *now)
    }

    fn dead_events(
        &self,
        inbox: &str,
        after: EventNumber,
        limit: usize,
    ) -> impl Answer<Vec<StoredEvent>> {
        transact!(self, inbox::dead, inbox, after, limit => inbox, after, limit => inbox, *after, *limit)
    }

    fn replay_events(
        &self,
        inbox: &str,
        events: Vec<EventNumber>,
        now: Time,
    ) -> impl Answer<usize> {
        transact!(self, inbox::replay, inbox, events, now => inbox, events, now => inbox, events, *now)
    }

    fn purge_events(&self, inbox: &str, before: Time, limit: usize) -> impl Answer<usize> {
        transact!(self, inbox::purge, inbox, before, limit => inbox, before, limit => inbox, *before, *limit)
    }

    fn event_changes(&self, inbox: &str) -> Changes {
        self.subscribe(inbox)
    }
}
