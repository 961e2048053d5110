//! The sandbox's clock and its ids, which carry the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use ulid::{Generator, Ulid};

/// The latest time of the clock, in the year 9987: RFC 3339 and ULIDs cannot express much later ones.
const END: DateTime<Utc> = DateTime::from_timestamp(253_000_000_000, 0).unwrap();

/// The machine's time plus what tests have added to it.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_us: AtomicI64,
    /// Counts how often the clock was set back; also notified when it is moved forward.
    moved: watch::Sender<u64>,
}

impl Clock {
    /// Creates a clock that is ahead of the machine's by this many microseconds, to continue that of an earlier run.
    pub(crate) fn ahead_by(ahead_us: i64) -> Self {
        Self {
            ahead_us: AtomicI64::new(ahead_us),
            ..Self::default()
        }
    }

    /// Returns how many microseconds it is ahead of the machine's.
    pub(crate) fn ahead_us(&self) -> i64 {
        self.ahead_us.load(Ordering::Relaxed)
    }

    /// Returns the current time in whole microseconds, the precision of the API and the store.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let ahead = u64::try_from(self.ahead_us.load(Ordering::Relaxed)).unwrap_or(0);
        let now = Utc::now();
        later(
            from_micros(now.timestamp_micros()),
            Duration::from_micros(ahead),
        )
    }

    /// Moves the clock forward, at most to its end.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let _ = self
            .ahead_us
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |ahead| {
                Some(ahead.saturating_add(by))
            });
        self.moved.send_modify(|_| {});
    }

    /// Sets the clock to a time that is neither in the past nor beyond the end. Returns whether it did.
    pub(crate) fn set(&self, to: DateTime<Utc>) -> bool {
        let ahead = to.timestamp_micros() - Utc::now().timestamp_micros();
        let moved = to <= END && self.ahead_us.fetch_max(ahead, Ordering::Relaxed) <= ahead;
        self.moved.send_modify(|_| {});
        moved
    }

    /// Sets the clock back to the machine's time.
    pub(crate) fn reset(&self) {
        self.ahead_us.store(0, Ordering::Relaxed);
        self.moved.send_modify(|resets| *resets += 1);
    }

    /// Returns at the time `due`, even if the clock is moved there early, and also when the clock is set back: there
    /// may be nothing left to wait for.
    pub(crate) async fn wait_until(&self, due: DateTime<Utc>) {
        let mut moved = self.moved.subscribe();
        let resets = *moved.borrow();
        while let Ok(left) = (due - self.now()).to_std()
            && !left.is_zero()
            && *moved.borrow() == resets
        {
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = moved.changed() => {}
            }
        }
    }
}

/// Adds a duration to a time, at most up to the end of the clock.
pub(crate) fn later(time: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
    time.checked_add_signed(by)
        .map_or(END, |later| later.min(END))
}

/// Parses a time that the store holds as microseconds since 1970.
pub(crate) fn from_micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// A generator of ULIDs, each greater than the one before.
pub(crate) struct Ids(Mutex<Generator>);

impl Default for Ids {
    fn default() -> Self {
        Self(Mutex::new(Generator::new()))
    }
}

impl Ids {
    pub(crate) fn next(&self, now: DateTime<Utc>) -> String {
        let mut generator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::from(now);
        // The generator fails only after 2^80 ids in one millisecond.
        let id = generator
            .generate_from_datetime(now)
            .unwrap_or_else(|_| Ulid::from_datetime(now));
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_are_in_order_and_differ() {
        let (clock, ids) = (Clock::default(), Ids::default());
        let now = clock.now();
        let made: Vec<String> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(made.windows(2).all(|pair| pair.first() < pair.last()));
        assert!(made.iter().all(|id| id.len() == 26));
    }

    #[test]
    fn the_clock_has_an_end() {
        let clock = Clock::default();
        for _ in 0..8 {
            clock.advance(Duration::MAX);
        }
        assert!(clock.now().to_rfc3339().starts_with("9987-"));
    }

    #[tokio::test]
    async fn moving_the_clock_ends_a_wait() {
        let clock = Clock::default();
        let due = clock.now() + TimeDelta::days(1);
        let ((), ()) = tokio::join!(clock.wait_until(due), async {
            clock.advance(Duration::from_secs(86_400))
        });
        assert!(clock.now() >= due);
    }

    #[tokio::test]
    async fn setting_the_clock_back_ends_a_wait() {
        let clock = Clock::default();
        let due = clock.now() + TimeDelta::days(1);
        let ((), ()) = tokio::join!(clock.wait_until(due), async { clock.reset() });
        assert!(clock.now() < due);
    }

    #[test]
    fn the_clock_goes_forward_and_not_too_far() {
        let clock = Clock::default();
        let now = clock.now();
        assert!(!clock.set(now - TimeDelta::days(1)));
        assert!(clock.set(now + TimeDelta::days(1)));
        assert!(!clock.set(now + TimeDelta::hours(1)));
        assert!(clock.now() >= now + TimeDelta::days(1));
        assert!(!clock.set(END + TimeDelta::seconds(1)));
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now().to_rfc3339().starts_with("9987-"));
        clock.reset();
        assert!(clock.now() < now + TimeDelta::hours(1));
    }
}
