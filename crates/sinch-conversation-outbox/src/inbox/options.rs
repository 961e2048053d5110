//! How a handler works.

use std::time::Duration;

use crate::backoff::Backoff;

/// Settings of a [`Handler`](super::Handler).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HandlerOptions {
    /// The most events that are handled at the same time. 20 by default.
    pub concurrency: usize,
    /// How long an event may be worked on, before it is handled by somebody else too. 60 s by default.
    pub lease: Duration,
    /// After so many attempts an event is dead. 10 by default.
    pub max_attempts: u32,
    /// How long events are kept after they were handled. For ever by default; dead ones are kept in any case. It should be
    /// longer than the API repeats callbacks: a repeated one is new after that.
    pub keep: Option<Duration>,
    /// How often to look for events when there are none, next to what the store announces. 250 ms by default.
    pub poll: Duration,
    /// The pauses after failures. From 1 s to 10 minutes by default.
    pub backoff: Backoff,
}

impl Default for HandlerOptions {
    fn default() -> Self {
        Self {
            concurrency: 20,
            lease: Duration::from_secs(60),
            max_attempts: 10,
            keep: None,
            poll: Duration::from_millis(250),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(600)),
        }
    }
}

impl HandlerOptions {
    /// Sets the most events that are handled at the same time; 0 counts as 1.
    #[must_use]
    pub fn concurrency(mut self, events: usize) -> Self {
        self.concurrency = events.max(1);
        self
    }

    /// Sets after how many attempts an event is dead; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets how long an event may be worked on, and how often to look for events.
    #[must_use]
    pub fn times(mut self, lease: Duration, poll: Duration) -> Self {
        self.lease = lease;
        self.poll = poll;
        self
    }

    /// Sets how long events are kept after they were handled.
    #[must_use]
    pub fn keep(mut self, age: impl Into<Option<Duration>>) -> Self {
        self.keep = age.into();
        self
    }

    /// Sets the first and the longest pause after a failure.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = Backoff::new(first, longest);
        self
    }
}
