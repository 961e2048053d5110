//! How far a queue has come, how fast it is, and how long the rest takes.

use std::collections::VecDeque;
use std::time::Duration;

use crate::store::{Counts, GroupMode, Rate, Status};
use crate::time::Time;

/// The time over which the rate is measured.
const WINDOW: Duration = Duration::from_secs(60);

/// The most counts that are kept. Between those that are seldom enough, the window is full.
const SAMPLES: usize = 600;

/// How far a queue, or one of its groups, has come; returned by [`Outbox::progress`](crate::Outbox::progress).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The rows by state. [`Counts::waiting`] says how many are yet to be sent.
    pub counts: Counts,
    /// Rows a second that were sent or came to their end otherwise, over the last minute. `None` while that is not known.
    pub rate: Option<f64>,
    /// How long the rows that wait take at this rate. While the rate is not known, the time that they take at least, by the limit
    /// of the workers. `None` while nothing is sent. It does not foresee pauses, nor that the queue of an app gets full.
    pub time_left: Option<Duration>,
    /// Why nothing is sent, if that is so.
    pub pause: Option<Pause>,
}

/// Why nothing of a queue or a group is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pause {
    /// The queue is paused, until it is resumed.
    Queue {
        /// Why.
        reason: String,
    },
    /// The API asked to wait until this time.
    Held(Time),
    /// The group is paused, until it is resumed.
    Group,
    /// The group is cancelled for good.
    Cancelled,
}

impl Pause {
    fn of(status: &Status, now: Time) -> Option<Self> {
        let reason = status.paused.clone();
        let held = status.hold_until.filter(|until| *until > now);
        match status.group {
            GroupMode::Cancelled => Some(Self::Cancelled),
            _ if reason.is_some() => reason.map(|reason| Self::Queue { reason }),
            GroupMode::Paused => Some(Self::Group),
            GroupMode::Running => held.map(Self::Held),
        }
    }
}

/// Measures a rate by counts that are taken one after the other.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: Option<Rate>,
    last: Option<(Time, u64)>,
    /// How many rows have ended between two counts, with the time of both.
    steps: VecDeque<(Time, Time, u64)>,
}

impl Meter {
    /// Makes one for workers with this limit.
    pub(crate) fn new(limit: Option<Rate>) -> Self {
        Self {
            limit,
            last: None,
            steps: VecDeque::new(),
        }
    }

    /// Takes a count into account.
    pub(crate) fn progress(&mut self, status: &Status, now: Time) -> Progress {
        let waiting = status.counts.waiting();
        let ended = status.counts.total() - waiting;
        if let Some((before, last)) = self.last
            && before < now
        {
            // Rows that were deleted, or are sent again, are no step back.
            self.steps
                .push_back((before, now, ended.saturating_sub(last)));
        }
        self.last = Some((now, ended));
        let is_over = |step: &(Time, Time, u64)| now.since(step.1) >= WINDOW;
        while self.steps.len() > SAMPLES || self.steps.front().is_some_and(is_over) {
            self.steps.pop_front();
        }
        let (rate, pause) = (self.rate(now), Pause::of(status, now));
        Progress {
            time_left: self.time_left(waiting, rate, pause.as_ref()),
            counts: status.counts,
            rate,
            pause,
        }
    }

    fn rate(&self, now: Time) -> Option<f64> {
        let (start, _, _) = self.steps.front()?;
        let rows: u64 = self.steps.iter().map(|(_, _, rows)| rows).sum();
        let passed = now.since(*start).as_secs_f64();
        (passed > 0.0).then(|| rows as f64 / passed)
    }

    fn time_left(
        &self,
        waiting: u64,
        rate: Option<f64>,
        pause: Option<&Pause>,
    ) -> Option<Duration> {
        if waiting == 0 {
            return Some(Duration::ZERO);
        }
        let limit = self.limit.map(|limit| f64::from(limit.per_second));
        let rate = rate.or(limit).filter(|_| pause.is_none())?;
        Duration::try_from_secs_f64(waiting as f64 / rate).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::State;

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    fn status(queued: u64, accepted: u64) -> Status {
        let mut counts = Counts::default();
        counts.add(State::Queued, queued);
        counts.add(State::Accepted, accepted);
        Status::new(counts, None)
    }

    fn meter() -> Meter {
        Meter::new(Some(Rate::per_second(100)))
    }

    #[test]
    fn one_count_has_no_rate_and_the_time_of_the_limit() {
        let first = meter().progress(&status(500, 0), at(0));
        assert_eq!(
            (first.rate, first.time_left),
            (None, Some(Duration::from_secs(5)))
        );
        let unlimited = Meter::new(None).progress(&status(500, 0), at(0));
        assert_eq!(unlimited.time_left, None);
        let done = Meter::new(None).progress(&status(0, 3), at(0));
        assert_eq!(done.time_left, Some(Duration::ZERO));
    }

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let mut meter = meter();
        for second in 0..=100 {
            meter.progress(&status(10_000, second * 50), at(second as i64));
        }
        for second in 1..=60 {
            let now = meter.progress(&status(200, 5_000 + second * 2), at(100 + second as i64));
            if second == 60 {
                assert_eq!(now.rate, Some(2.0));
                assert_eq!(now.time_left, Some(Duration::from_secs(100)));
            }
        }
    }

    #[test]
    fn what_is_deleted_or_added_is_no_step() {
        let mut meter = meter();
        meter.progress(&status(100, 50), at(0));
        meter.progress(&status(90, 60), at(10));
        meter.progress(&status(900, 0), at(20));
        let last = meter.progress(&status(890, 10), at(40));
        assert_eq!(last.rate, Some(0.5));
    }

    #[test]
    fn a_queue_that_stands_still_takes_no_time_that_is_known() {
        let mut meter = meter();
        meter.progress(&status(10, 0), at(0));
        let still = meter.progress(&status(10, 0), at(10));
        assert_eq!((still.rate, still.time_left), (Some(0.0), None));
    }

    #[test]
    fn counts_that_are_taken_often_are_kept_up_to_a_bound() {
        let mut meter = meter();
        for step in 0..5_000 {
            meter.progress(&status(1, step), Time::from_micros(step as i64 + 1));
        }
        assert!(meter.steps.len() <= SAMPLES);
    }

    #[test]
    fn the_reason_of_a_pause_is_told() {
        let pause = |status: &Status| meter().progress(status, at(10)).pause;
        let mut held = status(1, 0);
        held.hold_until = Some(at(10));
        assert_eq!(pause(&held), None);
        held.hold_until = Some(at(11));
        assert_eq!(pause(&held), Some(Pause::Held(at(11))));
        held.group = GroupMode::Paused;
        assert_eq!(pause(&held), Some(Pause::Group));
        held.paused = Some("wrong key".to_owned());
        let reason = "wrong key".to_owned();
        assert_eq!(pause(&held), Some(Pause::Queue { reason }));
        assert_eq!(meter().progress(&held, at(10)).time_left, None);
        held.group = GroupMode::Cancelled;
        assert_eq!(pause(&held), Some(Pause::Cancelled));
    }
}
