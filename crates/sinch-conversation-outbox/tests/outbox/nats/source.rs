//! Messages of a stream, stored as rows.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::message::PublishMessage;
use sinch_conversation_outbox::nats::{SendSource, SourceError, SourceSummary};
use sinch_conversation_outbox::{Outbox, SqliteStore, StoreError};
use tokio::task::JoinHandle;

use super::server::{self, Server, count, stream};
use crate::inbox::until;

pub(super) const SEND: &str = r#"{"app_id": "01A", "message": {"text_message": {"text": "hi"}},
    "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": "467"}]}}}"#;
pub(super) const WINDOW: Duration = Duration::from_secs(120);
const DEAD: &str = "dead.sends";

type Headers<'a> = &'a [(&'a str, &'a str)];

/// A consumer that waits for so long for an acknowledgement.
pub(super) async fn consumer(context: &Context, wait: Duration) -> PullConsumer {
    let durable = Config {
        durable_name: Some("outbox".to_owned()),
        ack_wait: wait,
        ..Config::default()
    };
    let stream = context.get_stream("sends").await.unwrap();
    stream
        .get_or_create_consumer("outbox", durable)
        .await
        .unwrap()
}

/// How many messages were not acknowledged.
pub(super) async fn open(context: &Context) -> u64 {
    let mut consumer = consumer(context, WINDOW).await;
    let info = consumer.info().await.unwrap();
    info.num_pending + u64::try_from(info.num_ack_pending).unwrap()
}

pub(super) async fn publish(context: &Context, headers: Headers<'_>, payload: &str) {
    let mut all = HeaderMap::new();
    headers
        .iter()
        .for_each(|(name, value)| all.append(*name, *value));
    let message = PublishMessage::build()
        .headers(all)
        .payload(payload.to_owned().into());
    context
        .send_publish("sends.new", message)
        .await
        .unwrap()
        .await
        .unwrap();
}

pub(super) fn source(
    outbox: &Outbox<SqliteStore>,
    context: &Context,
    consumer: PullConsumer,
) -> SendSource<SqliteStore> {
    SendSource::new(outbox.clone(), context.clone(), consumer, DEAD)
        .pause(Duration::from_millis(50))
}

pub(super) async fn rows(outbox: &Outbox<SqliteStore>) -> u64 {
    outbox.status().await.unwrap().counts.total()
}

fn outbox() -> Outbox<SqliteStore> {
    Outbox::new(SqliteStore::builder().open_in_memory().unwrap(), "q")
}

type Running = JoinHandle<Result<SourceSummary, SourceError>>;

/// How a source ended.
async fn ended(running: Running) -> Result<SourceSummary, SourceError> {
    let ended = tokio::time::timeout(Duration::from_secs(30), running).await;
    ended.expect("it goes on").unwrap()
}

/// A server with the stream of sends.
pub(super) async fn served(window: Duration) -> Option<(Server, Context)> {
    let server = server::start().await?;
    let context = server.context().await;
    stream(&context, "sends", window).await;
    Some((server, context))
}

#[tokio::test]
async fn messages_become_rows_and_are_acknowledged() {
    let Some((_server, context)) = served(WINDOW).await else {
        return;
    };
    let outbox = outbox();
    publish(
        &context,
        &[("Outbox-Dedup-Key", "order-1"), ("Outbox-Group", "g")],
        SEND,
    )
    .await;
    publish(
        &context,
        &[("Nats-Msg-Id", "order-2"), ("Traceparent", "any")],
        SEND,
    )
    .await;
    publish(&context, &[], SEND).await;
    publish(&context, &[], SEND).await;
    let source = source(&outbox, &context, consumer(&context, WINDOW).await);
    let stop = source.stop_handle();
    let running = tokio::spawn(source.run());
    until(async || open(&context).await == 0).await;
    stop.stop();
    let summary = ended(running).await.unwrap();
    assert_eq!((summary.stored, summary.repeated), (4, 0));
    assert_eq!(rows(&outbox).await, 4);
    let row = outbox.find_by_key("order-1").await.unwrap().unwrap();
    assert_eq!(row.request, SEND);
    assert!(outbox.find_by_key("order-2").await.unwrap().is_some());
    let group = outbox.group_status("g").await.unwrap();
    assert_eq!(group.counts.total(), 1);
}

#[tokio::test]
async fn a_key_is_one_row_within_the_window_of_the_stream_and_beyond_it() {
    let Some((_server, context)) = served(Duration::from_millis(200)).await else {
        return;
    };
    until(async || {
        publish(&context, &[("Nats-Msg-Id", "order-1")], SEND).await;
        count(&context, "sends").await == 3
    })
    .await;
    let outbox = outbox();
    tokio::spawn(source(&outbox, &context, consumer(&context, WINDOW).await).run());
    until(async || open(&context).await == 0).await;
    assert_eq!(rows(&outbox).await, 1);
}

#[tokio::test]
async fn lost_acknowledgements_double_nothing() {
    let Some((server, context)) = served(WINDOW).await else {
        return;
    };
    for _ in 0..20 {
        publish(&context, &[], SEND).await;
    }
    let (outbox, wait) = (outbox(), Duration::from_millis(300));
    consumer(&context, wait).await;
    let deaf = server.context_of("deaf").await;
    let source_of_deaf = source(&outbox, &deaf, consumer(&deaf, wait).await);
    let stop = source_of_deaf.stop_handle();
    let running = tokio::spawn(source_of_deaf.run());
    let delivered = async || {
        let mut consumer = consumer(&context, wait).await;
        consumer.info().await.unwrap().delivered.consumer_sequence
    };
    until(async || delivered().await >= 60).await;
    stop.stop();
    let summary = ended(running).await.unwrap();
    assert_eq!((summary.stored, rows(&outbox).await), (20, 20));
    assert!(summary.repeated > 0, "{summary:?}");
    assert_eq!(open(&context).await, 20);
    tokio::spawn(source(&outbox, &context, consumer(&context, wait).await).run());
    until(async || open(&context).await == 0).await;
    assert_eq!(rows(&outbox).await, 20);
}

#[tokio::test]
async fn malformed_messages_become_dead_letters_with_their_reasons() {
    let Some((_server, context)) = served(WINDOW).await else {
        return;
    };
    let correlated = SEND.replacen('{', r#"{"correlation_id": "mine", "#, 1);
    let malformed: [(Headers<'_>, &str, &str); 6] = [
        (&[("Nats-Msg-Id", "order-1")], "no JSON", "payload"),
        (&[], &correlated, "correlation_id"),
        (&[("Outbox-Priority", "high")], SEND, "Outbox-Priority"),
        (&[("Outbox-Groop", "g")], SEND, "Outbox-Groop"),
        (&[("Outbox-Expires", "soon")], SEND, "Outbox-Expires"),
        (
            &[("Outbox-Group", "g"), ("Outbox-Group", "h")],
            SEND,
            "once",
        ),
    ];
    for (headers, payload, _) in malformed {
        publish(&context, headers, payload).await;
    }
    publish(&context, &[], SEND).await;
    let outbox = outbox();
    let source = source(&outbox, &context, consumer(&context, WINDOW).await);
    let stop = source.stop_handle();
    let running = tokio::spawn(source.run());
    until(async || rows(&outbox).await == 1).await;
    // No stream takes the dead letters, so their messages are not terminated.
    until(async || open(&context).await == 6).await;
    stream(&context, "dead", WINDOW).await;
    until(async || open(&context).await == 0).await;
    stop.stop();
    ended(running).await.unwrap();
    assert_eq!((count(&context, "dead").await, rows(&outbox).await), (6, 1));
    let dead = context.get_stream("dead").await.unwrap();
    let mut letters = Vec::new();
    for number in 1..=6 {
        letters.push(dead.get_raw_message(number).await.unwrap());
    }
    for (_, payload, reason) in malformed {
        let is_letter = |letter: &&async_nats::jetstream::message::StreamMessage| {
            let said = letter.headers.get("Dead-Reason").unwrap();
            letter.payload == payload.as_bytes() && said.as_str().contains(reason)
        };
        assert_eq!(letters.iter().filter(is_letter).count(), 1, "{reason}");
    }
    let named = letters
        .iter()
        .filter_map(|letter| letter.headers.get("Dead-Message-Id"));
    assert_eq!(named.map(|id| id.as_str()).collect::<Vec<_>>(), ["order-1"]);
}

#[tokio::test]
async fn a_consumer_of_the_dead_letters_is_refused() {
    let Some((_server, context)) = served(WINDOW).await else {
        return;
    };
    publish(&context, &[], SEND).await;
    let (outbox, consumer) = (outbox(), consumer(&context, WINDOW).await);
    let source = SendSource::new(outbox, context.clone(), consumer, "sends.new");
    let stopped = ended(tokio::spawn(source.run())).await;
    assert!(
        matches!(stopped, Err(SourceError::DeadLetterLoop { .. })),
        "{stopped:?}"
    );
}

#[tokio::test]
async fn messages_wait_while_the_store_fails() {
    let Some((_server, context)) = served(WINDOW).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::builder().busy_timeout(Duration::from_millis(20));
    let store = store.open(&file).unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for _ in 0..10 {
        publish(&context, &[], SEND).await;
    }
    let outbox = Outbox::new(store.clone(), "q");
    let running = tokio::spawn(source(&outbox, &context, consumer(&context, WINDOW).await).run());
    let mut watched = consumer(&context, WINDOW).await;
    until(async || watched.info().await.unwrap().delivered.consumer_sequence > 20).await;
    assert_eq!(open(&context).await, 10);
    other.execute_batch("ROLLBACK").unwrap();
    until(async || open(&context).await == 0).await;
    assert_eq!(rows(&outbox).await, 10);
    // This one does not pass by itself.
    store.close();
    publish(&context, &[], SEND).await;
    let stopped = ended(running).await;
    assert!(
        matches!(stopped, Err(SourceError::Store(StoreError::Closed))),
        "{stopped:?}"
    );
    assert_eq!(open(&context).await, 1);
}

#[tokio::test]
async fn a_restarted_server_goes_on_where_it_was() {
    let Some((mut server, context)) = served(WINDOW).await else {
        return;
    };
    let outbox = outbox();
    let wait = Duration::from_secs(1);
    let source = source(&outbox, &context, consumer(&context, wait).await);
    let stop = source.stop_handle();
    let running = tokio::spawn(source.run());
    for _ in 0..30 {
        publish(&context, &[], SEND).await;
    }
    until(async || rows(&outbox).await >= 30).await;
    server.kill();
    server.start().await;
    let context = server.context().await;
    for _ in 0..30 {
        publish(&context, &[], SEND).await;
    }
    until(async || open(&context).await == 0).await;
    stop.stop();
    let summary = ended(running).await.unwrap();
    assert_eq!((summary.stored, rows(&outbox).await), (60, 60));
}
