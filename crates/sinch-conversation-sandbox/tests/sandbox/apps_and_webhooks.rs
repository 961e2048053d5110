//! Apps and webhooks: create, read, update, delete, and errors.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, credentials};

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn a_new_app_has_the_values_of_a_new_app() {
    let (_sandbox, api) = start().await;
    let body = json!({"display_name": "Shop", "channel_credentials": [credentials("SMS")], "colour": "red"});
    let app = api.post("apps", body).await.ok();
    let id = app["id"].as_str().unwrap();
    assert_eq!(id.len(), 26);
    let credentials = json!({
        "channel": "SMS",
        "static_bearer": {"claimed_identity": "my-SMS", "token": "t"},
        "state": {"status": "ACTIVE", "description": ""},
        "channel_known_id": "",
        "callback_secret": "",
    });
    let expected = json!({
        "id": id,
        "display_name": "Shop",
        "channel_credentials": [credentials],
        "conversation_metadata_report_view": "NONE",
        "processing_mode": "DISPATCH",
        "retention_policy": {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 180},
        "dispatch_retention_policy": {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 0},
        "smart_conversation": {"enabled": false},
        "callback_settings": {"secret_for_overridden_callback_urls": ""},
        "delivery_report_based_fallback": {"enabled": false, "delivery_report_waiting_time": 0},
        "message_retry_settings": {"retry_duration": 3600},
        "rate_limits": {"inbound": 100, "outbound": 20, "webhooks": 100},
        "queue_stats": {"outbound_size": 0, "outbound_limit": 500_000},
        "persist_message_status": {"enabled": false},
        "message_search": {"enabled": false},
    });
    assert_eq!(app, expected);
    assert_eq!(api.get(&format!("apps/{id}")).await.ok(), expected);
    assert_eq!(api.get("apps").await.ok(), json!({"apps": [expected]}));
}

#[tokio::test]
async fn an_app_changes_field_by_field() {
    let (_sandbox, api) = start().await;
    let id = api.app("DISPATCH", &["SMS", "RCS"]).await;
    let path = format!("apps/{id}");

    let app = api
        .patch(&path, json!({"display_name": "New", "id": "other"}))
        .await
        .ok();
    assert_eq!(
        (&app["display_name"], app["id"].as_str()),
        (&json!("New"), Some(id.as_str()))
    );
    assert_eq!(app["channel_credentials"].as_array().unwrap().len(), 2);

    // A list is replaced as a whole; fields outside of the mask stay.
    let body = json!({"display_name": "Newer", "channel_credentials": [credentials("WHATSAPP")]});
    let app = api
        .patch(&format!("{path}?update_mask=channel_credentials"), body)
        .await
        .ok();
    assert_eq!(app["display_name"], "New");
    assert_eq!(app["channel_credentials"][0]["channel"], "WHATSAPP");
    assert_eq!(app["channel_credentials"].as_array().unwrap().len(), 1);

    let body = json!({"retention_policy": {"ttl_days": 7}, "processing_mode": "CONVERSATION"});
    let mask = "update_mask=retention_policy.ttl_days,processing_mode";
    let app = api.patch(&format!("{path}?{mask}"), body).await.ok();
    assert_eq!(
        app["retention_policy"],
        json!({"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 7})
    );
    assert_eq!(app["processing_mode"], "CONVERSATION");
    assert_eq!(api.get(&path).await.ok(), app);

    // Without a mask, unnamed members of an object stay; with one, the object is replaced.
    let body = json!({"retention_policy": {"retention_type": "CONVERSATION_EXPIRE_POLICY"},
        "message_retry_settings": null});
    let app = api.patch(&path, body.clone()).await.ok();
    assert_eq!(
        app["retention_policy"],
        json!({"retention_type": "CONVERSATION_EXPIRE_POLICY", "ttl_days": 7})
    );
    let app = api
        .patch(&format!("{path}?update_mask=retention_policy"), body)
        .await
        .ok();
    assert_eq!(
        app["retention_policy"],
        json!({"retention_type": "CONVERSATION_EXPIRE_POLICY", "ttl_days": 180})
    );
    let body = json!({"retention_policy": {"retention_type": null}});
    let app = api.patch(&path, body).await.ok();
    assert_eq!(
        app["retention_policy"]["retention_type"],
        "MESSAGE_EXPIRE_POLICY"
    );

    // In the mask but not in the body: reset to the default of a new app.
    let app = api
        .patch(&format!("{path}?update_mask=retention_policy"), json!({}))
        .await
        .ok();
    assert_eq!(app["retention_policy"]["ttl_days"], 180);

    api.patch(&format!("{path}?update_mask=id"), json!({}))
        .await
        .invalid(&["update_mask"]);
    api.patch(&format!("{path}?update_mask=display_name"), json!({}))
        .await
        .invalid(&["display_name"]);
    api.patch(&path, json!({"processing_mode": "BATCH"}))
        .await
        .invalid(&["processing_mode"]);
    api.patch(&path, json!({"display_name": 1}))
        .await
        .invalid(&["display_name"]);
    assert_eq!(api.get(&path).await.ok()["display_name"], "New");
}

#[tokio::test]
async fn what_an_app_cannot_be() {
    let (_sandbox, api) = start().await;
    let body = json!({
        "display_name": "x",
        "channel_credentials": [{"channel": "PIGEON", "static_bearer": {"claimed_identity": "x", "token": "t"}},
            {"channel": "SMS"}],
        "delivery_report_based_fallback": {"delivery_report_waiting_time": 9},
    });
    api.post("apps", body).await.invalid(&[
        "channel_credentials[0].channel",
        "channel_credentials[1]",
        "delivery_report_based_fallback.delivery_report_waiting_time",
    ]);
    let body = json!({
        "display_name": " ",
        "channel_credentials": [{"static_bearer": {"claimed_identity": "x", "token": "t"}}],
        "retention_policy": {"ttl_days": 3651},
        "dispatch_retention_policy": {"ttl_days": 8},
        "message_retry_settings": {"retry_duration": 29},
        "delivery_report_based_fallback": {"enabled": true, "delivery_report_waiting_time": 0},
    });
    api.post("apps", body).await.invalid(&[
        "retention_policy.ttl_days",
        "dispatch_retention_policy.ttl_days",
        "message_retry_settings.retry_duration",
        "display_name",
        "channel_credentials[0].channel",
        "delivery_report_based_fallback.delivery_report_waiting_time",
    ]);
    let body =
        json!({"display_name": "x", "channel_credentials": [{"static_bearer": {"token": "t"}}]});
    api.post("apps", body)
        .await
        .invalid(&["channel_credentials[0].static_bearer.claimed_identity"]);
}

#[tokio::test]
async fn deleting_an_app_leaves_the_contacts() {
    let (_sandbox, api) = start().await;
    let id = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&id, "http://127.0.0.1:9/", &["CONTACT_CREATE"])
        .await;
    let message = api.send_text(&id, &[("SMS", "46701234567")], "Hi").await;
    api.get(&format!("messages/{message}")).await.ok();

    assert_eq!(api.delete(&format!("apps/{id}")).await.ok(), json!({}));
    api.get(&format!("apps/{id}"))
        .await
        .refused(404, "NOT_FOUND");
    api.delete(&format!("apps/{id}"))
        .await
        .refused(404, "NOT_FOUND");
    api.get(&format!("messages/{message}"))
        .await
        .refused(404, "NOT_FOUND");
    assert_eq!(
        api.get("contacts").await.ok()["contacts"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

fn webhook(app_id: &str) -> Value {
    json!({"app_id": app_id, "target": "https://example.com/hook", "triggers": ["MESSAGE_INBOUND"]})
}

#[tokio::test]
async fn webhooks_are_created_updated_and_deleted() {
    let (_sandbox, api) = start().await;
    let (app, other) = (
        api.app("DISPATCH", &["SMS"]).await,
        api.app("DISPATCH", &["SMS"]).await,
    );
    let made = api.post("webhooks", webhook(&app)).await.ok();
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id, "app_id": app, "target": "https://example.com/hook", "triggers": ["MESSAGE_INBOUND"],
        "target_type": "DISMISS", "secret": "", "client_credentials": null,
    });
    assert_eq!(made, expected);
    let path = format!("webhooks/{id}");
    assert_eq!(api.get(&path).await.ok(), expected);
    let of_app = format!("apps/{app}/webhooks");
    assert_eq!(api.get(&of_app).await.ok(), json!({"webhooks": [expected]}));

    let body = json!({"target": "https://example.com/other", "target_type": "HTTP", "triggers": ["OPT_IN"],
        "secret": "s", "client_credentials": {"client_id": "c", "client_secret": "s", "endpoint": "https://a.b/t"}});
    let mask = "update_mask=target_type,triggers,client_credentials";
    let changed = api.patch(&format!("{path}?{mask}"), body).await.ok();
    assert_eq!(changed["target"], "https://example.com/hook");
    assert_eq!(
        (&changed["target_type"], &changed["triggers"]),
        (&json!("HTTP"), &json!(["OPT_IN"]))
    );
    assert_eq!(changed["client_credentials"]["client_secret"], "s");

    let moved = api.patch(&path, json!({"app_id": other})).await.ok();
    assert_eq!(moved["app_id"], other.as_str());
    assert_eq!(api.get(&of_app).await.ok(), json!({"webhooks": []}));

    assert_eq!(api.delete(&path).await.ok(), json!({}));
    api.get(&path).await.refused(404, "NOT_FOUND");
    api.get("apps/01ARZ3NDEKTSV4RRFFQ69G5FAV/webhooks")
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_a_webhook_cannot_be() {
    let (_sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let with = |name: &str, value: Value| {
        let mut body = webhook(&app);
        body[name] = value;
        body
    };
    api.post("webhooks", json!({"app_id": app}))
        .await
        .invalid(&["target"]);
    api.post("webhooks", with("app_id", json!("")))
        .await
        .invalid(&["app_id"]);
    api.post(
        "webhooks",
        with("app_id", json!("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    )
    .await
    .refused(404, "NOT_FOUND");
    for target in [
        "",
        "no url",
        "ftp://example.com",
        "http://",
        "https://conversation-api.eu.sinch.com/x",
    ] {
        api.post("webhooks", with("target", json!(target)))
            .await
            .invalid(&["target"]);
    }
    let long = format!("https://example.com/{}", "x".repeat(742));
    api.post("webhooks", with("target", json!(long)))
        .await
        .invalid(&["target"]);
    for word in ["UNSPECIFIED_TRIGGER", "NONSENSE"] {
        let triggers = json!(["MESSAGE_INBOUND", word]);
        api.post("webhooks", with("triggers", triggers))
            .await
            .invalid(&["triggers[1]"]);
    }
    api.post("webhooks", with("target_type", json!("MAIL")))
        .await
        .invalid(&["target_type"]);

    api.post("webhooks", webhook(&app)).await.ok();
    api.post("webhooks", webhook(&app))
        .await
        .invalid(&["target"]);
    for number in 1..5 {
        let target = json!(format!("https://example.com/{number}"));
        api.post("webhooks", with("target", target)).await.ok();
    }
    api.post("webhooks", with("target", json!("https://example.com/6")))
        .await
        .invalid(&["app_id"]);
}

#[tokio::test]
async fn a_whole_number_may_have_a_zero_fraction() {
    let (_sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let path = format!("apps/{app}");
    let wait = |seconds: Value| json!({"message_retry_settings": {"retry_duration": seconds}});
    let changed = api.patch(&path, wait(json!(60.0))).await.ok();
    assert_eq!(changed["message_retry_settings"]["retry_duration"], 60);
    api.patch(&path, wait(json!(60.5)))
        .await
        .invalid(&["message_retry_settings.retry_duration"]);
}
