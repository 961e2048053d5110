//! How fast the API empties the queues of apps, and how many messages may wait in them.

mod key;
mod pacer;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod rooms;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use key::PaceKey;
pub use pacer::Pacer;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use rooms::Rooms;

use crate::time::{Time, micros};

/// A queue that is fuller than it can be by more than this was filled by a clock that is wrong.
const WRONG_CLOCK: Duration = Duration::from_secs(60);

/// The queue of an app at the API: how fast it is emptied, and how many messages may wait in it.
///
/// By default it is emptied at 20 messages a second, as the API does it unless agreed otherwise, and 10,000 may wait. The
/// API holds 500,000. A message that waits there cannot be cancelled, paused or overtaken any more, and nothing is
/// delivered sooner by a longer queue; a queue of 10,000 lasts for eight minutes in which no worker runs.
///
/// ```
/// use sinch_conversation_outbox::AppQueue;
///
/// let queue = AppQueue::per_second(100).depth(50_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppQueue {
    /// The time from one message to the next.
    pub interval: Duration,
    /// The most messages that wait.
    pub depth: u32,
}

impl Default for AppQueue {
    fn default() -> Self {
        Self::per_second(20)
    }
}

impl AppQueue {
    /// Makes a queue that is emptied at this rate; 0 counts as 1. 10,000 messages may wait in it.
    pub const fn per_second(messages: u32) -> Self {
        let messages = if messages == 0 { 1 } else { messages };
        Self::every(Duration::from_nanos(1_000_000_000 / messages as u64))
    }

    /// Makes a queue that one message leaves in each interval, of at least a microsecond. 10,000 messages may wait in it.
    pub const fn every(interval: Duration) -> Self {
        Self {
            interval,
            depth: 10_000,
        }
    }

    /// Sets the most messages that wait; 0 counts as 1.
    #[must_use]
    pub const fn depth(mut self, messages: u32) -> Self {
        self.depth = if messages == 0 { 1 } else { messages };
        self
    }

    fn interval(self) -> i64 {
        micros(self.interval).max(1)
    }

    /// How long a full queue lasts.
    fn capacity(self) -> i64 {
        self.interval().saturating_mul(i64::from(self.depth.max(1)))
    }

    /// When the queue is empty if nothing is added, given when that was to be. A queue that cannot be so full is full.
    fn empty_at(self, known: Time, now: Time) -> Time {
        let full = now.micros().saturating_add(self.capacity());
        let is_wrong = known.micros() > full.saturating_add(micros(WRONG_CLOCK));
        let empty = if is_wrong { full } else { known.micros() };
        Time::from_micros(empty.max(now.micros()))
    }

    /// How many messages have room in the queue, given when it is empty.
    fn room(self, empty_at: Time, now: Time) -> usize {
        let left = micros(empty_at.since(now));
        let interval = self.interval();
        let waiting = left / interval + i64::from(left % interval > 0);
        let room = i64::from(self.depth.max(1)).saturating_sub(waiting);
        usize::try_from(room).unwrap_or_default()
    }

    /// When there is room for one message.
    fn opens_at(self, empty_at: Time) -> Time {
        let one = self.capacity().saturating_sub(self.interval());
        Time::from_micros(empty_at.micros().saturating_sub(one))
    }

    /// When the queue is empty after one more message.
    fn after_one(self, empty_at: Time) -> Time {
        Time::from_micros(empty_at.micros().saturating_add(self.interval()))
    }
}

/// What the queues of apps at the API are taken to be.
///
/// The API does not tell when a message leaves the queue of its app, so it is reckoned: each claimed row adds one message,
/// and one leaves in each interval. A row is claimed only while there is room. It counts from its claim on, also when the
/// API refuses it later, so that the reckoning is never below what waits.
///
/// All channels of an app share its queue. A channel that is slower, such as a number that may send one message a second,
/// can have a pace of its own in addition.
///
/// ```
/// use sinch_conversation_outbox::{AppQueue, Pace, WorkerOptions};
///
/// let pace = Pace::default()
///     .app("01E9DQJFPWGZ2T05XTVZAD0BYB", AppQueue::per_second(200).depth(100_000))
///     .channel("01E9DQJFPWGZ2T05XTVZAD0BYB", "SMS", AppQueue::per_second(1).depth(600));
/// let options = WorkerOptions::default().pace(pace);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    every_app: AppQueue,
    set: Arc<BTreeMap<PaceKey, AppQueue>>,
}

impl Pace {
    /// Sets the queue of apps that have none of their own.
    #[must_use]
    pub fn every_app(mut self, queue: AppQueue) -> Self {
        self.every_app = queue;
        self
    }

    /// Sets the queue of an app.
    #[must_use]
    pub fn app(self, app: impl Into<String>, queue: AppQueue) -> Self {
        self.with(PaceKey::new(app), queue)
    }

    /// Sets what a channel of an app takes, in addition to the queue of the app. The channel is named as in requests, such
    /// as `SMS`.
    #[must_use]
    pub fn channel(
        self,
        app: impl Into<String>,
        channel: impl Into<String>,
        queue: AppQueue,
    ) -> Self {
        self.with(PaceKey::new(app).channel(channel), queue)
    }

    fn with(mut self, key: PaceKey, queue: AppQueue) -> Self {
        Arc::make_mut(&mut self.set).insert(key, queue);
        self
    }

    /// The queue of an app, or that of a channel; `None` when the channel has none of its own.
    pub fn of(&self, key: &PaceKey) -> Option<AppQueue> {
        let set = self.set.get(key).copied();
        set.or_else(|| key.channel.is_none().then_some(self.every_app))
    }
}

#[cfg(test)]
mod tests;
