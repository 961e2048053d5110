//! One transaction and what goes with it.

use std::cell::Cell;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use sinch_conversation_raw::types::ChannelIdentity;
use sinch_conversation_raw::wire::Timestamp;

use crate::core::Core;

/// Everything that happens in one transaction happens at one moment.
pub(crate) struct Scope<'a> {
    pub(crate) core: &'a Core,
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) now: DateTime<Utc>,
    wanted_id: Cell<Option<String>>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(core: &'a Core, tx: &'a Transaction<'a>) -> Self {
        Self {
            core,
            tx,
            now: core.clock.now(),
            wanted_id: Cell::new(None),
        }
    }

    pub(crate) fn new_id(&self) -> String {
        self.wanted_id
            .take()
            .unwrap_or_else(|| self.core.ids.next(self.now))
    }

    /// The next id is to be this one: a seed may say what its resources are called.
    pub(crate) fn want_id(&self, id: String) {
        self.wanted_id.set(Some(id));
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from(self.now)
    }

    /// The time between one status on this address and the next.
    pub(crate) fn until_next_status(&self, address: Option<&ChannelIdentity>) -> Duration {
        self.core.settings.receipt_interval + self.core.channels.delay_of(address)
    }

    pub(crate) fn project(&self) -> &'a str {
        &self.core.settings.project
    }
}
