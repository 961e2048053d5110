//! Durations as OpenTelemetry's SDK exports them.

use std::collections::BTreeMap;

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use sinch_conversation::metrics::OpenTelemetry;

use crate::server::{Act, Server};
use crate::{builder, message_id};

/// How often a set of attributes was recorded, by the name of the metric.
type Recorded = BTreeMap<String, Vec<(String, u64)>>;

/// What was exported. Every duration has to be positive and to lie in a bucket below ten seconds.
fn recorded(meters: &SdkMeterProvider, exporter: &InMemoryMetricExporter) -> Recorded {
    meters.force_flush().unwrap();
    let exported = exporter.get_finished_metrics().unwrap();
    let metrics = exported.iter().flat_map(|it| it.scope_metrics());
    let mut recorded = Recorded::new();
    for metric in metrics.flat_map(|scope| scope.metrics()) {
        assert_eq!(metric.unit(), "s");
        let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else {
            panic!("{metric:?}");
        };
        for point in histogram.data_points() {
            assert_eq!(point.bounds().collect::<Vec<_>>().last(), Some(&10.0));
            assert!(point.sum() > 0.0 && point.sum() < 10.0);
            let mut attributes: Vec<_> = point
                .attributes()
                .map(|attribute| format!("{}={}", attribute.key, attribute.value))
                .collect();
            attributes.sort();
            let points = recorded.entry(metric.name().to_owned()).or_default();
            points.push((attributes.join(" "), point.count()));
        }
    }
    recorded.values_mut().for_each(|points| points.sort());
    recorded
}

#[tokio::test]
async fn attempts_and_calls_are_recorded_under_the_names_of_the_conventions() {
    let server = Server::start(|request, number| match number {
        _ if request.is_token() => Act::token("the-token"),
        0 => Act::reply(503, "{}"),
        1 => Act::Reset,
        _ => Act::reply(200, r#"{"id": "01MESSAGE", "direction": "TO_CONTACT"}"#),
    })
    .await;
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let meters = SdkMeterProvider::builder().with_reader(reader).build();
    let client = builder(&server.url)
        .metrics(OpenTelemetry::new(&meters.meter("test")))
        .build()
        .unwrap();
    let message = || client.messages().get(message_id());
    message().await.unwrap();
    message().await.unwrap();

    let port = server.url.rsplit(':').next().unwrap();
    let request = |error: &str, status: &str| {
        let error = match error {
            "" => String::new(),
            error => format!("error.type={error} "),
        };
        let status = match status {
            "" => String::new(),
            status => format!("http.response.status_code={status} "),
        };
        format!(
            "{error}http.request.method=GET {status}server.address=127.0.0.1 server.port={port} \
             url.template=/v1/projects/{{project_id}}/messages/{{message_id}}"
        )
    };
    let call = "sinch.operation=Messages_GetMessage".to_owned();
    let expected = [
        (
            "http.client.request.duration".to_owned(),
            vec![
                (request("503", "503"), 1),
                (request("disconnected", ""), 1),
                (request("", "200"), 2),
            ],
        ),
        ("sinch.client.call.duration".to_owned(), vec![(call, 2)]),
    ];
    assert_eq!(recorded(&meters, &exporter), expected.into());
}
