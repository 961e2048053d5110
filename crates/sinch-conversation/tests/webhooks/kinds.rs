//! The view of a callback to match on: every kind, every field, nothing lost.

use serde_json::{Value, json};
use sinch_conversation::Channel;
use sinch_conversation::types::{DeliveryStatus, ProcessingMode, ReactionAction};
use sinch_conversation::webhook::{
    CallbackKind, ContactEventContent, Event, EventKind, InboundMessage, MessageContent,
};

fn event(kind: &str, content: Value) -> Event {
    Event::from_json(
        json!({"app_id": "01A", "project_id": "p", "correlation_id": "booking-7",
        "message_metadata": r#"{"table":4}"#, "event_time": "2025-01-02T03:04:05Z", kind: content}),
    )
}

fn message(contact_message: Value) -> Event {
    event(
        "message",
        json!({"id": "01M", "contact_message": contact_message}),
    )
}

fn inbound(event: &Event) -> InboundMessage<'_> {
    match event.kind() {
        EventKind::Inbound(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_inbound_message_says_who_where_and_when() {
    let event = event(
        "message",
        json!({"id": "01M", "direction": "TO_APP", "contact_id": "01C", "conversation_id": "01V",
            "contact_message": {"text_message": {"text": "Yes!"}, "reply_to": {"message_id": "01Q"}},
            "channel_identity": {"channel": "WHATSAPP", "identity": "46700000001", "app_id": ""},
            "sender_id": "46700000000", "accept_time": "2025-01-02T03:04:06Z", "metadata": "quoted",
            "processing_mode": "CONVERSATION", "injected": true}),
    );
    let message = inbound(&event);
    assert_eq!(message.content(), MessageContent::Text("Yes!"));
    assert_eq!(message.text(), Some("Yes!"));
    let ids = (
        message.id(),
        message.contact_id(),
        message.conversation_id(),
    );
    assert_eq!(ids, (Some("01M"), Some("01C"), Some("01V")));
    assert_eq!(message.channel(), Some(&Channel::from("WHATSAPP")));
    assert_eq!(message.address(), Some("46700000001"));
    assert_eq!(message.sender_id(), Some("46700000000"));
    assert_eq!(message.reply_to(), Some("01Q"));
    assert_eq!(message.metadata(), Some("quoted"));
    assert_eq!(message.conversation_metadata(), Some(r#"{"table":4}"#));
    assert_eq!(message.correlation_id(), Some("booking-7"));
    assert_eq!(message.app_id(), Some("01A"));
    assert_eq!(
        message.accept_time().unwrap().as_str(),
        "2025-01-02T03:04:06Z"
    );
    assert_eq!(
        message.event_time().unwrap().as_str(),
        "2025-01-02T03:04:05Z"
    );
    assert_eq!(
        message.processing_mode(),
        Some(&ProcessingMode::Conversation)
    );
    assert!(message.is_injected());
}

#[test]
fn empty_fields_are_none() {
    let event = Event::from_json(
        json!({"app_id": "", "correlation_id": "", "message_metadata": "",
        "event_time": "", "message": {"id": "", "contact_id": "", "conversation_id": "", "metadata": "",
        "sender_id": "", "accept_time": "",
        "channel_identity": {"channel": "SMS", "identity": "", "app_id": ""},
        "contact_message": {"reply_to": {"message_id": ""}, "media_message": {"url": "u", "thumbnail_url": ""}}}}),
    );
    let message = inbound(&event);
    let texts = [
        message.id(),
        message.contact_id(),
        message.conversation_id(),
        message.address(),
        message.sender_id(),
        message.reply_to(),
        message.metadata(),
        message.conversation_metadata(),
        message.correlation_id(),
        message.app_id(),
        message.text(),
    ];
    assert_eq!(texts, [None; 11]);
    assert_eq!((message.accept_time(), message.event_time()), (None, None));
    assert!(!message.is_injected());
}

#[test]
fn every_content_of_a_message_is_in_reach() {
    let media = message(
        json!({"media_message": {"url": "https://a", "thumbnail_url": "https://b",
        "filename_override": "menu.pdf"}}),
    );
    let MessageContent::Media(media) = inbound(&media).content() else {
        panic!();
    };
    assert_eq!((media.url, media.caption), ("https://a", None));
    assert_eq!(
        (media.thumbnail, media.filename),
        (Some("https://b"), Some("menu.pdf"))
    );

    let card = message(json!({"media_card_message": {"url": "https://a", "caption": "Our table"}}));
    let MessageContent::Media(card) = inbound(&card).content() else {
        panic!();
    };
    assert_eq!((card.url, card.caption), ("https://a", Some("Our table")));

    let place = message(
        json!({"location_message": {"title": "Here", "label": "Osteria",
        "coordinates": {"latitude": 55.61, "longitude": 13}}}),
    );
    let MessageContent::Location(place) = inbound(&place).content() else {
        panic!();
    };
    assert_eq!((place.latitude, place.longitude), (55.61, 13.0));
    assert_eq!((place.title, place.label), (Some("Here"), Some("Osteria")));

    let tap =
        message(json!({"choice_response_message": {"message_id": "01Q", "postback_data": "yes"}}));
    let MessageContent::Choice(tap) = inbound(&tap).content() else {
        panic!();
    };
    assert_eq!((tap.postback_data, tap.message_id), ("yes", "01Q"));

    let order = message(
        json!({"product_response_message": {"title": "Please", "catalog_id": "c",
        "products": [{"id": "soup", "marketplace": "m", "quantity": 2}]}}),
    );
    let MessageContent::Products(order) = inbound(&order).content() else {
        panic!();
    };
    assert_eq!((order.title, order.catalog_id), (Some("Please"), Some("c")));
    assert_eq!(order.products[0].id, "soup");

    let form = message(
        json!({"channel_specific_message": {"message_type": "nfm_reply",
        "message": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{}"}}}}),
    );
    let MessageContent::Form(form) = inbound(&form).content() else {
        panic!();
    };
    assert_eq!(form.response_json, "{}");

    let fallback = message(json!({"fallback_message": {"raw_message": "?"}}));
    let MessageContent::Fallback(fallback) = inbound(&fallback).content() else {
        panic!();
    };
    assert_eq!(fallback.raw_message.as_deref(), Some("?"));
}

#[test]
fn content_of_tomorrow_keeps_its_json() {
    for (content, at) in [
        (json!({"of_tomorrow": {"x": 1}}), "/of_tomorrow/x"),
        (json!({"text_message": {"text": 5}}), "/text_message/text"),
        (
            json!({"channel_specific_message": {"message_type": "new", "message": {"x": 1}}}),
            "/message/x",
        ),
    ] {
        let event = message(content);
        match inbound(&event).content() {
            MessageContent::Unknown(json) => {
                let json = Value::from(serde_json::Map::from_iter(
                    json.iter().map(|(key, value)| (key.clone(), value.clone())),
                ));
                assert!(json.pointer(at).is_some(), "{json}");
            }
            other => panic!("{other:?}"),
        }
    }
    let nothing = event("message", json!({}));
    assert!(
        matches!(inbound(&nothing).content(), MessageContent::Unknown(json) if json.is_empty())
    );
}

#[test]
fn a_delivery_report_says_what_became_of_a_message() {
    let event = event(
        "message_delivery_report",
        json!({"message_id": "01M", "conversation_id": "01V", "status": "FAILED", "contact_id": "01C",
            "channel_identity": {"channel": "SMS", "identity": "46700000001", "app_id": ""},
            "reason": {"code": "RECIPIENT_NOT_REACHABLE", "description": "no"}, "metadata": "m",
            "processing_mode": "DISPATCH"}),
    );
    let EventKind::Delivery(report) = event.kind() else {
        panic!("{event:?}");
    };
    assert_eq!(report.message_id(), Some("01M"));
    assert_eq!(report.status(), Some(&DeliveryStatus::Failed));
    assert!(report.is_final() && !report.is_delivered());
    let code = report.reason().unwrap().code.as_ref().unwrap();
    assert_eq!(code.as_str(), "RECIPIENT_NOT_REACHABLE");
    assert_eq!(
        (report.channel(), report.address()),
        (Some(&Channel::Sms), Some("46700000001"))
    );
    assert_eq!(
        (report.metadata(), report.correlation_id()),
        (Some("m"), Some("booking-7"))
    );
    assert_eq!(
        (report.contact_id(), report.conversation_id()),
        (Some("01C"), Some("01V"))
    );
    assert_eq!(report.body().message_id.as_deref(), Some("01M"));
}

#[test]
fn what_a_contact_does_is_in_reach() {
    let contents = [
        ("contact_event", json!({"composing_event": {}})),
        ("contact_event", json!({"composing_end_event": {}})),
        ("contact_event", json!({"conversation_deleted_event": {}})),
        ("contact_event", json!({"comment_event": {"text": "Nice"}})),
        (
            "contact_event",
            json!({"generic_event": {"payload": {"x": 1}}}),
        ),
        (
            "contact_message_event",
            json!({"reaction_event": {"emoji": "+1", "action": "REACTION_ACTION_REACT", "message_id": "01M",
                "reaction_category": "like"}}),
        ),
        (
            "contact_message_event",
            json!({"shortlink_activated_event": {"payload": "p"}}),
        ),
        (
            "contact_message_event",
            json!({"payment_status_update_event": {"reference_id": "r"}}),
        ),
        ("contact_event", json!({"of_tomorrow": {"x": 1}})),
        ("contact_message_event", json!({"of_tomorrow": {"x": 1}})),
        ("of_tomorrow", json!({})),
    ];
    let events = contents.map(|(key, content)| event("event", json!({"id": "01E", key: content})));
    let contents: Vec<_> = events
        .iter()
        .map(|event| match event.kind() {
            EventKind::ContactEvent(event) => {
                assert_eq!(event.id(), Some("01E"));
                event.content()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    use ContactEventContent as Content;
    assert_eq!(contents[0], Content::Composing);
    assert_eq!(contents[1], Content::ComposingEnd);
    assert_eq!(contents[2], Content::ConversationDeleted);
    assert!(matches!(contents[3], Content::Comment(comment) if comment.text == "Nice"));
    assert!(matches!(contents[4], Content::Generic(payload) if payload["x"] == 1));
    match contents[5] {
        Content::Reaction(reaction) => {
            assert_eq!((reaction.emoji, reaction.message_id), ("+1", "01M"));
            assert_eq!(reaction.action, &ReactionAction::ReactionActionReact);
            assert_eq!(reaction.category, Some("like"));
        }
        other => panic!("{other:?}"),
    }
    assert!(
        matches!(contents[6], Content::ShortLink(link) if link.payload.as_deref() == Some("p"))
    );
    assert!(
        matches!(contents[7], Content::PaymentStatus(status) if status.reference_id.as_deref() == Some("r"))
    );
    for unknown in &contents[8..10] {
        assert!(
            matches!(unknown, Content::Unknown(json) if json["of_tomorrow"]["x"] == 1),
            "{unknown:?}"
        );
    }
    assert!(matches!(contents[10], Content::Unknown(json) if json.is_empty()));
}

/// The smallest callback of a kind that has what it is about.
fn smallest(kind: &CallbackKind) -> Event {
    let content = match kind.key {
        key if key.starts_with("conversation_") => json!({"conversation": {}}),
        "contact_merge_notification" => json!({}),
        key if key.starts_with("contact_") => json!({"contact": {}}),
        _ => json!({}),
    };
    event(kind.key, content)
}

#[test]
fn every_documented_trigger_has_a_kind_of_its_own() {
    let events: Vec<Event> = CallbackKind::ALL.iter().map(smallest).collect();
    let kinds: Vec<EventKind<'_>> = events.iter().map(Event::kind).collect();
    for (index, kind) in kinds.iter().enumerate() {
        let key = CallbackKind::ALL[index].key;
        assert!(!matches!(kind, EventKind::Unknown(_)), "{key}");
        let same =
            |other: &EventKind<'_>| std::mem::discriminant(other) == std::mem::discriminant(kind);
        assert!(!kinds[..index].iter().any(same), "{key}");
    }
}

#[test]
fn what_has_no_kind_keeps_its_json() {
    for event in [
        event("of_tomorrow", json!({"x": 1})),
        event("message", json!({"contact_message": "text"})),
        event("contact_create_notification", json!({"x": 1})),
    ] {
        match event.kind() {
            EventKind::Unknown(json) => assert_eq!(json, event.raw()),
            other => panic!("{other:?}"),
        }
    }
}
