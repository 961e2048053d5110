//! Events of conversations: listed, deleted, expired, injected.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sinch_conversation_sandbox::{ControlError, Sandbox};

use crate::events::{request, send, typing};
use crate::support::{Api, Receiver, SOON};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Receiver) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

#[tokio::test]
async fn events_are_listed_in_pages_and_deleted() {
    let (sandbox, api, _) = start().await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(send(&api, request(&app, &[("RCS", NUMBER)], typing())).await);
    }
    send(&api, request(&app, &[("RCS", "461")], typing())).await;
    ids.reverse();
    let stored = api.get(&format!("events/{}", ids[0])).await.ok();
    let contact = stored["contact_id"].as_str().unwrap();
    let conversation = stored["conversation_id"].as_str().unwrap();
    let listed = |page: &Value| -> Vec<String> {
        let events = page["events"].as_array().unwrap().iter();
        events
            .map(|event| event["id"].as_str().unwrap().to_owned())
            .collect()
    };
    for filter in [
        format!("contact_id={contact}"),
        format!("conversation_id={conversation}"),
        format!("contact_id={contact}&conversation_id={conversation}"),
    ] {
        let first = api.get(&format!("events?{filter}")).await.ok();
        assert_eq!(listed(&first), ids[..10]);
        assert_eq!(first["events"][0], stored);
        let token = first["next_page_token"].as_str().unwrap();
        let path = format!("events?{filter}&page_token={token}");
        let second = api.get(&path).await.ok();
        assert_eq!(listed(&second), ids[10..]);
        assert_eq!(second["next_page_token"], "");
    }
    let all = format!("events?contact_id={contact}&page_size=20");
    assert_eq!(listed(&api.get(&all).await.ok()), ids);
    api.get(&format!("events?contact_id={contact}&page_size=21"))
        .await
        .invalid(&["page_size"]);
    api.get("events").await.invalid(&["conversation_id"]);
    let unknown = api.get("events?contact_id=nobody").await.ok();
    assert_eq!(unknown["events"], json!([]));

    let path = format!("events/{}", ids[0]);
    assert_eq!(api.delete(&path).await.ok(), json!({}));
    api.get(&path).await.refused(404, "NOT_FOUND");
    api.delete(&path).await.refused(404, "NOT_FOUND");
    assert_eq!(listed(&api.get(&all).await.ok()), ids[1..]);
    // The sandbox still has the sent event.
    assert!(sandbox.sent_event(&ids[0]).await.is_ok());

    // Deleting the conversation deletes the events.
    api.delete(&format!("conversations/{conversation}"))
        .await
        .ok();
    assert_eq!(api.get(&all).await.ok()["events"], json!([]));
}

#[tokio::test]
async fn retention_removes_old_events() {
    let days = |count: u64| std::time::Duration::from_secs(count * 86_400);
    let builder = Sandbox::builder().token_lifetime(days(100));
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    let policy =
        json!({"retention_policy": {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 2}});
    api.patch(&format!("apps/{app}"), policy).await.ok();
    let body = || request(&app, &[("RCS", NUMBER)], typing());
    let old = send(&api, body()).await;
    sandbox.advance_clock(days(4));
    // When a new event has been delivered, all removals that were due before it have run.
    let new = send(&api, body()).await;
    sandbox.wait_for_event(&new, SOON).await.unwrap();
    api.get(&format!("events/{old}"))
        .await
        .refused(404, "NOT_FOUND");
    api.get(&format!("events/{new}")).await.ok();
}

#[tokio::test]
async fn an_event_is_put_into_a_conversation() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["EVENT_DELIVERY", "EVENT_INBOUND"])
        .await;
    let message = api.send_text(&app, &[("RCS", NUMBER)], "Hello").await;
    let message = api.get(&format!("messages/{message}")).await.ok();
    let conversation = message["conversation_id"].as_str().unwrap();
    let path = format!("conversations/{conversation}:inject-event");
    let hour_ago = (Utc::now() - TimeDelta::hours(1)).to_rfc3339();
    let body = json!({"accept_time": hour_ago, "app_event": {"composing_event": {}}});
    let answer = api.post(&path, body).await.ok();
    assert!(answer["accepted_time"].is_string());
    let id = answer["event_id"].as_str().unwrap();
    let event = api.get(&format!("events/{id}")).await.ok();
    assert_eq!(event["app_event"], json!({"composing_event": {}}));
    assert_eq!(event["channel_identity"], message["channel_identity"]);
    assert_eq!(event["contact_id"], message["contact_id"]);
    assert_eq!(event["conversation_id"], message["conversation_id"]);
    let accepted = chrono::DateTime::parse_from_rfc3339(event["accept_time"].as_str().unwrap());
    assert_eq!(
        accepted.unwrap(),
        chrono::DateTime::parse_from_rfc3339(&hour_ago).unwrap()
    );

    // Without the wrapper, and from another channel.
    let address = json!({"channel": "SMS", "identity": "+461"});
    let body =
        json!({"accept_time": hour_ago, "composing_end_event": {}, "channel_identity": address});
    let answer = api.post(&path, body).await.ok();
    let event = api
        .get(&format!("events/{}", answer["event_id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(event["app_event"], json!({"composing_end_event": {}}));
    assert_eq!(event["channel_identity"]["identity"], "461");

    // There is no callback, and nothing is sent.
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(receiver.bodies(), Vec::<Value>::new());
    assert_eq!(sandbox.events_sent().await.unwrap(), []);

    let typing = json!({"composing_event": {}});
    let month_ago = (Utc::now() - TimeDelta::days(31)).to_rfc3339();
    let tomorrow = (Utc::now() + TimeDelta::days(1)).to_rfc3339();
    for time in [month_ago, tomorrow] {
        let body = json!({"accept_time": time, "app_event": typing});
        api.post(&path, body).await.invalid(&["accept_time"]);
    }
    let body = json!({"accept_time": hour_ago});
    api.post(&path, body).await.invalid(&["app_event"]);
    let body = json!({"app_event": typing});
    api.post(&path, body).await.invalid(&["accept_time"]);
    let body = json!({"accept_time": hour_ago, "app_event": typing});
    api.post("conversations/nowhere:inject-event", body)
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn pending_events_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let slow = std::time::Duration::from_secs(86_400);
    let builder = Sandbox::builder().database(&file).receipt_interval(slow);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    let id = send(&api, request(&app, &[("RCS", NUMBER)], typing())).await;
    let error = sandbox.sent_event("another").await.unwrap_err();
    assert!(
        matches!(&error, ControlError::UnknownEvent { event_id } if event_id == "another"),
        "{error}"
    );
    sandbox.shutdown().await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    assert_eq!(sandbox.sent_event(&id).await.unwrap().status(), None);
    sandbox.advance_clock(slow);
    let sent = sandbox.wait_for_event(&id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    let api = Api::of(&sandbox).await;
    api.get(&format!("events/{id}")).await.ok();
}

#[tokio::test]
async fn events_move_with_merged_contacts() {
    let (sandbox, api, _) = start().await;
    let app = api.app("CONVERSATION", &["RCS", "WHATSAPP"]).await;
    let gone = send(&api, request(&app, &[("RCS", NUMBER)], typing())).await;
    let kept = send(&api, request(&app, &[("WHATSAPP", NUMBER)], typing())).await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let source = api.get(&format!("events/{gone}")).await.ok();
    let destination = api.get(&format!("events/{kept}")).await.ok();
    let id = destination["contact_id"].as_str().unwrap();
    let body = json!({"source_id": source["contact_id"], "strategy": "MERGE"});
    api.post(&format!("contacts/{id}:merge"), body).await.ok();

    let moved = api.get(&format!("events/{gone}")).await.ok();
    let sent = sandbox.sent_event(&gone).await.unwrap();
    for (contact, conversation) in [
        (&moved["contact_id"], &moved["conversation_id"]),
        (&json!(sent.contact_id), &json!(sent.conversation_id)),
    ] {
        assert_eq!(contact, &destination["contact_id"]);
        assert_eq!(conversation, &destination["conversation_id"]);
    }
    let listed = api.get(&format!("events?contact_id={id}")).await.ok();
    assert_eq!(listed["events"].as_array().unwrap().len(), 2);
}
