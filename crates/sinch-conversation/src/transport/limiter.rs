//! Permits: the times at which requests may go out.
//!
//! A request takes the next free permit and sleeps until its time. No lock is held while waiting, so a caller that is
//! not polled for a while, or never again, delays no other. A permit that is dropped before its time goes to the next
//! caller that asks.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Times are counted from the limiter's start.
type Offset = Duration;

/// Issues permits at an even pace.
#[derive(Debug)]
pub(crate) struct Limiter {
    start: Instant,
    interval: Duration,
    schedule: Mutex<Schedule>,
}

#[derive(Debug, Default)]
struct Schedule {
    /// The first time that is not taken yet.
    next: Offset,
    /// Times that were taken and then returned.
    returned: BTreeSet<Offset>,
}

/// A permit whose time has not come yet. Dropping it returns it.
struct Permit<'a> {
    limiter: &'a Limiter,
    at: Offset,
    used: bool,
}

impl Limiter {
    /// Lets one request go out in each interval. An interval of zero means no limit.
    pub(crate) fn new(interval: Duration) -> Option<Self> {
        (!interval.is_zero()).then(|| Self {
            start: Instant::now(),
            interval,
            schedule: Mutex::default(),
        })
    }

    /// Waits for the next free permit. Returns how long that took, or `None`, without waiting, when the permit would
    /// come after `end`.
    pub(crate) async fn permit(&self, end: Instant) -> Option<Duration> {
        let now = self.start.elapsed();
        let end = end.saturating_duration_since(self.start);
        let at = self.lock().take(now, end, self.interval)?;
        let wait = at.saturating_sub(now);
        if !wait.is_zero() {
            let mut permit = Permit {
                limiter: self,
                at,
                used: false,
            };
            tokio::time::sleep(wait).await;
            permit.used = true;
        }
        Some(wait)
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        // Nothing panics while the lock is held.
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Schedule {
    /// The first free time from now on, unless it lies after the end.
    fn take(&mut self, now: Offset, end: Offset, interval: Duration) -> Option<Offset> {
        self.returned = self.returned.split_off(&now);
        if let Some(&at) = self.returned.first() {
            return (at <= end).then(|| {
                self.returned.remove(&at);
                at
            });
        }
        let at = self.next.max(now);
        if at > end {
            return None;
        }
        self.next = at.saturating_add(interval);
        Some(at)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.used {
            self.limiter.lock().returned.insert(self.at);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::sync::Arc;

    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn limiter(interval: Duration) -> Arc<Limiter> {
        Arc::new(Limiter::new(interval).unwrap())
    }

    fn in_an_hour() -> Instant {
        Instant::now() + HOUR
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_its_share_and_permits_keep_their_order() {
        let limiter = limiter(Duration::from_secs(1) / 800);
        let end = in_an_hour();
        let came: Arc<Mutex<Vec<(usize, Duration)>>> = Arc::default();
        let waiting = (0..2000).map(|number| {
            let (limiter, came) = (&limiter, &came);
            async move {
                limiter.permit(end).await.unwrap();
                let at = limiter.start.elapsed();
                came.lock().unwrap().push((number, at));
            }
        });
        join_all(waiting).await;

        let came = came.lock().unwrap();
        assert_eq!(came.len(), 2000);
        // The timer wakes whole milliseconds, so permits of the same millisecond come together, in no certain order.
        let millis = |at: Duration| at.as_millis();
        for pair in came.windows(2) {
            assert!(pair[0].0 < pair[1].0 || millis(pair[0].1) == millis(pair[1].1));
        }
        for (index, (_, first)) in came.iter().enumerate() {
            // A millisecond less than a second, for the same reason.
            let end = *first + Duration::from_millis(999);
            let within = came[index..].iter().take_while(|(_, at)| *at < end).count();
            assert!(within <= 800, "{within} from {first:?} on");
        }
        let last = came[1999].1;
        assert_eq!(last.as_millis(), 2499, "{last:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_limiter_delays_no_caller() {
        let limiter = limiter(HOUR);
        for _ in 0..3 {
            assert_eq!(limiter.permit(in_an_hour()).await, Some(Duration::ZERO));
            tokio::time::advance(HOUR).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_that_comes_too_late_is_not_taken() {
        let limiter = limiter(HOUR);
        limiter.permit(in_an_hour()).await.unwrap();
        let soon = Instant::now() + HOUR / 2;
        for _ in 0..100 {
            assert_eq!(limiter.permit(soon).now_or_never(), Some(None));
        }
        assert_eq!(limiter.permit(in_an_hour()).await, Some(HOUR));
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_that_was_dropped_goes_to_the_next_caller() {
        let limiter = limiter(HOUR);
        let end = Instant::now() + 100 * HOUR;
        limiter.permit(end).await.unwrap();
        let mut first = Box::pin(limiter.permit(end));
        let mut second = Box::pin(limiter.permit(end));
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert_eq!(limiter.permit(end).await, Some(HOUR));
        assert_eq!(limiter.start.elapsed().as_secs(), 3600);
        assert_eq!(second.await, Some(2 * HOUR));
        assert_eq!(limiter.permit(end).await, Some(HOUR));
        assert!(limiter.lock().returned.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_returned_permit_whose_time_has_passed_is_forgotten() {
        let limiter = limiter(HOUR);
        let end = Instant::now() + 100 * HOUR;
        limiter.permit(end).await.unwrap();
        assert!(limiter.permit(end).now_or_never().is_none());
        tokio::time::advance(10 * HOUR).await;
        assert_eq!(limiter.permit(end).await, Some(Duration::ZERO));
        assert_eq!(limiter.permit(end).await, Some(HOUR));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_is_not_polled_delays_no_other() {
        let limiter = limiter(HOUR);
        let end = Instant::now() + 100 * HOUR;
        limiter.permit(end).await.unwrap();
        let mut asleep = Box::pin(limiter.permit(end));
        assert!(asleep.as_mut().now_or_never().is_none());
        assert_eq!(limiter.permit(end).await, Some(2 * HOUR));
        assert_eq!(asleep.await, Some(HOUR));
    }
}
