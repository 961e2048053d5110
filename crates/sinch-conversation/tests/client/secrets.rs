//! No secret, no word of a message and no address gets into errors, `Debug` output or traces.

use std::sync::Mutex;

use serde_json::json;
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::WebhookTrigger;
use sinch_conversation::webhook::Verifier;
use sinch_conversation::{AppId, Error, RetryPolicy};
use sinch_conversation_raw::OperationId as Id;

use crate::recorder::Recorder;
use crate::server::{Act, Request, Server};
use crate::{builder, good, message_id, text};

/// Everything that must not be seen. The base64 is the key's Basic header.
const SECRETS: [&str; 8] = [
    "the-secret",
    "the-token",
    "dGhlLWtleTp0aGUtc2VjcmV0",
    "the words",
    "46700000001",
    "page-token",
    "hush",
    "grant_type",
];

fn assert_clean(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "`{secret}` in: {text}");
    }
}

/// All the texts that an error has, its sources included.
fn all_texts(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

/// Answers that carry the secrets back.
fn indiscreet() -> Vec<Act> {
    let echo =
        json!({"authorization": "Bearer the-token", "text": "the words", "to": "+46700000001"});
    vec![
        Act::reply(200, json!({"message_id": 7, "id": 7, "echo": echo})),
        Act::reply(200, format!("the words {echo}")),
        Act::reply(500, &echo),
        Act::reply(502, format!("<html>the words {echo}</html>")),
        Act::reply(400, json!({"error": {"message": "no", "details": [echo]}})),
        Act::Close,
        Act::Reset,
        Act::Cut,
        Act::Garbage,
    ]
}

#[tokio::test]
async fn errors_and_traces_hold_no_secrets() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    for act in indiscreet() {
        let server = crate::always(act.clone()).await;
        let client = builder(&server.url).build().unwrap();
        let listed = client
            .messages()
            .list()
            .channel_identity("+46700000001")
            .page()
            .await;
        let mut errors: Vec<Error> = listed.err().into_iter().collect();
        errors.push(text(&client).await.unwrap_err());
        errors.push(client.messages().get(message_id()).await.unwrap_err());
        for error in errors {
            assert_clean(&all_texts(&error));
        }
    }
    let refusal = json!({"error": "invalid_client", "error_description": "the-secret is wrong", "echo": "the-token"});
    let server = Server::start(move |_, _| Act::reply(401, &refusal)).await;
    let error = text(&builder(&server.url).build().unwrap())
        .await
        .unwrap_err();
    assert_clean(&all_texts(&error));

    let traces = recorder.text();
    assert_clean(&traces);
    for expected in [
        "operation=\"Messages_SendMessage\"",
        "method=\"POST\"",
        "http.response.status_code=500",
        "attempts=4",
    ] {
        assert!(traces.contains(expected), "{expected} is missing: {traces}");
    }
}

/// Keeps what goes to the `log` crate, which the HTTP client uses.
struct Logger(Mutex<String>);

static LOGGER: Logger = Logger(Mutex::new(String::new()));

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{}: {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

/// One fault after another, for sends as for reads, and at the token host too.
fn session(request: &Request, number: usize) -> Act {
    let faults = [
        Act::reply(500, "the words"),
        Act::Reset,
        Act::reply(401, r#"{"error": "token expired"}"#),
        Act::reply(429, "{}").with("Retry-After", 0),
        Act::Cut,
        Act::Garbage,
        Act::reply(404, "+46700000001"),
        Act::reply(200, "the words"),
    ];
    match (request.is_token(), number) {
        (true, 0) => Act::reply(503, "the-secret"),
        (true, 1) => Act::Reset,
        _ => match faults.get(number) {
            Some(fault) if !request.is_token() => fault.clone(),
            _ => good(&request.path),
        },
    }
}

#[tokio::test]
async fn the_logs_of_a_whole_faulty_session_hold_no_secrets() {
    log::set_logger(&LOGGER).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let server = Server::start(|request, number| session(&request, number)).await;
    let client = builder(&server.url).build().unwrap();
    let mut failed = 0;
    for _ in 0..12 {
        let listed = client.messages().list().channel_identity("+46700000001");
        failed += usize::from(listed.page().await.is_err());
        failed += usize::from(text(&client).await.is_err());
    }
    assert!(failed > 4 && server.calls().len() > 24, "{failed}");

    let traces = recorder.text();
    for expected in ["disconnected", "error.type=429", "error.type=decode"] {
        assert!(traces.contains(expected), "{expected} is missing");
    }
    assert_clean(&traces);
    let logs = LOGGER.0.lock().unwrap().clone();
    assert!(logs.contains("reqwest"), "{logs}");
    assert_clean(&logs);
}

#[tokio::test]
async fn successes_leave_no_secrets_in_traces() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let server = Server::start(|request, _| good(&request.path)).await;
    let client = builder(&server.url).build().unwrap();
    text(&client).await.unwrap();
    client.messages().get(message_id()).await.unwrap();
    let traces = recorder.text();
    assert!(
        traces.contains("http.response.status_code=200")
            && traces.contains(Id::MessagesGetMessage.as_str()),
        "{traces}"
    );
    assert_clean(&traces);
}

#[test]
fn an_address_with_a_password_is_not_shown() {
    let settings =
        builder("https://someone:hush@example.com").danger_allow_http_host("someone:hush@sandbox");
    let error = settings.clone().build().unwrap_err();
    assert_eq!(error.violations().len(), 5);
    assert_clean(&format!("{settings:?} {}", all_texts(&error)));
}

#[tokio::test]
async fn debug_hides_the_secrets() {
    let server = Server::start(|request, _| good(&request.path)).await;
    let settings = builder(&server.url).retry(RetryPolicy::never());
    let client = settings.clone().build().unwrap();
    text(&client).await.unwrap();

    let credentials = ChannelCredentials::sms("plan", "page-token").callback_secret("hush");
    let create_app = client.apps().create("app").channel(credentials.clone());
    let create_webhook = client
        .webhooks()
        .create(AppId::new("01APP").unwrap(), "https://example.com")
        .triggers([WebhookTrigger::MessageInbound])
        .secret("hush");
    let verifier = Verifier::new(["hush"]).unwrap();
    assert_clean(&format!(
        "{settings:?} {client:?} {credentials:?} {create_app:?} {create_webhook:?} {verifier:?}"
    ));
}
