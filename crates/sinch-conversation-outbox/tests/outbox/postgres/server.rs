//! What happens to the server, to its tables, and on the way to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sinch_conversation_outbox::store::Key;
use sinch_conversation_outbox::{
    Clock, NewRow, PostgresStore, Reply, RowId, Sender, State, Store, StoreError, SystemClock,
    Worker, WorkerOptions,
};
use sinch_conversation_test_server::postgres::Postgres;
use tokio_postgres::NoTls;

use super::{open, schema, server};

const QUEUE: &str = "q";
const SOON: Duration = Duration::from_secs(120);

/// Accepts everything after a moment, and counts the requests.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<HashMap<RowId, u32>>>);

impl Sender for Counting {
    async fn send(&self, id: RowId, _: String) -> Reply {
        *self.0.lock().unwrap().entry(id).or_default() += 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
        Reply::Accepted { message_id: None }
    }
}

fn options() -> WorkerOptions {
    WorkerOptions::default()
        .rate(None)
        .concurrency(10)
        .lease(Duration::from_secs(6))
        .intervals(Duration::from_millis(20), Duration::from_millis(500))
}

/// Runs statements in the database.
async fn execute(server: &Postgres, sql: &str) {
    let (client, connection) = tokio_postgres::connect(&server.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_go_on_when_the_server_was_restarted() {
    const ROWS: u64 = 600;
    let Some(server) = Postgres::start() else {
        return;
    };
    let store = open(&server, "sinch_outbox").await;
    let rows = vec![NewRow::new("{}"); usize::try_from(ROWS).unwrap()];
    let stored = store.enqueue(QUEUE, rows, SystemClock.now()).await.unwrap();
    let sender = Counting::default();
    let mut workers = Vec::new();
    for _ in 0..2 {
        let store = open(&server, "sinch_outbox").await;
        let worker = Worker::new(store, sender.clone(), QUEUE).options(options());
        workers.push((worker.stop_handle(), tokio::spawn(worker.run())));
    }
    let accepted = async |store: &PostgresStore| {
        let status = store.status(QUEUE, None).await;
        status.map_or(0, |status| status.counts.of(State::Accepted))
    };
    for part in [4, 2] {
        until(async || accepted(&store).await >= ROWS / part).await;
        let restarting = server.url();
        server.restart();
        assert_eq!(server.url(), restarting);
    }
    until(async || {
        let status = store.status(QUEUE, None).await;
        status.is_ok_and(|status| status.counts.waiting() == 0)
    })
    .await;
    for (stop, running) in workers {
        stop.stop();
        running.await.unwrap().unwrap();
    }
    let requests = sender.0.lock().unwrap().clone();
    let mut unknown = 0;
    for row in stored {
        let state = store
            .find(QUEUE, Key::Id(row.id))
            .await
            .unwrap()
            .unwrap()
            .state;
        let sent = requests.get(&row.id).copied().unwrap_or_default();
        match state {
            State::Accepted => assert_eq!(sent, 1),
            // Begun when the server went away, before or after its request.
            State::Unknown => assert!(sent <= 1),
            other => panic!("{} is {other}", row.id),
        }
        unknown += usize::from(state == State::Unknown);
    }
    assert!(unknown <= 2 * 2 * 10, "{unknown} unknown");
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_passing_error_without_a_secret() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let store = open(&server, "sinch_outbox").await;
    server.stop();
    let gone = store.status(QUEUE, None).await.unwrap_err();
    assert!(matches!(gone, StoreError::Disconnected(_)), "{gone}");
    assert!(gone.is_transient());
    let url = server.url().replace("test@", "test:s3cret@");
    let refused = PostgresStore::open(&url).await.unwrap_err();
    assert!(matches!(refused, StoreError::Disconnected(_)), "{refused}");
    assert!(!format!("{refused} {refused:?} {store:?}").contains("s3cret"));
    server.start_again();
    assert!(store.status(QUEUE, None).await.is_ok());
    store.close();
    assert_eq!(store.status(QUEUE, None).await, Err(StoreError::Closed));
}

#[tokio::test]
async fn what_is_asked_for_at_the_same_time_makes_the_tables_once() {
    let Some(server) = server() else { return };
    let schema = schema();
    let opening = (0..8).map(|_| open(server, &schema));
    let stores = futures_util::future::join_all(opening).await;
    for store in &stores {
        store
            .enqueue(QUEUE, vec![NewRow::new("{}")], SystemClock.now())
            .await
            .unwrap();
    }
    let status = stores[0].status(QUEUE, None).await.unwrap();
    assert_eq!(status.counts.of(State::Queued), 8);
}

#[tokio::test]
async fn schemas_of_others_are_left_as_they_are() {
    let Some(server) = server() else { return };
    let name = schema();
    execute(
        server,
        &format!("CREATE SCHEMA {name}; CREATE TABLE {name}.mine (a int)"),
    )
    .await;
    let builder = || PostgresStore::builder().schema(&name);
    assert_eq!(
        builder().open(&server.url()).await.unwrap_err(),
        StoreError::Foreign
    );
    for name in ["", "Mine", "a-b", "1a", "pg_mine", "a; DROP TABLE b"] {
        let builder = PostgresStore::builder().schema(name);
        let refused = builder.open(&server.url()).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Address(_)),
            "{name}: {refused}"
        );
    }
}

/// The tables of the next version, which this version works with.
#[tokio::test]
async fn a_worker_goes_on_while_the_next_version_makes_its_tables() {
    let Some(server) = server() else { return };
    let name = schema();
    let store = open(server, &name).await;
    let sender = Counting::default();
    let worker = Worker::new(store.clone(), sender, QUEUE).options(options());
    let running = tokio::spawn(worker.run());
    let add = async || {
        store
            .enqueue(QUEUE, vec![NewRow::new("{}")], SystemClock.now())
            .await
    };
    let accepted = async |count| {
        until(async || {
            let status = store.status(QUEUE, None).await.unwrap();
            status.counts.of(State::Accepted) == count
        })
        .await;
    };
    add().await.unwrap();
    accepted(1).await;
    let next = format!(
        "ALTER TABLE {name}.outbox ADD COLUMN next text;
         UPDATE {name}.version SET version = version + 1"
    );
    execute(server, &next).await;
    add().await.unwrap();
    accepted(2).await;
    // Another worker of this version is started meanwhile.
    open(server, &name).await;

    // One that this version does not work with stops it, and says why.
    execute(
        server,
        &format!("UPDATE {name}.version SET compatible_from = version"),
    )
    .await;
    let ended = tokio::time::timeout(SOON, running).await.unwrap().unwrap();
    assert!(
        matches!(ended, Err(StoreError::NewerSchema { .. })),
        "{ended:?}"
    );
    let refused = PostgresStore::builder()
        .schema(&name)
        .open(&server.url())
        .await;
    assert!(matches!(refused, Err(StoreError::NewerSchema { .. })));
}

#[tokio::test]
async fn a_request_that_fails_halfway_changes_nothing() {
    let Some(server) = server() else { return };
    let name = schema();
    let store = open(server, &name).await;
    let rows = vec![NewRow::new("{}"), NewRow::new("a\0b")];
    let refused = store
        .enqueue(QUEUE, rows, SystemClock.now())
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Database(_)), "{refused}");
    assert_eq!(store.status(QUEUE, None).await.unwrap().counts.total(), 0);
    // A state of a later version.
    let rows = vec![NewRow::new("{}"), NewRow::new("{}")];
    store.enqueue(QUEUE, rows, SystemClock.now()).await.unwrap();
    execute(
        server,
        &format!("UPDATE {name}.outbox SET expires = 1, due = 1, state = 99 WHERE seq % 2 = 0"),
    )
    .await;
    store.sweep(QUEUE, SystemClock.now(), 10).await.unwrap();
    assert_eq!(store.status(QUEUE, None).await.unwrap().counts.total(), 2);
}
