//! Worker processes that are killed with -9 while they send, and the ledger of the sandbox against the rows.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sinch_conversation::webhook::Event;
use sinch_conversation_outbox::store::{Counts, Key, Rate, Receipt};
use sinch_conversation_outbox::{
    AnyStore, ClientSender, Clock, State, Store, SystemClock, Worker, WorkerOptions,
};
use sinch_conversation_sandbox::{InjectedFault, Sandbox};

use crate::api;

const QUEUE: &str = "broadcast";
const CONCURRENCY: usize = 20;
/// Where a worker process is told what to work on.
const SETUP: &str = "OUTBOX_WORKER_SETUP";

fn number(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

/// The body of a worker process: this test program, started again for this one test. It has nothing to do when the
/// test program runs by itself.
#[tokio::test]
async fn worker_process() {
    let Ok(setup) = std::env::var(SETUP) else {
        return;
    };
    let parts: Vec<_> = setup.split('|').collect();
    let store = AnyStore::open(parts[0]).await.unwrap();
    let client = api::client_at([parts[1], parts[2], parts[3]], "secret");
    let options = WorkerOptions::default()
        .concurrency(CONCURRENCY)
        // Slow enough to be killed.
        .rate(Rate::per_second(400))
        // The sandbox empties the app's queue as fast as it is filled.
        .pace(None)
        // Half of it is the longest that a request may take, and killed workers leave no more unknown rows than they had
        // begun only if no request of a living one takes that long.
        .lease(Duration::from_secs(20))
        .intervals(Duration::from_millis(20), Duration::from_millis(500))
        .pauses(Duration::from_millis(50), Duration::from_millis(500));
    let worker = Worker::new(store, ClientSender::new(&client), QUEUE).options(options);
    worker.run().await.unwrap();
}

/// A worker process, which is killed when this is dropped.
struct Process(Child);

impl Process {
    fn start(address: &str, sandbox: &Sandbox) -> Self {
        let at = sandbox.endpoints();
        let setup = [address, at.project_id(), at.conversation(), at.auth()].join("|");
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::worker_process", "--nocapture"])
            .env(SETUP, setup)
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL on Unix.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn counts(store: &AnyStore) -> Counts {
    store.status(QUEUE, None).await.unwrap().counts
}

fn waiting(counts: &Counts) -> u64 {
    let states = [State::Queued, State::Claimed, State::Begun];
    states.into_iter().map(|state| counts.of(state)).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_doubled_when_workers_are_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    kill_workers(file.to_str().unwrap()).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_doubled_when_workers_of_postgres_are_killed() {
    let server = sinch_conversation_test_server::postgres::Postgres::start();
    if let Some(server) = server {
        kill_workers(&server.url()).await;
    }
}

/// Workers on the store with this address. `OUTBOX_KILLED_ROWS` asks for more rows.
async fn kill_workers(address: &str) {
    let rows = number("OUTBOX_KILLED_ROWS", 1_500);
    let sandbox = api::sandbox().await;
    let store = AnyStore::open(address).await.unwrap();
    let client = api::client(sandbox.endpoints());
    for first in (0..rows).step_by(500) {
        let slice = (first..rows.min(first + 500))
            .map(|number| api::row(&client, api::APP, number).dedup_key(number.to_string()));
        let slice = slice.collect();
        store
            .enqueue(QUEUE, slice, SystemClock.now())
            .await
            .unwrap();
    }

    let mut workers = [(); 2].map(|()| Process::start(address, &sandbox));
    let end = Instant::now() + Duration::from_secs(600);
    let (mut kills, mut resets): (usize, usize) = (0, 0);
    while waiting(&counts(&store).await) > 0 {
        assert!(Instant::now() < end, "{:?}", counts(&store).await);
        tokio::time::sleep(Duration::from_millis(400)).await;
        let victim = kills % workers.len();
        assert!(workers[victim].is_running(), "a worker ended by itself");
        if kills < 12 {
            workers[victim] = Process::start(address, &sandbox);
            kills += 1;
        }
        let faults = [
            InjectedFault::reset("Messages_SendMessage"),
            InjectedFault::reset("Messages_SendMessage").after_performing(),
            InjectedFault::status("Messages_SendMessage", 503),
        ];
        if sandbox.faults().is_empty() {
            for fault in faults {
                sandbox.inject(fault).unwrap();
            }
            resets += 2;
        }
    }
    sandbox.clear_faults();
    drop(workers);
    assert!(kills >= 2, "{kills} kills");

    // Before the receipts: what is unknown was under way when a worker died or a connection broke.
    let now = SystemClock.now();
    let unknown = counts(&store).await.of(State::Unknown);
    let most = kills * CONCURRENCY + resets;
    assert!(
        unknown <= u64::try_from(most).unwrap(),
        "{unknown} unknown, {kills} kills, {resets} resets"
    );

    sandbox
        .wait_until_quiet(Duration::from_secs(60))
        .await
        .unwrap();
    let callbacks = sandbox.callbacks().await.unwrap();
    let receipts = callbacks.iter().filter_map(|callback| {
        let event = Event::from_slice(callback.body.as_bytes()).unwrap();
        Receipt::from_event(&event)
    });
    store.receive(receipts.collect(), now).await.unwrap();

    let mut ledger: BTreeMap<String, usize> = BTreeMap::new();
    for sent in sandbox.sent().await.unwrap() {
        *ledger.entry(sent.correlation_id).or_default() += 1;
    }
    let doubled = ledger.values().filter(|count| **count > 1).count();
    assert_eq!(doubled, 0, "messages of one row");
    let (mut delivered, mut left) = (0, 0);
    for number in 0..rows {
        let key = Key::Dedup(number.to_string());
        let row = store.find(QUEUE, key).await.unwrap().unwrap();
        let is_sent = ledger.contains_key(&row.id.to_string());
        match row.state {
            State::Delivered => delivered += 1,
            State::Unknown => left += 1,
            state => panic!("{row:?} is {state}"),
        }
        assert_eq!(is_sent, row.state == State::Delivered, "{row:?}");
    }
    assert_eq!(delivered, ledger.len());
    println!("{rows} rows, {kills} kills, {unknown} unknown before the receipts, {left} after");
}
