//! Events from contacts, and from channels themselves.

use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationWebhookEvent;
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_sandbox::{ControlError, Sandbox};

use crate::support::{Api, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Receiver) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

/// Waits for the callback at this index, and checks that the raw crate can decode it.
async fn callback(receiver: &Receiver, place: usize) -> Value {
    let body = receiver.wait_for(place + 1).await[place].json();
    let event = ConversationWebhookEvent::from_value(body.clone()).unwrap();
    assert!(
        !matches!(event, ConversationWebhookEvent::Unknown(_)),
        "{body}"
    );
    assert_eq!(event.to_value(), body);
    body
}

#[tokio::test]
async fn typing_opens_a_conversation_and_is_reported_and_stored() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    let triggers = ["CONTACT_CREATE", "CONVERSATION_START", "EVENT_INBOUND"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let person = sandbox.handset(&app, "WHATSAPP", "+46701234567");
    let id = person.types().await.unwrap();
    let event = callback(&receiver, 2).await["event"].clone();
    assert_eq!(
        event,
        json!({
            "id": id, "direction": "TO_APP", "contact_event": {"composing_event": {}},
            "channel_identity": {"channel": "WHATSAPP", "identity": NUMBER, "app_id": ""},
            "contact_id": event["contact_id"], "conversation_id": event["conversation_id"],
            "accept_time": event["accept_time"], "processing_mode": "CONVERSATION",
        })
    );
    let start = &callback(&receiver, 1).await["conversation_start_notification"];
    assert_eq!(start["conversation"]["id"], event["conversation_id"]);
    assert_eq!(api.get(&format!("events/{id}")).await.ok(), event);

    let end = person.stops_typing().await.unwrap();
    let listed = format!(
        "events?contact_id={}",
        event["contact_id"].as_str().unwrap()
    );
    let listed = api.get(&listed).await.ok();
    assert_eq!(listed["events"][0]["id"], end);
    assert_eq!(listed["events"][1], event);
    assert_eq!(
        callback(&receiver, 3).await["event"]["contact_event"],
        json!({"composing_end_event": {}})
    );

    // An event is not a message: the conversation has received nothing yet, but has a channel.
    let path = format!(
        "conversations/{}",
        event["conversation_id"].as_str().unwrap()
    );
    let conversation = api.get(&path).await.ok();
    assert_eq!(conversation["last_received"], "1970-01-01T00:00:00Z");
    assert_eq!(conversation["active_channel"], "WHATSAPP");
}

#[tokio::test]
async fn an_event_comes_into_the_conversation_with_its_correlation_id() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "RCS"]).await;
    let full = json!({"conversation_metadata_report_view": "FULL"});
    api.patch(&format!("apps/{app}"), full).await.ok();
    api.webhook(&app, &receiver.url, &["EVENT_INBOUND"]).await;
    let mut request = text_request(&app, &[("WHATSAPP", NUMBER), ("RCS", NUMBER)], "Hello");
    request["conversation_metadata"] = json!({"ticket": 7});
    request["correlation_id"] = json!("corr");
    let message = api.send(request).await;
    let message = api.get(&format!("messages/{message}")).await.ok();
    sandbox.handset(&app, "RCS", NUMBER).types().await.unwrap();
    let body = callback(&receiver, 0).await;
    assert_eq!(body["event"]["conversation_id"], message["conversation_id"]);
    // Only messages have metadata.
    assert_eq!(body["message_metadata"], "");
    assert_eq!(body["correlation_id"], "corr");
    // The conversation has the channel of its last message.
    let path = format!(
        "conversations/{}",
        message["conversation_id"].as_str().unwrap()
    );
    assert_eq!(api.get(&path).await.ok()["active_channel"], "WHATSAPP");
}

#[tokio::test]
async fn in_dispatch_mode_events_are_reported_but_not_stored() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_INBOUND"]).await;
    let id = sandbox.handset(&app, "RCS", NUMBER).types().await.unwrap();
    let event = &callback(&receiver, 0).await["event"];
    assert_eq!(event["contact_id"], "");
    assert_eq!(event["conversation_id"], "");
    assert_eq!(event["processing_mode"], "DISPATCH");
    api.get(&format!("events/{id}"))
        .await
        .refused(404, "NOT_FOUND");
    assert_eq!(api.get("contacts").await.ok()["contacts"], json!([]));
}

#[tokio::test]
async fn a_person_reacts_to_a_message() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_INBOUND"]).await;
    let message = api.send_text(&app, &[("WHATSAPP", NUMBER)], "Hello").await;
    sandbox.wait_for_delivery(&message, SOON).await.unwrap();
    let person = sandbox.handset(&app, "WHATSAPP", NUMBER);
    person.reacts(&message, "❤️").await.unwrap();
    person.unreacts(&message, "❤️").await.unwrap();
    for (place, action) in ["REACTION_ACTION_REACT", "REACTION_ACTION_UNREACT"]
        .iter()
        .enumerate()
    {
        let event = &callback(&receiver, place).await["event"];
        let reaction = json!({"emoji": "❤️", "action": action, "message_id": message});
        assert_eq!(
            event["contact_message_event"],
            json!({"reaction_event": reaction})
        );
    }
    let error = person.reacts("another", "x").await.unwrap_err();
    assert!(
        matches!(error, ControlError::UnknownMessage { .. }),
        "{error}"
    );
    let elsewhere = sandbox.handset(&app, "SMS", NUMBER);
    let error = elsewhere.reacts(&message, "x").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "SMS does not support reaction_event: use one of MESSENGER, INSTAGRAM, WHATSAPP"
    );
}

#[tokio::test]
async fn a_person_comments_on_instagram_only() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["INSTAGRAM", "MESSENGER"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_INBOUND"]).await;
    let person = sandbox.handset(&app, "INSTAGRAM", "ann");
    person.comments("Lovely").await.unwrap();
    let event = &callback(&receiver, 0).await["event"];
    let comment = &event["contact_event"]["comment_event"]["id"];
    assert_eq!(comment.as_str().unwrap().len(), 26);
    assert_eq!(
        event["contact_event"],
        json!({"comment_event": {"id": comment, "text": "Lovely", "comment_type": "FEED", "user": "ann"}})
    );
    let elsewhere = sandbox.handset(&app, "MESSENGER", "ann");
    let error = elsewhere.comments("Lovely").await.unwrap_err();
    assert!(
        matches!(&error, ControlError::NoSuchEvent { event, channels, .. }
            if event == "comment_event" && channels == &["INSTAGRAM"]),
        "{error}"
    );
}

#[tokio::test]
async fn any_documented_event_can_be_given_as_json() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["MESSENGER", "WHATSAPP"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_INBOUND"]).await;
    let person = sandbox.handset(&app, "MESSENGER", "ann");
    let events = [
        json!({"contact_event": {"conversation_deleted_event": {}}}),
        json!({"contact_event": {"generic_event": {"payload": {"a": [1]}}}}),
        json!({"contact_message_event": {"shortlink_activated_event": {"ref": "r", "existing_thread": true}}}),
        json!({"contact_message_event": {"payment_status_update_event": {"reference_id": "7"}}}),
        json!({"contact_message_event": {"reaction_event":
            {"emoji": "x", "action": "REACTION_ACTION_REACT", "message_id": "m", "reaction_category": "love"}}}),
    ];
    for (place, event) in events.iter().enumerate() {
        let id = person.sends_event(event.clone()).await.unwrap();
        let told = callback(&receiver, place).await["event"].clone();
        assert_eq!(told["id"], id);
        for (key, content) in event.as_object().unwrap() {
            assert_eq!(&told[key], content);
        }
        assert_eq!(api.get(&format!("events/{id}")).await.ok(), told);
    }

    let wrong = [
        (json!("text"), "the event:"),
        (json!({}), "the event:"),
        (
            json!({"contact_event": {}, "contact_message_event": {}}),
            "the event:",
        ),
        (json!({"app_event": {"composing_event": {}}}), "the event:"),
        (json!({"contact_event": {"smell": {}}}), "contact_event:"),
        (json!({"contact_event": 7}), "contact_event:"),
        (
            json!({"contact_message_event": {"reaction_event": {"emoji": "x", "message_id": "m"}}}),
            "contact_message_event.reaction_event.action:",
        ),
    ];
    for (event, place) in wrong {
        let error = person.sends_event(event).await.unwrap_err();
        assert!(
            matches!(error, ControlError::NotAContactEvent { .. }),
            "{error}"
        );
        assert!(error.to_string().starts_with(place), "{error}");
    }
    let elsewhere = sandbox.handset(&app, "RCS", NUMBER).types().await;
    assert!(matches!(
        elsewhere.unwrap_err(),
        ControlError::ChannelNotConfigured { .. }
    ));
}

#[tokio::test]
async fn what_the_api_has_no_form_for_is_passed_on() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    api.webhook(&app, &receiver.url, &["UNSUPPORTED"]).await;
    let person = sandbox.handset(&app, "WHATSAPP", NUMBER);
    let payload = json!({"sticker": {"sha": "x"}});
    let id = person.sends_unsupported(payload.clone()).await.unwrap();
    let passed = callback(&receiver, 0).await["unsupported_callback"].clone();
    let text = passed["payload"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), payload);
    assert_eq!(
        passed,
        json!({
            "id": id, "channel": "WHATSAPP", "payload": text, "processing_mode": "CONVERSATION",
            "channel_identity": {"channel": "WHATSAPP", "identity": NUMBER, "app_id": ""},
            "contact_id": passed["contact_id"], "conversation_id": passed["conversation_id"],
        })
    );
    let contact = passed["contact_id"].as_str().unwrap();
    api.get(&format!("contacts/{contact}")).await.ok();
    let listed = api.get(&format!("events?contact_id={contact}")).await.ok();
    assert_eq!(listed["events"], json!([]));
}

#[tokio::test]
async fn channels_and_records_send_events() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["WHATSAPP"]).await;
    api.webhook(
        &app,
        &receiver.url,
        &["CHANNEL_EVENT", "RECORD_NOTIFICATION"],
    )
    .await;
    let data = json!({"quality_rating": "RED"});
    let event_type = "WHATS_APP_QUALITY_RATING_CHANGED";
    let tell = |app: &str, channel: &str| {
        let data = data.as_object().unwrap().clone();
        let (sandbox, app, channel) = (&sandbox, app.to_owned(), channel.to_owned());
        async move {
            sandbox
                .channel_event(&app, channel.as_str(), event_type, data)
                .await
        }
    };
    tell(&app, "WHATSAPP").await.unwrap();
    let body = callback(&receiver, 0).await;
    assert_eq!(
        body["channel_event_notification"],
        json!({"channel_event": {"channel": "WHATSAPP", "event_type": event_type, "additional_data": data}})
    );
    assert_eq!(body["app_id"], app);
    assert!(matches!(
        tell("nowhere", "WHATSAPP").await.unwrap_err(),
        ControlError::UnknownApp { .. }
    ));
    assert!(matches!(
        tell(&app, "SMS").await.unwrap_err(),
        ControlError::ChannelNotConfigured { .. }
    ));

    let message = api.send_text(&app, &[("WHATSAPP", NUMBER)], "Hello").await;
    sandbox.record_notification(&message).await.unwrap();
    assert_eq!(
        callback(&receiver, 1).await["record_notification"],
        json!({
            "entity_id": message, "record_status": "EVENT_RECORD_STORED", "processing_mode": "DISPATCH",
            "channel_identity": {"channel": "WHATSAPP", "identity": NUMBER, "app_id": ""},
            "contact_id": "", "conversation_id": "",
        })
    );
    let error = sandbox.record_notification("another").await.unwrap_err();
    assert!(
        matches!(error, ControlError::UnknownMessage { .. }),
        "{error}"
    );
}
