//! JSON that the raw crate must not lose, and its errors for JSON of the wrong form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Value, json};
use sinch_conversation_raw::{
    types::{self, *},
    wire::{Timestamp, Wire},
};
use sinch_conversation_tests::json::difference;

#[track_caller]
fn comes_back<T: Wire>(json: &Value) -> T {
    let decoded = T::from_value(json.clone()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(difference(json, &decoded.to_value()), None);
    decoded
}

fn greeting() -> Value {
    json!({"text_message": {"text": "hi"}})
}

#[track_caller]
fn is_greeting(kind: &AppMessageTypes) {
    match kind {
        AppMessageTypes::TextMessage(message) => assert_eq!(message.text, "hi"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_stays_a_text_in_a_send_request() {
    let request: SendMessageRequest = comes_back(&json!({
        "app_id": "A", "message": greeting(), "recipient": {"contact_id": "C"}
    }));
    is_greeting(&request.message.kind);
    assert_eq!(
        request.recipient.kind,
        RecipientBase::ContactId("C".to_owned())
    );
}

#[test]
fn a_text_stays_a_text_in_a_stored_message() {
    let message: ConversationMessage = comes_back(&json!({
        "id": "M", "app_message": greeting(), "field_of_tomorrow": "x", "direction": "TO_CONTACT"
    }));
    match &message.kind {
        ConversationMessageTypes::AppMessage(app) => is_greeting(&app.kind),
        other => panic!("{other:?}"),
    }
    assert_eq!(message.extra["field_of_tomorrow"], "x");
}

#[test]
fn a_text_stays_a_text_in_callbacks() {
    let inbound: ConversationWebhookEvent = comes_back(&json!({
        "app_id": "A", "accepted_time": "2021-10-18T17:49:13.813615Z",
        "message": {"id": "M", "direction": "TO_APP", "contact_message": greeting()}
    }));
    let ConversationWebhookEvent::MessageInboundEvent(event) = inbound else {
        panic!("{inbound:?}");
    };
    let contact = event.message.contact_message.expect("a message");
    assert!(matches!(contact.kind, ContactMessageTypes::TextMessage(text) if text.text == "hi"));

    let submitted: ConversationWebhookEvent = comes_back(&json!({
        "message_submit_notification": {"message_id": "M", "submitted_message": greeting()}
    }));
    let ConversationWebhookEvent::MessageSubmitEvent(event) = submitted else {
        panic!("{submitted:?}");
    };
    is_greeting(
        &event
            .message_submit_notification
            .submitted_message
            .expect("a message")
            .kind,
    );
}

#[test]
fn a_text_stays_a_text_in_a_template() {
    let template: V2Template = comes_back(&json!({
        "id": "T", "translations": [{"language_code": "en", "text_message": {"text": "hi"}}]
    }));
    is_greeting(&template.translations.expect("translations")[0].kind);
}

#[test]
fn a_text_stays_a_text_in_a_batch() {
    let batch: SendBatchRequest = comes_back(&json!({
        "app_id": "A", "message": greeting(), "recipient_and_params": [{"recipient": {"contact_id": "C"}}]
    }));
    is_greeting(&batch.message.kind);
}

#[test]
fn what_is_unknown_is_kept_and_its_values_are_not_shown() {
    let credentials: ConversationChannelCredentials = comes_back(&json!({
        "channel": "TIKTOK", "tiktok_credentials": {"token": "s3cret"}
    }));
    assert_eq!(
        credentials.channel,
        Some(ConversationChannel::Unknown("TIKTOK".to_owned()))
    );
    assert!(
        matches!(&credentials.kind, ChannelCredentialsTypes::Unknown(json) if json.contains_key("tiktok_credentials"))
    );
    let shown = format!("{credentials:?}");
    assert!(
        shown.contains("tiktok_credentials") && !shown.contains("s3cret"),
        "{shown}"
    );
}

#[test]
fn two_alternatives_at_once_lose_neither() {
    let message: AppMessage = comes_back(&json!({
        "text_message": {"text": "hi"}, "card_message": {"title": "both"}
    }));
    assert!(matches!(message.kind, AppMessageTypes::CardMessage(_)));
    assert_eq!(message.extra["text_message"]["text"], "hi");
}

#[test]
fn the_last_of_a_repeated_alternative_counts() {
    for (text, expected) in [
        (
            r#"{"text_message": {"text": "a"}, "text_message": {"text": "hi"}}"#,
            "text",
        ),
        (
            r#"{"text_message": null, "text_message": {"text": "hi"}}"#,
            "text",
        ),
        (
            r#"{"text_message": {"text": "hi"}, "text_message": null}"#,
            "null",
        ),
    ] {
        let message = AppMessage::from_json(text.as_bytes()).expect("decodes");
        match expected {
            "text" => is_greeting(&message.kind),
            _ => assert!(
                matches!(&message.kind, AppMessageTypes::Unknown(json) if json["text_message"].is_null()),
                "{text}"
            ),
        }
        assert!(message.extra.is_empty(), "{text}");
    }
}

#[test]
fn an_alternative_that_is_null_is_none_next_to_another() {
    for key in ["card_message", "template_message"] {
        let message: AppMessage = comes_back(&json!({"text_message": {"text": "hi"}, key: null}));
        is_greeting(&message.kind);
        assert!(message.extra[key].is_null());
    }
    let alone: AppMessage = comes_back(&json!({"card_message": null}));
    assert!(matches!(&alone.kind, AppMessageTypes::Unknown(json) if json.reason().is_some()));
}

#[test]
fn a_selector_and_its_content_go_together() {
    let specific: ChannelSpecificMessage = comes_back(&json!({
        "message_type": "FLOWS", "message": {"flow_id": "1", "flow_cta": "Go"}, "later": true
    }));
    assert!(
        matches!(specific.kind, ChannelSpecificMessageKind::Flows(flow) if flow.flow_id == "1")
    );
    let unknown: ChannelSpecificMessage = comes_back(&json!({
        "message_type": "HOLOGRAM", "message": {"depth": 3}
    }));
    assert!(matches!(
        unknown.kind,
        ChannelSpecificMessageKind::Unknown(_)
    ));
}

#[test]
fn empty_lists_and_maps_are_not_absent() {
    let contact: Contact = comes_back(&json!({"channel_identities": [], "channel_priority": null}));
    assert_eq!(contact.channel_identities, Some(Vec::new()));
    assert_eq!(contact.channel_priority, None);
    let _: TemplateReference = comes_back(&json!({"template_id": "T", "parameters": {}}));
}

#[test]
fn defaults_are_not_sent() {
    assert_eq!(AppUpdateRequest::default().to_value(), json!({}));
    assert_eq!(
        Webhook::new("https://a.example").to_value(),
        json!({"target": "https://a.example"})
    );
}

#[test]
fn limits_do_not_bind_what_is_received() {
    let button: KakaoTalkBotKeywordButton =
        comes_back(&json!({"type": "BK", "name": "far longer than eight characters"}));
    assert_eq!(button.name.len(), 32);
    let _: DeliveryReportBasedFallback =
        comes_back(&json!({"enabled": false, "delivery_report_waiting_time": 0}));
}

#[test]
fn integers_keep_every_digit() {
    for edge in [i64::MIN, -1, 0, 1, i64::MAX] {
        let stats: QueueStats = comes_back(&json!({ "outbound_size": edge }));
        assert_eq!(stats.outbound_size, Some(edge));
    }
    for edge in [i32::MIN, i32::MAX] {
        let settings: MessageRetrySettings = comes_back(&json!({ "retry_duration": edge }));
        assert_eq!(settings.retry_duration, Some(edge));
    }
    let error = MessageRetrySettings::from_value(json!({"retry_duration": 1_i64 << 40}))
        .expect_err("33 bits");
    assert_eq!(
        (error.path(), error.expected()),
        (
            "retry_duration",
            "an integer from -2147483648 to 2147483647"
        )
    );
    let error = QueueStats::from_value(json!({ "outbound_size": u64::MAX })).expect_err("64 bits");
    assert_eq!(
        (error.path(), error.found()),
        ("outbound_size", "a larger one")
    );
}

#[test]
fn fractions_keep_every_digit() {
    for edge in [
        55.610479,
        -0.0,
        5e-324,
        f64::MAX,
        f64::MIN_POSITIVE,
        0.1 + 0.2,
        1e21,
        9007199254740993.0,
    ] {
        let at = Coordinates::new(edge, 0.5);
        let text = serde_json::to_string(&at).expect("encodes");
        let back: Coordinates = serde_json::from_str(&text).expect("decodes");
        assert_eq!(back.latitude.as_f64().to_bits(), edge.to_bits(), "{text}");
    }
    let whole: Coordinates = comes_back(&json!({"latitude": 55, "longitude": 13}));
    assert_eq!(
        whole.to_value().to_string(),
        r#"{"latitude":55,"longitude":13}"#
    );
}

#[test]
fn a_time_to_live_is_a_text() {
    let order: OrderDetailsPaymentOrder = comes_back(
        &json!({"expiration_time": "1735689600", "items": [], "subtotal_value": 1, "tax_value": 0}),
    );
    assert_eq!(order.expiration_time.as_deref(), Some("1735689600"));
}

#[test]
fn timestamps_keep_their_text() {
    let fractions = (0..=9).map(|digits| match digits {
        0 => "2025-11-30T10:00:00Z".to_owned(),
        digits => format!("2025-11-30T10:00:00.{}Z", &"123456789"[..digits]),
    });
    let offsets = [
        "2025-11-30T10:00:00+05:30",
        "2025-11-30T10:00:00.5-08:00",
        "1970-01-01T00:00:00Z",
    ];
    for text in fractions.chain(offsets.map(str::to_owned)) {
        let response: SendMessageResponse = comes_back(&json!({ "accepted_time": text }));
        let time = response.accepted_time.expect("a time");
        assert_eq!(time.as_str(), text);
        let expected: DateTime<FixedOffset> = text.parse().expect("a time");
        assert_eq!(time.to_datetime(), Some(expected));
    }
    // An absent time may be an empty string, which must not make the whole message fail.
    let response: SendMessageResponse = comes_back(&json!({"accepted_time": ""}));
    assert_eq!(response.accepted_time.expect("a text").to_datetime(), None);
    assert_eq!(
        Timestamp::parse("yesterday").expect_err("no time").text(),
        "yesterday"
    );
    let now: DateTime<Utc> = "2025-11-30T10:00:00.250Z".parse().expect("a time");
    assert_eq!(Timestamp::from(now).as_str(), "2025-11-30T10:00:00.250Z");
}

#[test]
fn errors_name_the_place() {
    for (json, place) in [
        (
            json!({"messages": [{}, {"id": 5}]}),
            "messages[1].id: expected a string, found an integer",
        ),
        (
            json!({"messages": [{"channel_identity": {"channel": "SMS"}}]}),
            "messages[0].channel_identity.identity: expected a value, found nothing",
        ),
        (
            json!({"messages": {}}),
            "messages: expected a list, found an object",
        ),
        (json!([]), "the document: expected an object, found a list"),
    ] {
        let error = ListMessagesResponse::from_value(json).expect_err("wrong form");
        assert_eq!(error.to_string(), place);
    }
}

#[test]
fn both_shapes_of_an_error_are_read() {
    let nested: ApiError = comes_back(
        &json!({"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.BadRequest", "field_violations": []}]}}),
    );
    assert_eq!(
        nested.error.expect("an error").status.as_deref(),
        Some("INVALID_ARGUMENT")
    );
    let flat: ApiError = comes_back(
        &json!({"code": 403, "message": "", "status": "PERMISSION_DENIED", "details": []}),
    );
    assert_eq!(flat.status.as_deref(), Some("PERMISSION_DENIED"));
}

#[test]
fn enums_are_texts() {
    assert_eq!(
        ConversationChannel::from("WHATSAPP"),
        ConversationChannel::WhatsApp
    );
    assert_eq!(ConversationChannel::WhatsApp.to_string(), "WHATSAPP");
    assert_eq!(
        "X".parse::<ConversationChannel>(),
        Ok(ConversationChannel::Unknown("X".to_owned()))
    );
    assert_eq!(ReasonCode::from("UNKNOWN"), ReasonCode::UnknownCode);
    assert_eq!(
        PaymentTypeOfGoodsOf::from("digital-goods").as_str(),
        "digital-goods"
    );
}

type PaymentTypeOfGoodsOf = types::OrderDetailsPaymentTypeOfGoods;
