//! What the service and its official SDKs send in addition to the documents, and malformed JSON.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value, json};
use sinch_conversation_tests::{RoundTrip, by_name, json::difference};

/// Decodes JSON as the type with this name, and expects the same JSON when it is encoded.
#[track_caller]
fn comes_back(name: &str, json: &Value) -> RoundTrip {
    let passed = by_name(name, json.clone()).expect("a type");
    let passed = passed.unwrap_or_else(|error| panic!("{name}: {error}\n{json:#}"));
    assert_eq!(difference(json, &passed.json), None, "{name} {json:#}");
    passed
}

/// Like `comes_back`, with every field and alternative documented.
#[track_caller]
fn is_known(name: &str, json: &Value) {
    let RoundTrip { debug, .. } = comes_back(name, json);
    for stranger in ["extra: {\"", "Unknown("] {
        assert!(!debug.contains(stranger), "{name}: {stranger} in {debug}");
    }
}

fn send_event(event: Value) -> Value {
    json!({"app_id": "A", "recipient": {"contact_id": "C"}, "event": event})
}

#[test]
fn an_event_is_sent_without_an_object_around_it_and_read_with_one_too() {
    let bare = send_event(json!({"composing_event": {}}));
    is_known("SendEventRequest", &bare);

    let wrapped = send_event(json!({"app_event": {"comment_reply_event": {"text": "hi"}}}));
    let passed = by_name("SendEventRequest", wrapped)
        .expect("a type")
        .expect("the documented form");
    let bare = send_event(json!({"comment_reply_event": {"text": "hi"}}));
    assert_eq!(passed.json, bare);
}

#[test]
fn an_event_beside_the_object_around_an_event_loses_neither() {
    let both = json!({"app_event": {"composing_event": {}}, "composing_end_event": {}});
    comes_back("SendEventRequest", &send_event(both));
}

#[test]
fn what_only_the_service_has_is_typed() {
    let event = json!({"id": "E", "processing_mode": "CONVERSATION",
        "channel_identity": {"channel": "WHATSAPP", "identity": "1"}});
    for (key, content) in [
        ("contact_event", json!({"composing_event": {}})),
        (
            "contact_message_event",
            json!({"reaction_event": {"emoji": "x", "action": "REACTION_ACTION_REACT", "message_id": "M"}}),
        ),
    ] {
        let mut event = event.clone();
        event[key] = content;
        is_known("ConversationEvent", &event);
    }
    is_known(
        "AppResponse",
        &json!({"persist_message_status": {"enabled": true}, "message_search": {"enabled": false}}),
    );
    is_known(
        "ConversationMessage",
        &json!({"app_message": {"text_message": {"text": "hi"}}, "message_status":
            {"status": "FAILED", "event_time": "2025-01-02T03:04:05Z", "reason": "no"}}),
    );
    is_known(
        "ConversationChannelCredentials",
        &json!({"channel": "MMS", "mms_credentials":
            {"account_id": "a", "api_key": "k", "default_sender": "12345"}}),
    );
    is_known("Contact", &json!({"language": "UNSPECIFIED"}));
    is_known(
        "Webhook",
        &json!({"target": "https://a.example", "triggers": ["SMART_CONVERSATIONS", "SMART_CONVERSATION"]}),
    );
}

/// The forms of these fields are only known from SDKs.
#[test]
fn a_field_of_uncertain_form_costs_nothing_but_itself() {
    for status in [json!("READ"), json!(7), json!([]), json!({"status": 5})] {
        let message = json!({"id": "M", "app_message": {"text_message": {"text": "hi"}}, "message_status": status});
        let RoundTrip { debug, .. } = comes_back("ConversationMessage", &message);
        assert!(!debug.contains("Unknown("), "{debug}");
    }
}

/// Returns malformed messages, each with the path of its mismatch.
fn malformed() -> Vec<(Value, &'static str)> {
    let specific = |content: Value| json!({"app_message": {"text_message": {"text": "hi"}, "channel_specific_message": {"KAKAOTALK": content}}});
    vec![
        (
            specific(json!({"message_type": "COMMERCE", "message": {"carousel": {"list": []}}})),
            "ChannelSpecificMessageKind",
        ),
        (specific(json!({"message_type": "COMMERCE"})), "message"),
        (
            json!({"app_message": {"text_message": {}}}),
            "text_message.text",
        ),
        (
            json!({"app_message": {"text_message": "hi"}}),
            "text_message",
        ),
        (
            json!({"app_message": {"text_message": null}}),
            "text_message",
        ),
        (
            json!({"app_message": {"text_message": {"text": "hi"}, "agent": 5}}),
            "app_message.agent",
        ),
        (json!({"contact_message": []}), "contact_message"),
        (
            json!({"contact_message": {"location_message": {"title": "t", "coordinates": {"latitude": "north"}}}}),
            "location_message.coordinates.latitude",
        ),
    ]
}

#[test]
fn a_malformed_message_costs_neither_the_page_nor_its_neighbours() {
    let neighbour = |id: &str| json!({"id": id, "app_message": {"text_message": {"text": "hi"}}});
    for (mut message, _) in malformed() {
        message["id"] = json!("M2");
        let page = json!({"messages": [neighbour("M1"), message, neighbour("M3")]});
        let RoundTrip { debug, .. } = comes_back("ListMessagesResponse", &page);
        for id in ["M1", "M2", "M3"] {
            assert!(debug.contains(&format!("id: Some(\"{id}\")")), "{debug}");
        }
        assert_eq!(debug.matches("Unknown(").count(), 1, "{debug}");
        assert!(
            debug.matches("AppMessage(AppMessage").count() >= 2,
            "{debug}"
        );
    }
}

#[test]
fn a_plain_field_of_another_type_is_an_error_with_its_place() {
    let page = json!({"messages": [{}, {"id": 5}]});
    let error = by_name("ListMessagesResponse", page)
        .expect("a type")
        .expect_err("an id is a text");
    assert_eq!(
        error.to_string(),
        "messages[1].id: expected a string, found an integer"
    );
}

#[test]
fn what_is_malformed_shows_no_values() {
    let credentials =
        json!({"channel": "MMS", "mms_credentials": {"account_id": 7, "api_key": "s3cret"}});
    let RoundTrip { debug, .. } = comes_back("ConversationChannelCredentials", &credentials);
    assert!(
        debug.contains("Unknown(") && !debug.contains("s3cret"),
        "{debug}"
    );
}

#[test]
fn numbers_keep_every_digit() {
    for number in [
        "9007199254740993",
        "18446744073709551615",
        "-9223372036854775808",
        "1e300",
        "-0.0",
        "0.1",
    ] {
        let number: Value = serde_json::from_str(number).unwrap();
        let passed = comes_back(
            "Coordinates",
            &json!({"latitude": number, "longitude": 0.5}),
        );
        assert_eq!(passed.json["latitude"].to_string(), number.to_string());
    }
}

#[test]
fn an_integer_may_have_a_zero_fraction() {
    comes_back("MessageRetrySettings", &json!({"retry_duration": 30.0}));
    comes_back("QueueStats", &json!({"outbound_size": -5.0e3}));
}

#[test]
fn an_error_about_an_integer_says_the_range() {
    let cases = [
        (
            "MessageRetrySettings",
            json!({"retry_duration": 1_i64 << 40}),
            "retry_duration: expected an integer from -2147483648 to 2147483647, found a larger one",
        ),
        (
            "MessageRetrySettings",
            json!({"retry_duration": -3e9}),
            "retry_duration: expected an integer from -2147483648 to 2147483647, found a smaller one",
        ),
        (
            "QueueStats",
            json!({"outbound_size": u64::MAX}),
            "outbound_size: expected an integer from -9223372036854775808 to 9223372036854775807, found a larger one",
        ),
        (
            "QueueStats",
            json!({"outbound_size": 1.5}),
            "outbound_size: expected an integer from -9223372036854775808 to 9223372036854775807, found a number with a fraction",
        ),
        (
            "QueueStats",
            json!({"outbound_size": "1"}),
            "outbound_size: expected an integer from -9223372036854775808 to 9223372036854775807, found a string",
        ),
    ];
    for (name, json, message) in cases {
        let error = by_name(name, json)
            .expect("a type")
            .expect_err("out of range");
        assert_eq!(error.to_string(), message);
    }
}
