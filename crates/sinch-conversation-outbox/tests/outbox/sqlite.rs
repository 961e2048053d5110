//! The store in SQLite: what every store does, and what goes wrong with files.

use std::time::Duration;

use sinch_conversation_outbox::inbox::{EventStore, NewEvent};
use sinch_conversation_outbox::store::{Claim, Key, Rate, Receipt};
use sinch_conversation_outbox::{
    Evidence, NewRow, Pace, SqliteStore, State, Store, StoreError, Time, WorkerId,
};

use crate::conformance::conformance;

/// An empty store.
pub(crate) async fn store() -> Option<SqliteStore> {
    Some(SqliteStore::builder().open_in_memory().unwrap())
}

conformance!(store);

const NOW: Time = Time::from_micros(1_700_000_000_000_000);

fn row(key: &str) -> NewRow {
    let mut row = NewRow::new(r#"{"message": {}}"#);
    row.dedup_key = Some(key.to_owned());
    row
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    let stored = store.enqueue("q", vec![row("a")], NOW).await.unwrap();
    store.close();
    let closed = store.find("q", Key::Id(stored[0].id)).await;
    assert_eq!(closed, Err(StoreError::Closed));
    let store = SqliteStore::open(&file).unwrap();
    let found = store.find("q", Key::Dedup("a".to_owned())).await.unwrap();
    assert_eq!(found.unwrap().id, stored[0].id);
}

#[tokio::test]
async fn two_connections_of_one_file_share_rows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let stores = [(); 4].map(|()| SqliteStore::open(&file).unwrap());
    let keys: Vec<_> = (0..40).map(|number| format!("k{number}")).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for store in stores.clone() {
        let keys = keys.clone();
        tasks.spawn(async move {
            for key in keys {
                store.enqueue("q", vec![row(&key)], NOW).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let status = stores[0].status("q", None).await.unwrap();
    assert_eq!(status.counts.of(State::Queued), 40);
}

#[tokio::test]
async fn a_database_that_is_held_for_too_long_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let builder = SqliteStore::builder().busy_timeout(Duration::from_millis(20));
    let store = builder.open(&file).unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.enqueue("q", vec![row("a")], NOW).await;
    assert_eq!(refused, Err(StoreError::Busy));
    other.execute_batch("ROLLBACK").unwrap();
    store.enqueue("q", vec![row("a")], NOW).await.unwrap();
}

#[tokio::test]
async fn a_full_database_loses_nothing_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::builder()
        .max_bytes(300_000)
        .open(&file)
        .unwrap();
    let mut stored = 0;
    let full = loop {
        let big = NewRow::new("x".repeat(20_000));
        match store.enqueue("q", vec![big], NOW).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, StoreError::Full);
    assert!(stored > 3);
    let status = store.status("q", None).await.unwrap();
    assert_eq!(status.counts.of(State::Queued), stored);
    store.close();
    let store = SqliteStore::open(&file).unwrap();
    store.enqueue("q", vec![row("a")], NOW).await.unwrap();
    let status = store.status("q", None).await.unwrap();
    assert_eq!(status.counts.of(State::Queued), stored + 1);
}

#[test]
fn files_that_are_something_else_are_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.db");
    std::fs::write(&file, "a letter to somebody, which is no database at all").unwrap();
    let refused = SqliteStore::open(&file).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.starts_with("a letter"));

    let file = folder.path().join("foreign.db");
    let foreign = rusqlite::Connection::open(&file).unwrap();
    foreign.execute_batch("CREATE TABLE mine (a)").unwrap();
    assert_eq!(SqliteStore::open(&file).unwrap_err(), StoreError::Foreign);
}

#[test]
fn newer_tables_are_refused_with_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    SqliteStore::open(&file).unwrap().close();
    let later = rusqlite::Connection::open(&file).unwrap();
    let alter = "PRAGMA user_version = 99; UPDATE compatibility SET compatible_from = 99";
    later.execute_batch(alter).unwrap();
    let refused = SqliteStore::open(&file).unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, StoreError::NewerSchema { found: 99, .. }));
    assert!(text.contains("99") && text.contains('5'), "{text}");
}

/// The tables of the next version, which this version works with, are made while it is at work.
#[tokio::test]
async fn a_store_goes_on_with_the_tables_of_the_next_version() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    let claim = || Claim {
        queue: "q".to_owned(),
        worker: WorkerId::new("a"),
        now: NOW,
        lease: Duration::from_secs(60),
        limit: 1,
        rate: None,
        pace: None,
        begin_until: None,
    };
    let rows = vec![row("a"), row("b"), row("c")];
    store.enqueue("q", rows, NOW).await.unwrap();
    assert_eq!(store.claim(claim()).await.unwrap().rows.len(), 1);
    let next = rusqlite::Connection::open(&file).unwrap();
    let step = "ALTER TABLE outbox ADD COLUMN next TEXT; PRAGMA user_version = 6";
    next.execute_batch(step).unwrap();
    assert_eq!(store.claim(claim()).await.unwrap().rows.len(), 1);
    let another = SqliteStore::open(&file).unwrap();
    assert_eq!(another.claim(claim()).await.unwrap().rows.len(), 1);
    let end = "UPDATE compatibility SET compatible_from = 6";
    next.execute_batch(end).unwrap();
    let refused = store.claim(claim()).await.unwrap_err();
    assert!(matches!(
        refused,
        StoreError::NewerSchema {
            found: 6,
            known: 5,
            ..
        }
    ));
}

#[tokio::test]
async fn older_tables_are_brought_forward_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    let stored = store.enqueue("q", vec![row("a")], NOW).await.unwrap();
    store.close();
    // As the first version left it: without an inbox, and without the pace of apps.
    let older = rusqlite::Connection::open(&file).unwrap();
    let undo = "DROP TABLE inbox; DROP TABLE paces; DROP INDEX outbox_ready_paced;
                DROP INDEX outbox_failures; ALTER TABLE outbox DROP COLUMN given_up; DROP TABLE compatibility;
                ALTER TABLE outbox DROP COLUMN pace; PRAGMA user_version = 1;
                CREATE INDEX outbox_ready ON outbox (queue, priority DESC, seq) WHERE state = 0 AND readiness = 1;";
    older.execute_batch(undo).unwrap();
    drop(older);
    let store = SqliteStore::open(&file).unwrap();
    let found = store.find("q", Key::Id(stored[0].id)).await.unwrap();
    assert_eq!(found.unwrap().state, State::Queued);
    let claim = Claim {
        queue: "q".to_owned(),
        worker: WorkerId::new("a"),
        now: NOW,
        lease: Duration::from_secs(60),
        limit: 10,
        rate: None,
        pace: Some(Pace::default()),
        begin_until: None,
    };
    assert_eq!(store.claim(claim).await.unwrap().rows[0].id, stored[0].id);
    let event = vec![NewEvent::new("key", "{}")];
    assert_eq!(store.accept("callbacks", event, NOW).await, Ok(vec![true]));
}

#[tokio::test]
async fn a_damaged_database_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    for number in 0..50 {
        let rows = vec![row(&number.to_string())];
        store.enqueue("q", rows, NOW).await.unwrap();
    }
    store.close();
    let mut bytes = std::fs::read(&file).unwrap();
    for byte in &mut bytes[4096..] {
        *byte ^= 0x5a;
    }
    std::fs::write(&file, bytes).unwrap();
    let outcome = match SqliteStore::open(&file) {
        Ok(store) => store.enqueue("q", vec![row("a")], NOW).await.map(|_| ()),
        Err(error) => Err(error),
    };
    assert!(
        matches!(outcome, Err(StoreError::Corrupt(_))),
        "{outcome:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    SqliteStore::open(&file).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn requests_of_one_transaction_fail_alone() {
    let store = SqliteStore::builder()
        .max_bytes(300_000)
        .open_in_memory()
        .unwrap();
    let big = NewRow::new("x".repeat(1_000_000));
    let (small, large) = tokio::join!(
        store.enqueue("q", vec![row("a")], NOW),
        store.enqueue("q", vec![big], NOW),
    );
    assert_eq!(large, Err(StoreError::Full));
    // The small one is stored if that is what its answer says.
    let status = store.status("q", None).await.unwrap();
    assert_eq!(status.counts.of(State::Queued), u64::from(small.is_ok()));
}

#[tokio::test]
async fn a_request_that_fails_halfway_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    let rows = store
        .enqueue("q", vec![row("a"), row("b")], NOW)
        .await
        .unwrap();
    // A state of a later version.
    let later = rusqlite::Connection::open(&file).unwrap();
    later
        .execute("UPDATE outbox SET state = 99 WHERE seq = 2", [])
        .unwrap();
    let receipts = rows.iter().map(|row| Receipt {
        row: Some(row.id),
        message_id: None,
        evidence: Evidence::Read,
        reason: None,
    });
    let refused = store.receive(receipts.collect(), NOW).await;
    assert!(
        matches!(refused, Err(StoreError::Database(_))),
        "{refused:?}"
    );
    let first = store.find("q", Key::Id(rows[0].id)).await.unwrap();
    assert_eq!(first.unwrap().state, State::Queued);
}

#[test]
fn a_rate_has_an_interval() {
    assert_eq!(Rate::per_second(0).interval(), Duration::from_secs(1));
    assert_eq!(
        Rate::per_second(800).interval(),
        Duration::from_micros(1250)
    );
}
