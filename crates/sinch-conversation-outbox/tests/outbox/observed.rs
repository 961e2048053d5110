//! Spans and metrics of what is done, from storing a row to the handling of a callback.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use sinch_conversation_outbox::inbox::{EventStore, Failure, Handler, HandlerOptions, NewEvent};
use sinch_conversation_outbox::metrics::{Metrics, OpenTelemetry};
use sinch_conversation_outbox::store::Rate;
use sinch_conversation_outbox::{
    ClientSender, Clock, NewRow, Outbox, Reply, RowId, Sender, SqliteStore, State, StoreError,
    SystemClock, Worker, WorkerOptions,
};

use sinch_conversation_test_server::{Act, Server};

use crate::api;

#[path = "../../../sinch-conversation/tests/client/recorder.rs"]
mod recorder;

use recorder::{RecordedSpan, Recorder, keep_on};

const SECRETS: [&str; 4] = ["+46700000001", "Your table", "order-4711", "no such number"];

/// Accepts the first row, and refuses the others.
struct First;

impl Sender for First {
    async fn send(&self, _: RowId, request: String) -> Reply {
        if request.contains("first") {
            return Reply::Accepted { message_id: None };
        }
        Reply::Refused {
            reason: "no such number +46700000001".to_owned(),
        }
    }
}

fn row(name: &str) -> NewRow {
    let request = format!(r#"{{"name": "{name}", "to": "+46700000001", "text": "Your table"}}"#);
    NewRow::new(request).dedup_key(format!("order-4711-{name}"))
}

/// Does each of the things once at least.
async fn everything<M: Metrics + Clone>(metrics: &M) {
    let store = SqliteStore::builder().open_in_memory().unwrap();
    let outbox = Outbox::new(store.clone(), "messages").metrics(metrics.clone());
    outbox.enqueue([row("first"), row("second")]).await.unwrap();
    // The second row has to wait for its permit, and is not begun with the claim for that.
    let mut rate = Rate::per_second(10);
    rate.slice = Duration::from_secs(1);
    let options = WorkerOptions::default().intervals(SOON, SOON).rate(rate);
    let worker = Worker::new(store.clone(), First, "messages");
    let worker = worker.options(options).metrics(metrics.clone());
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    until(async || outbox.status().await.unwrap().counts.waiting() == 0).await;
    let counts = outbox.status().await.unwrap().counts;
    assert_eq!(
        (counts.of(State::Accepted), counts.of(State::Refused)),
        (1, 1)
    );
    stop.stop();
    running.await.unwrap().unwrap();
    outbox.receive([]).await.unwrap();

    let events = ["a", "b"].map(|key| NewEvent::new(key, r#"{"from": "+46700000001"}"#));
    let accepted = store.accept("callbacks", events.into(), SystemClock.now());
    accepted.await.unwrap();
    let (handled, mut count) = tokio::sync::watch::channel(0);
    let handler = Handler::new(store.clone(), "callbacks", move |event| {
        handled.send_modify(|count| *count += 1);
        async move {
            match event.number {
                1 => Ok(()),
                _ => Err(Failure::bury("no such number")),
            }
        }
    });
    let options = HandlerOptions::default().times(Duration::from_secs(30), SOON);
    let handler = handler.options(options).metrics(metrics.clone());
    let stop = handler.stop_handle();
    let running = tokio::spawn(handler.run());
    count.wait_for(|count| *count == 2).await.unwrap();
    stop.stop();
    running.await.unwrap().unwrap();

    store.close();
    let closed = outbox.enqueue([row("third")]).await;
    assert_eq!(closed, Err(StoreError::Closed));
}

const SOON: Duration = Duration::from_millis(5);

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(SOON).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .unwrap();
}

/// What was exported: the attributes of each metric, with what was counted.
fn exported(meters: &SdkMeterProvider, exporter: &InMemoryMetricExporter) -> Vec<(String, u64)> {
    meters.force_flush().unwrap();
    let exported = exporter.get_finished_metrics().unwrap();
    let scopes = exported.iter().flat_map(|it| it.scope_metrics());
    let mut points = BTreeMap::new();
    for metric in scopes.flat_map(|scope| scope.metrics()) {
        let mut keep = |attributes: Vec<String>, count| {
            let mut attributes = attributes;
            attributes.sort();
            let line = format!(
                "{} [{}] {}",
                metric.name(),
                metric.unit(),
                attributes.join(" ")
            );
            points.insert(line, count);
        };
        macro_rules! keep {
            ($data:expr, $count:expr) => {
                for point in $data.data_points() {
                    let attributes = point.attributes();
                    let texts = attributes.map(|it| format!("{}={}", it.key, it.value));
                    keep(texts.collect(), $count(point));
                }
            };
        }
        match metric.data() {
            AggregatedMetrics::F64(MetricData::Histogram(data)) => {
                keep!(
                    data,
                    |point: &opentelemetry_sdk::metrics::data::HistogramDataPoint<f64>| {
                        point.count()
                    }
                );
            }
            AggregatedMetrics::U64(MetricData::Sum(data)) => {
                keep!(
                    data,
                    |point: &opentelemetry_sdk::metrics::data::SumDataPoint<u64>| { point.value() }
                );
            }
            AggregatedMetrics::U64(MetricData::Gauge(data)) => {
                keep!(
                    data,
                    |point: &opentelemetry_sdk::metrics::data::GaugeDataPoint<u64>| {
                        point.value()
                    }
                );
            }
            other => panic!("{other:?}"),
        }
    }
    points.into_iter().collect()
}

fn attributes(name: &str, kind: &str, queue: &str, error: &str) -> String {
    let error = match error {
        "" => String::new(),
        error => format!("error.type={error} "),
    };
    let kind = match kind {
        "" => String::new(),
        kind => format!("messaging.operation.type={kind} "),
    };
    format!(
        "{error}messaging.destination.name={queue} messaging.operation.name={name} {kind}messaging.system=sinch_outbox"
    )
}

#[tokio::test]
async fn what_is_done_is_counted_under_the_names_of_the_conventions() {
    use opentelemetry::metrics::MeterProvider;
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let meters = SdkMeterProvider::builder().with_reader(reader).build();
    // Shared, as metrics of one's own often are.
    let metrics = Arc::new(OpenTelemetry::new(&meters.meter("test")));
    everything(&metrics).await;
    let exported = exported(&meters, &exporter);
    let of = |metric: &str, attributes: String| {
        let line = format!("{metric} {attributes}");
        let found = exported.iter().find(|(name, _)| *name == line);
        found.map(|(_, count)| *count)
    };
    let took = "messaging.client.operation.duration [s]";
    for (name, kind, queue, error) in [
        ("enqueue", "create", "messages", ""),
        ("enqueue", "create", "messages", "closed"),
        ("send", "send", "messages", ""),
        ("send", "send", "messages", "refused"),
        ("receive", "create", "messages", ""),
    ] {
        let attributes = attributes(name, kind, queue, error);
        assert_eq!(
            of(took, attributes.clone()),
            Some(1),
            "{attributes}: {exported:#?}"
        );
    }
    // How often these are done depends on the time.
    for (name, kind, queue) in [
        ("claim", "receive", "messages"),
        ("begin", "", "messages"),
        ("settle", "settle", "messages"),
        ("sweep", "", "messages"),
        ("claim", "receive", "callbacks"),
        ("settle", "settle", "callbacks"),
    ] {
        let attributes = attributes(name, kind, queue, "");
        let count = of(took, attributes.clone());
        assert!(
            count.is_some_and(|count| count > 0),
            "{attributes}: {exported:#?}"
        );
    }
    let sent = "messaging.client.sent.messages [{message}]";
    let consumed = "messaging.client.consumed.messages [{message}]";
    let processed = "messaging.process.duration [s]";
    for (metric, name, kind, queue, error, count) in [
        (sent, "send", "send", "messages", "", 1),
        (sent, "send", "send", "messages", "refused", 1),
        (consumed, "claim", "receive", "messages", "", 2),
        (consumed, "claim", "receive", "callbacks", "", 2),
        (processed, "process", "process", "callbacks", "", 1),
        (processed, "process", "process", "callbacks", "failed", 1),
    ] {
        let attributes = attributes(name, kind, queue, error);
        assert_eq!(
            of(metric, attributes.clone()),
            Some(count),
            "{metric} {attributes}"
        );
    }
    let rows = exported
        .iter()
        .filter(|(name, _)| name.starts_with("sinch.outbox.rows [{row}]"));
    assert_eq!(rows.clone().count(), State::ALL.len());
    assert_eq!(rows.map(|(_, count)| count).sum::<u64>(), 2);
    for (line, _) in &exported {
        assert!(
            !SECRETS.iter().any(|secret| line.contains(secret)),
            "{line}"
        );
    }
}

/// The API's words may quote the request: they are in the status, and what is logged has only their code.
#[tokio::test]
async fn the_log_of_a_paused_queue_quotes_nothing() {
    keep_on();
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let api = Server::start(|request, _| {
        let refused = r#"{"error": {"code": 403, "status": "PERMISSION_DENIED",
            "message": "order-4711: no such number +46700000001"}}"#;
        match request.is_token() {
            true => Act::token("token"),
            false => Act::reply(403, refused),
        }
    });
    let api = api.await;
    let client = api::client_at(["p", &api.url, &api.url], "secret");
    let store = SqliteStore::builder().open_in_memory().unwrap();
    let outbox = Outbox::new(store.clone(), "messages");
    outbox
        .enqueue([api::row(&client, api::APP, 1)])
        .await
        .unwrap();
    let worker = Worker::new(store, ClientSender::new(&client), "messages");
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    until(async || outbox.status().await.unwrap().paused.is_some()).await;
    stop.stop();
    running.await.unwrap().unwrap();
    let reason = outbox.status().await.unwrap().paused.unwrap();
    assert!(reason.contains("+46700000001"), "{reason}");
    let text = recorder.text();
    assert!(
        !SECRETS.iter().any(|secret| text.contains(secret)),
        "{text}"
    );
    for line in [
        "message=the queue is paused",
        r#"queue="messages""#,
        "message=a fault that every request meets",
        r#"kind="api""#,
        "status=403",
        r#"code="PERMISSION_DENIED""#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
}

#[tokio::test]
async fn spans_say_what_is_done_and_to_whom_they_do_not() {
    keep_on();
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let meters = SdkMeterProvider::builder().build();
    let meter = opentelemetry::metrics::MeterProvider::meter(&meters, "test");
    everything(&OpenTelemetry::new(&meter)).await;
    let spans = recorder.spans("outbox");
    let named = |name: &str| -> Vec<&RecordedSpan> {
        let name = format!("{name:?}");
        let is_named = |span: &&RecordedSpan| span.fields["messaging.operation.name"] == name;
        spans.iter().filter(is_named).collect()
    };
    for name in [
        "enqueue", "claim", "begin", "send", "settle", "sweep", "receive", "process",
    ] {
        assert!(!named(name).is_empty(), "{name}");
    }
    let first = &named("enqueue")[0].fields;
    assert_eq!(first["otel.name"], "enqueue messages");
    assert_eq!(first["otel.kind"], r#""producer""#);
    assert_eq!(first["messaging.operation.type"], r#""create""#);
    assert_eq!(first["messaging.batch.message_count"], "2");
    assert!(!first.contains_key("error.type"));
    let sends = named("send");
    assert_eq!(sends.len(), 2);
    assert_eq!(sends[1].fields["error.type"], r#""refused""#);
    assert_eq!(sends[1].fields["otel.status_code"], r#""ERROR""#);
    assert!(
        sends[1].fields["messaging.message.conversation_id"]
            .parse::<RowId>()
            .is_ok()
    );
    let text = recorder.text();
    assert!(
        !SECRETS.iter().any(|secret| text.contains(secret)),
        "{text}"
    );
}
