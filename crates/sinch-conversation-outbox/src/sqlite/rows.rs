//! One row: read, changed as its life allows, and written.

use rusqlite::{Row as SqlRow, params};

use super::scope::Scope;
use crate::row::RowId;
use crate::state::{Change, Lease, Life, State, WorkerId};
use crate::store::StoreError;
use crate::time::Time;

/// Whether a queued row can be claimed.
pub(super) mod readiness {
    pub(in crate::sqlite) const SCHEDULED: i64 = 0;
    pub(in crate::sqlite) const READY: i64 = 1;
    pub(in crate::sqlite) const HELD: i64 = 2;
    pub(in crate::sqlite) const WAITING: i64 = 3;
}

/// What holds for a group.
pub(super) mod mode {
    pub(in crate::sqlite) const RUNNING: i64 = 0;
    pub(in crate::sqlite) const PAUSED: i64 = 1;
    pub(in crate::sqlite) const CANCELLED: i64 = 2;
}

/// What happens to unknown rows.
pub(super) mod policy {
    pub(in crate::sqlite) const LEAVE: i64 = 0;
    pub(in crate::sqlite) const SEND_AGAIN: i64 = 1;
    pub(in crate::sqlite) const ASK: i64 = 2;
}

/// What is needed of a row to change it.
pub(super) struct Stored {
    pub(super) place: i64,
    pub(super) id: RowId,
    pub(super) queue: i64,
    pub(super) group: i64,
    /// The mode of its group.
    pub(super) mode: i64,
    pub(super) life: Life,
    pub(super) expires: Option<Time>,
    ordering_key: Option<String>,
    policy: i64,
    pause: i64,
    due: i64,
}

/// What is written with a change.
#[derive(Default)]
pub(super) struct Note<'a> {
    pub(super) due: Option<Time>,
    pub(super) message_id: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
}

const COLUMNS: &str = "SELECT o.seq, o.id, o.queue, o.grp, coalesce(g.mode, 0), o.state, o.attempt, o.worker, \
     o.lease_until, o.expires, o.ordering_key, o.policy, o.pause, o.due \
     FROM outbox o LEFT JOIN groups g ON g.id = o.grp WHERE ";

impl Scope<'_> {
    /// The row at a place of the table.
    pub(super) fn at(&self, place: i64) -> Result<Option<Stored>, StoreError> {
        self.first(&format!("{COLUMNS} o.seq = ?1"), [place], Stored::read)
    }

    /// The row with this id.
    pub(super) fn by_id(&self, id: RowId) -> Result<Option<Stored>, StoreError> {
        self.first(
            &format!("{COLUMNS} o.id = ?1"),
            [id.to_bytes()],
            Stored::read,
        )
    }

    /// The row with this id of a message.
    pub(super) fn by_message(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        self.first(&format!("{COLUMNS} o.message_id = ?1"), [id], Stored::read)
    }

    /// Changes a row, if its life allows that. Returns its life then.
    pub(super) fn change(
        &self,
        row: &Stored,
        change: &Change<'_>,
        note: &Note<'_>,
        now: Time,
    ) -> Result<Option<Life>, StoreError> {
        let Some(life) = row.life.after(change) else {
            return Ok(None);
        };
        let due = note.due.map_or(row.due, Time::micros);
        let decide_at = row.decide_at(life.state, now);
        let is_open = !life.state.is_ended() || decide_at.is_some();
        self.execute(
            "UPDATE outbox SET state = ?2, attempt = ?3, worker = ?4, lease_until = ?5, readiness = ?6, due = ?7,
                 decide_at = ?8, open = ?9, message_id = coalesce(message_id, ?10),
                 reason = coalesce(?11, reason), changed = ?12
             WHERE seq = ?1",
            params![
                row.place,
                life.state.code(),
                life.attempt,
                life.lease.as_ref().map(|lease| lease.worker.as_str()),
                life.lease.as_ref().map(|lease| lease.until.micros()),
                if due > now.micros() { readiness::SCHEDULED } else { readiness::READY },
                due,
                decide_at,
                is_open,
                note.message_id,
                note.reason,
                now.micros(),
            ],
        )?;
        self.count(row.queue, row.group, row.life.state.code(), -1);
        self.count(row.queue, row.group, life.state.code(), 1);
        if !is_open {
            self.wake_next(row, now)?;
        }
        Ok(Some(life))
    }

    /// Keeps the id of the message of a row whose state stays.
    pub(super) fn note_message(&self, row: &Stored, id: Option<&str>) -> Result<(), StoreError> {
        let Some(id) = id else { return Ok(()) };
        let sql = "UPDATE outbox SET message_id = ?2 WHERE seq = ?1 AND message_id IS NULL";
        self.execute(sql, params![row.place, id]).map(|_| ())
    }

    /// Ends the wait of an unknown row for a decision: it stays unknown.
    pub(super) fn leave(&self, row: &Stored, now: Time) -> Result<usize, StoreError> {
        let sql =
            "UPDATE outbox SET decide_at = NULL, open = 0 WHERE seq = ?1 AND decide_at IS NOT NULL";
        let left = self.execute(sql, [row.place])?;
        if left > 0 {
            self.wake_next(row, now)?;
        }
        Ok(left)
    }

    /// Lets the first row with the same ordering key go, if it is waiting.
    fn wake_next(&self, ended: &Stored, now: Time) -> Result<(), StoreError> {
        let Some(key) = &ended.ordering_key else {
            return Ok(());
        };
        self.execute(
            "UPDATE outbox SET readiness = CASE WHEN due > ?3 THEN 0 ELSE 1 END
             WHERE state = 0 AND readiness = 3 AND seq = (
                 SELECT min(seq) FROM outbox WHERE queue = ?1 AND ordering_key = ?2 AND open = 1)",
            params![ended.queue, key, now.micros()],
        )?;
        Ok(())
    }
}

impl Stored {
    fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        let id: [u8; 16] = row.get(1)?;
        let worker: Option<String> = row.get(7)?;
        let until: Option<i64> = row.get(8)?;
        let lease = worker.zip(until).map(|(worker, until)| Lease {
            worker: WorkerId::new(worker),
            until: Time::from_micros(until),
        });
        let life = Life {
            state: state_of(row, 5)?,
            attempt: row.get(6)?,
            lease,
        };
        Ok(Self {
            place: row.get(0)?,
            id: RowId::from_bytes(id),
            queue: row.get(2)?,
            group: row.get(3)?,
            mode: row.get(4)?,
            life,
            expires: row.get::<_, Option<i64>>(9)?.map(Time::from_micros),
            ordering_key: row.get(10)?,
            policy: row.get(11)?,
            pause: row.get(12)?,
            due: row.get(13)?,
        })
    }

    /// When somebody has to decide about the row, in this state.
    fn decide_at(&self, state: State, now: Time) -> Option<i64> {
        let is_pending =
            state == State::Unknown && self.policy != policy::LEAVE && self.mode != mode::CANCELLED;
        is_pending.then(|| now.micros().saturating_add(self.pause))
    }

    /// Whether its time is over.
    pub(super) fn is_expired(&self, now: Time) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// The state in a column. One of a later version cannot be changed by this one.
pub(super) fn state_of(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<State> {
    let code: i64 = row.get(column)?;
    State::from_code(code).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, code))
}
