//! What the locks are for: one transaction is held just before its commit, while others go on.

use std::time::Duration;

use sinch_conversation_outbox::inbox::{ClaimEvents, EventStore, Handled, NewEvent};
use sinch_conversation_outbox::store::{Begin, Claim, Control, Outcome, Settlement};
use sinch_conversation_outbox::{
    Clock, NewRow, PostgresStore, RowId, Store, SystemClock, WorkerId,
};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls};

use super::{open, schema, server};
use crate::inbox::until;

const QUEUE: &str = "q";
const KEY: &str = "somebody";
const LEASE: Duration = Duration::from_secs(120);

/// The lock that a transaction waits for before its commit.
const HELD: &str = "held.locktype = 'advisory' AND NOT held.granted
    AND held.objid::bigint = hashtextextended('SCHEMA', 1) & 4294967295";

/// A store in a schema of its own, and a connection of somebody else.
struct Scene {
    store: PostgresStore,
    other: Client,
    schema: String,
}

impl Scene {
    async fn new() -> Option<Self> {
        let (server, schema) = (server()?, schema());
        let store = open(server, &schema).await;
        let (other, connection) = tokio_postgres::connect(&server.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        Some(Self {
            store,
            other,
            schema,
        })
    }

    async fn execute(&self, sql: &str) {
        let sql = sql.replace("SCHEMA", &self.schema);
        self.other.batch_execute(&sql).await.unwrap();
    }

    async fn count(&self, sql: &str) -> i64 {
        let sql = sql.replace("SCHEMA", &self.schema);
        self.other.query_one(&sql, &[]).await.unwrap().get(0)
    }

    /// From now on transactions wait just before their commit, if they have written a row like this to a table.
    async fn hold(&self, table: &str, condition: &str) {
        self.execute(&format!(
            "CREATE FUNCTION SCHEMA.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 PERFORM pg_advisory_xact_lock(hashtextextended('SCHEMA', 1));
                 RETURN NULL;
             END $$;
             CREATE CONSTRAINT TRIGGER hold AFTER UPDATE ON SCHEMA.{table} DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION SCHEMA.hold();
             SELECT pg_advisory_lock(hashtextextended('SCHEMA', 1))"
        ))
        .await;
    }

    /// Returns when a transaction waits before its commit.
    async fn held(&self) {
        let held = format!("SELECT count(*) FROM pg_locks held WHERE {HELD}");
        until(async || self.count(&held).await == 1).await;
    }

    /// Whether another transaction waits for the one that is held.
    async fn is_anybody_waiting(&self) -> bool {
        let waiting = format!(
            "SELECT count(*) FROM pg_stat_activity a, pg_locks held
             WHERE {HELD} AND held.pid = ANY(pg_blocking_pids(a.pid))"
        );
        self.count(&waiting).await > 0
    }

    /// A row with the key, which a transaction is about to end: it is held before its commit.
    async fn ending(&self) -> JoinHandle<usize> {
        let row = self.add(NewRow::new("{}").ordering_key(KEY)).await;
        assert_eq!(self.claim().await, [row]);
        self.begin(row).await;
        self.hold("outbox", "NOT new.open").await;
        let store = self.store.clone();
        let ending = tokio::spawn(async move { settle(&store, row).await });
        self.held().await;
        ending
    }

    /// Lets the transaction that is held go on.
    async fn release(&self) {
        self.execute("SELECT pg_advisory_unlock(hashtextextended('SCHEMA', 1))")
            .await;
    }

    async fn add(&self, row: NewRow) -> RowId {
        let stored = self
            .store
            .enqueue(QUEUE, vec![row], SystemClock.now())
            .await;
        stored.unwrap()[0].id
    }

    async fn claim(&self) -> Vec<RowId> {
        claim(&self.store).await
    }

    async fn begin(&self, row: RowId) {
        assert_eq!(begin(&self.store, row).await, 1);
    }

    async fn accept_event(&self, key: &str) {
        let mut event = NewEvent::new(key, "{}");
        event.ordering_key = Some(KEY.to_owned());
        let accepted = self
            .store
            .accept(QUEUE, vec![event], SystemClock.now())
            .await;
        assert_eq!(accepted, Ok(vec![true]));
    }

    async fn claim_events(&self) -> Vec<i64> {
        let claim = ClaimEvents {
            inbox: QUEUE.to_owned(),
            worker: WorkerId::new("w"),
            now: SystemClock.now(),
            lease: LEASE,
            limit: 10,
        };
        let events = self.store.claim_events(claim).await.unwrap();
        events.iter().map(|event| event.number).collect()
    }
}

async fn claim(store: &PostgresStore) -> Vec<RowId> {
    let claim = Claim {
        queue: QUEUE.to_owned(),
        worker: WorkerId::new("w"),
        now: SystemClock.now(),
        lease: LEASE,
        limit: 10,
        rate: None,
        pace: None,
        begin_until: None,
    };
    let claimed = store.claim(claim).await.unwrap();
    claimed.rows.iter().map(|row| row.id).collect()
}

async fn begin(store: &PostgresStore, row: RowId) -> usize {
    let begin = Begin {
        queue: QUEUE.to_owned(),
        worker: WorkerId::new("w"),
        now: SystemClock.now(),
        lease: LEASE,
        rows: vec![row],
    };
    store.begin(begin).await.unwrap().len()
}

async fn settle(store: &PostgresStore, row: RowId) -> usize {
    let outcome = Outcome::Accepted { message_id: None };
    let settlements = vec![Settlement { id: row, outcome }];
    store.settle(settlements, SystemClock.now()).await.unwrap()
}

async fn control(store: &PostgresStore, control: Control) {
    let done = store.control(QUEUE, control, SystemClock.now()).await;
    done.unwrap();
}

/// The one that ends a row cannot see what is stored after its last statement, so nobody may decide before its commit that
/// the new row has to wait: nobody would wake it.
#[tokio::test]
async fn a_row_that_is_stored_while_the_one_before_it_ends_is_not_forgotten() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let ending = scene.ending().await;
    let second = scene.add(NewRow::new("{}").ordering_key(KEY)).await;
    assert!(scene.claim().await.is_empty());
    scene.release().await;
    assert_eq!(ending.await.unwrap(), 1);
    assert_eq!(scene.claim().await, [second]);
}

/// Stores may share a database, each with a schema of its own.
#[tokio::test]
async fn the_locks_of_a_store_keep_no_other_store_waiting() {
    let (Some(scene), Some(other)) = (Scene::new().await, Scene::new().await) else {
        return;
    };
    let ending = scene.ending().await;
    let row = other.add(NewRow::new("{}").ordering_key(KEY)).await;
    assert_eq!(other.claim().await, [row]);
    scene.release().await;
    assert_eq!(ending.await.unwrap(), 1);
}

#[tokio::test]
async fn an_event_that_is_stored_while_the_one_before_it_ends_is_not_forgotten() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    scene.accept_event("a").await;
    let first = scene.claim_events().await[0];
    scene.hold("inbox", "NOT new.open").await;
    let store = scene.store.clone();
    let ending = tokio::spawn(async move {
        let done = vec![(first, Handled::Done)];
        store.settle_events(QUEUE, done, SystemClock.now()).await
    });
    scene.held().await;
    scene.accept_event("b").await;
    assert!(scene.claim_events().await.is_empty());
    scene.release().await;
    assert_eq!(ending.await.unwrap(), Ok(1));
    assert_eq!(scene.claim_events().await.len(), 1);
}

/// A row that comes to light late has an earlier place than the one that is under way.
#[tokio::test]
async fn a_row_of_a_slow_transaction_waits_for_the_one_that_has_overtaken_it() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    scene.add(NewRow::new("{}").dedup_key("first of all")).await;
    scene.execute("BEGIN").await;
    let request = r#"{"app_id": "a", "message": {}, "recipient": {}}"#;
    scene
        .execute(&format!(
            "SELECT SCHEMA.enqueue('{QUEUE}', '{request}', ordering_key => '{KEY}')"
        ))
        .await;
    let fast = scene.add(NewRow::new("{}").ordering_key(KEY)).await;
    assert!(scene.claim().await.contains(&fast));
    scene.begin(fast).await;
    scene.execute("COMMIT").await;
    assert!(scene.claim().await.is_empty());
    assert_eq!(settle(&scene.store, fast).await, 1);
    assert_eq!(scene.claim().await.len(), 1);
}

/// Once a group is paused, nothing of it is begun: so the pause waits for what is being begun.
#[tokio::test]
async fn a_group_is_not_paused_before_what_is_being_begun_is_begun() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let row = scene.add(NewRow::new("{}").group("g")).await;
    assert_eq!(scene.claim().await, [row]);
    scene.hold("outbox", "new.state = 2").await;
    let store = scene.store.clone();
    let beginning = tokio::spawn(async move { begin(&store, row).await });
    scene.held().await;
    let store = scene.store.clone();
    let pausing = tokio::spawn(async move {
        control(&store, Control::PauseGroup("g".to_owned())).await;
    });
    until(async || pausing.is_finished() || scene.is_anybody_waiting().await).await;
    assert!(!pausing.is_finished(), "paused, and then a row is begun");
    scene.release().await;
    assert_eq!(beginning.await.unwrap(), 1);
    pausing.await.unwrap();
}

/// A claim puts a row aside for a paused group. Whoever resumes the group has to find the row.
#[tokio::test]
async fn a_row_that_is_put_aside_while_its_group_is_resumed_is_not_forgotten() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let row = scene.add(NewRow::new("{}").group("g")).await;
    control(&scene.store, Control::PauseGroup("g".to_owned())).await;
    scene.hold("outbox", "new.readiness = 2").await;
    let store = scene.store.clone();
    let claiming = tokio::spawn(async move { claim(&store).await });
    scene.held().await;
    let store = scene.store.clone();
    let resuming = tokio::spawn(async move {
        control(&store, Control::ResumeGroup("g".to_owned())).await;
    });
    until(async || resuming.is_finished() || scene.is_anybody_waiting().await).await;
    assert!(scene.claim().await.is_empty());
    scene.release().await;
    assert!(claiming.await.unwrap().is_empty());
    resuming.await.unwrap();
    assert_eq!(scene.claim().await, [row]);
}
