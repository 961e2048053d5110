//! What is to be stored, gathered so that one write does for many rows.

use std::time::Duration;

use super::patiently;
use crate::metrics::{Observer, Operation};
use crate::row::RowId;
use crate::store::{Control, Outcome, Receipt, Settlement, Store, StoreError};
use crate::time::Time;

/// How long an outcome waits for others before it is stored.
const LINGER: Duration = Duration::from_millis(10);

/// The most outcomes that wait for others.
const TOGETHER: usize = 200;

pub(super) struct Notes {
    /// With this many outcomes nobody waits for more.
    together: usize,
    settlements: Vec<Settlement>,
    receipts: Vec<Receipt>,
    controls: Vec<Control>,
    /// When they are stored at the latest.
    due: Option<Time>,
}

impl Notes {
    /// Makes notes for a worker with so many requests. Half of them are not kept from others by outcomes that wait.
    pub(super) fn new(concurrency: usize) -> Self {
        Self {
            together: (concurrency / 2).clamp(1, TOGETHER),
            settlements: Vec::new(),
            receipts: Vec::new(),
            controls: Vec::new(),
            due: None,
        }
    }

    /// How many rows have an outcome that is not stored.
    pub(super) fn outcomes(&self) -> usize {
        self.settlements.len()
    }

    pub(super) fn settle(&mut self, id: RowId, outcome: Outcome) {
        self.settlements.push(Settlement { id, outcome });
    }

    pub(super) fn receive(&mut self, receipt: Receipt) {
        self.receipts.push(receipt);
    }

    /// Notes something for the whole queue. Many requests under way meet the same, which is stored once.
    pub(super) fn control(&mut self, control: Control) {
        for noted in &mut self.controls {
            match (noted, &control) {
                (Control::HoldUntil(noted), Control::HoldUntil(until)) => {
                    *noted = (*noted).max(*until);
                    return;
                }
                (Control::Pause { .. }, Control::Pause { .. }) => return,
                _ => {}
            }
        }
        self.controls.push(control);
    }

    /// Whether something holds for the whole queue, so that nothing is to be claimed before it is stored.
    pub(super) fn has_controls(&self) -> bool {
        !self.controls.is_empty()
    }

    /// When something has to be stored, once there is something.
    pub(super) fn due(&mut self, now: Time) -> Option<Time> {
        if self.settlements.is_empty() && self.receipts.is_empty() && self.controls.is_empty() {
            return None;
        }
        if self.settlements.len() >= self.together || !self.controls.is_empty() {
            return Some(now);
        }
        Some(*self.due.get_or_insert_with(|| now.plus(LINGER)))
    }

    /// Stores everything. What holds for the whole queue comes first, so that nothing is claimed in between. After an
    /// error all of it is kept, also what was stored: nothing of it does harm twice.
    pub(super) async fn flush<S: Store>(
        &mut self,
        store: &S,
        queue: &str,
        observer: &Observer,
        now: Time,
    ) -> Result<(), StoreError> {
        for control in &self.controls {
            patiently(|| store.control(queue, control.clone(), now)).await?;
        }
        if !self.settlements.is_empty() {
            let work = patiently(|| store.settle(self.settlements.clone(), now));
            observer
                .store(Operation::Settle, work, |rows| *rows)
                .await?;
        }
        if !self.receipts.is_empty() {
            let work = patiently(|| store.receive(self.receipts.clone(), now));
            observer.store(Operation::Receive, work, Vec::len).await?;
        }
        self.settlements.clear();
        self.receipts.clear();
        self.controls.clear();
        self.due = None;
        Ok(())
    }
}
