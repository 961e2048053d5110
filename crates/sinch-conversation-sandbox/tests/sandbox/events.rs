//! Events of apps: sent and reported.

use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationWebhookEvent;
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_sandbox::{Failure, Sandbox};

use crate::support::{Api, Receiver, SOON};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Receiver) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

pub(crate) fn request(app: &str, to: &[(&str, &str)], event: Value) -> Value {
    let identities: Vec<Value> = to
        .iter()
        .map(|(channel, identity)| json!({"channel": channel, "identity": identity}))
        .collect();
    json!({
        "app_id": app, "event": event,
        "recipient": {"identified_by": {"channel_identities": identities}},
    })
}

pub(crate) fn typing() -> Value {
    json!({"composing_event": {}})
}

pub(crate) async fn send(api: &Api, body: Value) -> String {
    let answer = api.post("events:send", body).await.ok();
    let time = answer["accepted_time"].as_str().unwrap();
    assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok());
    answer["event_id"].as_str().unwrap().to_owned()
}

/// Returns the reports so far, without times.
fn reports(receiver: &Receiver) -> Vec<Value> {
    let bodies = receiver.bodies();
    for body in &bodies {
        let event = ConversationWebhookEvent::from_value(body.clone()).unwrap();
        assert!(matches!(event, ConversationWebhookEvent::EventDelivery(_)));
    }
    let reports = bodies.iter();
    reports
        .map(|body| body["event_delivery_report"].clone())
        .collect()
}

#[tokio::test]
async fn an_event_in_a_conversation_is_reported_and_stored() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_DELIVERY"]).await;
    let mut body = request(&app, &[("WHATSAPP", "+46701234567")], typing());
    body["event_metadata"] = json!("about typing");
    let id = send(&api, body).await;
    receiver.wait_for(2).await;

    let stored = api.get(&format!("events/{id}")).await.ok();
    let address = json!({"channel": "WHATSAPP", "identity": NUMBER, "app_id": ""});
    let (contact, conversation) = (&stored["contact_id"], &stored["conversation_id"]);
    assert_eq!(
        stored,
        json!({
            "id": id, "direction": "TO_CONTACT", "app_event": {"composing_event": {}},
            "channel_identity": address, "contact_id": contact, "conversation_id": conversation,
            "accept_time": stored["accept_time"], "processing_mode": "CONVERSATION",
        })
    );
    let expected: Vec<Value> = ["QUEUED_ON_CHANNEL", "DELIVERED"]
        .iter()
        .map(|status| {
            json!({
                "event_id": id, "status": status, "channel_identity": address, "contact_id": contact,
                "metadata": "about typing", "processing_mode": "CONVERSATION",
            })
        })
        .collect();
    assert_eq!(reports(&receiver), expected);

    let sent = sandbox.events_sent().await.unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0], sandbox.sent_event(&id).await.unwrap());
    assert_eq!(sent[0].statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    assert_eq!(sent[0].event_metadata, "about typing");

    // The conversation has a channel now, but nothing was received: an event is not a message.
    let path = format!("conversations/{}", conversation.as_str().unwrap());
    let conversation = api.get(&path).await.ok();
    assert_eq!(conversation["active_channel"], "WHATSAPP");
    assert_eq!(conversation["last_received"], "1970-01-01T00:00:00Z");
}

#[tokio::test]
async fn the_form_of_the_official_clients_is_the_same_event() {
    let (sandbox, api, _) = start().await;
    let app = api.app("DISPATCH", &["MESSENGER"]).await;
    let to = [("MESSENGER", "someone")];
    let joined = json!({"agent_joined_event": {"agent": {"display_name": "Ann", "type": "HUMAN"}}});
    let published = send(&api, request(&app, &to, json!({"app_event": joined}))).await;
    let direct = send(&api, request(&app, &to, joined)).await;
    let published = sandbox.wait_for_event(&published, SOON).await.unwrap();
    let direct = sandbox.wait_for_event(&direct, SOON).await.unwrap();
    assert_eq!(published.event, direct.event);
    assert_eq!(direct.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
}

#[tokio::test]
async fn in_dispatch_mode_nothing_is_stored() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_DELIVERY"]).await;
    let id = send(&api, request(&app, &[("RCS", NUMBER)], typing())).await;
    receiver.wait_for(2).await;
    let reports = reports(&receiver);
    assert_eq!(reports[1]["contact_id"], "");
    assert_eq!(reports[1]["processing_mode"], "DISPATCH");
    assert_eq!(reports[1].get("conversation_id"), None);
    api.get(&format!("events/{id}"))
        .await
        .refused(404, "NOT_FOUND");
    let contacts = api.get("contacts").await.ok();
    assert_eq!(contacts["contacts"], json!([]));
}

#[tokio::test]
async fn requests_that_are_wrong_say_where() {
    let (_sandbox, api, _) = start().await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    let to = [("RCS", NUMBER)];
    let refused = [
        (json!({}), "event"),
        (json!({"app_event": {}}), "event.app_event"),
        (json!({"app_event": {"dance_event": {}}}), "event.app_event"),
        (
            json!({"app_event": {"composing_event": {}}, "composing_event": {}}),
            "event.app_event",
        ),
        (
            json!({"composing_event": {}, "composing_end_event": {}}),
            "event",
        ),
        (
            json!({"app_event": {"composing_event": {}, "composing_end_event": {}}}),
            "event.app_event",
        ),
        (
            json!({"comment_reply_event": {}}),
            "event.comment_reply_event.text",
        ),
        (
            json!({"app_event": {"comment_reply_event": {"text": 7}}}),
            "event.app_event.comment_reply_event.text",
        ),
    ];
    for (event, field) in refused {
        let body = request(&app, &to, event);
        api.post("events:send", body).await.invalid(&[field]);
    }
    let mut body = request(&app, &[], typing());
    body["callback_url"] = json!("nowhere");
    let fields = ["recipient.identified_by.channel_identities", "callback_url"];
    api.post("events:send", body).await.invalid(&fields);

    let mut body = request(&app, &to, typing());
    body["recipient"] = json!({"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"});
    api.post("events:send", body)
        .await
        .invalid(&["recipient.contact_id"]);
    let mut body = request(&app, &to, typing());
    body["channel_priority_order"] = json!(["WHATSAPP"]);
    api.post("events:send", body)
        .await
        .invalid(&["channel_priority_order[0]"]);
    let body = request("01ARZ3NDEKTSV4RRFFQ69G5FAV", &to, typing());
    api.post("events:send", body)
        .await
        .refused(404, "NOT_FOUND");
}

/// Sends an event to one channel and returns its statuses and the last reason code.
async fn outcome(
    sandbox: &Sandbox,
    api: &Api,
    app: &str,
    channel: &str,
    event: Value,
) -> (Vec<String>, String) {
    let id = send(api, request(app, &[(channel, NUMBER)], event)).await;
    let sent = sandbox.wait_for_event(&id, SOON).await.unwrap();
    let reason = sent.receipts.last().unwrap().reason.clone();
    let code = reason.and_then(|reason| reason.code);
    (
        sent.statuses().into_iter().map(str::to_owned).collect(),
        code.map(|code| code.to_string()).unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_channel_without_such_an_event_fails() {
    let (sandbox, api, _) = start().await;
    let channels = ["SMS", "WHATSAPP", "RCS", "INSTAGRAM", "TELEGRAM"];
    let app = api.app("DISPATCH", &channels).await;
    let reading = json!({"read_message_event": {}});
    let reply = json!({"comment_reply_event": {"text": "Thanks"}});
    let leaving = json!({"agent_left_event": {"agent": {"display_name": "Ann"}}});
    let free = json!({"generic_event": {"payload": {"a": 1}}});
    let cases = [
        (typing(), vec!["WHATSAPP", "RCS", "INSTAGRAM", "TELEGRAM"]),
        (reading, vec!["WHATSAPP", "RCS"]),
        (reply, vec!["INSTAGRAM"]),
        (leaving, vec!["WHATSAPP", "RCS", "INSTAGRAM", "TELEGRAM"]),
        (free, vec!["WHATSAPP", "RCS", "INSTAGRAM", "TELEGRAM"]),
    ];
    for (event, able) in cases {
        for channel in channels {
            let found = outcome(&sandbox, &api, &app, channel, event.clone()).await;
            let (statuses, code) = (found.0.join(" "), found.1.as_str());
            let expected = if able.contains(&channel) {
                ("QUEUED_ON_CHANNEL DELIVERED", "")
            } else {
                ("FAILED", "UNSUPPORTED_OPERATION")
            };
            assert_eq!((statuses.as_str(), code), expected, "{channel} {event}");
        }
    }
}

#[tokio::test]
async fn events_fail_with_their_channel_and_never_fall_back() {
    let (sandbox, api, _) = start().await;
    let app = api.app("DISPATCH", &["RCS", "WHATSAPP"]).await;
    let to = [("RCS", NUMBER), ("WHATSAPP", NUMBER)];
    sandbox.fail_next("RCS", "RECIPIENT_NOT_REACHABLE");
    sandbox.fail_next("RCS", Failure::new("CHANNEL_FAILURE").after_queueing());
    let statuses = async |body: Value| {
        let id = send(&api, body).await;
        let sent = sandbox.wait_for_event(&id, SOON).await.unwrap();
        let channel = sent.channel_identity.clone().unwrap().channel;
        (channel.to_string(), sent.statuses().join(" "))
    };
    let found = statuses(request(&app, &to, typing())).await;
    assert_eq!(found, ("RCS".to_owned(), "FAILED".to_owned()));
    let found = statuses(request(&app, &to, typing())).await;
    assert_eq!(found.1, "QUEUED_ON_CHANNEL FAILED");
    let found = statuses(request(&app, &to, typing())).await;
    assert_eq!(found.1, "QUEUED_ON_CHANNEL DELIVERED");

    // Of the requested channels, only the first is used.
    sandbox.fail_channel("WHATSAPP", "CHANNEL_FAILURE");
    let mut body = request(&app, &to, typing());
    body["channel_priority_order"] = json!(["WHATSAPP", "SMS", "RCS"]);
    assert_eq!(
        statuses(body).await,
        ("WHATSAPP".to_owned(), "FAILED".to_owned())
    );

    // A silent channel leaves the event as it is.
    sandbox.silence_channel("RCS");
    let id = send(&api, request(&app, &to, typing())).await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let sent = sandbox.sent_event(&id).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL"]);
}

#[tokio::test]
async fn unreachable_recipients_get_no_event() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_DELIVERY"]).await;
    let code = async |recipient: Value| {
        let body = json!({"app_id": app, "recipient": recipient, "event": typing()});
        let id = send(&api, body).await;
        let sent = sandbox.wait_for_event(&id, SOON).await.unwrap();
        assert_eq!(sent.statuses(), ["FAILED"]);
        api.get(&format!("events/{id}"))
            .await
            .refused(404, "NOT_FOUND");
        let reason = sent.receipts[0].reason.clone().unwrap();
        reason.code.unwrap().to_string()
    };
    let nobody = json!({"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"});
    assert_eq!(code(nobody).await, "CONTACT_NOT_FOUND");
    let elsewhere =
        json!({"identified_by": {"channel_identities": [{"channel": "SMS", "identity": NUMBER}]}});
    assert_eq!(code(elsewhere).await, "CHANNEL_CONFIGURATION_MISSING");
    receiver.wait_for(2).await;
    let report = &reports(&receiver)[0];
    assert_eq!(report["status"], "FAILED");
    assert_eq!(report["reason"]["code"], "CONTACT_NOT_FOUND");
    assert_eq!(report.get("channel_identity"), None);

    let id = send(&api, request(&app, &[("RCS", "not a number")], typing())).await;
    let sent = sandbox.wait_for_event(&id, SOON).await.unwrap();
    let reason = sent.receipts[0].reason.clone().unwrap();
    assert_eq!(
        reason.code.unwrap().as_str(),
        "RECIPIENT_INVALID_CHANNEL_IDENTITY"
    );
}

#[tokio::test]
async fn a_callback_url_replaces_the_webhooks_for_receipts() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_DELIVERY"]).await;
    let secret = json!({"callback_settings": {"secret_for_overridden_callback_urls": "own"}});
    api.patch(&format!("apps/{app}"), secret).await.ok();
    let own = Receiver::start().await;
    let mut body = request(&app, &[("RCS", NUMBER)], typing());
    body["callback_url"] = json!(own.url);
    send(&api, body).await;
    let received = own.wait_for(2).await;
    assert!(received.iter().all(|it| it.is_signed_with("own")));
    assert_eq!(reports(&own)[1]["status"], "DELIVERED");
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(receiver.bodies(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_event_of_a_deleted_app_fails() {
    let slow = std::time::Duration::from_secs(86_400);
    let builder = Sandbox::builder().receipt_interval(slow);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    let id = send(&api, request(&app, &[("RCS", NUMBER)], typing())).await;
    api.delete(&format!("apps/{app}")).await.ok();
    sandbox.advance_clock(slow);
    let sent = sandbox.wait_for_event(&id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["FAILED"]);
    let reason = sent.receipts[0].reason.clone().unwrap();
    assert_eq!(reason.code.unwrap().as_str(), "UNKNOWN_APP");
}
