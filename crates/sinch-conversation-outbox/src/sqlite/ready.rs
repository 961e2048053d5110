//! Rows that can be claimed, in their order, as far as the queues of their apps have room.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

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

/// The order of the rows: by priority, and then as they were stored.
type Rank = (Reverse<i64>, i64);

impl Next {
    fn rank(&self) -> Rank {
        (Reverse(self.priority), self.place)
    }
}

/// What one claim knows of the rows that are ready.
pub(super) struct Ready<'a> {
    queue: i64,
    pub(super) rooms: Rooms<'a>,
    /// The numbers of apps and channels that ready rows have.
    paces: Vec<i64>,
}

/// The ready rows of one app and channel, read a few at a time.
struct Partition {
    pace: i64,
    /// How many more may be read, and how many were read.
    left: usize,
    read: usize,
    rows: VecDeque<Next>,
}

impl<'a> Ready<'a> {
    /// Looks which apps have ready rows, and reads what is kept of their queues: a step of the index for each of them,
    /// however many rows they have.
    pub(super) fn new(scope: &Scope<'_>, queue: i64, claim: &'a Claim) -> Result<Self, StoreError> {
        let mut ready = Self {
            queue,
            rooms: Rooms::new(claim),
            paces: Vec::new(),
        };
        let sql = "WITH RECURSIVE ready (pace) AS (
                 SELECT (SELECT pace FROM outbox WHERE queue = ?1 AND state = 0 AND readiness = 1
                     ORDER BY pace LIMIT 1)
                 UNION ALL
                 SELECT (SELECT o.pace FROM outbox o
                     WHERE o.queue = ?1 AND o.state = 0 AND o.readiness = 1 AND o.pace > ready.pace
                     ORDER BY o.pace LIMIT 1)
                 FROM ready WHERE ready.pace IS NOT NULL)
             SELECT ready.pace, p.app, nullif(p.channel, ''), p.empty_at, a.empty_at
             FROM ready LEFT JOIN paces p ON p.id = ready.pace
             LEFT JOIN paces a ON a.queue = ?1 AND a.app = p.app AND a.channel = ''
             WHERE ready.pace IS NOT NULL";
        let found = scope.all(sql, [queue], |row| {
            let times: [Option<i64>; 2] = [row.get(3)?, row.get(4)?];
            Ok((
                row.get(0)?,
                row.get::<_, Option<String>>(1)?,
                row.get(2)?,
                times,
            ))
        })?;
        for (pace, app, channel, [own, of_app]) in found {
            ready.paces.push(pace);
            let Some(app) = app else { continue };
            let mut key = PaceKey::new(app);
            key.channel = channel;
            let own_key = key.clone();
            ready.rooms.know(pace, key, |key| {
                let kept = if *key == own_key { own } else { of_app };
                Ok::<_, StoreError>(Time::from_micros(kept.unwrap_or_default()))
            })?;
        }
        Ok(ready)
    }

    /// The next rows: at most so many, and of each app at most as many as have room. These are all when they are fewer.
    pub(super) fn next(&self, scope: &Scope<'_>, limit: usize) -> Result<Vec<Next>, StoreError> {
        // Of many apps a few rows each are read, and more of those whose turn comes.
        let share = limit / self.paces.len().max(1) + 1;
        let (mut partitions, mut heads) = (Vec::new(), BinaryHeap::new());
        for pace in &self.paces {
            let mut partition = Partition {
                pace: *pace,
                left: limit.min(self.rooms.room(*pace)),
                read: 0,
                rows: VecDeque::new(),
            };
            if let Some(rank) = self.head(scope, &mut partition, share)? {
                heads.push(Reverse((rank, partitions.len())));
                partitions.push(partition);
            }
        }
        let mut next = Vec::new();
        while next.len() < limit
            && let Some(Reverse((_, place))) = heads.pop()
            && let Some(partition) = partitions.get_mut(place)
        {
            next.extend(partition.rows.pop_front());
            if let Some(rank) = self.head(scope, partition, share)? {
                heads.push(Reverse((rank, place)));
            }
        }
        Ok(next)
    }

    /// The rank of the first row of an app, which is read with so many when none is there.
    fn head(
        &self,
        scope: &Scope<'_>,
        partition: &mut Partition,
        share: usize,
    ) -> Result<Option<Rank>, StoreError> {
        let count = share.min(partition.left);
        if partition.rows.is_empty() && count > 0 {
            partition.rows = self
                .read(scope, partition.pace, count, partition.read)?
                .into();
            partition.read += count;
            partition.left -= count;
        }
        Ok(partition.rows.front().map(Next::rank))
    }

    fn read(
        &self,
        scope: &Scope<'_>,
        pace: i64,
        limit: usize,
        after: usize,
    ) -> Result<Vec<Next>, StoreError> {
        let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
        scope.all(
            "SELECT seq, priority FROM outbox WHERE queue = ?1 AND pace = ?2 AND state = 0 AND readiness = 1
             ORDER BY priority DESC, seq LIMIT ?3 OFFSET ?4",
            [self.queue, pace, number(limit), number(after)],
            |row| {
                Ok(Next {
                    place: row.get(0)?,
                    priority: row.get(1)?,
                    pace,
                })
            },
        )
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
