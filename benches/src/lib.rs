//! How a ratio is measured: both sides in turn, so that what else the machine does falls on both.

use std::time::{Duration, Instant};

/// Rounds of each side; the fastest counts, as it was disturbed least.
const ROUNDS: usize = 30;

/// The fastest time of each side.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// What is compared with.
    pub base: Duration,
    /// What is measured.
    pub subject: Duration,
}

impl Times {
    /// How many times as long the subject takes.
    pub fn ratio(&self) -> f64 {
        self.subject.as_secs_f64() / self.base.as_secs_f64()
    }
}

/// Runs both sides in turn.
pub fn compare<A, B>(mut base: impl FnMut() -> A, mut subject: impl FnMut() -> B) -> Times {
    let mut times = Times {
        base: Duration::MAX,
        subject: Duration::MAX,
    };
    for _ in 0..ROUNDS {
        times.base = times.base.min(time(&mut base));
        times.subject = times.subject.min(time(&mut subject));
    }
    times
}

fn time<T>(work: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}
