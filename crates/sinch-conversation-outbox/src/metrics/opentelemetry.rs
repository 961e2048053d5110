//! Metrics of OpenTelemetry.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

use super::observer::SYSTEM;
use super::{FinishedOperation, Metrics, Operation};
use crate::state::State;
use crate::store::Counts;

/// The boundaries that the conventions advise for durations, in seconds.
const BOUNDARIES: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Records metrics with a meter of OpenTelemetry. Only the crate `opentelemetry` 0.33 is used; which SDK exports them is
/// the application's choice.
///
/// | metric | unit | what |
/// | --- | --- | --- |
/// | `messaging.client.operation.duration` | s | every [`Operation`] but the handling of callbacks |
/// | `messaging.client.sent.messages` | {message} | requests of rows |
/// | `messaging.client.consumed.messages` | {message} | claimed rows and callbacks |
/// | `messaging.process.duration` | s | the handling of a callback by a function |
/// | `sinch.outbox.rows` | {row} | rows of the queue by `sinch.row.state`, as a worker counted them last |
///
/// The first four are those of the semantic conventions for messaging. They have the attributes `messaging.system`, which is
/// `sinch_outbox`, `messaging.operation.name`, `messaging.operation.type` if there is one, `messaging.destination.name`,
/// which is the queue or the inbox, and `error.type` when something failed, with the words of
/// [`FinishedOperation::error_type`]. All workers of a queue report the same rows, so take the largest value.
///
/// ```
/// use opentelemetry::metrics::MeterProvider;
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
/// use sinch_conversation::Client;
/// use sinch_conversation_outbox::metrics::OpenTelemetry;
/// use sinch_conversation_outbox::{ClientSender, Outbox, SqliteStore, Worker};
///
/// # fn example(store: SqliteStore, client: Client) {
/// let meters = SdkMeterProvider::builder().build();
/// let metrics = OpenTelemetry::new(&meters.meter("my-service"));
/// let outbox = Outbox::new(store.clone(), "messages").metrics(metrics.clone());
/// let worker = Worker::new(store, ClientSender::new(&client), "messages").metrics(metrics);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OpenTelemetry {
    operations: Histogram<f64>,
    processed: Histogram<f64>,
    sent: Counter<u64>,
    consumed: Counter<u64>,
    rows: Gauge<u64>,
}

impl OpenTelemetry {
    /// Makes the instruments. With `opentelemetry::global::meter("…")` they belong to the global provider.
    pub fn new(meter: &Meter) -> Self {
        let histogram = |name: &'static str, description: &'static str| {
            meter
                .f64_histogram(name)
                .with_unit("s")
                .with_description(description)
                .with_boundaries(BOUNDARIES.to_vec())
                .build()
        };
        let counter = |name: &'static str, description: &'static str| {
            meter
                .u64_counter(name)
                .with_unit("{message}")
                .with_description(description)
                .build()
        };
        Self {
            operations: histogram(
                "messaging.client.operation.duration",
                "Duration of what is done for rows and callbacks.",
            ),
            processed: histogram(
                "messaging.process.duration",
                "Duration of the handling of callbacks.",
            ),
            sent: counter("messaging.client.sent.messages", "Requests of rows."),
            consumed: counter(
                "messaging.client.consumed.messages",
                "Claimed rows and callbacks.",
            ),
            rows: meter
                .u64_gauge("sinch.outbox.rows")
                .with_unit("{row}")
                .with_description("Rows of the queue.")
                .build(),
        }
    }
}

impl Metrics for OpenTelemetry {
    fn operation_finished(&self, finished: &FinishedOperation<'_>) {
        let operation = finished.operation;
        let mut attributes = vec![
            KeyValue::new("messaging.system", SYSTEM),
            KeyValue::new("messaging.operation.name", operation.as_str()),
            KeyValue::new("messaging.destination.name", finished.queue.to_owned()),
        ];
        let kind = operation.kind();
        attributes.extend(kind.map(|kind| KeyValue::new("messaging.operation.type", kind)));
        let error = finished.error_type;
        attributes.extend(error.map(|error| KeyValue::new("error.type", error)));
        let histogram = match operation {
            Operation::Process => &self.processed,
            _ => &self.operations,
        };
        histogram.record(finished.duration.as_secs_f64(), &attributes);
        match operation {
            Operation::Send => self.sent.add(finished.messages, &attributes),
            Operation::Claim => self.consumed.add(finished.messages, &attributes),
            _ => {}
        }
    }

    fn rows_counted(&self, queue: &str, counts: &Counts) {
        for state in State::ALL {
            let attributes = [
                KeyValue::new("messaging.system", SYSTEM),
                KeyValue::new("messaging.destination.name", queue.to_owned()),
                KeyValue::new("sinch.row.state", state.as_str()),
            ];
            self.rows.record(counts.of(state), &attributes);
        }
    }
}
