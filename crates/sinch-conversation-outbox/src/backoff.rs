//! How long to wait after failures.

use std::time::Duration;

/// Pauses that grow with each failure in a row. Each is random: at least half of its bound, which doubles.
///
/// ```
/// use std::time::Duration;
/// use sinch_conversation_outbox::{Backoff, WorkerOptions};
///
/// let options = WorkerOptions::default().pauses(Duration::from_secs(2), Duration::from_secs(60));
/// assert_eq!(options.backoff, Backoff::new(Duration::from_secs(2), Duration::from_secs(60)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The bound after the first failure.
    pub first: Duration,
    /// The bound that is never exceeded.
    pub longest: Duration,
}

impl Backoff {
    /// Makes pauses of the bounds after the first failure, and after many.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The pause after so many failures in a row.
    pub(crate) fn pause(self, failures: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1).min(30));
        let bound = self.first.saturating_mul(factor).min(self.longest);
        bound.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}
