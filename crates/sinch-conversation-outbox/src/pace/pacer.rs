//! What one claim may take from each app.

use std::collections::HashMap;

use super::{AppQueue, Pace, PaceKey};
use crate::time::Time;

/// A queue as a claim finds it.
#[derive(Clone, Copy, Debug)]
struct Known {
    queue: AppQueue,
    empty_at: Time,
    is_changed: bool,
}

/// Reckons, within one claim, which rows have room in the queues of apps. A store tells it what it has kept of each queue,
/// and keeps what has changed in the same transaction.
///
/// What is kept is one time for each [`PaceKey`]: when the queue is empty if nothing is added. For a queue that nothing is
/// kept of it is any time that has passed. A row counts for the queue of its app, and for that of its channel if it has a
/// pace of its own.
///
/// ```
/// use std::time::Duration;
/// use sinch_conversation_outbox::store::Pacer;
/// use sinch_conversation_outbox::{AppQueue, Pace, PaceKey, Time};
///
/// let pace = Pace::default().every_app(AppQueue::per_second(20).depth(2));
/// let now = Time::from_micros(1_000_000);
/// let mut pacer = Pacer::new(Some(&pace), now);
/// let app = PaceKey::new("01A");
/// pacer.know(&app, |_| Ok::<_, ()>(Time::default()))?;
/// assert_eq!(pacer.room(&app), 2);
/// pacer.take(&app);
/// pacer.take(&app);
/// assert_eq!(pacer.room(&app), 0);
/// let kept: Vec<_> = pacer.changed().collect();
/// assert_eq!(kept, [(&app, now.plus(Duration::from_millis(100)))]);
/// # Ok::<(), ()>(())
/// ```
#[derive(Debug)]
pub struct Pacer<'a> {
    pace: Option<&'a Pace>,
    now: Time,
    known: HashMap<PaceKey, Known>,
}

impl<'a> Pacer<'a> {
    /// Makes one for a claim. Without a pace there is room for everything.
    pub fn new(pace: Option<&'a Pace>, now: Time) -> Self {
        Self {
            pace,
            now,
            known: HashMap::new(),
        }
    }

    /// Reads what is kept of the queues that a row with this key counts for, unless that was done.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub fn know<E>(
        &mut self,
        key: &PaceKey,
        mut read: impl FnMut(&PaceKey) -> Result<Time, E>,
    ) -> Result<(), E> {
        for key in [key.of_app(), key.clone()] {
            let Some(queue) = self.pace.and_then(|pace| pace.of(&key)) else {
                continue;
            };
            if self.known.contains_key(&key) {
                continue;
            }
            let kept = read(&key)?;
            let empty_at = queue.empty_at(kept, self.now);
            let known = Known {
                queue,
                empty_at,
                is_changed: empty_at < kept,
            };
            self.known.insert(key, known);
        }
        Ok(())
    }

    /// How many rows with this key have room.
    pub fn room(&self, key: &PaceKey) -> usize {
        let rooms = self.queues(key);
        let rooms = rooms.map(|known| known.queue.room(known.empty_at, self.now));
        rooms.min().unwrap_or(usize::MAX)
    }

    /// When there is room for a row with this key; `None` when nothing limits it.
    pub fn opens_at(&self, key: &PaceKey) -> Option<Time> {
        let times = self.queues(key);
        times
            .map(|known| known.queue.opens_at(known.empty_at))
            .max()
    }

    /// Counts a row with this key.
    pub fn take(&mut self, key: &PaceKey) {
        let app = key.of_app();
        let channel = (app != *key).then_some(key);
        for key in [Some(&app), channel].into_iter().flatten() {
            if let Some(known) = self.known.get_mut(key) {
                known.empty_at = known.queue.after_one(known.empty_at);
                known.is_changed = true;
            }
        }
    }

    /// What is to be kept of the queues that have changed.
    pub fn changed(&self) -> impl Iterator<Item = (&PaceKey, Time)> {
        let changed = self.known.iter().filter(|(_, known)| known.is_changed);
        changed.map(|(key, known)| (key, known.empty_at))
    }

    fn queues(&self, key: &PaceKey) -> impl Iterator<Item = &Known> {
        let keys = [self.known.get(&key.of_app()), self.known.get(key)];
        keys.into_iter().flatten()
    }
}
