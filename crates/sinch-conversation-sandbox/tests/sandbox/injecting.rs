//! Messages that are added to a conversation without a channel.

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, assert_body, each};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

/// Returns the time this many days ago.
fn days_ago(days: i64) -> String {
    (Utc::now() - TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[tokio::test]
async fn injected_messages_are_stored_where_they_belong_in_time() {
    let (_sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let full = json!({"conversation_metadata_report_view": "FULL"});
    api.patch(&format!("apps/{app}"), full).await.ok();
    let contact = api.contact(&[("SMS", "461")]).await;
    let (made, path) = api.conversation(&app, &contact, json!({"order": 7})).await;
    api.patch(&path, json!({"correlation_id": "c"})).await.ok();
    let triggers = ["MESSAGE_INBOUND", "MESSAGE_SUBMIT", "MESSAGE_DELIVERY"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let (old, older) = (days_ago(2), days_ago(29));
    let message = |direction: &str, time: &str, key: &str| {
        let mut body = json!({
            "accept_time": time, "contact_id": contact, "direction": direction,
            "channel_identity": {"channel": "SMS", "identity": "+461"},
        });
        body[key] = json!({"text_message": {"text": time}});
        body
    };
    let inject = format!("{path}:inject-message");
    let body = message("TO_CONTACT", &old, "app_message");
    assert_eq!(api.post(&inject, body).await.ok(), json!({}));
    let mut body = message("TO_APP", &older, "contact_message");
    body["metadata"] = json!("m");
    body["sender_id"] = json!("4600");
    body["conversation_id"] = made["id"].clone();
    api.post(&inject, body).await.ok();

    let list = api.get("messages").await.ok();
    let listed = list["messages"].as_array().unwrap();
    assert_eq!(each(listed, "/accept_time"), [&*old, &older]);
    let mut expected = json!({
        "id": listed[1]["id"], "accept_time": older, "direction": "TO_APP", "contact_id": contact,
        "conversation_id": made["id"], "metadata": "m", "sender_id": "4600", "injected": true,
        "channel_identity": {"channel": "SMS", "identity": "461", "app_id": ""},
        "contact_message": {"text_message": {"text": older}}, "processing_mode": "CONVERSATION",
    });
    assert_eq!(listed[1], expected);
    let path_of = |message: &Value| format!("messages/{}", message["id"].as_str().unwrap());
    assert_eq!(api.get(&path_of(&listed[1])).await.ok(), expected);
    // Only the message from the contact has a callback.
    let body = receiver.wait_for(1).await[0].json();
    assert_body(
        &body,
        json!({
            "app_id": app, "project_id": api.project, "message": expected,
            "message_metadata": "{\"order\":7}", "correlation_id": "c",
        }),
    );
    assert_eq!(receiver.received().len(), 1);
    expected = listed[0].clone();
    assert_eq!(
        (&expected["injected"], &expected["direction"]),
        (&json!(true), &json!("TO_CONTACT"))
    );
    assert_eq!(
        expected["app_message"],
        json!({"text_message": {"text": old}})
    );

    // The conversation shows the newest one, and an inactive one accepts messages too.
    let shown = api.get(&path).await.ok();
    assert_eq!(shown["last_received"], old);
    assert_eq!(shown["active_channel"], "SMS");
    api.post(&format!("{path}:stop"), json!({})).await.ok();
    let new = days_ago(1);
    api.post(&inject, message("TO_APP", &new, "contact_message"))
        .await
        .ok();
    let shown = api.get(&path).await.ok();
    assert_eq!(shown["last_received"], new);
    assert_eq!(shown["active"], false);
}

#[tokio::test]
async fn what_cannot_be_injected() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let stranger = api.contact(&[("SMS", "462")]).await;
    let (_, path) = api.conversation(&app, &contact, json!({})).await;
    let inject = format!("{path}:inject-message");
    let good = json!({
        "accept_time": days_ago(1), "contact_id": contact, "direction": "TO_APP",
        "channel_identity": {"channel": "SMS", "identity": "461"},
        "contact_message": {"text_message": {"text": "x"}},
    });
    let future = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
    for (field, value) in [
        ("accept_time", json!(days_ago(31))),
        ("accept_time", json!(future)),
        ("contact_id", json!(stranger)),
        ("conversation_id", json!(MISSING)),
        ("direction", json!("TO_CONTACT")),
        ("metadata", json!("x".repeat(1025))),
        ("contact_message", json!({"smell": "rose"})),
    ] {
        let mut body = good.clone();
        body[field] = value;
        api.post(&inject, body).await.invalid(&[field]);
    }
    for field in ["accept_time", "channel_identity", "contact_id", "direction"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        api.post(&inject, body).await.invalid(&[field]);
    }
    let mut body = good.clone();
    body.as_object_mut().unwrap().remove("contact_message");
    api.post(&inject, body.clone()).await.invalid(&[""]);
    body["app_message"] = json!({"text_message": {"text": "x"}});
    api.post(&inject, body.clone())
        .await
        .invalid(&["direction"]);
    body["contact_message"] = good["contact_message"].clone();
    api.post(&inject, body).await.invalid(&[""]);
    api.post(
        &format!("conversations/{MISSING}:inject-message"),
        good.clone(),
    )
    .await
    .refused(404, "NOT_FOUND");
    assert_eq!(api.get("messages").await.ok()["messages"], json!([]));
    api.post(&inject, good).await.ok();
}
