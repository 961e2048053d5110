//! Whose turn it is: the ordering keys that have callbacks, however many there are.

use std::collections::{BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use tokio::task::Id;

/// The keys that wait, and those at work. Keys come from the store a slice at a time, so a million of them do not have to
/// be held. A key may wait more than once; it is at work once at most.
pub(super) struct Queues {
    /// The last callback whose key was read, and whether there may be later ones.
    seen: i64,
    has_more: bool,
    new: VecDeque<String>,
    /// Keys whose next callback is not due yet, by its time.
    later: BTreeSet<(DateTime<Utc>, String)>,
    /// Whether the next turn is that of a key that had to wait, so that neither these nor new ones wait for all others.
    turn_of_later: bool,
    by_task: HashMap<Id, String>,
    /// Keys at work, and whether a callback was found for them meanwhile.
    at_work: HashMap<String, bool>,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            seen: 0,
            has_more: true,
            new: VecDeque::new(),
            later: BTreeSet::new(),
            turn_of_later: false,
            by_task: HashMap::new(),
            at_work: HashMap::new(),
        }
    }
}

impl Queues {
    /// Notes that there may be callbacks that were not read.
    pub(super) fn may_have_more(&mut self) {
        self.has_more = true;
    }

    /// After which callback keys have to be read, if that is so.
    pub(super) fn wants_more(&self) -> Option<i64> {
        (self.has_more && self.new.is_empty()).then_some(self.seen)
    }

    /// Takes keys that were read, and the last callback that was looked at for them.
    pub(super) fn add(&mut self, keys: Vec<String>, last: i64) {
        self.has_more = !keys.is_empty();
        self.seen = last;
        self.new.extend(keys);
    }

    /// The next key that is not at work.
    pub(super) fn next(&mut self, now: DateTime<Utc>) -> Option<String> {
        loop {
            self.turn_of_later = !self.turn_of_later;
            let key = if self.turn_of_later {
                self.due(now).or_else(|| self.new.pop_front())
            } else {
                self.new.pop_front().or_else(|| self.due(now))
            }?;
            match self.at_work.get_mut(&key) {
                Some(again) => *again = true,
                None => return Some(key),
            }
        }
    }

    fn due(&mut self, now: DateTime<Utc>) -> Option<String> {
        let (at, _) = self.later.first()?;
        let is_due = *at <= now;
        is_due
            .then(|| self.later.pop_first())
            .flatten()
            .map(|(_, key)| key)
    }

    /// When the first key that has to wait is due.
    pub(super) fn wakes_at(&self) -> Option<DateTime<Utc>> {
        self.later.first().map(|(at, _)| *at)
    }

    pub(super) fn started(&mut self, key: String, task: Id) {
        self.at_work.insert(key.clone(), false);
        self.by_task.insert(task, key);
    }

    /// Notes that the work for a key has ended, and when its next callback is due.
    pub(super) fn ended(&mut self, task: Id, next: Option<DateTime<Utc>>) {
        let Some(key) = self.by_task.remove(&task) else {
            return;
        };
        let again = self.at_work.remove(&key) == Some(true);
        match next {
            Some(due) => {
                self.later.insert((due, key));
            }
            None if again => self.new.push_back(key),
            None => {}
        }
    }
}
