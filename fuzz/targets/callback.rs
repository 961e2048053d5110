//! A callback: its signature and its body.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use axum::http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sinch_conversation::webhook::{
    Event, EventKind, Receiver, Verifier, VerifyError, WebhookError,
};
use sinch_conversation_fuzz::json::difference;
use sinch_conversation_fuzz::{samples_of, seed};

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier("the secret of the webhook"));
static OTHER: LazyLock<Verifier> = LazyLock::new(|| verifier("another secret"));
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.build().expect("a runtime")
});

fuzz_target!(init: seed("callback", seeds()), |body: &[u8]| {
    signature(body);
    let event = event(body);
    received(body, event.as_ref());
});

fn verifier(secret: &str) -> Verifier {
    Verifier::new([secret]).expect("a secret")
}

fn seeds() -> Vec<Vec<u8>> {
    let callbacks = samples_of("ConversationWebhookEvent");
    callbacks
        .iter()
        .map(|it| it.to_string().into_bytes())
        .collect()
}

/// What was signed is accepted, and nothing else is.
fn signature(body: &[u8]) {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let headers = VERIFIER.sign_for_test_at(body, "a nonce", at);
    assert!(VERIFIER.verify_at(&headers, body, at).is_ok());
    let refused = |verifier: &Verifier, headers: &HeaderMap, body: &[u8]| {
        let verified = verifier.verify_at(headers, body, at);
        assert_eq!(verified, Err(VerifyError::Mismatch));
    };
    refused(&OTHER, &headers, body);
    let mut changed = body.to_vec();
    changed.push(b' ');
    refused(&VERIFIER, &headers, &changed);
    changed.truncate(body.len());
    if let Some(byte) = changed.get_mut(body.len() / 3) {
        *byte ^= 1 << (body.len() % 8);
        refused(&VERIFIER, &headers, &changed);
        refused(&VERIFIER, &headers, &body[1..]);
    }
    let other = VERIFIER.sign_for_test_at(body, "another nonce", at);
    for (name, value) in &other {
        let mut mixed = headers.clone();
        if mixed.insert(name, value.clone()).as_ref() != Some(value) {
            refused(&VERIFIER, &mixed, body);
        }
    }
}

/// Any JSON is an event, which has all of it.
fn event(body: &[u8]) -> Option<Event> {
    let json = serde_json::from_slice::<Value>(body);
    let event = Event::from_slice(body);
    assert_eq!(json.is_ok(), event.is_ok(), "{json:?} {event:?}");
    let (json, event) = (json.ok()?, event.ok()?);
    assert_eq!(*event.raw(), json);
    let shown = format!("{:?} {:?} {:?}", event.kind(), event, event.decode_error());
    assert!(!shown.is_empty());
    let _ = (event.app_id(), event.accepted_time(), event.event_time());
    if !matches!(event.kind(), EventKind::Unknown(_)) {
        let typed = event.typed().to_owned();
        let encoded = sinch_conversation::raw::wire::Wire::to_value(&typed);
        assert_eq!(difference(&json, &encoded), None, "{json} {encoded}");
    }
    // Of a key that is there twice, the value has only the last, and the text may be refused for the first.
    if event.decode_error().is_none() {
        let parsed = Event::from_json(json);
        assert_eq!(parsed.trigger(), event.trigger());
        assert_eq!(parsed.key(), event.key());
        let (parsed, typed) = (parsed.typed(), event.typed());
        assert_eq!(format!("{parsed:?}"), format!("{typed:?}"));
    }
    if let Some(key) = event.key() {
        assert!(key.as_str().len() <= 256, "{key:?}");
    }
    Some(event)
}

/// An event is received once.
fn received(body: &[u8], event: Option<&Event>) {
    let receiver = Receiver::new(VERIFIER.clone());
    let headers = VERIFIER.sign_for_test(body);
    RUNTIME.block_on(async {
        match (receiver.receive(&headers, body).await, event) {
            (Ok(received), Some(event)) => {
                assert_eq!(received.event(), event);
                received.done().await.expect("memory does not fail");
                let again = receiver.receive(&headers, body).await;
                assert!(matches!(again, Err(WebhookError::AlreadyHandled)));
                // Delivered again by the API, with another nonce.
                let headers = VERIFIER.sign_for_test(body);
                let again = receiver.receive(&headers, body).await;
                assert_eq!(again.is_err(), event.key().is_some());
            }
            (Err(error), None) => assert_eq!(error.status().as_u16(), 400, "{error}"),
            (received, event) => panic!("{received:?} {event:?}"),
        }
    });
}
