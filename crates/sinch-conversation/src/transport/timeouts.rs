//! How long things may take.

use std::time::Duration;

/// The time limits of a client.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::{Client, Timeouts};
///
/// let timeouts = Timeouts::default()
///     .connect(Duration::from_secs(2))
///     .attempt(Duration::from_secs(10))
///     .call(Duration::from_secs(60));
/// let builder = Client::builder().timeouts(timeouts);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Timeouts {
    /// For making a connection, TLS included. Default 5 s.
    pub connect: Duration,
    /// For one attempt: connecting, sending, waiting and reading the answer. Default 30 s.
    pub attempt: Duration,
    /// For a whole call: its token, its attempts and the pauses between them. Default 120 s.
    pub call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(30),
            call: Duration::from_secs(120),
        }
    }
}

impl Timeouts {
    /// Sets the limit for making a connection.
    #[must_use]
    pub fn connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets the limit for one attempt.
    #[must_use]
    pub fn attempt(mut self, limit: Duration) -> Self {
        self.attempt = limit;
        self
    }

    /// Sets the limit for a whole call.
    #[must_use]
    pub fn call(mut self, limit: Duration) -> Self {
        self.call = limit;
        self
    }
}
