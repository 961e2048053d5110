//! Many workers at the same time, each with a store of its own as on machines of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sinch_conversation_outbox::inbox::{ClaimEvents, EventStore, Handled, NewEvent};
use sinch_conversation_outbox::store::{
    Begin, Claim, ClaimedRow, Control, Outcome, Permits, Rate, Settlement,
};
use sinch_conversation_outbox::{
    Clock, NewRow, PostgresStore, RowId, State, Store, SystemClock, WorkerId,
};
use tokio::task::JoinSet;

use super::{open, schema, server};

const QUEUE: &str = "q";
const WORKERS: usize = 6;
const SOON: Duration = Duration::from_secs(120);

/// Stores that share an empty schema.
async fn stores() -> Option<Vec<PostgresStore>> {
    let (server, schema) = (server()?, schema());
    let mut stores = Vec::new();
    for _ in 0..WORKERS {
        stores.push(open(server, &schema).await);
    }
    Some(stores)
}

fn claim(worker: &WorkerId, limit: usize, rate: Option<Rate>) -> Claim {
    Claim {
        queue: QUEUE.to_owned(),
        worker: worker.clone(),
        now: SystemClock.now(),
        lease: SOON,
        limit,
        rate,
        pace: None,
        begin_until: None,
    }
}

async fn count(store: &PostgresStore, state: State) -> u64 {
    let status = store.status(QUEUE, None).await.unwrap();
    status.counts.of(state)
}

/// Runs something in each store at the same time.
async fn each<T, F>(stores: &[PostgresStore], work: impl Fn(PostgresStore, WorkerId) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for store in stores {
        tasks.spawn(work(store.clone(), WorkerId::random()));
    }
    tokio::time::timeout(SOON, tasks.join_all()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_is_claimed_twice_and_no_permit_is_taken_twice() {
    let Some(stores) = stores().await else { return };
    let rows = vec![NewRow::new("{}"); 1_500];
    stores[0]
        .enqueue(QUEUE, rows, SystemClock.now())
        .await
        .unwrap();
    let rate = Rate::per_second(5_000);
    let claimed = each(&stores, |store, worker| async move {
        let mut all: Vec<(RowId, Permits, usize)> = Vec::new();
        while count(&store, State::Queued).await > 0 {
            let claimed = store.claim(claim(&worker, 20, Some(rate))).await.unwrap();
            let rows = claimed.rows.iter().enumerate();
            all.extend(rows.map(|(place, row)| (row.id, claimed.permits, place)));
        }
        all
    });
    let claimed: Vec<_> = claimed.await.into_iter().flatten().collect();
    let ids: BTreeSet<_> = claimed.iter().map(|(id, _, _)| *id).collect();
    assert_eq!((claimed.len(), ids.len()), (1_500, 1_500));
    let permits: BTreeSet<_> = claimed
        .iter()
        .map(|(_, permits, place)| permits.at(*place))
        .collect();
    let permits: Vec<_> = permits.into_iter().collect();
    assert_eq!(permits.len(), 1_500);
    for pair in permits.windows(2) {
        assert!(pair[1].since(pair[0]) >= rate.interval(), "{pair:?}");
    }
    assert_eq!(count(&stores[0], State::Claimed).await, 1_500);
}

/// Begins rows, and has them accepted after a while.
async fn send(store: &PostgresStore, worker: &WorkerId, rows: &[ClaimedRow], seen: &Seen) {
    let begin = Begin {
        queue: QUEUE.to_owned(),
        worker: worker.clone(),
        now: SystemClock.now(),
        lease: SOON,
        rows: rows.iter().map(|row| row.id).collect(),
    };
    let begun = store.begin(begin).await.unwrap();
    assert_eq!(begun.len(), rows.len());
    seen.lock().unwrap().begin(rows);
    tokio::time::sleep(Duration::from_millis(2)).await;
    seen.lock().unwrap().end(rows);
    let settlements = begun.iter().map(|row| Settlement {
        id: row.id,
        outcome: Outcome::Accepted { message_id: None },
    });
    let settled = store.settle(settlements.collect(), SystemClock.now()).await;
    assert_eq!(settled, Ok(rows.len()));
}

type Seen = Arc<Mutex<Sent>>;

/// Which rows of a person are under way, and which were sent last.
#[derive(Default)]
struct Sent {
    under_way: BTreeSet<String>,
    last: BTreeMap<(String, String), u32>,
}

impl Sent {
    fn begin(&mut self, rows: &[ClaimedRow]) {
        for row in rows {
            let parts: Vec<_> = row.request.split(' ').map(str::to_owned).collect();
            let [person, source, number] = parts.as_slice() else {
                panic!("{}", row.request);
            };
            assert!(
                self.under_way.insert(person.clone()),
                "two rows of {person}"
            );
            let number: u32 = number.parse().unwrap();
            let last = self.last.insert((person.clone(), source.clone()), number);
            assert!(
                last.is_none_or(|last| last < number),
                "{} after {last:?}",
                row.request
            );
        }
    }

    fn end(&mut self, rows: &[ClaimedRow]) {
        for row in rows {
            let person = row.request.split(' ').next().unwrap();
            self.under_way.remove(person);
        }
    }
}

/// Rows are stored while others are claimed, begun and settled: of each person one at a time, in the order in which each
/// source stored them, and none is left behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_person_are_in_order_whoever_stores_and_sends_them() {
    const ROWS: u32 = 40;
    const PERSONS: u32 = 4;
    let Some(stores) = stores().await else { return };
    let total = u64::from(ROWS * PERSONS) * u64::try_from(WORKERS).unwrap();
    let seen = Seen::default();
    each(&stores, |store, worker| {
        let seen = seen.clone();
        async move {
            let source = worker.as_str().to_owned();
            let storing = async {
                for number in 0..ROWS {
                    let row = |person| {
                        let request = format!("p{person} {source} {number}");
                        NewRow::new(request).ordering_key(format!("p{person}"))
                    };
                    let rows = (0..PERSONS).map(row).collect();
                    store.enqueue(QUEUE, rows, SystemClock.now()).await.unwrap();
                }
            };
            let sending = async {
                while count(&store, State::Accepted).await < total {
                    let claimed = store.claim(claim(&worker, 3, None)).await.unwrap();
                    if !claimed.rows.is_empty() {
                        send(&store, &worker, &claimed.rows, &seen).await;
                    }
                }
            };
            tokio::join!(storing, sending);
        }
    })
    .await;
    assert_eq!(count(&stores[0], State::Accepted).await, total);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dedup_key_has_one_row_whoever_stores_it_first() {
    let Some(stores) = stores().await else { return };
    let stored = each(&stores, |store, _| async move {
        let mut ids = Vec::new();
        for number in 0..30 {
            // Each names the keys of a slice in another order.
            let mut rows: Vec<_> = (0..10)
                .map(|place| NewRow::new("{}").dedup_key(format!("{}", number * 10 + place)))
                .collect();
            fastrand::shuffle(&mut rows);
            let keys: Vec<_> = rows
                .iter()
                .map(|row| row.dedup_key.clone().unwrap())
                .collect();
            let stored = store.enqueue(QUEUE, rows, SystemClock.now()).await.unwrap();
            ids.extend(keys.into_iter().zip(stored));
        }
        ids
    })
    .await;
    let mut first: BTreeMap<String, RowId> = BTreeMap::new();
    let mut new = 0;
    for (key, stored) in stored.into_iter().flatten() {
        assert_eq!(*first.entry(key).or_insert(stored.id), stored.id);
        new += usize::from(stored.is_new);
    }
    assert_eq!((first.len(), new), (300, 300));
    assert_eq!(count(&stores[0], State::Queued).await, 300);
}

/// Settling, sweeping and cancelling at the same time: the counts stay those of the rows, and nothing of the group is
/// begun after it was cancelled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_group_begins_nothing_while_others_work_on_it() {
    let Some(stores) = stores().await else { return };
    let rows = (0..1_200).map(|number| {
        let row = NewRow::new("{}").group("g");
        if number % 2 == 0 {
            row
        } else {
            row.ordering_key(format!("p{}", number % 7))
        }
    });
    stores[0]
        .enqueue(QUEUE, rows.collect(), SystemClock.now())
        .await
        .unwrap();
    let is_cancelled = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let canceller = stores[0].clone();
    let flag = Arc::clone(&is_cancelled);
    let cancelling = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let cancel = || Control::CancelGroup("g".to_owned());
        while canceller
            .control(QUEUE, cancel(), SystemClock.now())
            .await
            .unwrap()
            > 0
        {
            flag.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        flag.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    each(&stores, |store, worker| {
        let is_cancelled = Arc::clone(&is_cancelled);
        async move {
            let waiting = async |store: &PostgresStore| {
                store.status(QUEUE, None).await.unwrap().counts.waiting()
            };
            while waiting(&store).await > 0 {
                store.sweep(QUEUE, SystemClock.now(), 100).await.unwrap();
                let claimed = store.claim(claim(&worker, 10, None)).await.unwrap();
                let begin = Begin {
                    queue: QUEUE.to_owned(),
                    worker: worker.clone(),
                    now: SystemClock.now(),
                    lease: SOON,
                    rows: claimed.rows.iter().map(|row| row.id).collect(),
                };
                let was_cancelled = is_cancelled.load(std::sync::atomic::Ordering::SeqCst);
                let begun = store.begin(begin).await.unwrap();
                assert!(
                    begun.is_empty() || !was_cancelled,
                    "begun after it was cancelled"
                );
                let settlements = begun.iter().map(|row| Settlement {
                    id: row.id,
                    outcome: Outcome::Accepted { message_id: None },
                });
                store
                    .settle(settlements.collect(), SystemClock.now())
                    .await
                    .unwrap();
            }
        }
    })
    .await;
    cancelling.await.unwrap();
    let counts = stores[0].status(QUEUE, Some("g")).await.unwrap().counts;
    let ended = counts.of(State::Accepted) + counts.of(State::Cancelled);
    assert_eq!((ended, counts.total()), (1_200, 1_200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_contact_are_handled_one_after_the_other() {
    const EVENTS: u64 = 60;
    let Some(stores) = stores().await else { return };
    let under_way = Arc::new(Mutex::new(BTreeSet::new()));
    let handled = Arc::new(Mutex::new(0));
    let total = EVENTS * u64::try_from(WORKERS).unwrap();
    each(&stores, |store, worker| {
        let (under_way, handled) = (Arc::clone(&under_way), Arc::clone(&handled));
        async move {
            for number in 0..EVENTS {
                let mut event = NewEvent::new(
                    format!("{} {number}", worker.as_str()),
                    format!("{}", number % 3),
                );
                event.ordering_key = Some(format!("{}", number % 3));
                let new = store
                    .accept("callbacks", vec![event], SystemClock.now())
                    .await;
                assert_eq!(new, Ok(vec![true]));
            }
            while *handled.lock().unwrap() < total {
                let claim = ClaimEvents {
                    inbox: "callbacks".to_owned(),
                    worker: worker.clone(),
                    now: SystemClock.now(),
                    lease: SOON,
                    limit: 5,
                };
                for event in store.claim_events(claim).await.unwrap() {
                    assert!(under_way.lock().unwrap().insert(event.body.clone()));
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    under_way.lock().unwrap().remove(&event.body);
                    let done = vec![(event.number, Handled::Done)];
                    let settled = store
                        .settle_events("callbacks", done, SystemClock.now())
                        .await;
                    assert_eq!(settled, Ok(1));
                    *handled.lock().unwrap() += 1;
                }
            }
        }
    })
    .await;
}
