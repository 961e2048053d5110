//! Which of the rows that a store has numbered have room.

use std::collections::HashMap;
use std::time::Duration;

use super::{PaceKey, Pacer};
use crate::store::Claim;
use crate::time::Time;

/// A claim for the sake of an app that was full waits for this long, so that it finds more than one row.
const GATHER: Duration = Duration::from_millis(100);

/// The room that one claim finds, by the numbers that a store has given to apps and channels; 0 counts for none.
pub(crate) struct Rooms<'a> {
    now: Time,
    pacer: Pacer<'a>,
    keys: HashMap<i64, PaceKey>,
}

impl<'a> Rooms<'a> {
    pub(crate) fn new(claim: &'a Claim) -> Self {
        Self {
            now: claim.now,
            pacer: Pacer::new(claim.pace.as_ref(), claim.now),
            keys: HashMap::new(),
        }
    }

    /// Learns what rows with this number count for, and what is kept of it.
    pub(crate) fn know<E>(
        &mut self,
        pace: i64,
        key: PaceKey,
        read: impl FnMut(&PaceKey) -> Result<Time, E>,
    ) -> Result<(), E> {
        self.pacer.know(&key, read)?;
        self.keys.insert(pace, key);
        Ok(())
    }

    pub(crate) fn room(&self, pace: i64) -> usize {
        let key = self.keys.get(&pace);
        key.map_or(usize::MAX, |key| self.pacer.room(key))
    }

    /// Takes the room for a row that is claimed, if there is some.
    pub(crate) fn take(&mut self, pace: i64) -> bool {
        let has_room = self.room(pace) > 0;
        if let Some(key) = self.keys.get(&pace).filter(|_| has_room) {
            self.pacer.take(key);
        }
        has_room
    }

    /// When there is room again in one of the queues that had none.
    pub(crate) fn opens_at(&self) -> Option<Time> {
        let full = self.keys.values().filter(|key| self.pacer.room(key) == 0);
        let opens = full.filter_map(|key| self.pacer.opens_at(key)).min();
        opens.map(|at| at.max(self.now.plus(GATHER)))
    }

    /// What is to be kept.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&PaceKey, Time)> {
        self.pacer.changed()
    }
}
