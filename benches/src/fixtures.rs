//! Responses and callbacks of the API, in the documented form.

use serde_json::{Value, json};

/// The number of messages on a page, the API's maximum.
pub(crate) const PAGE_SIZE: u32 = 1000;

/// Returns a page of a list of messages; `next` is the token of the next one.
pub(crate) fn page(next: &str) -> String {
    let messages: Vec<Value> = (0..PAGE_SIZE).map(message).collect();
    json!({"messages": messages, "next_page_token": next}).to_string()
}

/// Returns one of four kinds: sent choices, a sent text, a sent card, and a received text.
fn message(number: u32) -> Value {
    let (side, content) = match number % 4 {
        0 => (
            "app_message",
            json!({"choice_message": {
                "text_message": {"text": "Your table is ready. Will you come?"},
                "choices": [
                    {"text_message": {"text": "Yes"}, "postback_data": "yes"},
                    {"url_message": {"title": "Later", "url": "https://a.example/later"}}
                ]
            }}),
        ),
        1 => (
            "app_message",
            json!({"text_message": {"text": "Your table is ready"}}),
        ),
        2 => (
            "app_message",
            json!({"card_message": {
                "title": "Table 7", "description": "By the window, for four", "height": "MEDIUM",
                "media_message": {"url": "https://a.example/table-7.jpg"},
                "choices": [{"call_message": {"title": "Call us", "phone_number": "+46732000000"}}]
            }}),
        ),
        _ => (
            "contact_message",
            json!({"text_message": {"text": "We are on our way, ten minutes"}}),
        ),
    };
    let is_inbound = side == "contact_message";
    json!({
        "id": format!("01EQBC1A3BEK731GY4YXEN{number:04}"),
        "direction": if is_inbound { "TO_APP" } else { "TO_CONTACT" },
        "accept_time": "2022-02-07T20:01:09.892757478Z",
        "channel_identity": {"channel": "WHATSAPP", "identity": "46701234567", "app_id": ""},
        "contact_id": "01EXA07N79THJ20WSN6AS30TMW",
        "conversation_id": "01EPYATA64TMNZ1FV02JKF12JF",
        "processing_mode": "CONVERSATION",
        "metadata": "",
        "injected": false,
        side: content,
    })
}

/// Returns callbacks as they are sent: a receipt, an inbound message and an event of the contact.
pub(crate) fn callbacks() -> [String; 3] {
    let around = |key: &str, content: Value| {
        json!({
            "app_id": "01EB37HMF1DTJ1PS3FK2F3WQFV",
            "project_id": "1b2c3d4e-0000-4000-8000-abcdef012345",
            "accepted_time": "2022-02-07T20:01:09.892757478Z",
            "event_time": "2022-02-07T20:01:10.139Z",
            "message_metadata": "booking-7",
            "correlation_id": "",
            key: content,
        })
        .to_string()
    };
    let identity = json!({"channel": "WHATSAPP", "identity": "46701234567", "app_id": ""});
    [
        around(
            "message_delivery_report",
            json!({
                "message_id": "01EQBC1A3BEK731GY4YXEN0000", "conversation_id": "01EPYATA64TMNZ1FV02JKF12JF",
                "status": "DELIVERED", "channel_identity": identity.clone(),
                "contact_id": "01EXA07N79THJ20WSN6AS30TMW", "metadata": "booking-7", "processing_mode": "CONVERSATION"
            }),
        ),
        around("message", message(3)),
        around(
            "event",
            json!({
                "id": "01EQBC1A3BEK731GY4YXEN0001", "direction": "TO_APP",
                "contact_event": {"composing_event": {}}, "channel_identity": identity,
                "contact_id": "01EXA07N79THJ20WSN6AS30TMW", "conversation_id": "01EPYATA64TMNZ1FV02JKF12JF",
                "accept_time": "2022-02-07T20:01:09.892757478Z", "processing_mode": "CONVERSATION"
            }),
        ),
    ]
}
