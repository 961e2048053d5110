//! The store, the API and the clock of a worker, with a stop before and after everything that they do.

use std::time::Duration;

use sinch_conversation_outbox::store::{
    Answer, Begin, Begun, Claim, Claimed, Control, Enqueued, Key, Receipt, RowFilter, Settlement,
    Status, Swept,
};
use sinch_conversation_outbox::{
    AnyStore, Clock, NewRow, Reply, Row, RowId, RowNumber, Sender, State, Store, Time,
};

use super::gate::{Gate, Place, block_on};
use super::reference::Reference;

/// The time of the runtime, which the test moves, and how wrong the worker's clock is.
#[derive(Clone, Copy)]
pub(super) struct SimulatedClock {
    pub(super) start: tokio::time::Instant,
    pub(super) ahead: Duration,
}

impl Clock for SimulatedClock {
    fn now(&self) -> Time {
        let passed = self.start.elapsed() + self.ahead;
        Time::from_micros(1_700_000_000_000_000).plus(passed)
    }
}

#[derive(Clone)]
pub(super) struct Double {
    pub(super) worker: usize,
    pub(super) store: AnyStore,
    pub(super) gate: Gate,
    pub(super) reference: Reference,
    /// The true time.
    pub(super) clock: SimulatedClock,
}

impl Double {
    async fn stop(&self, call: &'static str, is_after: bool) -> u16 {
        let place = Place {
            worker: self.worker,
            call,
            is_after,
        };
        self.gate.pass(place).await
    }

    /// Does something between two stops. What the reference learns, it learns with the store.
    async fn gated<T>(
        &self,
        call: &'static str,
        work: impl Answer<T>,
        learn: impl FnOnce(&T),
    ) -> Result<T, sinch_conversation_outbox::StoreError> {
        self.stop(call, false).await;
        let result = block_on(work);
        if let Ok(value) = &result {
            learn(value);
        }
        self.stop(call, true).await;
        result
    }
}

impl Sender for Double {
    async fn send(&self, id: RowId, _: String) -> Reply {
        let choice = self.stop("send", false).await;
        let reply = self
            .reference
            .answer((self.worker, id), self.clock.now(), choice);
        self.stop("send", true).await;
        reply
    }
}

impl Store for Double {
    async fn enqueue(
        &self,
        queue: &str,
        rows: Vec<NewRow>,
        now: Time,
    ) -> Result<Vec<Enqueued>, sinch_conversation_outbox::StoreError> {
        self.store.enqueue(queue, rows, now).await
    }

    /// For every other worker the store leaves it to `begin` to begin rows.
    fn claim(&self, mut claim: Claim) -> impl Answer<Claimed> {
        let at = self.clock.now();
        claim.begin_until = claim.begin_until.filter(|_| self.worker.is_multiple_of(2));
        let learn = move |claimed: &Claimed| {
            self.reference.claims(claimed, at);
            let begun: Vec<_> = claimed.rows.iter().filter_map(|row| row.begun).collect();
            self.reference.begins(self.worker, &begun, at);
        };
        self.gated("claim", self.store.claim(claim), learn)
    }

    fn begin(&self, begin: Begin) -> impl Answer<Vec<Begun>> {
        let at = self.clock.now();
        let learn = move |begun: &Vec<Begun>| self.reference.begins(self.worker, begun, at);
        self.gated("begin", self.store.begin(begin), learn)
    }

    fn settle(&self, settlements: Vec<Settlement>, now: Time) -> impl Answer<usize> {
        let stored = settlements.clone();
        let learn = move |_: &usize| self.reference.settles(self.worker, &stored);
        self.gated("settle", self.store.settle(settlements, now), learn)
    }

    fn receive(&self, receipts: Vec<Receipt>, now: Time) -> impl Answer<Vec<Option<RowId>>> {
        self.store.receive(receipts, now)
    }

    fn sweep(&self, queue: &str, now: Time, limit: usize) -> impl Answer<Swept> {
        self.gated("sweep", self.store.sweep(queue, now, limit), |_| {})
    }

    fn undecided(
        &self,
        queue: &str,
        now: Time,
        again: Time,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        let work = self.store.undecided(queue, now, again, limit);
        self.gated("undecided", work, |_| {})
    }

    fn control(&self, queue: &str, control: Control, now: Time) -> impl Answer<usize> {
        self.gated("control", self.store.control(queue, control, now), |_| {})
    }

    fn status(&self, queue: &str, group: Option<&str>) -> impl Answer<Status> {
        self.store.status(queue, group)
    }

    fn find(&self, queue: &str, key: Key) -> impl Answer<Option<Row>> {
        self.store.find(queue, key)
    }

    fn list(
        &self,
        queue: &str,
        filter: &RowFilter,
        after: RowNumber,
        limit: usize,
    ) -> impl Answer<Vec<Row>> {
        self.store.list(queue, filter, after, limit)
    }

    fn purge(
        &self,
        queue: &str,
        states: &[State],
        before: Time,
        limit: usize,
    ) -> impl Answer<usize> {
        self.store.purge(queue, states, before, limit)
    }
}
