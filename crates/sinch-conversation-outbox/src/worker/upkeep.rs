//! What a worker does besides sending: leases, expiry, unknown rows.

use std::time::Duration;

use super::run::Run;
use super::{Decision, patiently};
use crate::metrics::Operation;
use crate::row::RowId;
use crate::sender::Sender;
use crate::store::{Outcome, Receipt, Store, StoreError, Swept};

/// The most rows of each kind that are swept at a time.
const SWEEP: usize = 500;

/// The pause between two slices of rows that are deleted.
const TIDY: Duration = Duration::from_millis(50);

impl<S: Store, D: Sender> Run<S, D> {
    pub(super) async fn sweep(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let (store, queue) = (&self.worker.store, &self.worker.queue);
        let observer = &self.worker.observer;
        let work = patiently(|| store.sweep(queue, now, SWEEP));
        let swept = observer.store(Operation::Sweep, work, Swept::total).await?;
        if observer.is_set() {
            let status = patiently(|| store.status(queue, None)).await?;
            observer.counted(&status.counts);
        }
        if swept.unknown > 0 {
            let rows = swept.unknown;
            tracing::warn!(
                queue,
                rows,
                "a worker died or was slow; its rows are unknown"
            );
        }
        if let Some(decide) = &self.worker.decide {
            let again = now.plus(self.worker.options.lease);
            let rows = patiently(|| store.undecided(queue, now, again, SWEEP)).await?;
            let limit = self.worker.options.request_limit();
            for row in rows {
                self.sends.ask(row.id, row.attempt, limit, decide(row));
            }
        }
        let options = &self.worker.options;
        let (_, is_more) = options.retention.delete_slice(store, queue, now).await?;
        // Sends come in between.
        let pause = if is_more {
            TIDY.min(options.sweep)
        } else {
            options.sweep
        };
        self.next_sweep = now.plus(pause);
        Ok(())
    }

    pub(super) fn decided(&mut self, id: RowId, attempt: u32, decision: Decision) {
        match decision {
            Decision::SendAgain => self.notes.settle(id, Outcome::SendAgain { attempt }),
            Decision::Leave => self.notes.settle(id, Outcome::Leave { attempt }),
            Decision::AskAgain => {}
            Decision::Found {
                evidence,
                message_id,
            } => self.notes.receive(Receipt {
                row: Some(id),
                message_id,
                evidence,
                reason: None,
            }),
        }
    }
}
