//! An event as stores read and write it, with all that follows from a change of its life.

use super::{EventChange, EventLife, EventNumber, EventState, Handled};
use crate::state::record::Readiness;
use crate::time::Time;

/// What is needed of an event to change it.
#[derive(Clone, Debug)]
pub(crate) struct EventRecord {
    pub(crate) number: EventNumber,
    pub(crate) inbox: i64,
    pub(crate) life: EventLife,
    pub(crate) ordering_key: Option<String>,
    pub(crate) due: Time,
    pub(crate) readiness: Readiness,
    /// The reason, if there is a new one.
    pub(crate) reason: Option<String>,
}

impl EventRecord {
    /// Changes the event, if its life allows that. Returns whether it did.
    pub(crate) fn change(&mut self, change: &EventChange, now: Time) -> bool {
        let Some(life) = self.life.after(change) else {
            return false;
        };
        // One that is replayed waits for those that came meanwhile and are worked on.
        let is_late = !self.is_open() && self.ordering_key.is_some();
        self.life = life;
        self.readiness = if is_late && self.is_open() {
            Readiness::Unchecked
        } else {
            Readiness::at(self.due, now)
        };
        true
    }

    /// Stores what came of it. Returns whether it changed.
    pub(crate) fn settle(&mut self, handled: &Handled, now: Time) -> bool {
        let (change, due, reason) = match handled {
            Handled::Done => (EventChange::Handle, self.due, None),
            Handled::Retry {
                attempt,
                not_before,
                reason,
            } => (EventChange::Retry(*attempt), *not_before, Some(reason)),
            Handled::Bury { attempt, reason } => (EventChange::Bury(*attempt), now, Some(reason)),
        };
        let before = std::mem::replace(&mut self.due, due);
        let is_changed = self.change(&change, now);
        if is_changed {
            self.reason = reason.cloned().or(self.reason.take());
        } else {
            self.due = before;
        }
        is_changed
    }

    /// Whether it keeps later events with its ordering key waiting.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.life.state, EventState::Waiting | EventState::Claimed)
    }
}
