//! Rows with the same ordering key, one after the other.
//!
//! At most one row of a key is active: claimed, begun, waiting for a decision, or next to be claimed. A transaction that
//! ends a row, or lets one go, holds the lock of its key until the end of the transaction; other schemas have other locks.
//! So a row that ends finds all that waits for it, and a row that looks whether it has to wait finds all that is active.
//! To store a row takes no lock: it is unchecked, and looked at by the next claim.

use super::connection::Session;
use super::values::{get, rows};
use crate::state::batch::KeyOfQueue;
use crate::store::StoreError;
use crate::time::Time;

/// A table whose rows have ordering keys.
pub(super) struct Ordered {
    table: &'static str,
    /// Tells the locks of the tables apart.
    salt: i64,
}

pub(super) const OUTBOX: Ordered = Ordered {
    table: "outbox",
    salt: 0x5343_4F42_0000_0000,
};

pub(super) const INBOX: Ordered = Ordered {
    table: "inbox",
    salt: 0x5343_4942_0000_0000,
};

impl Ordered {
    /// Locks the ordering keys of rows, in the same order everywhere.
    pub(super) async fn lock(&self, session: &Session<'_>, seqs: &[i64]) -> Result<(), StoreError> {
        let Self { table, salt } = self;
        let sql = format!(
            "SELECT pg_advisory_xact_lock(key) FROM (
                 SELECT DISTINCT hashtextextended(current_schema() || ' ' || ordering_key, queue + {salt}) AS key FROM {table}
                 WHERE seq = ANY($1) AND ordering_key IS NOT NULL ORDER BY 1) AS keys"
        );
        session.query(&sql, &[&seqs]).await.map(|_| ())
    }

    /// Lets the first row with each key go, unless one is active. The keys are locked.
    pub(super) async fn wake(
        &self,
        session: &Session<'_>,
        keys: &[KeyOfQueue],
        now: Time,
    ) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let queues: Vec<i64> = keys.iter().map(|(queue, _)| *queue).collect();
        let keys: Vec<&str> = keys.iter().map(|(_, key)| key.as_str()).collect();
        let sql = format!(
            "WITH heads AS ({})
             UPDATE {} o SET readiness = CASE WHEN o.due > $3 THEN 0 ELSE 1 END
             FROM heads WHERE o.seq = heads.seq AND o.state = 0 AND o.readiness >= 3",
            self.heads(),
            self.table
        );
        let now = now.micros();
        session.execute(&sql, &[&queues, &keys, &now]).await?;
        Ok(())
    }

    /// The first rows of queues ($1) and keys ($2) without an active one.
    fn heads(&self) -> String {
        let Self { table, .. } = self;
        format!(
            "SELECT (SELECT f.seq FROM {table} f
                 WHERE f.queue = k.queue AND f.ordering_key = k.key AND f.open AND f.ordering_key IS NOT NULL
                 ORDER BY f.seq LIMIT 1) AS seq
             FROM (SELECT DISTINCT * FROM unnest($1::bigint[], $2::text[]) AS u(queue, key)) AS k
             WHERE NOT EXISTS (
                 SELECT FROM {table} a
                 WHERE a.queue = k.queue AND a.ordering_key = k.key AND a.open AND a.ordering_key IS NOT NULL
                 AND NOT (a.state = 0 AND a.readiness >= 3))"
        )
    }

    /// Looks whether unchecked rows have to wait. Keys that somebody else has locked are left for later.
    pub(super) async fn check(
        &self,
        session: &Session<'_>,
        queue: i64,
        now: Time,
        limit: usize,
    ) -> Result<(), StoreError> {
        let Self { table, salt } = self;
        let sql = format!(
            "SELECT DISTINCT ordering_key FROM (
                 SELECT ordering_key, queue FROM {table} WHERE queue = $1 AND state = 0 AND readiness = 4
                 ORDER BY seq LIMIT $2) AS unchecked
             WHERE pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || ordering_key, queue + {salt}))"
        );
        let found = session.query(&sql, &[&queue, &rows(limit)]).await?;
        if found.is_empty() {
            return Ok(());
        }
        let keys = found
            .iter()
            .map(|row| get(row, 0))
            .collect::<Result<Vec<String>, _>>()?;
        // With a snapshot of its own, which has all that was stored under the locks.
        let sql = format!(
            "WITH heads AS ({}),
             free AS (
                 SELECT seq FROM {table} WHERE queue = ANY($1) AND ordering_key = ANY($2) AND state = 0
                     AND readiness = 4
                 ORDER BY seq FOR UPDATE SKIP LOCKED)
             UPDATE {table} o SET readiness = CASE
                 WHEN o.seq NOT IN (SELECT seq FROM heads WHERE seq IS NOT NULL) THEN 3
                 WHEN o.due > $3 THEN 0 ELSE 1 END
             FROM free WHERE o.seq = free.seq",
            self.heads()
        );
        let queues = vec![queue; keys.len()];
        let now = now.micros();
        session.execute(&sql, &[&queues, &keys, &now]).await?;
        Ok(())
    }
}
