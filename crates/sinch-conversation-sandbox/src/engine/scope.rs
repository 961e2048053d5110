//! One transaction and what goes with it.

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use sinch_conversation_raw::wire::Timestamp;

use crate::core::Core;

/// Everything that happens in one transaction happens at one moment.
pub(crate) struct Scope<'a> {
    pub(crate) core: &'a Core,
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(core: &'a Core, tx: &'a Transaction<'a>) -> Self {
        Self {
            core,
            tx,
            now: core.clock.now(),
        }
    }

    pub(crate) fn new_id(&self) -> String {
        self.core.ids.next(self.now)
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from(self.now)
    }

    pub(crate) fn project(&self) -> &'a str {
        &self.core.settings.project
    }
}
