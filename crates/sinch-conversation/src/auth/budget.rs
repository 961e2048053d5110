//! How often tokens may be asked for.

use std::time::Duration;

use tokio::time::Instant;

/// As many tokens in a row as the token host issues.
const BURST: f64 = 30.0;

/// And then one each second, a tenth of what it takes.
const REFILL: Duration = Duration::from_secs(1);

/// A token bucket over everything that makes this client ask for a token: there is none, the last one comes to its
/// end, the API refused it. An API that refuses every token, or a token host whose tokens expire as they are issued,
/// would otherwise turn each call into a request to the token host.
#[derive(Debug)]
pub(super) struct RenewalBudget {
    left: f64,
    counted: Instant,
}

impl RenewalBudget {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            left: BURST,
            counted: now,
        }
    }

    /// Takes one renewal, if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.counted);
        self.left = (self.left + passed.as_secs_f64() / REFILL.as_secs_f64()).min(BURST);
        self.counted = now;
        let allowed = self.left >= 1.0;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_one_a_second() {
        let start = Instant::now();
        let mut budget = RenewalBudget::new(start);
        assert_eq!((0..100).filter(|_| budget.take(start)).count(), 30);
        assert!(!budget.take(start + Duration::from_millis(900)));
        let later = start + Duration::from_secs(2);
        assert_eq!((0..100).filter(|_| budget.take(later)).count(), 2);
    }
}
