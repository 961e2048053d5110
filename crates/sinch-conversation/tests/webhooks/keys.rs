//! What identifies an event: the same for every delivery of it, another one for every other event.

use std::collections::HashMap;

use serde_json::{Value, json};
use sinch_conversation::webhook::{CallbackKind, Event};

const TIME: &str = "2025-01-02T03:04:05Z";

fn key(kind: &str, content: &Value) -> Option<String> {
    let event = Event::from_json(json!({"app_id": "01A", "project_id": "p", kind: content}));
    event.key().map(|key| key.to_string())
}

/// Every kind of callback with its ids.
fn identified() -> Vec<(&'static CallbackKind, Value)> {
    let identity = json!({"channel": "SMS", "identity": "46700000001", "app_id": ""});
    let contact = |id: &str| json!({"contact": {"id": id}});
    let conversation = json!({"conversation": {"id": "01V"}});
    let request = json!({"request_id": "r", "channel": "SMS", "identity": "46700000001", "status": "OPT_IN_SUCCEEDED"});
    vec![
        (&CallbackKind::MESSAGE_INBOUND, json!({"id": "01M"})),
        (
            &CallbackKind::MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION,
            json!({"id": "01M"}),
        ),
        (
            &CallbackKind::MESSAGE_SUBMIT,
            json!({"message_id": "01M", "channel_identity": identity}),
        ),
        (
            &CallbackKind::MESSAGE_DELIVERY,
            json!({"message_id": "01M", "status": "DELIVERED", "channel_identity": identity}),
        ),
        (&CallbackKind::EVENT_INBOUND, json!({"id": "01E"})),
        (
            &CallbackKind::EVENT_DELIVERY,
            json!({"event_id": "01E", "status": "DELIVERED", "channel_identity": identity}),
        ),
        (&CallbackKind::CONVERSATION_START, conversation.clone()),
        (&CallbackKind::CONVERSATION_STOP, conversation.clone()),
        (&CallbackKind::CONVERSATION_DELETE, conversation),
        (&CallbackKind::CONTACT_CREATE, contact("01C")),
        (&CallbackKind::CONTACT_DELETE, contact("01C")),
        (
            &CallbackKind::CONTACT_MERGE,
            json!({"preserved_contact": {"id": "01C"}, "deleted_contact": {"id": "02C"}}),
        ),
        (&CallbackKind::CAPABILITY, request.clone()),
        (&CallbackKind::OPT_IN, request.clone()),
        (&CallbackKind::OPT_OUT, request),
        (
            &CallbackKind::RECORD_NOTIFICATION,
            json!({"entity_id": "01M", "record_status": "EVENT_RECORD_STORED"}),
        ),
        (&CallbackKind::UNSUPPORTED, json!({"id": "01M"})),
        (
            &CallbackKind::BATCH_STATUS_UPDATE,
            json!({"batch_id": "01B", "batch_status": "BATCH_STATUS_PROCESSED"}),
        ),
    ]
}

/// The kinds without an id of the event.
const BY_CONTENT: [CallbackKind; 4] = [
    CallbackKind::CONTACT_UPDATE,
    CallbackKind::CONTACT_IDENTITIES_DUPLICATION,
    CallbackKind::CHANNEL_EVENT,
    CallbackKind::SMART_CONVERSATION,
];

#[test]
fn every_kind_is_identified_by_its_ids_or_by_its_content() {
    let mut keys = HashMap::new();
    for (kind, content) in identified() {
        let found = key(kind.key, &content).unwrap_or_else(|| panic!("{}", kind.key));
        assert!(found.starts_with(kind.trigger.as_str()), "{found}");
        assert!(!found.contains("46700000001"), "{found}");
        if let Some(other) = keys.insert(found, kind.key) {
            panic!("{} and {other}", kind.key);
        }
        // The rest may differ from delivery to delivery.
        let mut more = content.clone();
        more["of_tomorrow"] = json!(1);
        assert_eq!(key(kind.key, &more), key(kind.key, &content));
    }
    let others = CallbackKind::ALL
        .iter()
        .filter(|kind| !identified().iter().any(|(known, _)| known == kind));
    assert!(
        others.eq(CallbackKind::ALL
            .iter()
            .filter(|kind| BY_CONTENT.contains(kind)))
    );
}

#[test]
fn each_id_of_a_kind_counts() {
    for (kind, content) in identified() {
        let before = key(kind.key, &content);
        for (field, value) in content.as_object().unwrap() {
            if ["identity", "preserved_contact"].contains(&field.as_str())
                || field == "status" && kind.key == "capability_notification"
            {
                continue;
            }
            let mut changed = content.clone();
            changed[field] = match value {
                Value::String(_) => json!("other"),
                _ if field == "channel_identity" => json!({"channel": "RCS", "identity": "1"}),
                _ => json!({"id": "other"}),
            };
            let after = key(kind.key, &changed);
            assert!(after.is_some() && after != before, "{}.{field}", kind.key);
        }
    }
}

#[test]
fn content_identifies_an_event_that_has_a_time() {
    for kind in BY_CONTENT
        .iter()
        .map(|kind| kind.key)
        .chain(["of_tomorrow"])
    {
        assert_eq!(key(kind, &json!({"x": 1})), None, "{kind}");
        let at = |time: &str, x: u32| {
            let event = json!({"app_id": "a", "accepted_time": time, kind: {"x": x}});
            Event::from_json(event)
                .key()
                .unwrap_or_else(|| panic!("{kind}"))
        };
        assert_eq!(at(TIME, 1), at(TIME, 1));
        assert_ne!(at(TIME, 1), at(TIME, 2));
        assert_ne!(at(TIME, 1), at("2025-01-02T03:04:06Z", 1));
    }
}

#[test]
fn ids_that_are_missing_long_or_ambiguous_leave_the_content() {
    let long = "x".repeat(300);
    for id in ["", "01M/DELIVERED", long.as_str()] {
        let message = json!({"id": id});
        assert_eq!(key("message", &message), None, "{id}");
        let event = json!({"app_id": "a", "event_time": TIME, "message": message});
        let key = Event::from_json(event).key().unwrap();
        assert!(key.as_str().starts_with("content/") && key.as_str().len() < 100);
    }
}

#[test]
fn a_report_without_a_channel_has_a_key() {
    let report = json!({"message_id": "01M", "status": "FAILED"});
    let key = key("message_delivery_report", &report);
    assert_eq!(key.as_deref(), Some("MESSAGE_DELIVERY/01M/FAILED/-"));
}
