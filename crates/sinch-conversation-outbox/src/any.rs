//! A store that is chosen by its address when the program runs.

use crate::inbox::{ClaimEvents, EventNumber, EventStore, Handled, NewEvent, StoredEvent};
#[cfg(feature = "postgres")]
use crate::postgres::PostgresStore;
use crate::row::{NewRow, Row, RowId, RowNumber};
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteStore;
use crate::state::State;
use crate::store::{
    Answer, Begin, Begun, Changes, Claim, Claimed, Control, Enqueued, Key, Receipt, RowFilter,
    Settlement, Status, Store, StoreError, Swept,
};
use crate::time::Time;

/// What the address of a database in Postgres begins with.
const POSTGRES: [&str; 2] = ["postgres://", "postgresql://"];

/// Does the same with whichever store it is.
macro_rules! either {
    ($any:expr, $store:ident => $do:expr) => {
        match $any {
            #[cfg(feature = "sqlite")]
            AnyStore::Sqlite($store) => $do,
            #[cfg(feature = "postgres")]
            AnyStore::Postgres($store) => $do,
        }
    };
}

/// Asks whichever store it is.
macro_rules! ask {
    ($any:ident.$method:ident($($argument:expr),*)) => {
        async move { either!($any, store => store.$method($($argument),*).await) }
    };
}

/// A store in a file or in Postgres, whichever an address says.
///
/// ```
/// use sinch_conversation_outbox::AnyStore;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let address = std::env::args().nth(1).unwrap_or_else(|| "outbox.db".to_owned());
/// let store = AnyStore::open(&address).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyStore {
    /// A file of SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteStore),
    /// A database in Postgres.
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens a store: a database in Postgres when the address begins with `postgres://` or `postgresql://`, otherwise the
    /// file of this name. The settings are the default.
    ///
    /// # Errors
    ///
    /// Those of the store, and [`StoreError::Address`] for an address of something else, or of a store whose feature this
    /// program was built without. No error repeats the address, which may have a password.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        if POSTGRES.iter().any(|begin| address.starts_with(begin)) {
            return Self::open_postgres(address).await;
        }
        if address.contains("://") {
            let unknown = "it is neither a file nor does it begin with postgres://";
            return Err(StoreError::Address(unknown.to_owned()));
        }
        Self::open_sqlite(address)
    }

    #[cfg(feature = "postgres")]
    async fn open_postgres(address: &str) -> Result<Self, StoreError> {
        PostgresStore::open(address).await.map(Self::Postgres)
    }

    #[cfg(not(feature = "postgres"))]
    async fn open_postgres(_: &str) -> Result<Self, StoreError> {
        Err(without("postgres"))
    }

    #[cfg(feature = "sqlite")]
    fn open_sqlite(file: &str) -> Result<Self, StoreError> {
        SqliteStore::open(file).map(Self::Sqlite)
    }

    #[cfg(not(feature = "sqlite"))]
    fn open_sqlite(_: &str) -> Result<Self, StoreError> {
        Err(without("sqlite"))
    }

    /// Closes the store after what was asked for is done. Later requests fail with [`StoreError::Closed`].
    pub fn close(&self) {
        either!(self, store => store.close());
    }
}

#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
fn without(feature: &str) -> StoreError {
    StoreError::Address(format!(
        "this program was built without the feature `{feature}` of sinch-conversation-outbox"
    ))
}

impl Store for AnyStore {
    fn enqueue(&self, queue: &str, rows: Vec<NewRow>, now: Time) -> impl Answer<Vec<Enqueued>> {
        ask!(self.enqueue(queue, rows, now))
    }

    fn claim(&self, claim: Claim) -> impl Answer<Claimed> {
        ask!(self.claim(claim))
    }

    fn begin(&self, begin: Begin) -> impl Answer<Vec<Begun>> {
        ask!(self.begin(begin))
    }

    fn settle(&self, settlements: Vec<Settlement>, now: Time) -> impl Answer<usize> {
        ask!(self.settle(settlements, now))
    }

    fn receive(&self, receipts: Vec<Receipt>, now: Time) -> impl Answer<Vec<Option<RowId>>> {
        ask!(self.receive(receipts, now))
    }

    fn sweep(&self, queue: &str, now: Time, limit: usize) -> impl Answer<Swept> {
        ask!(self.sweep(queue, now, limit))
    }

    fn undecided(
        &self,
        queue: &str,
        now: Time,
        again: Time,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        ask!(self.undecided(queue, now, again, limit))
    }

    fn control(&self, queue: &str, control: Control, now: Time) -> impl Answer<usize> {
        ask!(self.control(queue, control, now))
    }

    fn status(&self, queue: &str, group: Option<&str>) -> impl Answer<Status> {
        ask!(self.status(queue, group))
    }

    fn find(&self, queue: &str, key: Key) -> impl Answer<Option<Row>> {
        ask!(self.find(queue, key))
    }

    fn list(
        &self,
        queue: &str,
        filter: &RowFilter,
        after: RowNumber,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        ask!(self.list(queue, filter, after, limit))
    }

    fn purge(
        &self,
        queue: &str,
        states: &[State],
        before: Time,
        limit: usize,
    ) -> impl Answer<usize> {
        ask!(self.purge(queue, states, before, limit))
    }

    fn changes(&self, queue: &str) -> Changes {
        either!(self, store => store.changes(queue))
    }
}

impl EventStore for AnyStore {
    fn accept(&self, inbox: &str, events: Vec<NewEvent>, now: Time) -> impl Answer<Vec<bool>> {
        ask!(self.accept(inbox, events, now))
    }

    fn claim_events(&self, claim: ClaimEvents) -> impl Answer<Vec<StoredEvent>> {
        ask!(self.claim_events(claim))
    }

    fn settle_events(
        &self,
        inbox: &str,
        handled: Vec<(EventNumber, Handled)>,
        now: Time,
    ) -> impl Answer<usize> {
        ask!(self.settle_events(inbox, handled, now))
    }

    fn dead_events(
        &self,
        inbox: &str,
        after: EventNumber,
        limit: usize,
    ) -> impl Answer<Vec<StoredEvent>> {
        ask!(self.dead_events(inbox, after, limit))
    }

    fn replay_events(
        &self,
        inbox: &str,
        events: Vec<EventNumber>,
        now: Time,
    ) -> impl Answer<usize> {
        ask!(self.replay_events(inbox, events, now))
    }

    fn purge_events(&self, inbox: &str, before: Time, limit: usize) -> impl Answer<usize> {
        ask!(self.purge_events(inbox, before, limit))
    }

    fn event_changes(&self, inbox: &str) -> Changes {
        either!(self, store => store.event_changes(inbox))
    }
}
