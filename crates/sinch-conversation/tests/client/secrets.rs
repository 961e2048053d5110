//! No secret, no word of a message and no address gets into errors, `Debug` output or traces.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::WebhookTrigger;
use sinch_conversation::webhook::Verifier;
use sinch_conversation::{AppId, Error, RetryPolicy};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::server::{Act, Server};
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

/// Keeps every field of every span and event, whatever its level.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<String>>);

impl Recorder {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for Recorder {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0
            .lock()
            .unwrap()
            .push_str(&format!("{field}={value:?}\n"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
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
        "status=500",
        "attempt=1",
    ] {
        assert!(traces.contains(expected), "{expected} is missing: {traces}");
    }
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
        traces.contains("status=200") && traces.contains("Messages_GetMessage"),
        "{traces}"
    );
    assert_clean(&traces);
}

#[test]
fn an_address_with_a_password_is_not_shown() {
    let settings = builder("https://someone:hush@example.com");
    let error = settings.clone().build().unwrap_err();
    assert_eq!(error.violations().len(), 4);
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
