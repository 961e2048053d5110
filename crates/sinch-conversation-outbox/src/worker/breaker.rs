//! When a worker stops trying for a while.

use std::time::Duration;

use crate::time::Time;

/// So many failures in a row are more than bad luck of single rows.
const FAILURES: u32 = 5;

/// Counts failures. While the API does not answer, each request that is begun may leave an unknown row behind, so after
/// a few of them one row is tried at a time, with growing pauses.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    pauses: u32,
    until: Time,
}

impl Breaker {
    /// A request was answered.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.pauses = 0;
    }

    /// A request was not answered, or not processed. Returns whether a pause begins, which is as long as `pause` says for
    /// the number of the pause, from 1. Failures of what was under way before it count for nothing.
    pub(super) fn failed(&mut self, now: Time, pause: impl FnOnce(u32) -> Duration) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < FAILURES || now < self.until {
            return false;
        }
        self.pauses = self.pauses.saturating_add(1);
        self.until = now.plus(pause(self.pauses));
        true
    }

    /// When rows may be begun again.
    pub(super) fn until(&self) -> Time {
        self.until
    }

    /// How many requests may be under way, of so many at most.
    pub(super) fn limit(&self, most: usize) -> usize {
        if self.pauses == 0 { most } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    fn fail(breaker: &mut Breaker, now: i64) -> bool {
        breaker.failed(at(now), |pause| Duration::from_secs(u64::from(pause) * 10))
    }

    #[test]
    fn single_failures_stop_nothing() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            assert!(!fail(&mut breaker, 1));
            breaker.succeeded();
        }
        assert_eq!((breaker.until(), breaker.limit(50)), (Time::default(), 50));
    }

    #[test]
    fn failures_in_a_row_pause_longer_each_time_until_one_succeeds() {
        let mut breaker = Breaker::default();
        let begun = (0..20).filter(|_| fail(&mut breaker, 1)).count();
        assert_eq!((begun, breaker.until(), breaker.limit(50)), (1, at(11), 1));
        assert!(fail(&mut breaker, 11));
        assert_eq!(breaker.until(), at(31));
        breaker.succeeded();
        assert_eq!(breaker.limit(50), 50);
    }
}
