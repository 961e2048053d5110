//! When an attempt is retried, and after which pause.

use std::time::Duration;

use http::StatusCode;

use super::{AttemptError, AttemptResponse};

/// How often and how fast failed attempts are retried.
///
/// The pause before a retry is drawn from zero up to a bound that doubles with every retry ("full jitter"). When the API
/// names a pause, in `Retry-After` or in a `RetryInfo` of its error, that pause is kept, with a little jitter on top.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::{Client, RetryPolicy};
///
/// let patient = RetryPolicy::default()
///     .max_attempts(8)
///     .backoff(Duration::from_millis(500), Duration::from_secs(30))
///     .max_retry_after(Duration::from_secs(300));
/// let builder = Client::builder().retry(patient);
/// # assert_eq!(RetryPolicy::never().max_attempts, 1);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The most requests for one call, the first one included. Default 4. The one retry after an expired
    /// token does not count.
    pub max_attempts: u32,
    /// The bound of the first pause. Default 250 ms.
    pub base: Duration,
    /// The largest bound. Default 10 s.
    pub cap: Duration,
    /// The longest `Retry-After` that is waited for; a longer one ends the call. Default 60 s.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without retries.
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// Sets the most requests for one call; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the bound of the first pause and the largest bound.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Sets the longest `Retry-After` that is waited for.
    #[must_use]
    pub fn max_retry_after(mut self, longest: Duration) -> Self {
        self.max_retry_after = longest;
        self
    }

    /// The pause before a retry, by its number from 0; `None` when there is to be none.
    pub(crate) fn pause(&self, retry: u32, retry_after: Option<Duration>) -> Option<Duration> {
        if retry + 1 >= self.max_attempts {
            return None;
        }
        match retry_after {
            Some(asked) if asked > self.max_retry_after => None,
            Some(asked) => Some(asked.saturating_add(jitter(self.base))),
            None => Some(jitter(self.bound(retry))),
        }
    }

    fn bound(&self, retry: u32) -> Duration {
        let factor = 2_u32.checked_pow(retry).unwrap_or(u32::MAX);
        self.base
            .checked_mul(factor)
            .unwrap_or(self.cap)
            .min(self.cap)
    }
}

fn jitter(bound: Duration) -> Duration {
    bound.mul_f64(fastrand::f64())
}

/// How an attempt ended. It failed, unless it ended with the status of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection was made.
    Connect,
    /// The connection broke, or the response was cut off.
    Disconnected,
    /// The attempt took too long.
    Timeout,
    /// The response was longer than this client reads.
    TooLarge,
    /// A middleware failed by itself, after or without sending the request.
    Middleware { sent: bool },
    /// There was a complete response.
    Status(StatusCode),
}

impl Failure {
    pub(crate) fn of(outcome: &Result<AttemptResponse, AttemptError>) -> Self {
        match outcome {
            Ok(answer) => Self::Status(answer.status),
            Err(error) => error.failure,
        }
    }

    /// Whether the request was definitely not processed.
    pub(crate) fn definitely_not_processed(self) -> bool {
        match self {
            Self::Connect => true,
            Self::Disconnected | Self::Timeout | Self::TooLarge => false,
            Self::Middleware { sent } => !sent,
            // A gateway may say so although the API got the request in time.
            Self::Status(StatusCode::REQUEST_TIMEOUT) => false,
            Self::Status(status) => {
                status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// Whether another attempt may succeed. Both what callers are told and what this client retries rest on this.
    pub(crate) fn is_transient(self) -> bool {
        match self {
            Self::Connect | Self::Disconnected | Self::Timeout => true,
            Self::TooLarge | Self::Middleware { .. } => false,
            Self::Status(status) => matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504),
        }
    }

    /// Whether the attempt may be retried. `repeatable` says that processing the operation twice does no harm.
    pub(crate) fn may_be_retried(self, repeatable: bool) -> bool {
        self.is_transient() && (repeatable || self.definitely_not_processed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> Failure {
        Failure::Status(StatusCode::from_u16(code).unwrap())
    }

    #[test]
    fn a_repeatable_operation_is_retried_on_every_transient_failure() {
        for failure in [Failure::Connect, Failure::Disconnected, Failure::Timeout] {
            assert!(failure.may_be_retried(true), "{failure:?}");
        }
        for code in [408, 429, 500, 502, 503, 504] {
            assert!(status(code).may_be_retried(true), "{code}");
        }
        for code in [301, 400, 401, 403, 404, 409, 501] {
            assert!(!status(code).may_be_retried(true), "{code}");
        }
    }

    #[test]
    fn a_send_is_retried_only_when_it_was_definitely_not_processed() {
        assert!(Failure::Connect.may_be_retried(false));
        assert!(status(429).may_be_retried(false));
        assert!(status(503).may_be_retried(false));
        for failure in [
            Failure::Disconnected,
            Failure::Timeout,
            status(408),
            status(500),
            status(502),
            status(504),
            status(400),
        ] {
            assert!(!failure.may_be_retried(false), "{failure:?}");
        }
    }

    #[test]
    fn pauses_stay_below_a_doubling_bound() {
        let policy = RetryPolicy::default().max_attempts(20);
        for (retry, bound) in [(0, 250), (1, 500), (2, 1000), (6, 10_000), (18, 10_000)] {
            for _ in 0..200 {
                assert!(
                    policy.pause(retry, None).unwrap() <= Duration::from_millis(bound),
                    "{retry}"
                );
            }
        }
    }

    #[test]
    fn pauses_have_the_bounds_that_are_set() {
        let (base, cap) = (Duration::from_secs(2), Duration::from_secs(3));
        let policy = RetryPolicy::default().max_attempts(9).backoff(base, cap);
        for (retry, bound) in [(0, base), (1, cap), (7, cap)] {
            let longest = (0..200).filter_map(|_| policy.pause(retry, None)).max();
            let longest = longest.unwrap();
            assert!(longest > bound / 2 && longest <= bound, "{longest:?}");
        }
    }

    #[test]
    fn pauses_are_spread_over_the_whole_range() {
        let policy = RetryPolicy::default();
        let pauses: Vec<_> = (0..1000).map(|_| policy.pause(0, None).unwrap()).collect();
        assert!(
            pauses
                .iter()
                .any(|pause| *pause < Duration::from_millis(50))
        );
        assert!(
            pauses
                .iter()
                .any(|pause| *pause > Duration::from_millis(200))
        );
    }

    #[test]
    fn the_last_attempt_is_not_followed_by_a_pause() {
        assert!(RetryPolicy::default().pause(2, None).is_some());
        assert!(RetryPolicy::default().pause(3, None).is_none());
        assert!(RetryPolicy::never().pause(0, None).is_none());
    }

    #[test]
    fn a_named_pause_is_kept_unless_it_is_too_long() {
        let policy = RetryPolicy::default();
        let pause = policy.pause(0, Some(Duration::from_secs(7))).unwrap();
        assert!(pause >= Duration::from_secs(7) && pause <= Duration::from_millis(7250));
        assert!(policy.pause(0, Some(Duration::from_secs(61))).is_none());
    }

    #[test]
    fn the_longest_named_pause_is_kept() {
        let longest = Duration::from_millis(1500);
        let policy = RetryPolicy::default().max_retry_after(longest);
        assert!(policy.pause(0, Some(longest)).is_some());
        let longer = longest + Duration::from_nanos(1);
        assert!(policy.pause(0, Some(longer)).is_none());
    }
}
