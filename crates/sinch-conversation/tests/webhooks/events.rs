//! From a callback's body to an event, with nothing lost.

use serde_json::{Value, json};
use sinch_conversation::types::{ConversationWebhookEvent, WebhookTrigger};
use sinch_conversation::webhook::{CallbackKind, Event, Verifier, VerifyError, WebhookError};

fn event(body: Value) -> Event {
    let verifier = Verifier::new(["hush"]).unwrap();
    let body = body.to_string();
    verifier
        .event(&verifier.sign_for_test(body.as_bytes()), body.as_bytes())
        .unwrap()
}

#[test]
fn an_inbound_message_is_typed() {
    let event = event(json!({
        "app_id": "01APP", "project_id": "p", "accepted_time": "2025-01-02T03:04:05Z", "event_time": "",
        "correlation_id": "booking-7", "message_metadata": "",
        "message": {"id": "01M", "direction": "TO_APP", "contact_id": "01C",
            "contact_message": {"text_message": {"text": "Yes!"}},
            "channel_identity": {"channel": "SINCH_CHAT", "identity": "x", "app_id": ""}},
    }));
    assert_eq!(event.trigger(), &WebhookTrigger::MessageInbound);
    assert_eq!(
        (event.app_id(), event.project_id()),
        (Some("01APP"), Some("p"))
    );
    assert_eq!(event.correlation_id(), Some("booking-7"));
    assert_eq!(
        event.accepted_time().unwrap().as_str(),
        "2025-01-02T03:04:05Z"
    );
    assert!(event.event_time().is_none());
    match event.typed() {
        ConversationWebhookEvent::MessageInboundEvent(inbound) => {
            assert_eq!(inbound.message.id.as_deref(), Some("01M"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_event_is_written_back_as_it_came() {
    let bodies = [
        json!({"app_id": "", "project_id": "p", "contact_create_notification": {"contact": {"id": "01C", "new": 1}}}),
        json!({"app_id": "a", "project_id": "p", "message_delivery_report": {"status": "TOMORROW", "reason": null}}),
        json!({"app_id": "a", "project_id": "p", "something_of_tomorrow": {"x": [1, 2]}}),
    ];
    for body in bodies {
        let (typed, raw) = event(body.clone()).into_parts();
        assert_eq!(serde_json::to_value(&typed).unwrap(), body);
        assert_eq!(raw, body);
    }
}

#[test]
fn events_are_equal_when_their_json_is() {
    let deleted = |contact: &str| {
        let contact =
            format!(r#""contact_delete_notification": {{"contact": {{"id": "{contact}"}}}}"#);
        [
            format!(r#"{{"app_id": "a", {contact}}}"#),
            format!(r#"{{{contact}, "app_id": "a"}}"#),
        ]
    };
    let read = |body: &String| Event::from_slice(body.as_bytes()).unwrap();
    let [first, second] = deleted("01C");
    assert_eq!(read(&first), read(&second));
    assert_ne!(read(&first), read(&deleted("01D")[0]));
}

#[test]
fn an_unknown_kind_is_an_event_that_names_its_key() {
    let event = event(json!({"app_id": "a", "project_id": "p", "something_of_tomorrow": {"x": 1}}));
    assert_eq!(
        event.trigger(),
        &WebhookTrigger::Unknown("something_of_tomorrow".to_owned())
    );
    assert!(matches!(
        event.typed(),
        ConversationWebhookEvent::Unknown(_)
    ));
    assert!(event.decode_error().is_none());
}

#[test]
fn a_known_kind_of_another_form_is_an_event_that_says_why() {
    let body = json!({"app_id": "a", "project_id": "p", "message": {"id": "01M", "contact_message": "text"}});
    let event = event(body.clone());
    assert_eq!(event.trigger(), &WebhookTrigger::MessageInbound);
    assert!(matches!(
        event.typed(),
        ConversationWebhookEvent::Unknown(_)
    ));
    assert_eq!(
        event.decode_error().unwrap().path(),
        "message.contact_message"
    );
    assert_eq!(event.raw(), &body);
}

#[test]
fn a_key_that_is_null_is_not_what_the_callback_is_about() {
    let event = event(json!({"message": null, "message_delivery_report": {"message_id": "01M"}}));
    assert_eq!(event.trigger(), &WebhookTrigger::MessageDelivery);
    assert!(matches!(
        event.typed(),
        ConversationWebhookEvent::MessageDeliveryReceiptEvent(_)
    ));
    assert!(event.decode_error().is_none());
}

#[test]
fn a_callback_whose_only_key_is_null_says_why_it_has_no_view() {
    let event = event(json!({"app_id": "a", "message": null}));
    assert_eq!(event.trigger(), &WebhookTrigger::MessageInbound);
    assert!(matches!(
        event.typed(),
        ConversationWebhookEvent::Unknown(_)
    ));
    assert_eq!(
        event.decode_error().unwrap().to_string(),
        "message: expected an object, found null"
    );
}

/// Every kind of callback alone tells which typed view belongs to its trigger.
fn views() -> Vec<(
    WebhookTrigger,
    std::mem::Discriminant<ConversationWebhookEvent>,
)> {
    let alone = |kind: &CallbackKind| {
        let event = Event::from_json(json!({ kind.key: {} }));
        assert_eq!(event.trigger(), &kind.trigger);
        assert_eq!(event.decode_error(), None, "{}", kind.key);
        (kind.trigger.clone(), std::mem::discriminant(event.typed()))
    };
    CallbackKind::ALL.iter().map(alone).collect()
}

#[test]
fn trigger_view_and_reason_never_contradict_each_other() {
    let views = views();
    let values = [
        json!(null),
        json!({}),
        json!({"id": 5, "contact": 5}),
        json!("text"),
        json!([]),
    ];
    let keys = || {
        CallbackKind::ALL
            .iter()
            .map(|kind| kind.key)
            .chain(["of_tomorrow"])
    };
    for (first, second) in keys().flat_map(|first| keys().map(move |second| (first, second))) {
        for (one, other) in values
            .iter()
            .flat_map(|one| values.iter().map(move |other| (one, other)))
        {
            let body = json!({"app_id": "a", first: one, second: other});
            let event = Event::from_json(body.clone());
            let read = Event::from_slice(body.to_string().as_bytes()).unwrap();
            assert_eq!(
                (read.trigger(), read.typed(), read.decode_error()),
                (event.trigger(), event.typed(), event.decode_error()),
                "{body}"
            );
            let typed = !matches!(event.typed(), ConversationWebhookEvent::Unknown(_));
            let known = !matches!(event.trigger(), WebhookTrigger::Unknown(_));
            let view = (
                event.trigger().clone(),
                std::mem::discriminant(event.typed()),
            );
            assert!(!typed || views.contains(&view), "{body}: {event:?}");
            assert!(
                typed || known == event.decode_error().is_some(),
                "{body}: {event:?}"
            );
            assert_eq!(serde_json::to_value(event.typed()).unwrap(), body);
        }
    }
}

#[test]
fn the_kind_of_an_unknown_callback_is_named_by_its_object() {
    let event = event(
        json!({"app_id": "a", "brand_new_field": "x", "thing_notification": {"x": 1}, "z": {}}),
    );
    assert_eq!(
        event.trigger(),
        &WebhookTrigger::Unknown("thing_notification".to_owned())
    );
}

#[test]
fn a_malformed_part_of_a_callback_leaves_the_rest_typed() {
    let body = json!({"app_id": "a", "project_id": "p", "message": {"id": "01M", "contact_id": "01C",
        "contact_message": {"text_message": {"text": 5}}}});
    let event = event(body.clone());
    let ConversationWebhookEvent::MessageInboundEvent(inbound) = event.typed() else {
        panic!("{event:?}");
    };
    assert_eq!(inbound.message.contact_id.as_deref(), Some("01C"));
    assert_eq!(
        event.decode_error().unwrap().to_string(),
        "message.contact_message.text_message.text: expected a string, found an integer"
    );
    assert_eq!(serde_json::to_value(event.typed()).unwrap(), body);
}

#[test]
fn json_that_is_no_object_is_an_event_too() {
    for body in [json!([1]), json!("text"), json!(null), json!({})] {
        let event = event(body.clone());
        assert_eq!(event.trigger(), &WebhookTrigger::Unknown(String::new()));
        assert_eq!(event.raw(), &body);
    }
}

#[test]
fn what_is_not_json_is_an_error_once_it_is_verified() {
    let verifier = Verifier::new(["hush"]).unwrap();
    let headers = verifier.sign_for_test(b"{\"app_id\"");
    assert!(matches!(
        verifier.event(&headers, b"{\"app_id\""),
        Err(WebhookError::Json(_))
    ));
    let forged = verifier.event(&headers, b"{}");
    assert!(matches!(
        forged,
        Err(WebhookError::Verify(VerifyError::Mismatch))
    ));
}

#[test]
fn json_that_a_value_cannot_be_is_an_error() {
    let list = format!("{}1{}", "[".repeat(126), "]".repeat(126));
    let in_place_of_an_object = format!(r#"{{"message": {{"contact_message": {list}}}}}"#);
    let in_a_field_of_its_own = format!(
        r#"{{"message": {{"contact_message": {{"text_message": {{"text": "a"}}, "x": {list}}}}}}}"#
    );
    for body in [
        "1 x",
        "7{}",
        "null]",
        r#"{"message": 7} x"#,
        r#"{"message": {"id": 7, "x": 1e999}}"#,
        r#"{"message": {"id": "\ud800"}}"#,
        &in_place_of_an_object,
        &in_a_field_of_its_own,
    ] {
        assert!(Event::from_slice(body.as_bytes()).is_err(), "{body}");
    }
}
