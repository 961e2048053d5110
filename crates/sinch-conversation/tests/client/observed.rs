//! What spans and metrics tell.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use sinch_conversation::metrics::{ErrorType, FinishedAttempt, FinishedCall, Metrics};
use sinch_conversation::{Client, Service};
use sinch_conversation_raw::OperationId as Id;

use crate::recorder::{RecordedSpan, Recorder};
use crate::server::{Act, Server, closed_port};
use crate::{always, builder, first, jump, message_id, text, until};

#[derive(Clone, Default)]
struct Kept {
    attempts: Arc<Mutex<Vec<FinishedAttempt>>>,
    calls: Arc<Mutex<Vec<FinishedCall>>>,
}

impl Metrics for Kept {
    fn attempt_finished(&self, attempt: &FinishedAttempt) {
        self.attempts.lock().unwrap().push(attempt.clone());
    }

    fn call_finished(&self, call: &FinishedCall) {
        self.calls.lock().unwrap().push(call.clone());
    }
}

/// The operation, the number, the status and the error.
type Seen = (&'static str, u32, Option<u16>, Option<String>);

impl Kept {
    fn attempts(&self) -> Vec<Seen> {
        let attempts = self.attempts.lock().unwrap();
        let seen = |attempt: &FinishedAttempt| {
            let status = attempt.status.map(|status| status.as_u16());
            let error = attempt.error_type.map(|error| error.to_string());
            (attempt.operation, attempt.attempt, status, error)
        };
        attempts.iter().map(seen).collect()
    }

    fn calls(&self) -> Vec<Seen> {
        let calls = self.calls.lock().unwrap();
        let seen = |call: &FinishedCall| {
            let status = call.status.map(|status| status.as_u16());
            let error = call.error_type.map(|error| error.to_string());
            (call.operation, call.attempts, status, error)
        };
        calls.iter().map(seen).collect()
    }
}

fn observed(url: &str) -> (Client, Kept) {
    let kept = Kept::default();
    let client = builder(url).metrics(kept.clone()).build().unwrap();
    (client, kept)
}

const SEND: &str = Id::MessagesSendMessage.as_str();
const GET: &str = Id::MessagesGetMessage.as_str();

fn error(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn the_hook_is_told_of_each_attempt_and_of_the_call() {
    let server = Server::start(|request, number| match (request.is_token(), number) {
        (true, _) => Act::token("the-token"),
        (false, 0) => Act::reply(503, "{}"),
        (false, 1) => Act::Reset,
        _ => crate::good(&request.path),
    })
    .await;
    let (client, kept) = observed(&server.url);
    client.messages().get(message_id()).await.unwrap();
    assert_eq!(
        kept.attempts(),
        [
            (GET, 1, Some(503), error("503")),
            (GET, 2, None, error("disconnected")),
            (GET, 3, Some(200), None),
        ]
    );
    assert_eq!(kept.calls(), [(GET, 3, Some(200), None)]);
    let spent: Duration = kept
        .attempts
        .lock()
        .unwrap()
        .iter()
        .map(|attempt| attempt.duration)
        .sum();
    assert!(kept.calls.lock().unwrap()[0].duration >= spent);
}

#[tokio::test]
async fn the_hook_is_told_how_calls_fail() {
    let cases = [
        (Act::reply(404, "{}"), Some(404), error("404")),
        (Act::reply(200, "<html>"), Some(200), error("decode")),
        (Act::reply(200, "{}"), Some(200), error("decode")),
        (Act::Close, None, error("disconnected")),
    ];
    for (act, status, expected) in cases {
        let server = always(act.clone()).await;
        let (client, kept) = observed(&server.url);
        text(&client).await.unwrap_err();
        assert_eq!(kept.calls(), [(SEND, 1, status, expected)], "{act:?}");
    }

    let server = always(Act::reply(200, "{}")).await;
    let kept = Kept::default();
    let client = builder(&server.url)
        .endpoint(Service::Auth, closed_port().await)
        .metrics(kept.clone())
        .build()
        .unwrap();
    text(&client).await.unwrap_err();
    assert_eq!(kept.calls(), [(SEND, 0, None, error("auth"))]);
    assert!(kept.attempts().is_empty());
}

#[tokio::test]
async fn what_is_given_up_is_cancelled_and_what_never_began_is_not_counted() {
    let server = always(Act::Hang).await;
    let (client, kept) = observed(&server.url);
    let messages = client.messages();
    let mut call = Box::pin(messages.get(message_id()));
    while server.calls().is_empty() {
        let step = Duration::from_millis(1);
        tokio::time::timeout(step, call.as_mut()).await.unwrap_err();
    }
    drop(call);
    assert_eq!(kept.attempts(), [(GET, 1, None, error("cancelled"))]);
    assert_eq!(kept.calls(), [(GET, 1, None, error("cancelled"))]);

    text(&client)
        .correlation_id("x".repeat(129))
        .await
        .unwrap_err();
    drop(text(&client));
    assert_eq!(kept.calls().len(), 1);

    let before = server.calls().len();
    let late = text(&client).timeout(Duration::from_secs(25));
    let late = tokio::spawn(late.into_future());
    until(|| server.calls().len() > before).await;
    jump(26).await;
    late.await.unwrap().unwrap_err();
    assert_eq!(kept.attempts()[1], (SEND, 1, None, error("cancelled")));
    assert_eq!(kept.calls()[1], (SEND, 1, None, error("timeout")));
}

#[test]
fn an_error_type_is_a_label() {
    let status = http::StatusCode::BAD_GATEWAY;
    assert_eq!(ErrorType::Status(status).to_string(), "502");
    assert_eq!(ErrorType::InvalidArgument.to_string(), "invalid_argument");
}

fn field<'a>(span: &'a RecordedSpan, name: &str) -> Option<&'a str> {
    span.fields.get(name).map(String::as_str)
}

#[tokio::test]
async fn spans_follow_the_conventions_for_http_clients() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let server = first(Act::reply(429, "{}").with("Retry-After", 0)).await;
    let client = builder(&server.url).build().unwrap();
    text(&client).await.unwrap();

    let template = "/v1/projects/{project_id}/messages:send";
    let port = server.url.rsplit(':').next();
    let requests = recorder.spans("http_request");
    let [token, refused, accepted] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    for (span, template) in [
        (token, "/oauth2/token"),
        (refused, template),
        (accepted, template),
    ] {
        let name = format!("POST {template}");
        assert_eq!(field(span, "otel.name"), Some(name.as_str()));
        assert_eq!(field(span, "otel.kind"), Some("\"client\""));
        assert_eq!(field(span, "http.request.method"), Some("\"POST\""));
        let quoted = format!("{template:?}");
        assert_eq!(field(span, "url.template"), Some(quoted.as_str()));
        assert_eq!(field(span, "url.scheme"), Some("\"http\""));
        assert_eq!(field(span, "server.address"), Some("\"127.0.0.1\""));
        assert_eq!(field(span, "server.port"), port);
        assert_eq!(field(span, "url.full"), None);
    }
    let told = |span| {
        [
            field(span, "http.request.resend_count"),
            field(span, "http.response.status_code"),
            field(span, "error.type"),
            field(span, "otel.status_code"),
        ]
    };
    assert_eq!(told(token), [None, Some("200"), None, None]);
    assert_eq!(
        told(refused),
        [None, Some("429"), Some("429"), Some("\"ERROR\"")]
    );
    assert_eq!(told(accepted), [Some("1"), Some("200"), None, None]);

    let calls = recorder.spans("sinch_call");
    assert_eq!(calls.len(), 1);
    assert_eq!(
        field(&calls[0], "otel.name"),
        Some("\"Messages_SendMessage\"")
    );
    assert_eq!(field(&calls[0], "attempts"), Some("2"));
    assert_eq!(field(&calls[0], "error.type"), None);
}

#[tokio::test]
async fn spans_name_no_ids_and_the_error_of_the_call() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let answer = json!({"error": {"code": 404, "status": "NOT_FOUND", "message": "01MESSAGE"}});
    let server = always(Act::reply(404, answer)).await;
    let client = builder(&server.url).build().unwrap();
    client.messages().get(message_id()).await.unwrap_err();
    let calls = recorder.spans("sinch_call");
    assert_eq!(field(&calls[0], "error.type"), Some("404"));
    let traces = recorder.text();
    for id in ["01MESSAGE", "the-project"] {
        assert!(!traces.contains(id), "{traces}");
    }
}
