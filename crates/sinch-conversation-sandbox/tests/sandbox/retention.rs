//! What the retention policies of apps remove, and when.

use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, SOON, text_request};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const PERSON: [(&str, &str); 1] = [("SMS", "46701234567")];

async fn app(api: &Api, mode: &str, policy: Value) -> String {
    let app = api.app(mode, &["SMS"]).await;
    api.patch(&format!("apps/{app}"), policy).await.ok();
    app
}

fn keep(kind: &str, days: u32) -> Value {
    json!({"retention_policy": {"retention_type": kind, "ttl_days": days}})
}

async fn send(sandbox: &Sandbox, api: &Api, app: &str) -> String {
    let id = api.send_text(app, &PERSON, "Hi").await;
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    id
}

/// Advances the clock by days, and returns when the daily removals have run.
async fn days(sandbox: &Sandbox, api: &Api, count: u32) {
    sandbox.advance_clock(DAY * count);
    // When a new message has been delivered, all removals that were due before it have run.
    let app = api.app("DISPATCH", &["SMS"]).await;
    send(sandbox, api, &app).await;
}

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::builder()
        .token_lifetime(DAY * 1000)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn messages_expire_but_their_conversation_stays() {
    let (sandbox, api) = start().await;
    let app = app(&api, "CONVERSATION", keep("MESSAGE_EXPIRE_POLICY", 10)).await;
    let old = send(&sandbox, &api, &app).await;
    days(&sandbox, &api, 6).await;
    let newer = send(&sandbox, &api, &app).await;
    api.get(&format!("messages/{old}")).await.ok();
    days(&sandbox, &api, 6).await;
    api.get(&format!("messages/{old}"))
        .await
        .refused(404, "NOT_FOUND");
    let kept = api.get(&format!("messages/{newer}")).await.ok();
    let conversation = kept["conversation_id"].as_str().unwrap();
    days(&sandbox, &api, 30).await;
    api.get(&format!("messages/{newer}"))
        .await
        .refused(404, "NOT_FOUND");
    api.get(&format!("conversations/{conversation}")).await.ok();
}

#[tokio::test]
async fn conversations_expire_with_their_latest_message() {
    let (sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = app(&api, "CONVERSATION", keep("CONVERSATION_EXPIRE_POLICY", 10)).await;
    api.webhook(&app, &receiver.url, &["CONVERSATION_DELETE"])
        .await;
    let old = send(&sandbox, &api, &app).await;
    let conversation = api.get(&format!("messages/{old}")).await.ok()["conversation_id"].clone();
    let conversation = conversation.as_str().unwrap();
    days(&sandbox, &api, 6).await;
    send(&sandbox, &api, &app).await;
    days(&sandbox, &api, 6).await;
    // The old message stays as long as the conversation.
    api.get(&format!("messages/{old}")).await.ok();
    days(&sandbox, &api, 6).await;
    api.get(&format!("messages/{old}"))
        .await
        .refused(404, "NOT_FOUND");
    api.get(&format!("conversations/{conversation}"))
        .await
        .refused(404, "NOT_FOUND");
    let callback = receiver.wait_for(1).await[0].json();
    assert_eq!(
        callback["conversation_delete_notification"]["conversation"]["id"],
        conversation
    );
    // Contacts are never removed.
    let contacts = api.get("contacts").await.ok();
    assert_eq!(contacts["contacts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn stored_state_survives_a_restart() {
    let (sandbox, api) = start().await;
    let app = app(&api, "CONVERSATION", keep("PERSIST_RETENTION_POLICY", 1)).await;
    let old = send(&sandbox, &api, &app).await;
    days(&sandbox, &api, 400).await;
    api.get(&format!("messages/{old}")).await.ok();
}

#[tokio::test]
async fn messages_of_dispatch_mode_have_a_policy_of_their_own() {
    let (sandbox, api) = start().await;
    let policy = json!({"dispatch_retention_policy":
        {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 2}});
    let app = app(&api, "DISPATCH", policy).await;
    let id = send(&sandbox, &api, &app).await;
    let path = format!("messages/{id}?messages_source=DISPATCH_SOURCE");
    days(&sandbox, &api, 1).await;
    api.get(&path).await.ok();
    days(&sandbox, &api, 2).await;
    api.get(&path).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_dispatch_mode_keeps_of_a_recipient_goes_with_its_messages() {
    let (sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let policy = json!({"dispatch_retention_policy": {"ttl_days": 3},
        "conversation_metadata_report_view": "FULL"});
    let app = app(&api, "DISPATCH", policy).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    let mut request = text_request(&app, &PERSON, "Hi");
    request["conversation_metadata"] = json!({"table": 7});
    request["correlation_id"] = json!("corr");
    api.send(request.clone()).await;
    days(&sandbox, &api, 2).await;
    // The latest message decides, also for metadata of an earlier one.
    request
        .as_object_mut()
        .unwrap()
        .remove("conversation_metadata");
    api.send(request).await;
    let person = sandbox.handset(&app, "SMS", PERSON[0].1);
    for (count, kept) in [(2, true), (2, false)] {
        days(&sandbox, &api, count).await;
        person.says("Yes").await.unwrap();
        let told = if kept { 1 } else { 2 };
        let body = receiver.wait_for(told).await.pop().unwrap().json();
        let expected = match kept {
            true => (r#"{"table":7}"#, "corr"),
            false => ("", ""),
        };
        assert_eq!(
            (&body["message_metadata"], &body["correlation_id"]),
            (&json!(expected.0), &json!(expected.1)),
            "{count}"
        );
    }
}

#[tokio::test]
async fn a_database_is_cleaned_up_after_a_restart_too() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Sandbox::builder()
        .database(folder.path().join("sandbox.db"))
        .token_lifetime(DAY * 1000);
    let sandbox = builder.clone().start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = app(&api, "CONVERSATION", keep("MESSAGE_EXPIRE_POLICY", 1)).await;
    let old = send(&sandbox, &api, &app).await;
    sandbox.shutdown().await;

    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    days(&sandbox, &api, 3).await;
    api.get(&format!("messages/{old}"))
        .await
        .refused(404, "NOT_FOUND");
}
