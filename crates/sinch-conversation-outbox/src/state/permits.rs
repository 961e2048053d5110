//! How workers share a limit.

use std::time::Duration;

use crate::store::Claim;
use crate::time::{Time, micros};

/// A permit that is this far ahead was taken by a clock that is wrong, and does not count.
const WRONG_CLOCK: Duration = Duration::from_secs(60);

/// From this time on, the next permit of a queue is one that was taken by a wrong clock.
pub(crate) fn wrong_from(claim: &Claim) -> Time {
    let slice = claim.rate.map(|rate| rate.slice).unwrap_or_default();
    claim.now.plus(WRONG_CLOCK.max(slice))
}

/// When the next permit begins, and how many a worker may take: those until the end of its slice.
pub(crate) fn available(claim: &Claim, next: Time) -> (Time, usize) {
    let Some(rate) = claim.rate else {
        return (claim.now, claim.limit);
    };
    let is_wrong = next > wrong_from(claim);
    let start = if is_wrong {
        claim.now
    } else {
        next.max(claim.now)
    };
    let slice = rate.slice.max(rate.interval());
    let left = slice.saturating_sub(start.since(claim.now));
    let count = micros(left) / micros(rate.interval()).max(1);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    (start, count.min(claim.limit))
}

/// How many of the first permits come so early that their rows may be begun with the claim.
pub(crate) fn early(claim: &Claim, start: Time) -> usize {
    let Some(until) = claim.begin_until.filter(|until| *until >= start) else {
        return 0;
    };
    let Some(rate) = claim.rate else {
        return usize::MAX;
    };
    let later = micros(until.since(start)) / micros(rate.interval()).max(1);
    usize::try_from(later)
        .unwrap_or(usize::MAX)
        .saturating_add(1)
}

/// When a worker should ask again that got no permit: early enough to be ready when the next one begins.
pub(crate) fn wake(claim: &Claim, start: Time) -> Time {
    let slice = claim.rate.map(|rate| rate.slice).unwrap_or_default();
    start.minus(slice / 2)
}
