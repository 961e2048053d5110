//! The clock, and the tokens that expire by it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sinch_conversation_raw::wire::Timestamp;

use super::Sandbox;
use super::error::ControlError;
use crate::store::meta;

impl Sandbox {
    /// Moves the sandbox's clock forward. What becomes due happens immediately: receipts, retries of callbacks, the
    /// end of access tokens. Times in answers, callbacks and signatures are by this clock. It stops at the
    /// year 9987.
    pub fn advance_clock(&self, by: Duration) {
        self.store.state.clock.advance(by);
        self.remember_clock();
    }

    /// Sets the sandbox's clock to a later time; see [`advance_clock`](Self::advance_clock).
    ///
    /// # Errors
    ///
    /// [`ControlError::ClockBackwards`] when the time is in the past, or later than the year 9987.
    pub fn set_clock(&self, to: DateTime<Utc>) -> Result<(), ControlError> {
        if self.store.state.clock.set(to) {
            self.remember_clock();
            return Ok(());
        }
        Err(ControlError::ClockBackwards {
            wanted: Timestamp::from(to),
            now: Timestamp::from(self.now()),
        })
    }

    /// What the sandbox's clock shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.store.state.clock.now()
    }

    /// All access tokens given so far have expired: calls with them get 401, and `www-authenticate` says so.
    pub fn expire_tokens(&self) {
        self.server.access.expire_tokens();
    }

    /// What is due is stored by this clock, so the next run has to go on from it.
    fn remember_clock(&self) {
        let ahead = self.store.state.clock.ahead_us();
        self.store
            .write_soon(move |scope| meta::set_clock_ahead(scope.tx, ahead));
    }
}
