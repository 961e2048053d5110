//! The clock, and the tokens that expire by it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sinch_conversation_raw::wire::Timestamp;

use super::Sandbox;
use super::error::ControlError;
use crate::store::meta;

impl Sandbox {
    /// Moves the sandbox's clock forward. Whatever becomes due happens immediately: receipts, retries of callbacks, the
    /// expiry of access tokens. Times in responses, callbacks and signatures use this clock. It stops at the year 9987.
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

    /// Returns the time of the sandbox's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.store.state.clock.now()
    }

    /// Expires all access tokens issued so far: calls with them get 401, and `www-authenticate` says that they have
    /// expired.
    pub fn expire_tokens(&self) {
        self.server.access.expire_tokens();
    }

    /// Stores how far ahead the clock is: due times are stored by it, so the next run has to continue from it.
    fn remember_clock(&self) {
        let ahead = self.store.state.clock.ahead_us();
        self.store
            .write_soon(move |scope| meta::set_clock_ahead(scope.tx, ahead));
    }
}
