//! Conversations after their start: changing them, adding messages to them, listing them by their latest message.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, assert_body, each, walk, walk_while};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

async fn conversation(api: &Api, app: &str, contact: &str, metadata: Value) -> (Value, String) {
    let body = json!({"app_id": app, "contact_id": contact, "metadata_json": metadata});
    let made = api.post("conversations", body).await.ok();
    let path = format!("conversations/{}", made["id"].as_str().unwrap());
    (made, path)
}

/// So many days before now.
fn days_ago(days: i64) -> String {
    (Utc::now() - TimeDelta::days(days)).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[tokio::test]
async fn fields_of_a_conversation_change() {
    let (_sandbox, api) = start().await;
    let (app, other) = (
        api.app("CONVERSATION", &["SMS"]).await,
        api.app("CONVERSATION", &["SMS"]).await,
    );
    let contact = api.contact(&[("SMS", "461")]).await;
    let (mut expected, path) = conversation(&api, &app, &contact, json!({"a": 1})).await;
    let body = json!({"metadata": "m", "metadata_json": {"b": 2}, "correlation_id": "c",
        "active_channel": "SMS", "app_id": other, "contact_id": MISSING, "id": MISSING,
        "last_received": days_ago(0)});
    let changed = api.patch(&path, body).await.ok();
    for (name, value) in [
        ("metadata", json!("m")),
        ("metadata_json", json!({"b": 2})),
        ("correlation_id", json!("c")),
        ("active_channel", json!("SMS")),
        ("app_id", json!(other)),
    ] {
        expected[name] = value;
    }
    assert_eq!(changed, expected);
    assert_eq!(api.get(&path).await.ok(), expected);

    let masked = format!("{path}?update_mask=metadata,correlation_id");
    let body = json!({"metadata": "n", "active": false, "metadata_json": {"c": 3}});
    let changed = api.patch(&masked, body).await.ok();
    expected["metadata"] = json!("n");
    expected["correlation_id"] = json!("");
    assert_eq!(changed, expected);
    let list = api.get(&format!("conversations?app_id={other}")).await;
    assert_eq!(list.ok()["conversations"], json!([expected]));
}

#[tokio::test]
async fn metadata_is_replaced_or_merged() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let given = json!({"a": {"x": 1, "y": 2}, "b": 1});
    let (_, path) = conversation(&api, &app, &contact, given).await;
    let patched = async |query: &str, metadata: Value| {
        let body = json!({"metadata_json": metadata, "correlation_id": "c"});
        let changed = api.patch(&format!("{path}{query}"), body).await.ok();
        changed["metadata_json"].clone()
    };
    let merge = "?metadata_update_strategy=MERGE_PATCH";
    assert_eq!(
        patched(merge, json!({"a": {"x": null, "z": 3}, "c": 4})).await,
        json!({"a": {"y": 2, "z": 3}, "b": 1, "c": 4})
    );
    let elsewhere = format!("{merge}&update_mask=correlation_id");
    let kept = patched(&elsewhere, json!({"b": null})).await;
    assert_eq!(kept["b"], 1);
    let masked = format!("{merge}&update_mask=metadata_json");
    let merged = patched(&masked, json!({"b": null})).await;
    assert_eq!(merged, json!({"a": {"y": 2, "z": 3}, "c": 4}));
    let replace = "?metadata_update_strategy=REPLACE";
    for query in [replace, ""] {
        assert_eq!(patched(query, json!({"d": 5})).await, json!({"d": 5}));
    }
    // The merged object has to fit, not only what is sent.
    patched("", json!({"long": "x".repeat(1500)})).await;
    let body = json!({"metadata_json": {"more": "x".repeat(600)}});
    api.patch(&format!("{path}{merge}"), body)
        .await
        .invalid(&["metadata_json"]);
    api.patch(
        &format!("{path}?metadata_update_strategy=ADD"),
        json!({"metadata_json": {}}),
    )
    .await
    .invalid(&["metadata_update_strategy"]);
}

#[tokio::test]
async fn a_conversation_ends_and_begins_again_by_a_change() {
    let (_sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let (_, path) = conversation(&api, &app, &contact, json!({})).await;
    let triggers = ["CONVERSATION_START", "CONVERSATION_STOP"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let body = json!({"active": false, "correlation_id": "c"});
    let stopped = api.patch(&path, body.clone()).await.ok();
    assert_eq!(stopped["active"], false);
    // Nothing new to tell.
    api.patch(&path, body).await.ok();
    let again = api.patch(&path, json!({"active": true})).await.ok();
    assert_eq!(again["active"], true);
    receiver.wait_for(2).await;
    let told = |key: &str, conversation: &Value| {
        let mut body = json!({
            "app_id": app, "project_id": api.project, "message_metadata": "", "correlation_id": "c",
        });
        body[key] = json!({"conversation": conversation});
        body
    };
    let bodies = receiver.bodies();
    assert_body(&bodies[0], told("conversation_stop_notification", &stopped));
    assert_body(&bodies[1], told("conversation_start_notification", &again));
}

#[tokio::test]
async fn what_a_change_cannot_do() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let other = api.app("CONVERSATION", &["SMS"]).await;
    let dispatch = api.app("DISPATCH", &["SMS"]).await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let (_, old) = conversation(&api, &app, &contact, json!({})).await;
    api.patch(&old, json!({"active": false})).await.ok();
    conversation(&api, &app, &contact, json!({})).await;
    api.patch(&old, json!({"active": true}))
        .await
        .invalid(&["active"]);
    let (_, elsewhere) = conversation(&api, &other, &contact, json!({})).await;
    api.patch(&elsewhere, json!({"app_id": app}))
        .await
        .invalid(&["app_id"]);
    api.patch(&elsewhere, json!({"app_id": dispatch}))
        .await
        .invalid(&["app_id"]);
    api.patch(&elsewhere, json!({"app_id": MISSING}))
        .await
        .refused(404, "NOT_FOUND");
    let body = json!({"app_id": app, "active": false});
    api.patch(&elsewhere, body).await.ok();
    for mask in ["contact_id", "id", "last_received", "nonsense"] {
        api.patch(&format!("{old}?update_mask={mask}"), json!({}))
            .await
            .invalid(&["update_mask"]);
    }
    api.patch(&format!("{old}?update_mask=app_id"), json!({}))
        .await
        .invalid(&["app_id"]);
    let body = json!({"correlation_id": "x".repeat(129), "metadata": "x".repeat(1025)});
    api.patch(&old, body)
        .await
        .invalid(&["metadata", "correlation_id"]);
    api.patch(&format!("conversations/{MISSING}"), json!({}))
        .await
        .refused(404, "NOT_FOUND");
    assert_eq!(api.get(&old).await.ok()["active"], false);
}

#[tokio::test]
async fn injected_messages_are_stored_where_they_belong_in_time() {
    let (_sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let (made, path) = conversation(&api, &app, &contact, json!({"order": 7})).await;
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
    // Of the two, the message from the contact is told of, and it is the only callback.
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

    // The newest one counts for the conversation, and an ended one takes messages, too.
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
    let (_, path) = conversation(&api, &app, &contact, json!({})).await;
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
    api.post(&inject, body.clone())
        .await
        .invalid(&["app_message"]);
    body["app_message"] = json!({"text_message": {"text": "x"}});
    api.post(&inject, body.clone())
        .await
        .invalid(&["direction"]);
    body["contact_message"] = good["contact_message"].clone();
    api.post(&inject, body).await.invalid(&["contact_message"]);
    api.post(
        &format!("conversations/{MISSING}:inject-message"),
        good.clone(),
    )
    .await
    .refused(404, "NOT_FOUND");
    assert_eq!(api.get("messages").await.ok()["messages"], json!([]));
    api.post(&inject, good).await.ok();
}

/// An app with so many people, and the ids of their conversations; the n-th wrote n-th.
async fn crowd(sandbox: &Sandbox, api: &Api, people: usize) -> (String, Vec<String>) {
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let mut ids = Vec::new();
    for number in 0..people {
        let person = sandbox.handset(&app, "SMS", format!("46{number}"));
        let message = person.says(number.to_string()).await.unwrap();
        let message = api.get(&format!("messages/{message}")).await.ok();
        ids.push(message["conversation_id"].as_str().unwrap().to_owned());
    }
    (app, ids)
}

#[tokio::test]
async fn conversations_are_listed_by_their_latest_message() {
    let (sandbox, api) = start().await;
    let (app, mut ids) = crowd(&sandbox, &api, 3).await;
    crowd(&sandbox, &api, 1).await;
    let quiet = api.contact(&[("SMS", "469")]).await;
    let (made, _) = conversation(&api, &app, &quiet, json!({})).await;
    let recent = async |query: &str| {
        let path = format!("conversations:recent?app_id={app}{query}");
        api.get(&path).await.ok()
    };
    let found = recent("").await;
    let pairs = found["conversations"].as_array().unwrap();
    assert_eq!(found["total_size"], 4);
    assert_eq!(found["next_page_token"], "");
    assert_eq!(pairs[3], json!({"conversation": made}), "without a message");
    let text = "/last_message/contact_message/text_message/text";
    assert_eq!(each(&pairs[..3], text), ["2", "1", "0"]);
    for pair in &pairs[..3] {
        let conversation = &pair["conversation"];
        let path = format!("conversations/{}", conversation["id"].as_str().unwrap());
        assert_eq!(api.get(&path).await.ok(), *conversation);
        assert_eq!(pair["last_message"]["conversation_id"], conversation["id"]);
    }

    // A message moves its conversation to the front, and its removal back.
    let latest = api.send_text(&app, &[("SMS", "460")], "again").await;
    let id = "/conversation/id";
    let order = async |query: &str| -> Vec<String> {
        let found = recent(query).await;
        let found = each(found["conversations"].as_array().unwrap(), id).join(" ");
        found.split(' ').map(str::to_owned).collect()
    };
    ids.push(made["id"].as_str().unwrap().to_owned());
    let [zero, one, two, none] = ids.try_into().unwrap();
    assert_eq!(order("").await, [&*zero, &two, &one, &none]);
    assert_eq!(order("&order=ASC").await, [&*none, &one, &two, &zero]);
    api.delete(&format!("messages/{latest}")).await.ok();
    assert_eq!(order("&order=DESC").await, [&*two, &one, &zero, &none]);
    api.post(&format!("conversations/{one}:stop"), json!({}))
        .await
        .ok();
    assert_eq!(order("&only_active=false").await.len(), 4);
    assert_eq!(order("&only_active=true").await, [&*two, &zero, &none]);
    assert_eq!(recent("&only_active=true").await["total_size"], 3);

    api.get("conversations:recent").await.invalid(&["app_id"]);
    api.get(&format!("conversations:recent?app_id={MISSING}"))
        .await
        .refused(404, "NOT_FOUND");
    for (query, field) in [
        ("order=UP", "order"),
        ("page_size=51", "page_size"),
        ("only_active=yes", "only_active"),
        ("page_token=eA", "page_token"),
    ] {
        api.get(&format!("conversations:recent?app_id={app}&{query}"))
            .await
            .invalid(&[field]);
    }
}

#[tokio::test]
async fn a_walk_over_recent_conversations_sees_each_once_whatever_happens() {
    let (sandbox, api) = start().await;
    let (app, mut expected) = crowd(&sandbox, &api, 13).await;
    let path = format!("conversations:recent?app_id={app}&order=ASC&");
    for order in ["ASC", "DESC"] {
        let path = format!("conversations:recent?app_id={app}&order={order}&");
        let found = walk(&api, &path, "conversations", 5).await;
        assert_eq!(each(&found, "/conversation/id"), expected);
        expected.reverse();
        let found = walk(&api, &path, "conversations", 50).await;
        assert_eq!(found.len(), 13);
    }
    let first = api.get(&path).await.ok();
    assert_eq!(first["conversations"].as_array().unwrap().len(), 10);

    // Somebody from the end writes, somebody from the beginning, and somebody new: between any two pages.
    for (order, number) in [("ASC", 20), ("DESC", 30)] {
        let path = format!("conversations:recent?app_id={app}&order={order}&");
        let before = walk(&api, &path, "conversations", 50).await;
        let mut new = number;
        let found = walk_while(&api, &path, "conversations", 3, async || {
            for person in ["460", "4612", "466", &format!("46{new}")] {
                let person = sandbox.handset(&app, "SMS", person);
                person.says("meanwhile").await.unwrap();
            }
            new += 1;
        })
        .await;
        assert!(new > number + 3);
        assert_eq!(
            each(&found, "/conversation/id"),
            each(&before, "/conversation/id")
        );
        // What was latest when the walk began.
        assert_eq!(
            each(&found, "/last_message/id"),
            each(&before, "/last_message/id")
        );
    }
}
