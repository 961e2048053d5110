//! How a worker works.

use std::time::Duration;

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
    /// The first pause after a request that was not processed; it doubles with each further one. 1 s by default.
    pub base_pause: Duration,
    /// The longest pause. 5 minutes by default.
    pub max_pause: Duration,
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
            base_pause: Duration::from_secs(1),
            max_pause: Duration::from_secs(300),
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
    pub fn pauses(mut self, base: Duration, max: Duration) -> Self {
        self.base_pause = base;
        self.max_pause = max;
        self
    }

    /// The time limit of a request that fits the lease.
    pub(super) fn request_limit(&self) -> Duration {
        self.send_timeout.min(self.lease / 2)
    }

    /// The pause after so many failures in a row.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        backoff(self.base_pause, self.max_pause, failures)
    }
}

/// The pause after so many failures: up to a bound that doubles, and at least half of it.
pub(crate) fn backoff(base: Duration, max: Duration, failures: u32) -> Duration {
    let factor = 2_u32.saturating_pow(failures.saturating_sub(1).min(30));
    let bound = base.saturating_mul(factor).min(max);
    bound.mul_f64(0.5 + fastrand::f64() / 2.0)
}
