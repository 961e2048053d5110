//! What happens to the workers, the store and the API.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sinch_conversation_outbox::store::{Control, Key, Outcome, Receipt, Settlement};
use sinch_conversation_outbox::{
    AnyStore, AppQueue, Clock, Decision, Evidence, NewRow, Pace, RowId, State, Store, StoreError,
    Summary, UnknownPolicy, Worker, WorkerOptions,
};
use tokio::task::JoinHandle;

use super::doubles::{Double, SimulatedClock};
use super::gate::{Gate, block_on};
use super::reference::{DEPTH, DRAIN, LEASE, PAUSE, Reference, SKEW};

const GROUP: &str = "g";

pub(super) struct World {
    store: AnyStore,
    queue: String,
    gate: Gate,
    reference: Reference,
    clock: SimulatedClock,
    workers: [Option<JoinHandle<Result<Summary, StoreError>>>; 2],
    rows: BTreeMap<u16, RowId>,
    is_cancelled: bool,
}

impl World {
    /// Makes a world in a queue of its own.
    pub(super) async fn new(store: AnyStore) -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let clock = SimulatedClock {
            start: tokio::time::Instant::now(),
            ahead: Duration::ZERO,
        };
        let mut world = Self {
            store,
            queue: format!("q{}", LAST.fetch_add(1, Ordering::Relaxed)),
            gate: Gate::default(),
            reference: Reference::default(),
            clock,
            workers: [None, None],
            rows: BTreeMap::new(),
            is_cancelled: false,
        };
        for key in 0..4 {
            world.enqueue(key);
        }
        world.start(0).await;
        world.start(1).await;
        world
    }

    /// Both workers go on, one step at a time and with the same reply to every request. After so many steps the worker
    /// dies whose turn it would be. Returns where that was.
    pub(super) async fn die_after(
        &mut self,
        steps: u16,
        reply: u16,
    ) -> Option<(&'static str, bool)> {
        for _ in 0..steps {
            self.go_on().await;
            self.gate.release(0, reply);
            self.gate.settle().await;
            self.check();
        }
        self.go_on().await;
        let next = self.gate.places().into_iter().next()?;
        self.kill(next.worker).await;
        Some((next.call, next.is_after))
    }

    /// Lets time pass until somebody has something to do.
    async fn go_on(&self) {
        for _ in 0..100 {
            if !self.gate.places().is_empty() {
                return;
            }
            self.pass(Duration::from_millis(100)).await;
        }
    }

    /// One thing happens.
    pub(super) async fn step(&mut self, action: u16, choice: u16) {
        match action % 32 {
            0 | 9 => self.kill(usize::from(choice % 2)).await,
            1 | 10 | 11 => self.start(usize::from(choice % 2)).await,
            2 | 3 => self.receipt(choice),
            4 => self.enqueue(choice % 12),
            5 => {
                self.pass(Duration::from_secs(u64::from(choice % 8) * 25))
                    .await
            }
            6 | 7 => {
                self.pass(Duration::from_millis(u64::from(choice % 4) * 300))
                    .await
            }
            8 => self.control(choice),
            12 => self.retry(choice),
            _ => self.release(choice),
        }
        self.gate.settle().await;
    }

    /// Stores a row. What it is like depends on its key, so that it is the same each time.
    fn enqueue(&mut self, key: u16) {
        let policy = match key % 3 {
            0 => UnknownPolicy::SendAgainAfter(PAUSE),
            1 => UnknownPolicy::AskAfter(PAUSE),
            _ => UnknownPolicy::Leave,
        };
        let is_paced = key % 3 < 2;
        let request = if is_paced {
            r#"{"app_id": "slow"}"#
        } else {
            "{}"
        };
        let mut row = NewRow::new(request)
            .dedup_key(key.to_string())
            .on_unknown(policy);
        if key.is_multiple_of(4) {
            row = row.group(GROUP);
        }
        if key % 5 < 2 {
            row = row.ordering_key("somebody");
        }
        if key == 7 {
            row = row.expires(self.clock.now().plus(Duration::from_secs(100)));
        }
        let stored =
            block_on(self.store.enqueue(&self.queue, vec![row], self.clock.now())).unwrap()[0];
        assert_eq!(stored.is_new, !self.rows.contains_key(&key));
        let first = *self.rows.entry(key).or_insert(stored.id);
        assert_eq!(stored.id, first);
        let mut facts = self.reference.facts();
        facts.policies.insert(stored.id, policy);
        if is_paced {
            facts.paced.insert(stored.id);
        }
        if key == 7 {
            facts.expiring.insert(stored.id);
        }
        if key.is_multiple_of(4) && self.is_cancelled {
            facts.cancelled.insert(stored.id);
        }
    }

    /// Starts a worker, if it is not running. The clock of the second one is a minute ahead.
    async fn start(&mut self, worker: usize) {
        if let Some(task) = &self.workers[worker] {
            assert!(!task.is_finished(), "worker {worker} ended by itself");
            return;
        }
        let double = Double {
            worker,
            store: self.store.clone(),
            gate: self.gate.clone(),
            reference: self.reference.clone(),
            clock: self.clock,
        };
        let ahead = SKEW * u32::try_from(worker).unwrap();
        let options = WorkerOptions::default()
            .concurrency(3)
            .lease(LEASE)
            .pace(Pace::default().app("slow", AppQueue::every(DRAIN).depth(DEPTH)))
            .send_timeout(Duration::from_secs(40))
            .pauses(Duration::from_secs(1), Duration::from_secs(20));
        let running = Worker::new(double.clone(), double, &*self.queue)
            .options(options)
            .clock(SimulatedClock {
                ahead,
                ..self.clock
            })
            .on_unknown(|_| async { Decision::SendAgain })
            .run();
        self.workers[worker] = Some(tokio::spawn(running));
        self.gate.settle().await;
    }

    /// Kills a worker with all that it has under way.
    async fn kill(&mut self, worker: usize) {
        if let Some(task) = self.workers[worker].take() {
            task.abort();
            let ended = task.await;
            assert!(
                ended.is_err_and(|error| error.is_cancelled()),
                "it panicked or stopped"
            );
            self.reference.dies(worker);
        }
    }

    async fn pass(&self, time: Duration) {
        // In small steps, since timers lead to further ones.
        for _ in 0..5 {
            tokio::time::advance(time / 5).await;
            self.gate.settle().await;
        }
    }

    fn release(&self, choice: u16) {
        let waiting = self.gate.places().len();
        if waiting > 0 {
            self.gate
                .release(usize::from(choice >> 4) % waiting, choice);
        }
    }

    fn control(&mut self, choice: u16) {
        let group = GROUP.to_owned();
        let control = match choice % 16 {
            0 => Control::CancelGroup(group),
            1..4 => Control::PauseGroup(group),
            4..10 => Control::ResumeGroup(group),
            _ => Control::Resume,
        };
        if choice.is_multiple_of(16) {
            self.is_cancelled = true;
            let keys = (0..12).step_by(4);
            let rows = keys.filter_map(|key| self.rows.get(&key).copied());
            self.reference.facts().cancelled.extend(rows);
        }
        block_on(self.store.control(&self.queue, control, self.clock.now())).unwrap();
    }

    /// Somebody has a row sent again, if it was refused or has failed.
    fn retry(&self, choice: u16) {
        let rows: Vec<_> = self.rows.values().collect();
        let Some(row) = rows.get(usize::from(choice) % rows.len().max(1)) else {
            return;
        };
        let settlements = vec![Settlement {
            id: **row,
            outcome: Outcome::Retry,
        }];
        let changed = block_on(self.store.settle(settlements, self.clock.now())).unwrap();
        if changed > 0 {
            self.reference.retries(**row);
        }
    }

    /// A receipt of some message arrives: perhaps again, late, or before the answer.
    fn receipt(&self, choice: u16) {
        let messages = self.messages();
        if let Some((row, message)) = messages.get(usize::from(choice >> 4) % messages.len().max(1))
        {
            let evidence = match choice % 3 {
                0 => Evidence::Accepted,
                1 => Evidence::Failed,
                _ => Evidence::Delivered,
            };
            self.deliver(*row, message, evidence);
        }
    }

    fn messages(&self) -> Vec<(RowId, String)> {
        let facts = self.reference.facts();
        let accepted = facts.requests.iter();
        accepted
            .filter_map(|one| Some((one.row, one.message.clone()?)))
            .collect()
    }

    fn deliver(&self, row: RowId, message: &str, evidence: Evidence) {
        let receipts = vec![Receipt {
            row: Some(row),
            message_id: Some(message.to_owned()),
            evidence,
            reason: None,
        }];
        self.reference.receives(&receipts);
        let settled = block_on(self.store.receive(receipts, self.clock.now())).unwrap();
        assert_eq!(settled, [Some(row)]);
    }

    /// Nothing bad happens any more: workers live, the API accepts everything, and every receipt arrives.
    pub(super) async fn come_to_rest(&mut self) {
        self.gate.open();
        for _ in 0..14 {
            self.start(0).await;
            self.start(1).await;
            // Somebody sees what a worker has paused, and resumes it.
            for control in [Control::Resume, Control::ResumeGroup(GROUP.to_owned())] {
                block_on(self.store.control(&self.queue, control, self.clock.now())).unwrap();
            }
            self.pass(Duration::from_secs(100)).await;
            for (row, message) in self.messages() {
                self.deliver(row, &message, Evidence::Delivered);
            }
        }
        for worker in 0..2 {
            self.kill(worker).await;
        }
    }

    /// Rules that hold at any time.
    pub(super) fn check(&self) {
        let facts = self.reference.facts();
        assert!(facts.violations.is_empty(), "{:?}", facts.violations);
    }

    pub(super) fn check_ends(&self) {
        let status = block_on(self.store.status(&self.queue, None)).unwrap();
        assert_eq!(status.paused, None);
        let mut counted = 0;
        for state in State::ALL {
            counted += status.counts.of(state);
        }
        assert_eq!(counted, u64::try_from(self.rows.len()).unwrap());
        for row in self.rows.values() {
            let found = block_on(self.store.find(&self.queue, Key::Id(*row))).unwrap();
            let state = found.expect("a row").state;
            self.reference.facts().check_end(*row, state);
        }
    }
}
