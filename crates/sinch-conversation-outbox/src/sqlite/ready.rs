//! Rows that can be claimed, in their order, as far as the queues of their apps have room.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::params;

use super::scope::Scope;
use crate::pace::{PaceKey, Pacer};
use crate::store::{Claim, StoreError};
use crate::time::Time;

/// A claim for the sake of an app that was full waits for this long, so that it finds more than one row.
const GATHER: Duration = Duration::from_millis(100);

/// A row that can be claimed.
pub(super) struct Next {
    pub(super) place: i64,
    priority: i64,
    pub(super) pace: i64,
}

/// What one claim knows of the rows that are ready.
pub(super) struct Ready<'a> {
    queue: i64,
    now: Time,
    pacer: Pacer<'a>,
    /// What rows count for, by the number that they have.
    keys: BTreeMap<i64, PaceKey>,
}

impl<'a> Ready<'a> {
    pub(super) fn new(queue: i64, claim: &'a Claim) -> Self {
        Self {
            queue,
            now: claim.now,
            pacer: Pacer::new(claim.pace.as_ref(), claim.now),
            keys: BTreeMap::new(),
        }
    }

    /// The next rows: at most so many, and of each app at most as many as have room.
    pub(super) fn next(
        &mut self,
        scope: &Scope<'_>,
        limit: usize,
    ) -> Result<Vec<Next>, StoreError> {
        let mut next = Vec::new();
        let mut last = -1;
        // A step of the index for each of the apps, however many rows they have.
        while let Some(pace) = self.after(scope, last)? {
            last = pace;
            self.know(scope, pace)?;
            let limit = limit.min(self.room(pace));
            if limit > 0 {
                next.extend(self.of(scope, pace, limit)?);
            }
        }
        next.sort_by_key(|next| (std::cmp::Reverse(next.priority), next.place));
        next.truncate(limit);
        Ok(next)
    }

    fn after(&self, scope: &Scope<'_>, last: i64) -> Result<Option<i64>, StoreError> {
        let sql =
            "SELECT pace FROM outbox WHERE queue = ?1 AND state = 0 AND readiness = 1 AND pace > ?2
                   ORDER BY pace LIMIT 1";
        scope.first(sql, [self.queue, last], |row| row.get(0))
    }

    fn of(&self, scope: &Scope<'_>, pace: i64, limit: usize) -> Result<Vec<Next>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        scope.all(
            "SELECT seq, priority FROM outbox WHERE queue = ?1 AND pace = ?2 AND state = 0 AND readiness = 1
             ORDER BY priority DESC, seq LIMIT ?3",
            [self.queue, pace, limit],
            |row| {
                Ok(Next {
                    place: row.get(0)?,
                    priority: row.get(1)?,
                    pace,
                })
            },
        )
    }

    /// Reads what rows with this number count for, once.
    fn know(&mut self, scope: &Scope<'_>, pace: i64) -> Result<(), StoreError> {
        if pace == 0 || self.keys.contains_key(&pace) {
            return Ok(());
        }
        let sql = "SELECT app, nullif(channel, '') FROM paces WHERE id = ?1";
        let key = scope.first(sql, [pace], |row| {
            let app: String = row.get(0)?;
            let channel: Option<String> = row.get(1)?;
            let key = PaceKey::new(app);
            Ok(match channel {
                Some(channel) => key.channel(channel),
                None => key,
            })
        })?;
        let Some(key) = key else { return Ok(()) };
        self.pacer.know(&key, |key| {
            let sql = "SELECT empty_at FROM paces WHERE queue = ?1 AND app = ?2 AND channel = ?3";
            let channel = key.channel.as_deref().unwrap_or_default();
            let kept = scope.first(sql, params![self.queue, key.app, channel], |row| row.get(0))?;
            Ok(Time::from_micros(kept.unwrap_or_default()))
        })?;
        self.keys.insert(pace, key);
        Ok(())
    }

    fn room(&self, pace: i64) -> usize {
        let key = self.keys.get(&pace);
        key.map_or(usize::MAX, |key| self.pacer.room(key))
    }

    /// Takes the room for a row that is claimed, if there is some.
    pub(super) fn take(&mut self, pace: i64) -> bool {
        let has_room = self.room(pace) > 0;
        if let Some(key) = self.keys.get(&pace).filter(|_| has_room) {
            self.pacer.take(key);
        }
        has_room
    }

    /// When there is room again in one of the queues that had none.
    pub(super) fn opens_at(&self) -> Option<Time> {
        let full = self.keys.values().filter(|key| self.pacer.room(key) == 0);
        let opens = full.filter_map(|key| self.pacer.opens_at(key)).min();
        opens.map(|at| at.max(self.now.plus(GATHER)))
    }

    /// Keeps what has changed.
    pub(super) fn finish(&self, scope: &Scope<'_>) -> Result<(), StoreError> {
        for (key, empty_at) in self.pacer.changed() {
            let id = scope.pace(self.queue, key)?;
            let sql = "UPDATE paces SET empty_at = ?2 WHERE id = ?1";
            scope.execute(sql, [id, empty_at.micros()])?;
        }
        Ok(())
    }
}
