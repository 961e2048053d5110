//! Changes of conversations.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, assert_body};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn fields_of_a_conversation_change() {
    let (_sandbox, api) = start().await;
    let (app, other) = (
        api.app("CONVERSATION", &["SMS"]).await,
        api.app("CONVERSATION", &["SMS"]).await,
    );
    let contact = api.contact(&[("SMS", "461")]).await;
    let (mut expected, path) = api.conversation(&app, &contact, json!({"a": 1})).await;
    let body = json!({"metadata": "m", "metadata_json": {"b": 2}, "correlation_id": "c",
        "active_channel": "SMS", "app_id": other, "contact_id": MISSING, "id": MISSING,
        "last_received": "2026-01-01T00:00:00Z"});
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
    let (_, path) = api.conversation(&app, &contact, given).await;
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
    // The merged object is limited, not only the sent one.
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
async fn a_conversation_is_stopped_and_restarted_by_an_update() {
    let (_sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let (_, path) = api.conversation(&app, &contact, json!({})).await;
    let triggers = ["CONVERSATION_START", "CONVERSATION_STOP"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let body = json!({"active": false, "correlation_id": "c"});
    let stopped = api.patch(&path, body.clone()).await.ok();
    assert_eq!(stopped["active"], false);
    // Nothing changes, so there is no callback.
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
    let (_, old) = api.conversation(&app, &contact, json!({})).await;
    api.patch(&old, json!({"active": false})).await.ok();
    api.conversation(&app, &contact, json!({})).await;
    api.patch(&old, json!({"active": true}))
        .await
        .invalid(&["active"]);
    let (_, elsewhere) = api.conversation(&other, &contact, json!({})).await;
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
