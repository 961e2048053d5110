//! From a callback's body to an event, with nothing lost.

use serde_json::{Value, json};
use sinch_conversation::types::{ConversationWebhookEvent, WebhookTrigger};
use sinch_conversation::webhook::{Event, Verifier, VerifyError, WebhookError};

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

#[test]
fn a_misshapen_part_of_a_callback_leaves_the_rest_typed() {
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
