//! Callbacks: their receivers and their content.

use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationWebhookEvent;
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, SOON, assert_body, key, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Receiver) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

#[tokio::test]
async fn a_dispatched_message_is_reported() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let mut request = text_request(&app, &[("SMS", "+46701234567")], "Hello");
    request["message_metadata"] = json!("meta");
    request["correlation_id"] = json!("corr");
    let id = api.send(request).await;
    let received = receiver.wait_for(2).await;
    for (callback, status) in received.iter().zip(["QUEUED_ON_CHANNEL", "DELIVERED"]) {
        assert_body(
            &callback.json(),
            json!({
                "app_id": app, "project_id": api.project, "message_metadata": "", "correlation_id": "corr",
                "message_delivery_report": {
                    "message_id": id, "conversation_id": "", "contact_id": "", "status": status, "metadata": "meta",
                    "channel_identity": {"channel": "SMS", "identity": NUMBER, "app_id": ""},
                    "processing_mode": "DISPATCH",
                },
            }),
        );
        assert_eq!(callback.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn a_first_message_causes_ordered_callbacks() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let triggers = [
        "CONTACT_CREATE",
        "CONVERSATION_START",
        "MESSAGE_SUBMIT",
        "MESSAGE_DELIVERY",
    ];
    api.webhook(&app, &receiver.url, &triggers).await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "Hello").await;
    receiver.wait_for(5).await;
    let bodies = receiver.bodies();
    let keys: Vec<&str> = bodies.iter().map(key).collect();
    assert_eq!(
        keys,
        [
            "contact_create_notification",
            "conversation_start_notification",
            "message_submit_notification",
            "message_delivery_report",
            "message_delivery_report",
        ]
    );
    let message = api.get(&format!("messages/{id}")).await.ok();
    let contact_path = format!("contacts/{}", message["contact_id"].as_str().unwrap());
    let contact = api.get(&contact_path).await.ok();
    let common = |app_id: &str| json!({"app_id": app_id, "project_id": api.project, "message_metadata": "", "correlation_id": ""});
    // Contacts belong to the project, so their callbacks name no app.
    let mut expected = common("");
    expected["contact_create_notification"] = json!({"contact": contact});
    assert_body(&bodies[0], expected);
    assert_eq!(
        bodies[1]["conversation_start_notification"]["conversation"]["id"],
        message["conversation_id"]
    );
    let mut expected = common(&app);
    expected["message_submit_notification"] = json!({
        "message_id": id, "conversation_id": message["conversation_id"], "contact_id": message["contact_id"],
        "channel_identity": message["channel_identity"], "submitted_message": message["app_message"],
        "metadata": "", "processing_mode": "CONVERSATION",
    });
    assert_body(&bodies[2], expected);
    let report = &bodies[4]["message_delivery_report"];
    assert_eq!(
        (&report["contact_id"], &report["conversation_id"]),
        (&message["contact_id"], &message["conversation_id"])
    );

    // The second message finds both in place.
    api.send_text(&app, &[("SMS", NUMBER)], "Again").await;
    let keys: Vec<String> = receiver.wait_for(8).await[5..]
        .iter()
        .map(|it| key(&it.json()).to_owned())
        .collect();
    assert_eq!(
        keys,
        [
            "message_submit_notification",
            "message_delivery_report",
            "message_delivery_report"
        ]
    );
}

#[tokio::test]
async fn inbound_messages_carry_the_latest_metadata() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    report_metadata(&api, &app, "FULL").await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND", "CONTACT_CREATE"])
        .await;
    let mut request = text_request(&app, &[("WHATSAPP", NUMBER)], "Table?");
    request["conversation_metadata"] = json!({"table": 7});
    request["correlation_id"] = json!("corr");
    api.send(request).await;
    let id = sandbox
        .handset(&app, "WHATSAPP", NUMBER)
        .says("Yes")
        .await
        .unwrap();
    receiver.wait_for(2).await;
    let message = api.get(&format!("messages/{id}")).await.ok();
    assert_body(
        &receiver.bodies()[1],
        json!({
            "app_id": app, "project_id": api.project,
            "message_metadata": r#"{"table":7}"#, "correlation_id": "corr",
            "message": {
                "id": id, "direction": "TO_APP", "contact_message": {"text_message": {"text": "Yes"}},
                "channel_identity": {"channel": "WHATSAPP", "identity": NUMBER, "app_id": ""},
                "conversation_id": message["conversation_id"], "contact_id": message["contact_id"],
                "metadata": "", "accept_time": message["accept_time"], "sender_id": "my-WHATSAPP",
                "processing_mode": "CONVERSATION", "injected": false,
            },
        }),
    );
}

/// Sets how much conversation metadata callbacks to the app carry.
async fn report_metadata(api: &Api, app: &str, view: &str) {
    let body = json!({"conversation_metadata_report_view": view});
    api.patch(&format!("apps/{app}"), body).await.ok();
}

#[tokio::test]
async fn conversation_metadata_is_reported_on_request() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    let mut request = text_request(&app, &[("WHATSAPP", NUMBER)], "Table?");
    request["conversation_metadata"] = json!({"table": 7});
    request["correlation_id"] = json!("corr");
    api.send(request).await;
    let person = sandbox.handset(&app, "WHATSAPP", NUMBER);
    // The default view of a new app is NONE.
    person.says("Yes").await.unwrap();
    report_metadata(&api, &app, "FULL").await;
    person.says("Yes").await.unwrap();
    report_metadata(&api, &app, "NONE").await;
    person.says("Yes").await.unwrap();
    receiver.wait_for(3).await;
    for (body, metadata) in receiver.bodies().iter().zip(["", r#"{"table":7}"#, ""]) {
        assert_eq!(body["message_metadata"], metadata);
        assert_eq!(body["correlation_id"], "corr");
    }
}

#[tokio::test]
async fn in_dispatch_mode_an_answer_has_no_contact_and_metadata_only_with_retention() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    report_metadata(&api, &app, "FULL").await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND", "CONTACT_CREATE"])
        .await;
    for (count, days, metadata, correlation) in [(1, 0, "", ""), (2, 7, r#"{"a":1}"#, "corr")] {
        let body = json!({"dispatch_retention_policy": {"ttl_days": days}});
        api.patch(&format!("apps/{app}"), body).await.ok();
        let mut request = text_request(&app, &[("SMS", NUMBER)], "x");
        request["conversation_metadata"] = json!({"a": 1});
        request["correlation_id"] = json!("corr");
        api.send(request).await;
        sandbox
            .handset(&app, "SMS", NUMBER)
            .says("y")
            .await
            .unwrap();
        let last = receiver.wait_for(count).await.pop().unwrap().json();
        assert_eq!(
            (&last["message_metadata"], &last["correlation_id"]),
            (&json!(metadata), &json!(correlation))
        );
        let message = &last["message"];
        assert_eq!(
            (&message["contact_id"], &message["conversation_id"]),
            (&json!(""), &json!(""))
        );
        assert_eq!(message["processing_mode"], "DISPATCH");
    }
}

#[tokio::test]
async fn switching_channels_is_reported_with_its_reason() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    sandbox.fail_next("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    api.send_text(&app, &[("WHATSAPP", NUMBER), ("SMS", NUMBER)], "x")
        .await;
    receiver.wait_for(3).await;
    let reports: Vec<Value> = receiver
        .bodies()
        .iter()
        .map(|body| body["message_delivery_report"].clone())
        .collect();
    assert_eq!(reports[0]["status"], "SWITCHING_CHANNEL");
    assert_eq!(reports[0]["channel_identity"]["channel"], "WHATSAPP");
    assert_eq!(
        reports[0]["reason"],
        json!({
        "code": "RECIPIENT_NOT_REACHABLE", "description": "", "sub_code": "UNSPECIFIED_SUB_CODE"})
    );
    assert_eq!(
        (&reports[1]["status"], &reports[2]["status"]),
        (&json!("QUEUED_ON_CHANNEL"), &json!("DELIVERED"))
    );
    assert_eq!(reports[2]["channel_identity"]["channel"], "SMS");
    assert_eq!(reports[0]["message_id"], reports[2]["message_id"]);
    assert!(reports[2].get("reason").is_none());
}

#[tokio::test]
async fn only_subscribed_webhooks_get_a_copy() {
    let (sandbox, api, receiver) = start().await;
    let (app, other) = (
        api.app("DISPATCH", &["SMS"]).await,
        api.app("DISPATCH", &["SMS"]).await,
    );
    let target = |path: &str| format!("{}/{path}", receiver.url);
    api.webhook(&app, &target("one"), &["MESSAGE_DELIVERY"])
        .await;
    api.webhook(
        &app,
        &target("two"),
        &["MESSAGE_DELIVERY", "MESSAGE_INBOUND"],
    )
    .await;
    api.webhook(&app, &target("unsubscribed"), &["MESSAGE_INBOUND"])
        .await;
    api.webhook(&other, &target("other"), &["MESSAGE_DELIVERY"])
        .await;
    let body =
        json!({"app_id": app, "target": target("dismissed"), "triggers": ["MESSAGE_DELIVERY"]});
    api.post("webhooks", body).await.ok();
    api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    receiver.wait_for(4).await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let mut paths: Vec<String> = receiver
        .received()
        .into_iter()
        .map(|callback| callback.path)
        .collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/callbacks/one",
            "/callbacks/one",
            "/callbacks/two",
            "/callbacks/two"
        ]
    );
}

#[tokio::test]
async fn a_message_can_have_its_own_callback_url() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let own = Receiver::start().await;
    let body = json!({"callback_settings": {"secret_for_overridden_callback_urls": "own secret"}});
    api.patch(&format!("apps/{app}"), body).await.ok();
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY", "MESSAGE_SUBMIT"])
        .await;
    let mut request = text_request(&app, &[("SMS", NUMBER)], "x");
    request["callback_url"] = json!(own.url);
    api.send(request).await;
    let received = own.wait_for(2).await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert!(
        received
            .iter()
            .all(|callback| callback.is_signed_with("own secret"))
    );
    assert!(
        own.bodies()
            .iter()
            .all(|body| key(body) == "message_delivery_report")
    );
    // Only the receipts no longer go to the webhook.
    let bodies = receiver.bodies();
    assert_eq!(
        bodies.iter().map(key).collect::<Vec<_>>(),
        ["message_submit_notification"]
    );
}

#[tokio::test]
async fn contacts_and_conversations_report_their_deletion() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let triggers = [
        "CONTACT_UPDATE",
        "CONTACT_DELETE",
        "CONVERSATION_STOP",
        "CONVERSATION_DELETE",
    ];
    api.webhook(&app, &receiver.url, &triggers).await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let message = api.get(&format!("messages/{id}")).await.ok();
    let contact = format!("contacts/{}", message["contact_id"].as_str().unwrap());
    let conversation = format!(
        "conversations/{}",
        message["conversation_id"].as_str().unwrap()
    );
    api.patch(&contact, json!({"display_name": "Åsa"}))
        .await
        .ok();
    api.post(&format!("{conversation}:stop"), json!({}))
        .await
        .ok();
    api.post(&format!("{conversation}:stop"), json!({}))
        .await
        .ok();
    api.delete(&contact).await.ok();
    receiver.wait_for(4).await;
    let bodies = receiver.bodies();
    assert_eq!(
        bodies.iter().map(key).collect::<Vec<_>>(),
        [
            "contact_update_notification",
            "conversation_stop_notification",
            "conversation_delete_notification",
            "contact_delete_notification",
        ]
    );
    assert_eq!(
        bodies[0]["contact_update_notification"]["contact"]["display_name"],
        "Åsa"
    );
    assert_eq!(
        bodies[1]["conversation_stop_notification"]["conversation"]["active"],
        false
    );
    for body in bodies {
        let event = ConversationWebhookEvent::from_value(body).unwrap();
        assert!(!matches!(event, ConversationWebhookEvent::Unknown(_)));
    }
    api.get(&conversation).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn shared_identities_are_reported_and_the_oldest_contact_is_used() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["CONTACT_IDENTITIES_DUPLICATION"])
        .await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let body = json!({"channel_identities": [{"channel": "SMS", "identity": NUMBER}], "language": "EN"});
        ids.push(api.post("contacts", body).await.ok()["id"].clone());
    }
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    assert_eq!(
        api.get(&format!("messages/{id}")).await.ok()["contact_id"],
        ids[0]
    );
    let body = receiver.wait_for(1).await[0].json();
    assert_body(
        &body,
        json!({
            "app_id": app, "project_id": api.project, "message_metadata": "", "correlation_id": "",
            "duplicated_contact_identities_notification": {
                "duplicated_identities": [{"channel": "SMS", "contact_ids": ids}]},
        }),
    );
}
