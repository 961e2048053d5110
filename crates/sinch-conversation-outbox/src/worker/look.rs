//! When a worker looks for rows.

use std::time::Duration;

use crate::store::Changes;
use crate::time::Time;

/// The shortest time from a look that found nothing to the next one, however much is stored meanwhile.
const APART: Duration = Duration::from_millis(20);

/// At its interval, when the store knows of a time, and when something was stored.
#[derive(Debug)]
pub(super) struct Look {
    next: Time,
    /// The earliest time because of a change.
    earliest: Time,
    changes: Changes,
}

impl Look {
    /// Looks immediately.
    pub(super) fn new(now: Time, changes: Changes) -> Self {
        Self {
            next: now,
            earliest: now,
            changes,
        }
    }

    /// When to look next.
    pub(super) fn next(&self) -> Time {
        self.next
    }

    /// There was nothing. Looks when the store says so: never immediately, nor so late that what others store would wait.
    pub(super) fn found_nothing(&mut self, now: Time, wake: Option<Time>, poll: Duration) {
        let later = now.plus(poll);
        let soon = now.plus(Duration::from_millis(1)).min(later);
        self.next = wake.unwrap_or(later).clamp(soon, later);
        self.earliest = now.plus(APART);
    }

    /// Returns when a change brings the next look forward. Never returns when no change can.
    pub(super) async fn changed(&mut self, now: Time) {
        if self.next <= self.earliest {
            return std::future::pending().await;
        }
        self.changes.next().await;
        self.next = self.earliest.max(now);
    }
}
