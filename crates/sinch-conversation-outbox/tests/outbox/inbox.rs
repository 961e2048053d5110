//! Callbacks of the sandbox, stored before they are answered, and handled at least once: in each store.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::json;
use sinch_conversation::webhook::{Receiver, Verifier};
use sinch_conversation_outbox::inbox::{
    EventStore, Failure, Handler, HandlerOptions, Inbox, NewEvent, StoredEvent,
};
use sinch_conversation_outbox::{
    AnyStore, ClientSender, Clock, State, Store, SystemClock, Worker, WorkerOptions,
};

use crate::api;
use crate::stores::in_each_store;

const INBOX: &str = "callbacks";
const SECRET: &str = "the secret of the webhook";
/// How long a test waits for what has to happen. A busy machine takes its time.
const SOON: Duration = Duration::from_secs(120);

fn inbox(store: &AnyStore) -> Inbox<AnyStore> {
    Inbox::new(store.clone(), INBOX, Verifier::new([SECRET]).unwrap())
}

fn options() -> HandlerOptions {
    HandlerOptions::default()
        .times(Duration::from_secs(30), Duration::from_millis(5))
        .pauses(Duration::from_millis(5), Duration::from_millis(20))
}

async fn accept(store: &AnyStore, keys: &[&str]) {
    let events = keys
        .iter()
        .map(|key| NewEvent::new(*key, format!(r#"{{"key": "{key}"}}"#)));
    let events = events.collect();
    store
        .accept(INBOX, events, SystemClock.now())
        .await
        .unwrap();
}

/// Waits until something holds.
pub(crate) async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap();
}

fn is(event: &StoredEvent, key: &str) -> bool {
    event.body.contains(&format!(r#""{key}""#))
}

in_each_store!(
    only_authentic_callbacks_are_stored_and_each_once,
    events_are_retried_until_they_are_handled_or_dead,
    an_event_that_takes_its_process_with_it_is_dead_in_the_end,
    a_stored_event_wakes_a_handler,
    receipts_over_http_settle_the_rows_of_a_worker,
    events_are_deleted_when_they_were_handled_long_ago,
);

async fn only_authentic_callbacks_are_stored_and_each_once(store: AnyStore) {
    let inbox = inbox(&store);
    let body = br#"{"app_id": "01A", "message": {"id": "01M"}}"#;
    let verifier = Verifier::new([SECRET]).unwrap();
    assert!(
        inbox
            .receive(&verifier.sign_for_test(body), body)
            .await
            .unwrap()
    );
    // The API repeats it with another nonce.
    assert!(
        !inbox
            .receive(&verifier.sign_for_test(body), body)
            .await
            .unwrap()
    );
    let forged = Verifier::new(["another"]).unwrap().sign_for_test(body);
    let refused = inbox.receive(&forged, body).await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let no_json = inbox
        .receive(&verifier.sign_for_test(b"no"), b"no")
        .await
        .unwrap_err();
    assert_eq!(no_json.status(), StatusCode::BAD_REQUEST);
    store.close();
    let down = inbox
        .receive(&verifier.sign_for_test(body), body)
        .await
        .unwrap_err();
    assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn events_have_the_keys_of_the_client_and_the_order_of_their_contacts() {
    let new = |body: serde_json::Value| {
        let (verifier, body) = (Verifier::new([SECRET]).unwrap(), body.to_string());
        let headers = verifier.sign_for_test(body.as_bytes());
        let receiver = Receiver::new(verifier);
        let callback = receiver.check(&headers, body).unwrap();
        NewEvent::from_callback(&callback).in_order_of_contact(callback.event())
    };
    let report = json!({"message_id": "01M", "status": "READ", "contact_id": "",
        "channel_identity": {"channel": "SMS", "identity": "467"}});
    let receipt = new(json!({"app_id": "01A", "message_delivery_report": report}));
    assert_eq!(receipt.key, "MESSAGE_DELIVERY/01M/READ/SMS");
    assert_eq!(receipt.ordering_key.as_deref(), Some("SMS 467"));
    let message = new(json!({"message": {"id": "01M", "contact_id": "01C"}}));
    assert_eq!(message.ordering_key.as_deref(), Some("01C"));
    assert!(!format!("{message:?}").contains("01C"));
}

async fn events_are_retried_until_they_are_handled_or_dead(store: AnyStore) {
    accept(&store, &["fine", "twice", "never", "panics", "hopeless"]).await;
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let handler = Handler::new(store.clone(), INBOX, move |event: StoredEvent| {
        seen.lock().unwrap().push(event.clone());
        async move {
            if is(&event, "panics") {
                panic!("as the test says");
            }
            if is(&event, "hopeless") {
                return Err(Failure::bury("no use"));
            }
            if is(&event, "never") || (is(&event, "twice") && event.attempt == 1) {
                return Err(Failure::retry("not now"));
            }
            Ok(())
        }
    });
    let stop = handler.stop_handle();
    let running = tokio::spawn(handler.options(options().max_attempts(3)).run());
    let inbox = inbox(&store);
    until(async || inbox.dead(0, 10).await.unwrap().len() == 3).await;
    until(async || calls.lock().unwrap().len() == 10).await;
    stop.stop();
    running.await.unwrap().unwrap();
    let dead = inbox.dead(0, 10).await.unwrap();
    let reasons: Vec<_> = dead
        .iter()
        .map(|event| event.reason.as_deref().unwrap())
        .collect();
    assert_eq!(reasons, ["not now", "the function panicked", "no use"]);
    let attempts: Vec<_> = dead.iter().map(|event| event.attempt).collect();
    assert_eq!(attempts, [3, 3, 1]);

    let numbers = dead.iter().map(|event| event.number);
    assert_eq!(inbox.replay(numbers).await, Ok(3));
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let handler = Handler::new(store.clone(), INBOX, move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Ok(()) }
    });
    tokio::spawn(handler.options(options()).run());
    until(async || count.load(Ordering::Relaxed) == 3).await;
    until(async || inbox.purge(SystemClock.now()).await.unwrap() > 0).await;
    assert_eq!(inbox.dead(0, 10).await, Ok(Vec::new()));
}

async fn an_event_that_takes_its_process_with_it_is_dead_in_the_end(store: AnyStore) {
    accept(&store, &["poison"]).await;
    let inbox = inbox(&store);
    let begun = Arc::new(AtomicU32::new(0));
    let start = || {
        let begun = Arc::clone(&begun);
        let handler = Handler::new(store.clone(), INBOX, move |_| {
            begun.fetch_add(1, Ordering::Relaxed);
            std::future::pending()
        });
        // The event is free again when its process is gone, and not taken twice by the same one.
        let options = options().times(Duration::ZERO, Duration::from_millis(2));
        tokio::spawn(
            handler
                .options(options.max_attempts(3).concurrency(1))
                .run(),
        )
    };
    for attempt in 1..=3 {
        let process = start();
        until(async || begun.load(Ordering::Relaxed) == attempt).await;
        process.abort();
        assert!(process.await.unwrap_err().is_cancelled());
    }
    start();
    until(async || inbox.dead(0, 1).await.unwrap().len() == 1).await;
    assert_eq!(begun.load(Ordering::Relaxed), 3);
}

async fn a_stored_event_wakes_a_handler(store: AnyStore) {
    let (count, counted) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&count);
    let handler = Handler::new(store.clone(), INBOX, move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Ok(()) }
    });
    tokio::spawn(handler.options(options().times(SOON, SOON * 10)).run());
    for key in ["a", "b", "c"] {
        accept(&store, &[key]).await;
        counted.fetch_add(1, Ordering::Relaxed);
        until(async || count.load(Ordering::Relaxed) == counted.load(Ordering::Relaxed)).await;
    }
}

/// Answers callbacks as an application does, after failing some.
async fn serve(inbox: Inbox<AnyStore>, failures: u32) -> String {
    let left = Arc::new(AtomicU32::new(failures));
    let callback =
        async move |Shared(inbox): Shared<Inbox<AnyStore>>, headers: HeaderMap, body: Bytes| {
            let fails = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
            if fails.is_ok() {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            match inbox.receive(&headers, &body).await {
                Ok(_) => StatusCode::OK,
                Err(error) => error.status(),
            }
        };
    let router = Router::new().route("/", post(callback)).with_state(inbox);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/")
}

async fn receipts_over_http_settle_the_rows_of_a_worker(store: AnyStore) {
    let target = serve(inbox(&store).in_order_per_contact(), 5).await;
    let sandbox = api::sandbox_calling(&target, Some(SECRET)).await;
    let client = api::client(sandbox.endpoints());
    let rows = (0..40)
        .map(|number| api::row(&client, api::APP, number))
        .collect();
    store.enqueue("q", rows, SystemClock.now()).await.unwrap();
    let options = WorkerOptions::default().rate(None);
    let worker = Worker::new(store.clone(), ClientSender::new(&client), "q").options(options);
    tokio::spawn(worker.run());
    until(async || {
        let status = store.status("q", None).await.unwrap();
        status.counts.of(State::Delivered) == 40
    })
    .await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(sandbox.sent().await.unwrap().len(), 40);
    // QUEUED_ON_CHANNEL and DELIVERED of each.
    let handled = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&handled);
    let handler = Handler::new(store.clone(), INBOX, move |event: StoredEvent| {
        count.fetch_add(1, Ordering::Relaxed);
        async move { event.event().map(|_| ()).map_err(Failure::bury) }
    });
    tokio::spawn(handler.run());
    until(async || handled.load(Ordering::Relaxed) == 80).await;
}

async fn events_are_deleted_when_they_were_handled_long_ago(store: AnyStore) {
    accept(&store, &["a", "b"]).await;
    let options = options().keep(Duration::ZERO);
    let handler = Handler::new(store.clone(), INBOX, async |_| Ok(())).options(options);
    tokio::spawn(handler.run());
    // A key that is free again is new.
    until(async || {
        let event = vec![NewEvent::new("a", "{}")];
        let accepted = store.accept(INBOX, event, SystemClock.now()).await;
        accepted.unwrap() == [true]
    })
    .await;
}
