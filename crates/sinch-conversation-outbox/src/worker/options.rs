//! How a worker works.

use std::time::Duration;

use crate::backoff::Backoff;
use crate::pace::Pace;
use crate::retention::Retention;
use crate::store::Rate;

/// Settings of a [`Worker`](super::Worker).
///
/// ```
/// use sinch_conversation_outbox::{WorkerOptions, store::Rate};
///
/// let options = WorkerOptions::default().concurrency(50).rate(Rate::per_second(400));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WorkerOptions {
    /// The most requests a second of all workers of the queue together. 800 by default, which is what the API takes
    /// from a project; `None` for no limit. All workers of a queue need the same.
    pub rate: Option<Rate>,
    /// What the queues of apps at the API are taken to be. By default each is emptied at 20 messages a second, and 10,000
    /// may wait in it; `None` to take no account of them. All workers of a queue need the same.
    pub pace: Option<Pace>,
    /// How long rows are kept. For ever by default.
    pub retention: Retention,
    /// The most requests that this worker has under way, or whose outcome it has not stored yet: the most rows that are
    /// unknown when it dies. 200 by default.
    pub concurrency: usize,
    /// How long the worker holds a row that it has claimed or begun. 120 s by default.
    pub lease: Duration,
    /// How long a request may take. 60 s by default. At most half the lease is used, so that the outcome is stored before others
    /// take the worker for dead, also by a clock that is wrong by a minute.
    pub send_timeout: Duration,
    /// How often the worker looks for rows when there are none, next to what the store announces. 250 ms by default.
    pub poll: Duration,
    /// How often the worker does what is due: leases, expiry, unknown rows. 5 s by default.
    pub sweep: Duration,
    /// The pauses after requests that were not processed. From 1 s to 5 minutes by default.
    pub backoff: Backoff,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            rate: Some(Rate::per_second(800)),
            pace: Some(Pace::default()),
            retention: Retention::default(),
            concurrency: 200,
            lease: Duration::from_secs(120),
            send_timeout: Duration::from_secs(60),
            poll: Duration::from_millis(250),
            sweep: Duration::from_secs(5),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(300)),
        }
    }
}

impl WorkerOptions {
    /// Sets the limit that all workers share.
    #[must_use]
    pub fn rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.rate = rate.into();
        self
    }

    /// Sets what the queues of apps at the API are taken to be.
    #[must_use]
    pub fn pace(mut self, pace: impl Into<Option<Pace>>) -> Self {
        self.pace = pace.into();
        self
    }

    /// Sets how long rows are kept.
    #[must_use]
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Sets the most requests under way; 0 counts as 1.
    #[must_use]
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Sets how long a row is held.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets how long a request may take.
    #[must_use]
    pub fn send_timeout(mut self, timeout: Duration) -> Self {
        self.send_timeout = timeout;
        self
    }

    /// Sets how often to look for rows, and how often to do what is due.
    #[must_use]
    pub fn intervals(mut self, poll: Duration, sweep: Duration) -> Self {
        self.poll = poll;
        self.sweep = sweep;
        self
    }

    /// Sets the first and the longest pause after a request that was not processed.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = Backoff::new(first, longest);
        self
    }

    /// The time limit of a request that fits the lease.
    pub(super) fn request_limit(&self) -> Duration {
        self.send_timeout.min(self.lease / 2)
    }

    /// The pause after so many failures in a row.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        self.backoff.pause(failures)
    }
}
