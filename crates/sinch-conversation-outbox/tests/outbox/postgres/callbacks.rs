//! Callbacks that come at the same time share a transaction, and nothing else.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use sinch_conversation_outbox::inbox::{ClaimEvents, EventStore, NewEvent};
use sinch_conversation_outbox::store::StoreError;
use sinch_conversation_outbox::{Clock, PostgresStore, SystemClock, WorkerId};
use tokio_postgres::{Client, NoTls};

use super::{open, schema, server};

const INBOX: &str = "callbacks";

async fn accept(store: &PostgresStore, key: &str, body: &str) -> Result<bool, StoreError> {
    let events = vec![NewEvent::new(key, body)];
    let are_new = store.accept(INBOX, events, SystemClock.now()).await?;
    assert_eq!(are_new.len(), 1);
    Ok(are_new[0])
}

/// The keys of all events that were stored.
async fn stored(store: &PostgresStore) -> BTreeSet<String> {
    let claim = ClaimEvents {
        inbox: INBOX.to_owned(),
        worker: WorkerId::new("a"),
        now: SystemClock.now(),
        lease: Duration::from_secs(120),
        limit: 1_000,
    };
    let events = store.claim_events(claim).await.unwrap();
    events.into_iter().map(|event| event.key).collect()
}

type Accepting<'a> = Pin<&'a mut (dyn Future<Output = Result<bool, StoreError>> + Send)>;

/// Has all of them wait, in this order.
async fn all_wait(mut accepting: Vec<Accepting<'_>>) {
    let waiting = poll_fn(|context| {
        for one in &mut accepting {
            assert!(one.as_mut().poll(context).is_pending());
        }
        Poll::<()>::Pending
    });
    let ended = tokio::time::timeout(Duration::from_millis(500), waiting).await;
    assert!(ended.is_err());
}

/// A store, and a connection of somebody else with the name of the schema.
async fn scene() -> Option<(PostgresStore, Client, String)> {
    let (server, schema) = (server()?, schema());
    let store = open(server, &schema).await;
    let (other, connection) = tokio_postgres::connect(&server.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    Some((store, other, schema))
}

#[tokio::test]
async fn they_are_stored_once_each_with_few_transactions() {
    let Some((store, other, schema)) = scene().await else {
        return;
    };
    // Each comes twice.
    let keys: Vec<String> = (0..200).map(|number| format!("event {number}")).collect();
    let twice = keys.iter().chain(&keys);
    let accepted = join_all(twice.map(|key| accept(&store, key, "{}"))).await;
    let new = accepted
        .into_iter()
        .filter(|is_new| *is_new.as_ref().unwrap());
    assert_eq!(new.count(), keys.len());
    let sql = format!("SELECT count(DISTINCT xmin::text) FROM {schema}.inbox");
    let transactions: i64 = other.query_one(&sql, &[]).await.unwrap().get(0);
    assert!(transactions < 20, "{transactions}");
    assert_eq!(stored(&store).await, keys.into_iter().collect());
}

#[tokio::test]
async fn one_that_cannot_be_stored_keeps_no_other_out() {
    let Some((store, ..)) = scene().await else {
        return;
    };
    // Postgres stores no text with this character.
    let bodies = ["{}", "\0", "{}"];
    let keys = ["a", "b", "c"];
    let accepted = keys.iter().zip(bodies);
    let accepted = join_all(accepted.map(|(key, body)| accept(&store, key, body))).await;
    assert!(matches!(
        accepted.as_slice(),
        [Ok(true), Err(StoreError::Database(_)), Ok(true)]
    ));
    assert_eq!(stored(&store).await, ["a", "c"].map(str::to_owned).into());
}

#[tokio::test]
async fn whoever_gives_up_takes_nobody_along() {
    let Some((store, other, schema)) = scene().await else {
        return;
    };
    assert!(accept(&store, "before", "{}").await.unwrap());
    let lock = format!("BEGIN; LOCK TABLE {schema}.inbox IN ACCESS EXCLUSIVE MODE");
    other.batch_execute(&lock).await.unwrap();
    let mut last = pin!(accept(&store, "last", "{}"));
    {
        let mut second = pin!(accept(&store, "second", "{}"));
        {
            let first = pin!(accept(&store, "first", "{}"));
            all_wait(vec![first, second.as_mut(), last.as_mut()]).await;
        }
        // It has the request of the last one now.
        all_wait(vec![second, last.as_mut()]).await;
    }
    other.batch_execute("COMMIT").await.unwrap();
    assert!(last.await.unwrap());
    // Nobody was told that these are stored.
    assert_eq!(
        stored(&store).await,
        ["before", "last"].map(str::to_owned).into()
    );
}
