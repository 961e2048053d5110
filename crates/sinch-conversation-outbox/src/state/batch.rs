//! Rows that are changed together: a store reads them, has them changed here, and writes them.

use std::collections::HashMap;

use super::record::Record;
use super::{Change, Evidence, Lease, State};
use crate::row::RowId;
use crate::store::{Begin, Begun, Claim, ClaimedRow, Receipt, Settlement, Swept};
use crate::time::Time;

/// Rows of a queue and group in a state, by number.
pub(crate) type Counted = (i64, i64, i64);

/// An ordering key, with its queue.
pub(crate) type KeyOfQueue = (i64, String);

/// A row, and what it was when it was read.
struct Entry {
    record: Record,
    read: Record,
}

/// A row that was claimed.
pub(crate) struct Chosen {
    pub(crate) place: i64,
    pub(crate) id: RowId,
    attempt: u32,
    begun: Option<Begun>,
}

impl Chosen {
    pub(crate) fn with(self, request: String) -> ClaimedRow {
        let mut row = ClaimedRow::new(self.id, request, self.attempt);
        row.begun = self.begun;
        row
    }
}

/// Rows of one transaction.
pub(crate) struct Batch {
    entries: Vec<Entry>,
    places: HashMap<RowId, usize>,
}

impl Batch {
    pub(crate) fn new(records: impl IntoIterator<Item = Record>) -> Self {
        let entries = records.into_iter().map(|record| Entry {
            read: record.clone(),
            record,
        });
        let entries: Vec<_> = entries.collect();
        let place = |(place, entry): (usize, &Entry)| (entry.record.id, place);
        let places = entries.iter().enumerate().map(place).collect();
        Self { entries, places }
    }

    fn get(&mut self, id: RowId) -> Option<&mut Record> {
        let place = *self.places.get(&id)?;
        self.entries.get_mut(place).map(|entry| &mut entry.record)
    }

    fn records(&mut self) -> impl Iterator<Item = &mut Record> {
        self.entries.iter_mut().map(|entry| &mut entry.record)
    }

    /// Puts rows aside that must not be sent now, and claims the others up to the limit, for as long as the claim says.
    /// `take_room` takes the room for the row at a place, or says that there is none. Returns the rows in order, of which
    /// the first so many are begun as well.
    pub(crate) fn claim(
        &mut self,
        claim: &Claim,
        limit: usize,
        begin: usize,
        mut take_room: impl FnMut(i64) -> bool,
    ) -> Vec<Chosen> {
        let lease = Lease {
            worker: claim.worker.clone(),
            until: claim.now.plus(claim.lease),
        };
        let mut claimed = Vec::new();
        for record in self.records() {
            let has_place = !record.put_aside(claim.now) && claimed.len() < limit;
            if !has_place || !take_room(record.place) {
                continue;
            }
            let change = Change::Claim(lease.clone());
            if record.change(&change, claim.now).is_none() {
                continue;
            }
            let attempt = record.life.attempt;
            let is_begun = claimed.len() < begin && record.begin(&lease, claim.now).is_some();
            claimed.push(Chosen {
                place: record.place,
                id: record.id,
                attempt,
                begun: is_begun.then(|| Begun::new(record.id, record.life.attempt)),
            });
        }
        claimed
    }

    /// Puts queued rows aside that must not be sent now.
    #[cfg(feature = "postgres")]
    pub(crate) fn put_aside(&mut self, now: Time) {
        for record in self.records() {
            if record.life.state == State::Queued {
                record.put_aside(now);
            }
        }
    }

    /// Begins the rows that their worker holds, or lets go of them while the queue is paused.
    pub(crate) fn begin(&mut self, begin: &Begin, is_paused: bool) -> Vec<Begun> {
        let now = begin.now;
        let lease = Lease {
            worker: begin.worker.clone(),
            until: now.plus(begin.lease),
        };
        let mut begun = Vec::with_capacity(begin.rows.len());
        for id in &begin.rows {
            let Some(record) = self.get(*id) else {
                continue;
            };
            let holder = record.life.lease.as_ref().map(|held| &held.worker);
            let is_held = record.life.state == State::Claimed && holder == Some(&begin.worker);
            if !is_held || record.put_aside(now) {
                continue;
            }
            if is_paused {
                record.change(&Change::Release(&begin.worker), now);
            } else if record.begin(&lease, now).is_some() {
                begun.push(Begun::new(*id, record.life.attempt));
            }
        }
        begun
    }

    /// Stores what came of rows, and returns how many changed.
    pub(crate) fn settle(&mut self, settlements: &[Settlement], now: Time) -> usize {
        let mut changed = 0;
        for Settlement { id, outcome } in settlements {
            let record = self.get(*id);
            let is_changed = record.is_some_and(|record| record.settle(outcome, now));
            changed += usize::from(is_changed);
        }
        changed
    }

    /// Stores what receipts say, each with the row that the store has found for it, and returns the rows. A row may have
    /// got the id of its message by an earlier one of these.
    pub(crate) fn receive(
        &mut self,
        receipts: &[Receipt],
        found: Vec<Option<RowId>>,
        now: Time,
    ) -> Vec<Option<RowId>> {
        let one = |(receipt, found): (&Receipt, Option<RowId>)| {
            let row = found.or_else(|| self.with_message(receipt.message_id.as_deref()?))?;
            let record = self.get(row)?;
            let is_old = record.is_given_up(receipt.message_id.as_deref());
            if is_old && matches!(receipt.evidence, Evidence::Accepted | Evidence::Failed) {
                return Some(row);
            }
            record.note_message(receipt.message_id.as_deref());
            let change = Change::Evidence(receipt.evidence);
            if record.change(&change, now).is_some() && receipt.reason.is_some() {
                record.reason.clone_from(&receipt.reason);
            }
            Some(row)
        };
        receipts.iter().zip(found).map(one).collect()
    }

    fn with_message(&self, id: &str) -> Option<RowId> {
        let mut records = self.entries.iter().map(|entry| &entry.record);
        let found = records.find(|record| record.message_id.as_deref() == Some(id));
        found.map(|record| record.id)
    }

    /// Does to each row what is due.
    pub(crate) fn sweep(&mut self, now: Time) -> Swept {
        let mut swept = Swept::default();
        for record in self.records() {
            match record.change(&Change::EndLease(now), now) {
                Some(State::Queued) => swept.released += 1,
                Some(State::Unknown) => swept.unknown += 1,
                _ if record.is_decided(now) => {
                    let attempt = record.life.attempt;
                    swept.sent_again += usize::from(record.send_again(attempt, now).is_some());
                }
                _ => swept.expired += usize::from(record.expire(now).is_some()),
            }
        }
        swept
    }

    /// Cancels rows, and leaves unknown ones unknown. Returns how many changed.
    pub(crate) fn cancel(&mut self, now: Time) -> usize {
        let mut cancelled = 0;
        for record in self.records() {
            let attempt = record.life.attempt;
            let is_changed = record.change(&Change::Cancel, now).is_some();
            cancelled += usize::from(is_changed || record.leave(attempt));
        }
        cancelled
    }

    /// The rows that have to be written, each with what it was.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Record, &Record)> {
        let changed = self.entries.iter().filter(|entry| entry.is_changed());
        changed.map(|entry| (&entry.record, &entry.read))
    }

    /// How the numbers of rows change.
    pub(crate) fn counts(&self) -> HashMap<Counted, i64> {
        let mut counts: HashMap<Counted, i64> = HashMap::new();
        for Entry { record, read } in &self.entries {
            let mut add = |state: State, by| {
                *counts
                    .entry((record.queue, record.group, state.code()))
                    .or_default() += by;
            };
            add(read.life.state, -1);
            add(record.life.state, 1);
        }
        counts.retain(|_, by| *by != 0);
        counts
    }

    /// The ordering keys of which a row does not keep later ones waiting any more.
    pub(crate) fn woken(&self) -> impl Iterator<Item = KeyOfQueue> {
        self.entries.iter().filter_map(|Entry { record, read }| {
            let is_over = read.is_open && !record.is_open;
            let key = record.ordering_key.as_ref().filter(|_| is_over)?;
            Some((record.queue, key.clone()))
        })
    }
}

impl Entry {
    fn is_changed(&self) -> bool {
        let (now, read) = (&self.record, &self.read);
        now.life != read.life
            || now.readiness != read.readiness
            || now.is_open != read.is_open
            || now.decide_at != read.decide_at
            || now.message_id != read.message_id
    }
}
