//! A worker with a sender that answers as the test says.

mod faults;
mod upkeep;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sinch_conversation_outbox::Clock as _;
use sinch_conversation_outbox::store::{Control, Enqueued, Key, Rate, Receipt, Status};
use sinch_conversation_outbox::{
    AppQueue, Decision, Evidence, NewRow, Pace, Reply, Row, RowId, Sender, SqliteStore, State,
    Store, StoreError, SystemClock, Time, UnknownPolicy, Worker, WorkerOptions,
};

use crate::stores::in_each_store;
use faults::*;

const QUEUE: &str = "q";
/// How long a test waits for what has to happen. A busy machine takes its time.
const SOON: Duration = Duration::from_secs(120);

type Script = Arc<dyn Fn(u32) -> Reply + Send + Sync>;

/// Answers each request as the script says, by the number of the row's request.
#[derive(Clone)]
struct Scripted {
    script: Script,
    delay: Duration,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    requests: HashMap<RowId, u32>,
    times: Vec<Instant>,
    at_once: usize,
    most_at_once: usize,
}

impl Scripted {
    fn new(script: impl Fn(u32) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            delay: Duration::ZERO,
            seen: Arc::default(),
        }
    }

    fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn total(&self) -> usize {
        self.seen.lock().unwrap().times.len()
    }
}

impl Sender for Scripted {
    async fn send(&self, id: RowId, _: String) -> Reply {
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.times.push(Instant::now());
            seen.at_once += 1;
            seen.most_at_once = seen.most_at_once.max(seen.at_once);
            let number = seen.requests.entry(id).or_default();
            *number += 1;
            *number
        };
        tokio::time::sleep(self.delay).await;
        self.seen.lock().unwrap().at_once -= 1;
        (self.script)(number)
    }
}

fn accepted() -> Reply {
    Reply::Accepted { message_id: None }
}

fn reason() -> String {
    "as the test says".to_owned()
}

fn options() -> WorkerOptions {
    WorkerOptions::default()
        .rate(None)
        .intervals(Duration::from_millis(10), Duration::from_millis(20))
        .pauses(Duration::from_millis(40), Duration::from_millis(400))
}

fn store() -> SqliteStore {
    SqliteStore::builder().open_in_memory().unwrap()
}

async fn fill(store: &impl Store, rows: usize, row: &NewRow) -> Vec<Enqueued> {
    let rows = vec![row.clone(); rows];
    store.enqueue(QUEUE, rows, SystemClock.now()).await.unwrap()
}

async fn status(store: &impl Store) -> Status {
    store.status(QUEUE, None).await.unwrap()
}

async fn until(store: &impl Store, state: State, rows: u64) {
    let wait = async {
        while status(store).await.counts.of(state) < rows {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(SOON, wait).await;
    if waited.is_err() {
        panic!("{:?} instead of {rows} {state}", status(store).await);
    }
}

async fn find(store: &impl Store, id: RowId) -> Row {
    store.find(QUEUE, Key::Id(id)).await.unwrap().unwrap()
}

pub(super) async fn every_row_is_sent_once_and_no_more_at_once_than_allowed(
    store: impl Store + Clone,
) {
    let (store, sender) = (
        store,
        Scripted::new(|_| accepted()).delayed(Duration::from_millis(5)),
    );
    fill(&store, 300, &NewRow::new("{}")).await;
    let worker =
        Worker::new(store.clone(), sender.clone(), QUEUE).options(options().concurrency(20));
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    until(&store, State::Accepted, 300).await;
    stop.stop();
    let summary = running.await.unwrap().unwrap();
    assert_eq!((summary.accepted, sender.total()), (300, 300));
    let seen = sender.seen.lock().unwrap();
    assert!(seen.requests.values().all(|count| *count == 1));
    assert!(
        (10..=20).contains(&seen.most_at_once),
        "{}",
        seen.most_at_once
    );
}

pub(super) async fn no_more_rows_are_begun_than_requests_are_allowed(store: impl Store + Clone) {
    let (store, sender) = (store, Scripted::new(|_| accepted()));
    fill(&store, 400, &NewRow::new("{}")).await;
    let worker =
        Worker::new(store.clone(), sender.clone(), QUEUE).options(options().concurrency(4));
    tokio::spawn(worker.run());
    let wait = async {
        loop {
            let counts = status(&store).await.counts;
            // These are unknown if the worker dies now.
            assert!(counts.of(State::Begun) <= 4, "{counts:?}");
            if counts.of(State::Accepted) == 400 {
                break;
            }
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap();
}

#[tokio::test]
async fn workers_share_the_limit() {
    let (store, sender) = (store(), Scripted::new(|_| accepted()));
    fill(&store, 300, &NewRow::new("{}")).await;
    let begun = Instant::now();
    for _ in 0..3 {
        let options = options().rate(Rate::per_second(200));
        let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options);
        tokio::spawn(worker.run());
    }
    until(&store, State::Accepted, 300).await;
    // No request comes before its permit; a busy machine may send several late ones together.
    let times = sender.seen.lock().unwrap().times.clone();
    for (number, time) in (0_u32..).zip(times) {
        let earliest = Duration::from_millis(5) * number.saturating_sub(30);
        assert!(time - begun >= earliest, "{number}: {:?}", time - begun);
    }
}

pub(super) async fn an_app_whose_queue_is_full_waits_and_others_do_not(store: impl Store + Clone) {
    let (store, sender) = (store, Scripted::new(|_| accepted()));
    let full = fill(&store, 50, &NewRow::new(r#"{"app_id": "full"}"#)).await;
    let free = fill(&store, 50, &NewRow::new(r#"{"app_id": "free"}"#)).await;
    // Nothing leaves the queue while the test runs.
    let pace = Pace::default().app("full", AppQueue::every(Duration::from_secs(3600)).depth(5));
    for _ in 0..2 {
        let options = options().concurrency(7).pace(pace.clone());
        let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options);
        tokio::spawn(worker.run());
    }
    until(&store, State::Accepted, 55).await;
    for row in &free {
        assert_eq!(find(&store, row.id).await.state, State::Accepted);
    }
    assert_eq!(status(&store).await.counts.of(State::Queued), 45);
    assert_eq!(find(&store, full[4].id).await.state, State::Accepted);
}

pub(super) async fn a_stopped_worker_finishes_what_is_under_way_and_leaves_the_rest(
    store: impl Store + Clone,
) {
    let (store, sender) = (
        store,
        Scripted::new(|_| accepted()).delayed(Duration::from_millis(50)),
    );
    fill(&store, 100, &NewRow::new("{}")).await;
    let options = options().concurrency(30).rate(Rate::per_second(100));
    let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options);
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    until(&store, State::Accepted, 5).await;
    stop.stop();
    let summary = running.await.unwrap().unwrap();
    let counts = status(&store).await.counts;
    assert_eq!(counts.of(State::Accepted), summary.accepted);
    assert_eq!(counts.of(State::Queued), 100 - summary.accepted);
    assert_eq!(u64::try_from(sender.total()).unwrap(), summary.accepted);
}

pub(super) async fn a_function_decides_about_unknown_rows(store: impl Store + Clone) {
    let sender = Scripted::new(|number| match number {
        1 => Reply::Unknown { reason: reason() },
        _ => accepted(),
    });
    let ask = NewRow::new("{}").on_unknown(UnknownPolicy::AskAfter(Duration::from_millis(20)));
    let rows = fill(&store, 3, &ask).await;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let worker = Worker::new(store.clone(), sender.clone(), QUEUE)
        .options(options())
        .on_unknown(move |row| {
            let decision = match ids.iter().position(|id| *id == row.id) {
                Some(0) => Decision::SendAgain,
                Some(1) => Decision::Leave,
                _ => Decision::Found {
                    evidence: Evidence::Delivered,
                    message_id: Some("found".to_owned()),
                },
            };
            async move { decision }
        });
    tokio::spawn(worker.run());
    until(&store, State::Accepted, 1).await;
    until(&store, State::Delivered, 1).await;
    assert_eq!(find(&store, rows[0].id).await.state, State::Accepted);
    assert_eq!(find(&store, rows[1].id).await.state, State::Unknown);
    let found = find(&store, rows[2].id).await;
    assert_eq!(found.message_id.as_deref(), Some("found"));
    assert_eq!(sender.total(), 4);
}

pub(super) async fn rows_of_a_person_are_sent_one_after_the_other(store: impl Store + Clone) {
    let (store, sender) = (
        store,
        Scripted::new(|_| accepted()).delayed(Duration::from_millis(3)),
    );
    fill(&store, 30, &NewRow::new("{}").ordering_key("somebody")).await;
    let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options());
    tokio::spawn(worker.run());
    until(&store, State::Accepted, 30).await;
    assert_eq!(sender.seen.lock().unwrap().most_at_once, 1);
}

pub(super) async fn times_come_before_and_after(store: impl Store + Clone) {
    let (store, sender) = (store, Scripted::new(|_| accepted()));
    let now: Time = SystemClock.now();
    let late = NewRow::new("{}").not_before(now.plus(Duration::from_millis(300)));
    let over = NewRow::new("{}").expires(now);
    fill(&store, 1, &late).await;
    fill(&store, 1, &over).await;
    let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options());
    tokio::spawn(worker.run());
    until(&store, State::Expired, 1).await;
    assert_eq!(sender.total(), 0);
    until(&store, State::Accepted, 1).await;
    assert!(SystemClock.now() >= now.plus(Duration::from_millis(300)));
}

pub(super) async fn a_stored_row_wakes_a_worker(store: impl Store + Clone) {
    let (store, sender) = (store, Scripted::new(|_| accepted()));
    let options = options().intervals(SOON * 10, SOON * 10);
    let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options);
    tokio::spawn(worker.run());
    // Again and again, so that the worker waits before at least one of them.
    for rows in 1..=5 {
        fill(&store, 1, &NewRow::new("{}")).await;
        until(&store, State::Accepted, rows).await;
    }
}

in_each_store!(
    every_row_is_sent_once_and_no_more_at_once_than_allowed,
    no_more_rows_are_begun_than_requests_are_allowed,
    an_app_whose_queue_is_full_waits_and_others_do_not,
    a_stopped_worker_finishes_what_is_under_way_and_leaves_the_rest,
    a_function_decides_about_unknown_rows,
    rows_of_a_person_are_sent_one_after_the_other,
    times_come_before_and_after,
    a_stored_row_wakes_a_worker,
    a_fault_that_everybody_meets_pauses_the_queue_and_fails_no_row,
    a_429_makes_all_workers_wait,
    an_api_that_does_not_answer_leaves_few_unknown_rows,
    a_sender_that_panics_leaves_an_unknown_row,
    a_request_without_an_answer_is_given_up,
);
