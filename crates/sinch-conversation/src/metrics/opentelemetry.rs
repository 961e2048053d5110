//! Metrics of OpenTelemetry.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};

use super::{ErrorType, FinishedAttempt, FinishedCall, Metrics};

/// The boundaries that the conventions advise for durations, in seconds.
const BOUNDARIES: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Records durations with a meter of OpenTelemetry. Only the crate `opentelemetry` 0.33 is used; which SDK exports them
/// is the application's choice.
///
/// | histogram, in seconds | attributes |
/// | --- | --- |
/// | `http.client.request.duration`, each attempt | `http.request.method`, `server.address`, `server.port`, `url.template`, `http.response.status_code` when there was a response, `error.type` when it failed |
/// | `sinch.client.call.duration`, each call with its attempts and all waiting | `sinch.operation`, `error.type` when it failed |
///
/// The first is the one of the semantic conventions for HTTP clients, and `error.type` has the texts of [`ErrorType`].
/// No attribute holds an id or an address of a person.
///
/// ```
/// use opentelemetry::metrics::MeterProvider;
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
/// use sinch_conversation::metrics::OpenTelemetry;
/// use sinch_conversation::{Client, Region};
///
/// # fn main() -> Result<(), sinch_conversation::Error> {
/// let meters = SdkMeterProvider::builder().build();
/// let client = Client::builder()
///     .region(Region::Eu)
///     .project("a project id")
///     .access_key("a key id", "its secret")
///     .metrics(OpenTelemetry::new(&meters.meter("my-service")))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct OpenTelemetry {
    attempts: Histogram<f64>,
    calls: Histogram<f64>,
}

impl OpenTelemetry {
    /// Makes the histograms. With `opentelemetry::global::meter("…")` they belong to the global provider.
    pub fn new(meter: &Meter) -> Self {
        let histogram = |name: &'static str, description: &'static str| {
            meter
                .f64_histogram(name)
                .with_unit("s")
                .with_description(description)
                .with_boundaries(BOUNDARIES.to_vec())
                .build()
        };
        Self {
            attempts: histogram(
                "http.client.request.duration",
                "Duration of HTTP client requests.",
            ),
            calls: histogram(
                "sinch.client.call.duration",
                "Duration of calls, with their attempts and all waiting.",
            ),
        }
    }
}

impl Metrics for OpenTelemetry {
    fn attempt_finished(&self, attempt: &FinishedAttempt) {
        let mut attributes = vec![
            KeyValue::new("http.request.method", attempt.method),
            KeyValue::new("server.address", attempt.server_address.clone()),
            KeyValue::new("server.port", i64::from(attempt.server_port)),
            KeyValue::new("url.template", attempt.url_template),
        ];
        attributes.extend(
            attempt.status.map(|status| {
                KeyValue::new("http.response.status_code", i64::from(status.as_u16()))
            }),
        );
        record(
            &self.attempts,
            attempt.duration,
            attributes,
            attempt.error_type,
        );
    }

    fn call_finished(&self, call: &FinishedCall) {
        let attributes = vec![KeyValue::new("sinch.operation", call.operation)];
        record(&self.calls, call.duration, attributes, call.error_type);
    }
}

fn record(
    histogram: &Histogram<f64>,
    duration: Duration,
    mut attributes: Vec<KeyValue>,
    error: Option<ErrorType>,
) {
    attributes.extend(error.map(|error| KeyValue::new("error.type", error.to_string())));
    histogram.record(duration.as_secs_f64(), &attributes);
}
