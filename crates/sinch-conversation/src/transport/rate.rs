//! How many requests a second a client makes.

use std::time::Duration;

use crate::error::{Problem, Violations};

/// The API takes 800 requests a second for each project, over all its apps.
const PER_SECOND: u32 = 800;

/// The largest number that [`RateLimit::per_second`] takes.
const MOST: u32 = 1_000_000;

/// The longest time that [`RateLimit::every`] takes.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How fast a client makes requests to the API. Default 800 a second, which is what the API takes from a project.
///
/// Requests are spread evenly and get their permits in the order in which they were made, so that no second, wherever it
/// begins, has more of them. Retries count; requests for tokens do not. A call whose permit would come after its time
/// limit fails immediately.
///
/// The limit holds for a client and its clones. Several clients of one project, in one process or in many, have
/// to share the API's limit: give each its part.
///
/// ```
/// use std::time::Duration;
///
/// use sinch_conversation::{Client, RateLimit};
///
/// let half = Client::builder().rate_limit(RateLimit::per_second(400));
/// let one_in_ten_seconds = Client::builder().rate_limit(RateLimit::every(Duration::from_secs(10)));
/// let unlimited = Client::builder().rate_limit(RateLimit::off());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit(Pace);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Off,
    PerSecond(u32),
    Every(Duration),
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::per_second(PER_SECOND)
    }
}

impl RateLimit {
    /// Allows this many requests a second: 1 to 1,000,000.
    pub const fn per_second(requests: u32) -> Self {
        Self(Pace::PerSecond(requests))
    }

    /// Allows one request in this time: at most a day. For limits below one a second.
    pub const fn every(interval: Duration) -> Self {
        Self(Pace::Every(interval))
    }

    /// Sets no limit. The API answers 429 to what is too much, and the client retries that as its
    /// [`RetryPolicy`](crate::RetryPolicy) says.
    pub const fn off() -> Self {
        Self(Pace::Off)
    }

    /// The time from one request to the next, or `None` when there is no limit.
    pub(crate) fn interval(self, violations: &mut Violations) -> Option<Duration> {
        match self.0 {
            Pace::Off => None,
            Pace::PerSecond(requests @ 1..=MOST) => Some(Duration::from_secs(1) / requests),
            Pace::PerSecond(requests) => {
                refuse(violations, u64::from(MOST), format!("{requests} a second"))
            }
            Pace::Every(interval) if !interval.is_zero() && interval <= LONGEST => Some(interval),
            Pace::Every(interval) => refuse(
                violations,
                LONGEST.as_secs(),
                format!("every {} s", interval.as_secs()),
            ),
        }
    }
}

fn refuse(violations: &mut Violations, max: u64, value: String) -> Option<Duration> {
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    violations.add("rate_limit", Problem::OutOfRange { min: 1, max, value });
    None
}
