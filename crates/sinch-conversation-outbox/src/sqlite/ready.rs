//! Rows that can be claimed, in their order, as far as the queues of their apps have room.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::scope::Scope;
use crate::pace::{PaceKey, Rooms};
use crate::store::{Claim, StoreError};
use crate::time::Time;

/// A row that can be claimed.
pub(super) struct Next {
    pub(super) place: i64,
    priority: i64,
    pub(super) pace: i64,
}

impl Next {
    /// Where it is in the order of the rows.
    fn rank(&self) -> (Reverse<i64>, i64) {
        (Reverse(self.priority), self.place)
    }
}

/// What one claim knows of the rows that are ready.
pub(super) struct Ready<'a> {
    queue: i64,
    pub(super) rooms: Rooms<'a>,
    /// The numbers that ready rows have.
    paces: Vec<i64>,
    /// How many rows of each are read at a time.
    share: usize,
}

impl<'a> Ready<'a> {
    /// Looks which apps have ready rows: a step of the index for each of them, however many rows they have.
    pub(super) fn new(
        scope: &Scope<'_>,
        queue: i64,
        claim: &'a Claim,
        limit: usize,
    ) -> Result<Self, StoreError> {
        let mut ready = Self {
            queue,
            rooms: Rooms::new(claim),
            paces: Vec::new(),
            share: 0,
        };
        let mut last = -1;
        while let Some(pace) = ready.after(scope, last)? {
            last = pace;
            ready.paces.push(pace);
        }
        if claim.pace.is_some() {
            ready.know(scope)?;
        }
        ready.share = limit / ready.paces.len().max(1) * 2 + 2;
        Ok(ready)
    }

    /// The next rows: at most so many, and of each app at most as many as have room. There are none when it returns none.
    pub(super) fn next(
        &mut self,
        scope: &Scope<'_>,
        limit: usize,
    ) -> Result<Vec<Next>, StoreError> {
        let mut next = Vec::new();
        // Of many apps a few rows each are read. Their order is known up to the last row of an app that may have more.
        let mut end = None;
        for pace in &self.paces {
            let most = limit.min(self.rooms.room(*pace));
            let share = most.min(self.share);
            if share == 0 {
                continue;
            }
            let rows = self.of(scope, *pace, share)?;
            if share < most && rows.len() == share {
                end = end.into_iter().chain(rows.last().map(Next::rank)).min();
            }
            next.extend(rows);
        }
        self.share = self.share.saturating_mul(4);
        next.retain(|next| end.is_none_or(|end| next.rank() <= end));
        next.sort_by_key(Next::rank);
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

    /// Reads what is kept of the queues of apps.
    fn know(&mut self, scope: &Scope<'_>) -> Result<(), StoreError> {
        let sql = "SELECT id, app, nullif(channel, ''), empty_at FROM paces WHERE queue = ?1";
        let kept = scope.all(sql, [self.queue], |row| {
            let mut key = PaceKey::new(row.get::<_, String>(1)?);
            key.channel = row.get(2)?;
            Ok((row.get::<_, i64>(0)?, key, Time::from_micros(row.get(3)?)))
        })?;
        let times: HashMap<_, _> = kept.iter().map(|(_, key, at)| (key, *at)).collect();
        let keys: HashMap<_, _> = kept.iter().map(|(id, key, _)| (id, key)).collect();
        for pace in &self.paces {
            let Some(key) = keys.get(pace) else { continue };
            let read = |key: &PaceKey| Ok(times.get(key).copied().unwrap_or_default());
            self.rooms.know(*pace, (*key).clone(), read)?;
        }
        Ok(())
    }

    /// Keeps what has changed.
    pub(super) fn finish(&self, scope: &Scope<'_>) -> Result<(), StoreError> {
        for (key, empty_at) in self.rooms.changed() {
            let id = scope.pace(self.queue, key)?;
            let sql = "UPDATE paces SET empty_at = ?2 WHERE id = ?1";
            scope.execute(sql, [id, empty_at.micros()])?;
        }
        Ok(())
    }
}
