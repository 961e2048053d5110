//! Stored events, published.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::jetstream::Context;
use sinch_conversation::webhook::Verifier;
use sinch_conversation_outbox::SqliteStore;
use sinch_conversation_outbox::inbox::{Handler, HandlerOptions, Inbox, StoredEvent};
use sinch_conversation_outbox::nats::EventPublisher;

use super::server::{self, count, stream};
use crate::inbox::until;

const INBOX: &str = "callbacks";
const SECRET: &str = "the secret of the webhook";
const WINDOW: Duration = Duration::from_secs(120);

struct Sink {
    store: SqliteStore,
    inbox: Inbox<SqliteStore>,
}

impl Sink {
    fn new() -> Self {
        let store = SqliteStore::builder().open_in_memory().unwrap();
        let verifier = Verifier::new([SECRET]).unwrap();
        let inbox = Inbox::new(store.clone(), INBOX, verifier);
        Self { store, inbox }
    }

    async fn receive(&self, body: &str) {
        let body = body.as_bytes();
        let headers = Verifier::new([SECRET]).unwrap().sign_for_test(body);
        assert!(self.inbox.receive(&headers, body).await.unwrap());
    }

    async fn messages(&self, ids: std::ops::Range<u32>) {
        for id in ids {
            let body = format!(r#"{{"app_id": "01A", "message": {{"id": "01M{id}"}}}}"#);
            self.receive(&body).await;
        }
    }

    /// Publishes what is received, and counts the failures.
    fn publish(&self, publisher: EventPublisher) -> Arc<AtomicUsize> {
        let options = HandlerOptions::default()
            .times(Duration::from_secs(1), Duration::from_millis(10))
            .pauses(Duration::from_millis(20), Duration::from_millis(200))
            .max_attempts(u32::MAX);
        let (failures, publish) = (Arc::new(AtomicUsize::new(0)), publisher.function());
        let count = Arc::clone(&failures);
        let handler = Handler::new(self.store.clone(), INBOX, move |stored| {
            let (published, count) = (publish(stored), Arc::clone(&count));
            async move {
                let published = published.await;
                count.fetch_add(usize::from(published.is_err()), Ordering::Relaxed);
                published
            }
        });
        tokio::spawn(async move { handler.options(options).run().await.unwrap() });
        failures
    }

    /// Waits until all events are handled.
    async fn handled(&self, events: usize) {
        let mut purged = 0;
        until(async || {
            let later = sinch_conversation_outbox::Time::from_micros(i64::MAX);
            purged += self.inbox.purge(later).await.unwrap();
            purged == events
        })
        .await;
    }
}

/// The subject, the id and the payload of a message of the stream.
async fn message(context: &Context, number: u64) -> (String, String, String) {
    let stream = context.get_stream("events").await.unwrap();
    let message = stream.get_raw_message(number).await.unwrap();
    let id = message.headers.get("Nats-Msg-Id").unwrap().to_string();
    let payload = String::from_utf8(message.payload.to_vec()).unwrap();
    (message.subject.to_string(), id, payload)
}

#[tokio::test]
async fn events_are_published_by_their_kind_with_their_keys() {
    let Some(server) = server::start().await else {
        return;
    };
    let context = server.context().await;
    stream(&context, "events", WINDOW).await;
    let sink = Sink::new();
    sink.publish(EventPublisher::new(context.clone(), "events"));
    let bodies = [
        r#"{"app_id": "01A", "message": {"id": "01M"}}"#,
        r#"{"app_id": "01A", "message_delivery_report": {"message_id": "01N", "status": "READ"}}"#,
        r#"{"app_id": "01A", "of *.> tomorrow": {"id": "01O"}, "event_time": "2026-01-01T00:00:00Z"}"#,
    ];
    for (body, number) in bodies.iter().zip(1..) {
        sink.receive(body).await;
        until(async || count(&context, "events").await == number).await;
    }
    let (subject, id, payload) = message(&context, 1).await;
    let expected = ("events.MESSAGE_INBOUND", "MESSAGE_INBOUND/01M", bodies[0]);
    assert_eq!((&*subject, &*id, &*payload), expected);
    let (subject, id, payload) = message(&context, 2).await;
    assert_eq!(subject, "events.MESSAGE_DELIVERY");
    assert_eq!(
        (&*id, &*payload),
        ("MESSAGE_DELIVERY/01N/READ/-", bodies[1])
    );
    assert_eq!(message(&context, 3).await.0, "events.of_____tomorrow");
}

#[tokio::test]
async fn a_second_publication_is_dropped_within_the_window_and_kept_beyond_it() {
    let Some(server) = server::start().await else {
        return;
    };
    let context = server.context().await;
    let body = r#"{"message": {"id": "01M"}}"#.to_owned();
    let key = "MESSAGE_INBOUND/01M".to_owned();
    let stored = StoredEvent::new(1, key, body, 1, Default::default(), None);
    let publisher = EventPublisher::new(context.clone(), "events");
    stream(&context, "events", WINDOW).await;
    for _ in 0..3 {
        publisher.publish(&stored).await.unwrap();
    }
    assert_eq!(count(&context, "events").await, 1);
    context.delete_stream("events").await.unwrap();
    stream(&context, "events", Duration::from_millis(200)).await;
    until(async || {
        publisher.publish(&stored).await.unwrap();
        count(&context, "events").await == 2
    })
    .await;
    assert_eq!(message(&context, 1).await, message(&context, 2).await);
}

#[tokio::test]
async fn a_handler_that_dies_between_the_publication_and_its_store_publishes_nothing_twice() {
    let Some(server) = server::start().await else {
        return;
    };
    let context = server.context().await;
    stream(&context, "events", WINDOW).await;
    let (sink, publisher) = (Sink::new(), EventPublisher::new(context.clone(), "events"));
    sink.messages(0..20).await;
    let dying = publisher.clone();
    let publish = move |stored: StoredEvent| {
        let publisher = dying.clone();
        async move {
            publisher.publish(&stored).await?;
            std::future::pending().await
        }
    };
    let options = HandlerOptions::default().times(Duration::ZERO, Duration::from_millis(10));
    let handler = Handler::new(sink.store.clone(), INBOX, publish).options(options);
    let running = tokio::spawn(handler.run());
    until(async || count(&context, "events").await == 20).await;
    running.abort();
    sink.publish(publisher);
    sink.handled(20).await;
    assert_eq!(count(&context, "events").await, 20);
}

#[tokio::test]
async fn events_wait_while_the_server_is_down() {
    let Some(mut server) = server::start().await else {
        return;
    };
    let context = server.context().await;
    stream(&context, "events", WINDOW).await;
    let sink = Sink::new();
    let failures = sink.publish(EventPublisher::new(context.clone(), "events"));
    sink.messages(0..10).await;
    sink.handled(10).await;
    server.kill();
    sink.messages(10..40).await;
    until(async || failures.load(Ordering::Relaxed) > 0).await;
    server.start().await;
    sink.handled(30).await;
    assert_eq!(count(&server.context().await, "events").await, 40);
}

#[tokio::test]
async fn what_can_never_be_published_is_dead() {
    let Some(server) = server::start().await else {
        return;
    };
    let context = server.context().await;
    stream(&context, "events", WINDOW).await;
    let sink = Sink::new();
    let publisher = EventPublisher::new(context.clone(), "events");
    sink.publish(publisher.subject(|event| match event.app_id() {
        Some("01A") => "events.fine".to_owned(),
        _ => "events.*".to_owned(),
    }));
    let long = "x".repeat(100_000);
    sink.receive(&format!(
        r#"{{"app_id": "01A", "message": {{"id": "01L", "text": "{long}"}}}}"#
    ))
    .await;
    sink.receive(r#"{"app_id": "01B", "message": {"id": "01M"}}"#)
        .await;
    sink.receive(r#"{"app_id": "01A", "message": {"id": "01N"}}"#)
        .await;
    sink.handled(1).await;
    until(async || sink.inbox.dead(0, 10).await.unwrap().len() == 2).await;
    assert_eq!(message(&context, 1).await.0, "events.fine");
}
