//! A transaction and its context.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use sinch_conversation_raw::wire::Timestamp;

use super::cache::Cache;
use crate::core::State;

/// A transaction with the state of the sandbox. Everything in it has the same time.
pub(crate) struct Scope<'a> {
    pub(crate) state: &'a State,
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) now: DateTime<Utc>,
    pub(super) cache: &'a Cache,
    wanted_id: Cell<Option<String>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(state: &'a State, tx: &'a Transaction<'a>, cache: &'a Cache) -> Self {
        Self {
            state,
            tx,
            now: state.clock.now(),
            cache,
            wanted_id: Cell::new(None),
        }
    }

    /// Returns the same transaction with the current time.
    pub(crate) fn renewed(&self) -> Self {
        Self::new(self.state, self.tx, self.cache)
    }

    pub(crate) fn new_id(&self) -> String {
        self.wanted_id
            .take()
            .unwrap_or_else(|| self.state.ids.next(self.now))
    }

    /// Sets the next id, since a seed may choose the ids of its resources.
    pub(crate) fn want_id(&self, id: String) {
        self.wanted_id.set(Some(id));
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from(self.now)
    }

    pub(crate) fn project(&self) -> &'a str {
        &self.state.settings.project
    }
}
