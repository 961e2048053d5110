//! The inbox as a route of axum, on a real socket, with a store that fails as the test says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use reqwest::Response;
use reqwest::header::HeaderMap;
use sinch_conversation::reqwest;
use sinch_conversation::webhook::{Receiver, Verifier};
use sinch_conversation_outbox::inbox::{
    ClaimEvents, EventNumber, EventStore, Handled, Inbox, NewEvent, StoredEvent,
};
use sinch_conversation_outbox::store::Answer;
use sinch_conversation_outbox::{
    ClientSender, Clock, SqliteStore, State, Store, StoreError, SystemClock, Time, Worker,
    WorkerId, WorkerOptions,
};

use crate::api;
use crate::inbox::until;

const INBOX: &str = "callbacks";
const SECRET: &str = "the secret of the webhook";
const SOON: Duration = Duration::from_secs(60);
/// Longer than the store takes when it works.
const SLOW: Duration = Duration::from_secs(2);
const MESSAGE: &[u8] = br#"{"app_id": "01A", "message": {"id": "01M"}}"#;

/// What becomes of a call.
#[derive(Clone, Copy)]
enum Fate {
    Stored,
    Full,
    /// It is stored, and the answer says that it failed.
    StoredAndFailed,
    Hangs,
}

/// A store whose calls to `accept` go as their numbers, from 0, say.
#[derive(Clone)]
struct Fateful {
    store: SqliteStore,
    fate: fn(usize) -> Fate,
    calls: Arc<AtomicUsize>,
}

impl Fateful {
    fn new(fate: fn(usize) -> Fate) -> Self {
        Self {
            store: SqliteStore::builder().open_in_memory().unwrap(),
            fate,
            calls: Arc::default(),
        }
    }

    async fn events(&self) -> Vec<StoredEvent> {
        let claim = ClaimEvents {
            inbox: INBOX.to_owned(),
            worker: WorkerId::random(),
            now: SystemClock.now(),
            lease: Duration::ZERO,
            limit: 1_000,
        };
        self.store.claim_events(claim).await.unwrap()
    }
}

impl EventStore for Fateful {
    async fn accept(
        &self,
        inbox: &str,
        events: Vec<NewEvent>,
        now: Time,
    ) -> Result<Vec<bool>, StoreError> {
        match (self.fate)(self.calls.fetch_add(1, Ordering::Relaxed)) {
            Fate::Stored => self.store.accept(inbox, events, now).await,
            Fate::Full => Err(StoreError::Full),
            Fate::StoredAndFailed => {
                self.store.accept(inbox, events, now).await?;
                Err(StoreError::Database("the connection broke".to_owned()))
            }
            Fate::Hangs => std::future::pending().await,
        }
    }

    fn claim_events(&self, claim: ClaimEvents) -> impl Answer<Vec<StoredEvent>> {
        self.store.claim_events(claim)
    }

    fn settle_events(
        &self,
        inbox: &str,
        handled: Vec<(EventNumber, Handled)>,
        now: Time,
    ) -> impl Answer<usize> {
        self.store.settle_events(inbox, handled, now)
    }

    fn dead_events(
        &self,
        inbox: &str,
        after: EventNumber,
        limit: usize,
    ) -> impl Answer<Vec<StoredEvent>> {
        self.store.dead_events(inbox, after, limit)
    }

    fn replay_events(
        &self,
        inbox: &str,
        events: Vec<EventNumber>,
        now: Time,
    ) -> impl Answer<usize> {
        self.store.replay_events(inbox, events, now)
    }

    fn purge_events(&self, inbox: &str, before: Time, limit: usize) -> impl Answer<usize> {
        self.store.purge_events(inbox, before, limit)
    }
}

fn verifier() -> Verifier {
    Verifier::new([SECRET]).unwrap()
}

fn inbox(store: &Fateful) -> Inbox<Fateful> {
    let receiver = Receiver::new(verifier()).body_limit(1024);
    Inbox::new(store.clone(), INBOX, receiver)
}

async fn serve(inbox: &Inbox<Fateful>) -> String {
    let router: Router = Router::new().route("/sinch", inbox.route());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/sinch")
}

/// Posts to the route, and checks what every answer has in common.
async fn post(url: &str, headers: HeaderMap, body: &[u8]) -> u16 {
    let client = reqwest::Client::new();
    let request = client.post(url).headers(headers).body(body.to_vec());
    let answer: Response = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let waits = answer.headers().contains_key("retry-after");
    assert_eq!(waits, status == 503, "{:?}", answer.headers());
    assert_eq!(answer.text().await.unwrap(), "");
    status
}

async fn deliver(url: &str, body: &[u8]) -> u16 {
    post(url, verifier().sign_for_test(body), body).await
}

#[tokio::test]
async fn a_store_that_fails_in_the_middle_loses_no_callback_of_the_sandbox() {
    let store = Fateful::new(|call| match call {
        10..20 => Fate::Full,
        30..40 => Fate::StoredAndFailed,
        50..53 => Fate::Hangs,
        _ => Fate::Stored,
    });
    let url = serve(&inbox(&store).timeout(SLOW)).await;
    let sandbox = api::sandbox_calling(&url, Some(SECRET)).await;
    let client = api::client(sandbox.endpoints());
    let rows = (0..40).map(|number| api::row(&client, api::APP, number));
    let (rows, now) = (rows.collect(), SystemClock.now());
    store.store.enqueue("q", rows, now).await.unwrap();
    let worker = Worker::new(store.store.clone(), ClientSender::new(&client), "q");
    tokio::spawn(worker.options(WorkerOptions::default().rate(None)).run());
    until(async || {
        let status = store.store.status("q", None).await.unwrap();
        status.counts.of(State::Delivered) == 40
    })
    .await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    // QUEUED_ON_CHANNEL and DELIVERED of each, and the deliveries that the failures cost.
    let calls = store.calls.load(Ordering::Relaxed);
    assert!(calls >= 80 + 10 + 10 + 3, "{calls}");
    assert_eq!(store.events().await.len(), 80);
}

#[tokio::test]
async fn a_replayed_request_and_a_redelivery_are_answered_and_not_stored_again() {
    let store = Fateful::new(|_| Fate::Stored);
    let url = serve(&inbox(&store)).await;
    assert_eq!(deliver(&url, MESSAGE).await, 200);
    assert_eq!(deliver(&url, MESSAGE).await, 200, "with another nonce");
    assert_eq!(store.events().await.len(), 1);
    // Nothing in this one tells it from another event, but for the nonce.
    let nameless = br#"{"app_id": "01A", "of_tomorrow": {}}"#;
    let headers = verifier().sign_for_test_at(nameless, "nonce-7", SystemTime::now());
    assert_eq!(post(&url, headers.clone(), nameless).await, 200);
    assert_eq!(post(&url, headers, nameless).await, 200);
    assert_eq!(store.events().await.len(), 2);
    assert_eq!(deliver(&url, nameless).await, 200);
    assert_eq!(store.events().await.len(), 3);
}

#[tokio::test]
async fn what_is_refused_is_not_stored() {
    let store = Fateful::new(|_| Fate::Stored);
    let url = serve(&inbox(&store)).await;
    let forged = Verifier::new(["another"]).unwrap().sign_for_test(MESSAGE);
    assert_eq!(post(&url, forged, MESSAGE).await, 401);
    assert_eq!(post(&url, HeaderMap::new(), MESSAGE).await, 401);
    assert_eq!(deliver(&url, b"no").await, 400);
    assert_eq!(deliver(&url, &[b' '; 1025]).await, 413);
    assert_eq!(store.calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_store_that_is_down_full_or_slow_is_503_until_it_works() {
    let store = Fateful::new(|call| match call {
        0 => Fate::Full,
        1 => Fate::Hangs,
        2 => Fate::StoredAndFailed,
        _ => Fate::Stored,
    });
    let url = serve(&inbox(&store).timeout(SLOW)).await;
    for _ in 0..3 {
        assert_eq!(deliver(&url, MESSAGE).await, 503);
    }
    assert_eq!(deliver(&url, MESSAGE).await, 200);
    let events = store.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].body.as_bytes(), MESSAGE);
    store.store.close();
    assert_eq!(deliver(&url, MESSAGE).await, 503);
}

#[tokio::test]
async fn callbacks_that_wait_for_the_store_share_the_memory_for_bodies() {
    let store = Fateful::new(|call| match call {
        0 => Fate::Hangs,
        _ => Fate::Stored,
    });
    let receiver = Receiver::new(verifier()).body_memory(MESSAGE.len() + 10);
    let inbox = Inbox::new(store.clone(), INBOX, receiver);
    let url = serve(&inbox.timeout(Duration::from_secs(3600))).await;
    let first = url.clone();
    let waiting = tokio::spawn(async move { deliver(&first, MESSAGE).await });
    let calls = || store.calls.load(Ordering::Relaxed);
    until(async || calls() == 1).await;
    assert_eq!(deliver(&url, MESSAGE).await, 503);
    assert_eq!(calls(), 1);
    waiting.abort();
    until(async || deliver(&url, MESSAGE).await == 200).await;
}
