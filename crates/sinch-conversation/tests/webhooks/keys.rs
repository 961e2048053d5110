//! The memory of the example receiver: the same event under another nonce is known, another one is not.

#[path = "../../examples/receiver/once.rs"]
mod once;

use serde_json::{Value, json};
use sinch_conversation::webhook::Event;

use once::Once;

fn receipt(message: &str, status: &str, channel: &str) -> Event {
    Event::from_json(
        json!({"app_id": "a", "project_id": "p", "message_delivery_report": {
        "message_id": message, "status": status,
        "channel_identity": {"channel": channel, "identity": "46700000001", "app_id": ""}}}),
    )
}

fn of(kind: &str, content: Value) -> Event {
    Event::from_json(json!({"app_id": "a", "project_id": "p", kind: content}))
}

#[test]
fn message_status_and_channel_tell_receipts_apart() {
    let mut once = Once::remembering(10);
    let different = [
        receipt("01M", "SWITCHING_CHANNEL", "WHATSAPP"),
        receipt("01M", "SWITCHING_CHANNEL", "RCS"),
        receipt("01M", "DELIVERED", "SMS"),
        receipt("02M", "DELIVERED", "SMS"),
        of("message", json!({"id": "01M"})),
    ];
    assert!(different.iter().all(|event| once.is_first(event)));
    assert!(!different.iter().any(|event| once.is_first(event)));
}

#[test]
fn what_has_no_name_is_always_new() {
    let mut once = Once::remembering(10);
    for event in [
        of("message", json!({})),
        of("of_tomorrow", json!({"id": "1"})),
    ] {
        assert!(once.is_first(&event) && once.is_first(&event));
    }
}

#[test]
fn the_oldest_is_forgotten_and_only_the_oldest() {
    let mut once = Once::remembering(3);
    let events: Vec<Event> = (0..1_000)
        .map(|number| receipt(&number.to_string(), "DELIVERED", "SMS"))
        .collect();
    assert!(events.iter().all(|event| once.is_first(event)));
    assert!(!events[997..].iter().any(|event| once.is_first(event)));
    assert!(once.is_first(&events[996]));
}
