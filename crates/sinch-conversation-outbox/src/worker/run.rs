//! The loop of a worker.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::breaker::Breaker;
use super::look::Look;
use super::notes::Notes;
use super::sends::{Done, Sends};
use super::{Summary, Worker, patiently};
use crate::metrics::Operation;
use crate::sender::{Reply, Sender};
use crate::store::{
    Begin, Begun, Claim, Claimed, ClaimedRow, Control, Outcome, Permits, Store, StoreError,
};
use crate::time::Time;

/// How long before its permit a row is begun, so that one write does for many rows.
const EARLY: Duration = Duration::from_millis(25);

/// A worker at work.
pub(super) struct Run<S, D> {
    pub(super) worker: Worker<S, D>,
    /// Claimed rows, each with the time of its permit.
    held: VecDeque<(ClaimedRow, Time)>,
    permits: Permits,
    pub(super) sends: Sends,
    pub(super) notes: Notes,
    breaker: Breaker,
    look: Look,
    /// Whether the last claim got all rows that it had room for.
    is_filled: bool,
    pub(super) next_sweep: Time,
    summary: Summary,
}

impl<S: Store, D: Sender> Run<S, D> {
    pub(super) fn new(worker: Worker<S, D>) -> Self {
        let now = worker.clock.now();
        Self {
            sends: Sends::new(worker.observer.clone()),
            look: Look::new(now, worker.store.changes(&worker.queue)),
            notes: Notes::new(worker.options.concurrency),
            worker,
            held: VecDeque::new(),
            permits: Permits::new(now, Duration::ZERO),
            breaker: Breaker::default(),
            is_filled: false,
            next_sweep: now,
            summary: Summary::default(),
        }
    }

    pub(super) async fn run(mut self) -> Result<Summary, StoreError> {
        let outcome = self.work().await;
        self.release();
        // What is under way is waited for, also after a failure: its outcome may be stored still.
        while !self.sends.is_empty() {
            let done = self.sends.next().await;
            self.collect(done);
        }
        let stored = self.flush().await;
        outcome.and(stored)?;
        Ok(self.summary)
    }

    /// Works until it is stopped.
    async fn work(&mut self) -> Result<(), StoreError> {
        while !self.worker.stop.is_stopped() {
            let now = self.now();
            if self.next_sweep <= now {
                self.sweep().await?;
            }
            let is_due = |at: Option<Time>| at.is_some_and(|at| at <= now);
            if is_due(self.claims_at(now)) {
                self.turn().await?;
            } else if is_due(self.flushes_at(now)) {
                self.flush().await?;
            }
            self.begin().await?;
            self.wait().await;
        }
        Ok(())
    }

    pub(super) fn now(&self) -> Time {
        self.worker.clock.now()
    }

    /// How many more rows may be begun. Those whose outcome is not stored yet count too, so that a worker that dies never
    /// leaves more unknown rows than it may have requests under way.
    fn room(&self) -> usize {
        self.free().saturating_sub(self.notes.outcomes())
    }

    /// How many more rows may be begun once all outcomes are stored.
    fn free(&self) -> usize {
        let most = self.breaker.limit(self.worker.options.concurrency);
        most.saturating_sub(self.sends.requests())
    }

    /// When something has to be stored, once there is something.
    fn flushes_at(&mut self, now: Time) -> Option<Time> {
        let due = self.notes.due(now);
        // With nothing under way there are no others to wait for.
        due.map(|due| if self.sends.requests() == 0 { now } else { due })
    }

    /// When the worker wants more rows, if it does. While there are enough, it waits for room for some and stores outcomes
    /// with the claim, since each is a write.
    fn claims_at(&mut self, now: Time) -> Option<Time> {
        let enough = (self.worker.options.concurrency / 2).max(1);
        let free = self.free();
        let flushes_now = self.flushes_at(now).is_some_and(|due| due <= now);
        let is_idle = self.sends.requests() == 0 || !self.is_filled;
        let has_room = free >= enough || (free > 0 && (is_idle || flushes_now));
        let is_wanted = self.held.is_empty() && has_room;
        is_wanted.then(|| self.look.next().max(self.breaker.until()))
    }

    /// When the next held row is begun, if there is room for it.
    fn begins_at(&self) -> Option<Time> {
        let next = self.held.front().filter(|_| self.room() > 0);
        next.map(|(_, at)| at.minus(EARLY))
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) {
        let now = self.now();
        let claims_at = self.claims_at(now);
        let times = [self.flushes_at(now), claims_at, self.begins_at()];
        let next = times.into_iter().flatten().min();
        let until = next.unwrap_or(self.next_sweep).min(self.next_sweep);
        let stop = self.worker.stop.clone();
        let is_looking = claims_at.is_some();
        let done = tokio::select! {
            biased;
            done = self.sends.next() => done,
            () = stop.stopped() => Vec::new(),
            () = self.look.changed(now), if is_looking => Vec::new(),
            () = tokio::time::sleep(until.since(now)) => Vec::new(),
        };
        self.collect(done);
    }

    /// Stores outcomes and claims rows. The store is asked for both at once, which is one write for many a store. What is
    /// claimed is not begun before the outcomes are stored: see [`Store::claim`].
    async fn turn(&mut self) -> Result<(), StoreError> {
        if self.notes.has_controls() {
            self.flush().await?;
        }
        let (now, options) = (self.now(), &self.worker.options);
        let claim = Claim {
            queue: self.worker.queue.clone(),
            worker: self.worker.id.clone(),
            now,
            lease: options.lease,
            limit: self.free(),
            rate: options.rate,
            pace: options.pace.clone(),
            begin_until: Some(now.plus(EARLY)),
        };
        let worker = &self.worker;
        let (store, observer) = (&worker.store, &worker.observer);
        let flush = self.notes.flush(store, &worker.queue, observer, now);
        let asked = patiently(|| store.claim(claim.clone()));
        let asked = observer.store(Operation::Claim, asked, |claimed| claimed.rows.len());
        let (flushed, claimed) = tokio::join!(flush, asked);
        // What was begun is sent also when the outcomes could not be stored: these are kept, and stored at the end.
        let claimed = claimed.map(|claimed| self.claimed(&claim, claimed));
        flushed.and(claimed)
    }

    /// Sends what was begun with a claim, and holds the rest until its permits are due.
    fn claimed(&mut self, claim: &Claim, claimed: Claimed) {
        self.is_filled = claimed.rows.len() >= claim.limit;
        if claimed.rows.is_empty() {
            let poll = self.worker.options.poll;
            self.look.found_nothing(claim.now, claimed.wake, poll);
        }
        self.permits = claimed.permits;
        for (place, row) in claimed.rows.into_iter().enumerate() {
            let at = claimed.permits.at(place);
            match row.begun {
                Some(begun) => self.send(row, begun, at, claim.now),
                None => self.held.push_back((row, at)),
            }
        }
    }

    /// Begins and sends the held rows whose permits are due.
    async fn begin(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let due = |(_, at): &&(ClaimedRow, Time)| *at <= now.plus(EARLY);
        let count = self.held.iter().take(self.room()).take_while(due).count();
        if count == 0 {
            return Ok(());
        }
        let rows: Vec<_> = self.held.drain(..count).collect();
        let begin = Begin {
            queue: self.worker.queue.clone(),
            worker: self.worker.id.clone(),
            now,
            lease: self.worker.options.lease,
            rows: rows.iter().map(|(row, _)| row.id).collect(),
        };
        let work = patiently(|| self.worker.store.begin(begin.clone()));
        let observer = &self.worker.observer;
        let begun = observer.store(Operation::Begin, work, Vec::len).await?;
        let mut begun = begun.into_iter().peekable();
        // The answer leaves rows out, and keeps their order.
        for (row, at) in rows {
            if let Some(begun) = begun.next_if(|begun| begun.id == row.id) {
                self.send(row, begun, at, begin.now);
            }
        }
        Ok(())
    }

    /// Sends a row that was begun at a time, when its permit is due.
    fn send(&mut self, row: ClaimedRow, begun: Begun, at: Time, begun_at: Time) {
        let wait = at.since(self.now());
        let sending = self.sending(row, begun_at);
        let limit = self.worker.options.request_limit();
        self.sends.send(begun, wait, limit, sending);
    }

    /// The request of a row that was begun at a time. It is not made when the process was stopped since then for so long
    /// that others may take the worker for dead: with its limit, a request ends before its lease does.
    fn sending(&self, row: ClaimedRow, begun: Time) -> impl Future<Output = Reply> + use<S, D> {
        let sender = Arc::clone(&self.worker.sender);
        let clock = Arc::clone(&self.worker.clock);
        let limit = self.worker.options.request_limit();
        async move {
            if clock.now().since(begun) > limit {
                return Reply::NotProcessed {
                    retry_after: None,
                    reason: "the worker was stopped for a while".to_owned(),
                };
            }
            // Boxed where it is made: what goes around it is moved often, and so would be all that a client needs.
            Box::pin(sender.send(row.id, row.request)).await
        }
    }

    /// Notes what has come to its end.
    fn collect(&mut self, done: Vec<Done>) {
        for done in done {
            match done {
                Done::Sent(begun, reply) => {
                    let outcome = self.outcome(begun.attempt, reply);
                    self.notes.settle(begun.id, outcome);
                }
                Done::Decided(id, attempt, decision) => self.decided(id, attempt, decision),
            }
        }
    }

    /// What a reply means for its row, and for what is sent next.
    fn outcome(&mut self, attempt: u32, reply: Reply) -> Outcome {
        match reply {
            Reply::Accepted { message_id } => {
                self.breaker.succeeded();
                self.summary.accepted += 1;
                Outcome::Accepted { message_id }
            }
            Reply::Refused { reason } => {
                self.breaker.succeeded();
                self.summary.refused += 1;
                Outcome::Refused { attempt, reason }
            }
            Reply::Unknown { reason } => {
                self.summary.unknown += 1;
                self.failed();
                Outcome::Unknown { attempt, reason }
            }
            Reply::NotProcessed {
                retry_after,
                reason,
            } => {
                self.failed();
                let pause = retry_after.unwrap_or_else(|| self.worker.options.pause(attempt));
                self.not_processed(attempt, pause, reason)
            }
            Reply::Throttled {
                retry_after,
                reason,
            } => {
                let pause = retry_after.unwrap_or_else(|| self.worker.options.pause(1));
                let until = self.now().plus(pause);
                self.notes.control(Control::HoldUntil(until));
                self.release();
                self.not_processed(attempt, pause, reason)
            }
            Reply::Fatal { reason } => {
                // The reason may quote the request, so it is in the status only.
                tracing::error!(queue = self.worker.queue, "the queue is paused");
                let reason_of_pause = reason.clone();
                self.notes.control(Control::Pause {
                    reason: reason_of_pause,
                });
                self.release();
                self.not_processed(attempt, Duration::ZERO, reason)
            }
        }
    }

    fn not_processed(&mut self, attempt: u32, pause: Duration, reason: String) -> Outcome {
        self.summary.not_processed += 1;
        Outcome::NotProcessed {
            attempt,
            not_before: self.now().plus(pause),
            reason,
        }
    }

    /// Counts a failure that other requests may meet too.
    fn failed(&mut self) {
        let (now, options) = (self.now(), &self.worker.options);
        if self.breaker.failed(now, |pauses| options.pause(pauses)) {
            self.release();
        }
    }

    /// Lets go of the rows that are not begun, and of their permits.
    fn release(&mut self) {
        let (Some((_, from)), Some((_, last))) = (self.held.front(), self.held.back()) else {
            return;
        };
        let (from, to) = (*from, last.plus(self.permits.interval));
        if !self.permits.interval.is_zero() {
            self.notes.control(Control::ReturnPermits { from, to });
        }
        for (row, _) in self.held.drain(..) {
            let worker = self.worker.id.clone();
            self.notes.settle(row.id, Outcome::Released { worker });
        }
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let worker = &self.worker;
        self.notes
            .flush(&worker.store, &worker.queue, &worker.observer, now)
            .await
    }
}
