//! Each event once, without a web server: the bounds of the memory, and stores of one's own.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::json;
use sinch_conversation::webhook::{
    Begun, Claim, Event, EventKey, EventStore, EventStoreFuture, MemoryEvents, MemoryEventsError,
    Receiver, VerifiedEvent, Verifier, WebhookError,
};

const BODY: &[u8] = br#"{"app_id": "a", "project_id": "p", "message": {"id": "01M"}}"#;

fn verifier() -> Verifier {
    Verifier::new(["hush"]).unwrap()
}

async fn receive(receiver: &Receiver, body: &[u8]) -> Result<VerifiedEvent, WebhookError> {
    let headers = verifier().sign_for_test(body);
    receiver.receive(&headers, body).await
}

fn message(id: usize) -> String {
    json!({"app_id": "a", "project_id": "p", "message": {"id": id.to_string()}}).to_string()
}

pub(crate) fn key(id: &str) -> EventKey {
    let event = json!({"app_id": "a", "project_id": "p", "message": {"id": id}});
    Event::from_json(event).key().unwrap()
}

/// A store behind something slow, which two processes could share. A claim counts what is written through it.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<Mutex<HashMap<EventKey, bool>>>);

struct SharedClaim {
    store: Shared,
    key: EventKey,
    written: u32,
}

impl EventStore for Shared {
    fn begin<'a>(
        &'a self,
        key: &'a EventKey,
        keep_until: SystemTime,
    ) -> EventStoreFuture<'a, Begun> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            assert!(keep_until > SystemTime::now());
            let mut events = self.0.lock().unwrap();
            Ok(match events.get(key) {
                Some(true) => Begun::Handled,
                Some(false) => Begun::InProgress,
                None => {
                    events.insert(key.clone(), false);
                    Begun::New(Box::new(SharedClaim {
                        store: self.clone(),
                        key: key.clone(),
                        written: 0,
                    }))
                }
            })
        })
    }
}

impl Claim for SharedClaim {
    fn done(self: Box<Self>) -> EventStoreFuture<'static, ()> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.store.0.lock().unwrap().insert(self.key, true);
            Ok(())
        })
    }

    fn abandon(self: Box<Self>) -> EventStoreFuture<'static, ()> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.store.0.lock().unwrap().remove(&self.key);
            Ok(())
        })
    }
}

/// A store that cannot be reached.
#[derive(Debug)]
struct Down;

impl EventStore for Down {
    fn begin<'a>(&'a self, _: &'a EventKey, _: SystemTime) -> EventStoreFuture<'a, Begun> {
        Box::pin(async { Err("connection refused".into()) })
    }
}

#[tokio::test]
async fn two_receivers_with_one_store_handle_an_event_once() {
    let store = Arc::new(Shared::default());
    let here = Receiver::new(verifier()).events(Arc::clone(&store));
    let there = Receiver::new(verifier()).events(store);

    let event = receive(&here, BODY).await.unwrap();
    let second = receive(&there, BODY).await.unwrap_err();
    assert!(matches!(second, WebhookError::InProgress), "{second:?}");
    assert_eq!(second.status(), 503);

    event.abandon().await.unwrap();
    let event = receive(&there, BODY).await.unwrap();
    let event = event.done().await.unwrap();
    assert_eq!(event.trigger().as_str(), "MESSAGE_INBOUND");
    let third = receive(&here, BODY).await.unwrap_err();
    assert!(matches!(third, WebhookError::AlreadyHandled), "{third:?}");
    assert_eq!(third.status(), 200);
}

#[tokio::test]
async fn a_handler_writes_through_the_claim_of_its_store() {
    let receiver = Receiver::new(verifier()).events(Shared::default());
    let mut event = receive(&receiver, BODY).await.unwrap();
    let claim = event.claim_as::<SharedClaim>().unwrap();
    claim.written += 1;
    assert_eq!(event.claim_as::<SharedClaim>().unwrap().written, 1);

    struct Other;
    impl Claim for Other {
        fn done(self: Box<Self>) -> EventStoreFuture<'static, ()> {
            Box::pin(async { Ok(()) })
        }
        fn abandon(self: Box<Self>) -> EventStoreFuture<'static, ()> {
            Box::pin(async { Ok(()) })
        }
    }
    assert!(event.claim_as::<Other>().is_none());
}

#[tokio::test]
async fn a_replayed_request_is_refused_also_without_a_key() {
    let receiver = Receiver::new(verifier());
    let body = br#"{"app_id": "a", "project_id": "p", "of_tomorrow": {}}"#;
    let headers = verifier().sign_for_test(body);
    let event = receiver.receive(&headers, body).await.unwrap();
    assert_eq!(event.event().key(), None);
    event.done().await.unwrap();
    let replayed = receiver.clone().receive(&headers, body).await;
    assert!(matches!(replayed, Err(WebhookError::AlreadyHandled)));
    // Another request may be another event.
    drop(receive(&receiver, body).await.unwrap());
}

#[tokio::test]
async fn a_handler_that_fails_runs_again_and_one_that_succeeds_does_not() {
    let receiver = Receiver::new(verifier());
    let event = receive(&receiver, BODY).await.unwrap();
    let failed = event.handle(async |_| Err::<(), _>("the kitchen is on fire"));
    let failed = failed.await.unwrap_err();
    assert_eq!(failed.status(), 503);
    match failed {
        WebhookError::Handler(cause) => assert_eq!(cause.to_string(), "the kitchen is on fire"),
        other => panic!("{other:?}"),
    }

    let event = receive(&receiver, BODY).await.unwrap();
    let handled = event.handle(async |event| Ok::<_, std::fmt::Error>(event.key()));
    assert_eq!(handled.await.unwrap(), Some(key("01M")));
    let again = receive(&receiver, BODY).await;
    assert!(matches!(again, Err(WebhookError::AlreadyHandled)));
}

#[tokio::test]
async fn a_handler_that_is_dropped_or_panics_runs_again() {
    let receiver = Receiver::new(verifier());
    drop(receive(&receiver, BODY).await.unwrap());

    let event = receive(&receiver, BODY).await.unwrap();
    let forever = event.handle(async |_| std::future::pending::<Result<(), &str>>().await);
    let given_up = tokio::time::timeout(Duration::from_millis(1), forever).await;
    assert!(given_up.is_err());

    let event = receive(&receiver, BODY).await.unwrap();
    let panics = tokio::spawn(event.handle(async |event| {
        assert_eq!(event.app_id(), Some("another"));
        Ok::<(), &str>(())
    }));
    assert!(panics.await.unwrap_err().is_panic());

    receive(&receiver, BODY)
        .await
        .unwrap()
        .done()
        .await
        .unwrap();
    let again = receive(&receiver, BODY).await;
    assert!(matches!(again, Err(WebhookError::AlreadyHandled)));
}

#[tokio::test]
async fn without_its_store_a_receiver_accepts_nothing() {
    let receiver = Receiver::new(verifier()).events(Down);
    let error = receive(&receiver, BODY).await.unwrap_err();
    assert_eq!(error.status(), 503);
    match error {
        WebhookError::EventStore(cause) => assert_eq!(cause.to_string(), "connection refused"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_thousand_events_beyond_the_bound_take_no_room() {
    let store = MemoryEvents::new().capacity(NonZeroUsize::new(100).unwrap());
    let receiver = Receiver::new(verifier()).events(store.clone());
    let (mut handled, mut refused) = (0, 0);
    for id in 0..1_100 {
        match receive(&receiver, message(id).as_bytes()).await {
            Ok(event) => {
                event.done().await.unwrap();
                handled += 1;
            }
            Err(WebhookError::EventStore(cause)) => {
                let cause = cause.downcast::<MemoryEventsError>().unwrap();
                assert!(matches!(
                    *cause,
                    MemoryEventsError::Full { capacity: 100, .. }
                ));
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((handled, refused, store.len()), (100, 1_000, 100));
}

#[tokio::test]
async fn the_oldest_events_that_cannot_be_replayed_make_room() {
    let store = MemoryEvents::new().capacity(NonZeroUsize::new(3).unwrap());
    let begin = async |id: String, until| store.begin(&key(&id), until).await.unwrap();
    let handle = async |id: String, until| match begin(id, until).await {
        Begun::New(claim) => claim.done().await.unwrap(),
        other => panic!("{other:?}"),
    };
    for id in 0..1_000 {
        handle(id.to_string(), SystemTime::now()).await;
    }
    assert_eq!(store.len(), 3);
    for id in 997..1_000 {
        let again = begin(id.to_string(), SystemTime::now()).await;
        assert!(matches!(again, Begun::Handled), "{id}: {again:?}");
    }
    // One that is being handled is not forgotten for a new one.
    let claim = begin("slow".into(), SystemTime::now()).await;
    for id in 0..10 {
        handle(format!("{id} again"), SystemTime::now()).await;
    }
    let again = begin("slow".into(), SystemTime::now()).await;
    assert!(matches!(again, Begun::InProgress), "{again:?}");
    drop(claim);
    assert_eq!((store.len(), store.is_empty()), (2, false));
}

#[tokio::test]
async fn an_event_past_its_age_is_forgotten_but_not_while_it_can_be_replayed() {
    let store = MemoryEvents::new().max_age(Duration::ZERO);
    let later = SystemTime::now() + Duration::from_secs(300);
    for (id, until) in [("over", SystemTime::now()), ("current", later)] {
        match store.begin(&key(id), until).await.unwrap() {
            Begun::New(claim) => claim.done().await.unwrap(),
            other => panic!("{other:?}"),
        }
    }
    let current = store.begin(&key("current"), later).await.unwrap();
    assert!(matches!(current, Begun::Handled), "{current:?}");
    assert_eq!(store.len(), 1);
    let over = store.begin(&key("over"), later).await.unwrap();
    assert!(matches!(over, Begun::New(_)), "{over:?}");
}

#[tokio::test]
async fn a_second_delivery_is_remembered_until_it_cannot_be_replayed() {
    let store = MemoryEvents::new().max_age(Duration::ZERO);
    let later = SystemTime::now() + Duration::from_secs(300);
    // The second delivery has to come before the first one's time is over, which a busy machine may miss.
    let mut length = Duration::from_millis(50);
    let (id, soon) = loop {
        let soon = SystemTime::now() + length;
        let id = length.as_millis().to_string();
        match store.begin(&key(&id), soon).await.unwrap() {
            Begun::New(claim) => claim.done().await.unwrap(),
            other => panic!("{other:?}"),
        }
        let second = store.begin(&key(&id), later).await.unwrap();
        if SystemTime::now() < soon {
            assert!(matches!(second, Begun::Handled), "{second:?}");
            break (id, soon);
        }
        length *= 2;
    };
    while SystemTime::now() <= soon {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let third = store.begin(&key(&id), later).await.unwrap();
    assert!(matches!(third, Begun::Handled), "{third:?}");
}

#[tokio::test]
async fn what_is_not_authentic_takes_no_room() {
    let store = MemoryEvents::new();
    let receiver = Receiver::new(verifier()).events(store.clone());
    let forger = Verifier::new(["other"]).unwrap();
    for _ in 0..100 {
        let forged = receiver.receive(&forger.sign_for_test(BODY), BODY).await;
        assert!(matches!(forged, Err(WebhookError::Verify(_))));
    }
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_window_without_end_can_be_remembered() {
    let endless = verifier().window(Duration::MAX);
    let store = MemoryEvents::new().max_age(Duration::MAX);
    let receiver = Receiver::new(endless.clone()).events(store);
    let headers = endless.sign_for_test_at(BODY, "n", SystemTime::UNIX_EPOCH);
    let event = receiver.receive(&headers, BODY).await.unwrap();
    event.done().await.unwrap();
    let replayed = receiver.receive(&headers, BODY).await;
    assert!(matches!(replayed, Err(WebhookError::AlreadyHandled)));
}

#[tokio::test]
async fn debug_shows_neither_secrets_nor_nonces() {
    let receiver = Receiver::new(verifier());
    let headers = verifier().sign_for_test_at(BODY, "the-nonce", SystemTime::now());
    let event = receiver.receive(&headers, BODY).await.unwrap();
    event.done().await.unwrap();
    let text = format!("{receiver:?}");
    assert!(text.contains("len: 1"), "{text}");
    assert!(
        !text.contains("hush") && !text.contains("the-nonce"),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_its_signature_is_computed() {
    let receiver = Receiver::new(verifier()).body_limit(10);
    let error = receiver.receive(&http::HeaderMap::new(), BODY).await;
    let error = error.unwrap_err();
    assert_eq!(error.status(), 413);
    assert!(matches!(error, WebhookError::TooLarge { limit: 10, .. }));
}
