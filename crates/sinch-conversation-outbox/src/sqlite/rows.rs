//! Rows, read and written.

use std::collections::BTreeSet;

use rusqlite::{Params, Row as SqlRow, ToSql, params};

use super::scope::{Prepared, Scope};
use crate::row::RowId;
use crate::state::batch::{Batch, KeyOfQueue};
use crate::state::record::{Readiness, Record, policy_from_codes};
use crate::state::{Lease, Life, State, WorkerId};
use crate::store::{GroupMode, StoreError};
use crate::time::Time;

const COLUMNS: &str = "SELECT o.seq, o.id, o.queue, o.grp, coalesce(g.mode, 0), o.state, o.attempt, o.worker, \
     o.lease_until, o.expires, o.ordering_key, o.policy, o.pause, o.due, o.readiness, o.decide_at, o.open, \
     o.changed, o.message_id, o.given_up \
     FROM outbox o LEFT JOIN groups g ON g.id = o.grp WHERE ";

/// Writes rows, with one statement as long as the same columns change.
struct RowWriter<'a, 'b> {
    scope: &'a Scope<'b>,
    /// Which columns it writes, a bit for each.
    columns: u16,
    statement: Option<Prepared<'b>>,
}

impl RowWriter<'_, '_> {
    /// Writes the columns that have changed: each of the others may be in an index that would be written too. The place is
    /// not among them, since each index has it.
    fn write(&mut self, record: &Record, read: &Record) -> Result<(), StoreError> {
        let (life, was) = (&record.life, &read.life);
        let worker = life.lease.as_ref().map(|lease| lease.worker.as_str());
        let lease_until = life.lease.as_ref().map(|lease| lease.until.micros());
        let readiness = self.scope.checked(record)?;
        let columns: [(&str, bool, &dyn ToSql); 12] = [
            ("state", life.state != was.state, &life.state.code()),
            ("attempt", life.attempt != was.attempt, &life.attempt),
            ("worker", life.lease != was.lease, &worker),
            ("lease_until", life.lease != was.lease, &lease_until),
            ("readiness", readiness != read.readiness, &readiness.code()),
            ("due", record.due != read.due, &record.due.micros()),
            (
                "decide_at",
                record.decide_at != read.decide_at,
                &record.decide_at.map(Time::micros),
            ),
            ("open", record.is_open != read.is_open, &record.is_open),
            (
                "message_id",
                record.message_id != read.message_id,
                &record.message_id,
            ),
            ("reason", record.reason.is_some(), &record.reason),
            (
                "changed",
                record.changed != read.changed,
                &record.changed.micros(),
            ),
            (
                "given_up",
                record.given_up != read.given_up,
                &record.given_up,
            ),
        ];
        let changed = columns.iter().filter(|(_, is_changed, _)| *is_changed);
        let place: &dyn ToSql = &record.place;
        let values: Vec<_> = changed
            .clone()
            .map(|(_, _, value)| *value)
            .chain([place])
            .collect();
        let bits = columns.iter().fold(0, |bits, (_, is_changed, _)| {
            bits << 1 | u16::from(*is_changed)
        });
        let statement = match &mut self.statement {
            Some(statement) if self.columns == bits => statement,
            other => {
                let sets: Vec<_> = changed.map(|(name, ..)| format!("{name} = ?")).collect();
                if sets.is_empty() {
                    return Ok(());
                }
                let sql = format!("UPDATE outbox SET {} WHERE seq = ?", sets.join(", "));
                self.columns = bits;
                other.insert(self.scope.prepare(&sql)?)
            }
        };
        statement.execute(values.as_slice()).map(|_| ())
    }
}

impl Scope<'_> {
    /// The rows at these places of the table.
    pub(super) fn at(&self, places: &[i64]) -> Result<Batch, StoreError> {
        self.batch("o.seq = ?1", places.iter().map(|place| [*place]))
    }

    /// The rows with these ids.
    pub(super) fn by_id(&self, ids: impl IntoIterator<Item = RowId>) -> Result<Batch, StoreError> {
        let ids: BTreeSet<_> = ids.into_iter().collect();
        self.batch("o.id = ?1", ids.into_iter().map(|id| [id.to_bytes()]))
    }

    fn batch<P: Params>(
        &self,
        condition: &str,
        keys: impl Iterator<Item = P>,
    ) -> Result<Batch, StoreError> {
        let mut select = self.prepare(&format!("{COLUMNS} {condition}"))?;
        let mut records = Vec::new();
        for key in keys {
            records.extend(select.first(key, read)?);
        }
        Ok(Batch::new(records))
    }

    /// Writes what has changed.
    pub(super) fn write(&self, batch: &Batch, now: Time) -> Result<(), StoreError> {
        let mut writer = RowWriter {
            scope: self,
            columns: 0,
            statement: None,
        };
        for (record, read) in batch.changed() {
            writer.write(record, read)?;
        }
        for ((queue, group, state), by) in batch.counts() {
            self.count(queue, group, state, by);
        }
        for key in batch.woken() {
            self.wake_next(&key, now)?;
        }
        Ok(())
    }

    /// The readiness of a row that is about to be written.
    fn checked(&self, record: &Record) -> Result<Readiness, StoreError> {
        match &record.ordering_key {
            Some(key) if record.readiness == Readiness::Unchecked => {
                self.readiness(record.queue, Some(key), record.due, record.changed)
            }
            _ => Ok(record.readiness),
        }
    }

    /// That of a row that is not open yet.
    pub(super) fn readiness(
        &self,
        queue: i64,
        ordering_key: Option<&str>,
        due: Time,
        now: Time,
    ) -> Result<Readiness, StoreError> {
        let earlier = match ordering_key {
            Some(key) => self.first_open(queue, key)?,
            None => None,
        };
        Ok(match earlier {
            Some(_) => Readiness::Waiting,
            None => Readiness::at(due, now),
        })
    }

    fn first_open(&self, queue: i64, key: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT seq FROM outbox WHERE queue = ?1 AND ordering_key = ?2 AND open = 1
                   ORDER BY seq LIMIT 1";
        self.first(sql, params![queue, key], |row| row.get(0))
    }

    /// Lets the first row with an ordering key go, if it is waiting.
    fn wake_next(&self, (queue, key): &KeyOfQueue, now: Time) -> Result<(), StoreError> {
        self.execute(
            "UPDATE outbox SET readiness = CASE WHEN due > ?3 THEN 0 ELSE 1 END
             WHERE state = 0 AND readiness = 3 AND seq = (
                 SELECT min(seq) FROM outbox WHERE queue = ?1 AND ordering_key = ?2 AND open = 1)",
            params![queue, key, now.micros()],
        )?;
        Ok(())
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Record> {
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
    let time = |column| {
        Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Time::from_micros))
    };
    let pause: i64 = row.get(12)?;
    Ok(Record {
        place: row.get(0)?,
        id: RowId::from_bytes(id),
        queue: row.get(2)?,
        group: row.get(3)?,
        mode: known(row, 4, GroupMode::from_code)?,
        life,
        expires: time(9)?,
        ordering_key: row.get(10)?,
        policy: known(row, 11, |kind| policy_from_codes(kind, pause))?,
        readiness: known(row, 14, Readiness::from_code)?,
        due: Time::from_micros(row.get(13)?),
        decide_at: time(15)?,
        is_open: row.get(16)?,
        changed: Time::from_micros(row.get(17)?),
        message_id: row.get(18)?,
        given_up: row.get(19)?,
        reason: None,
    })
}

/// The state in a column.
pub(super) fn state_of(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<State> {
    known(row, column, State::from_code)
}

/// What a number in a column stands for. One of a later version cannot be changed by this one.
pub(super) fn known<T>(
    row: &SqlRow<'_>,
    column: usize,
    from_code: impl FnOnce(i64) -> Option<T>,
) -> rusqlite::Result<T> {
    let code: i64 = row.get(column)?;
    from_code(code).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, code))
}
