//! `messages:send` in both modes: what is stored, and errors.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Answer, Api, SOON, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn in_conversation_mode_everything_is_stored() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let mut request = text_request(&app, &[("SMS", "+46701234567")], "Hello");
    request["message_metadata"] = json!("meta");
    request["correlation_id"] = json!("corr");
    request["conversation_metadata"] = json!({"table": 7});
    let answer = api.post("messages:send", request).await.ok();
    let id = answer["message_id"].as_str().unwrap();
    assert!(
        chrono::DateTime::parse_from_rfc3339(answer["accepted_time"].as_str().unwrap()).is_ok()
    );

    let contacts = api.get("contacts").await.ok();
    let contact = &contacts["contacts"][0];
    assert_eq!(
        contact["channel_identities"],
        json!([{"channel": "SMS", "identity": NUMBER, "app_id": ""}])
    );
    assert_eq!(
        (&contact["display_name"], &contact["language"]),
        (&json!("Unknown"), &json!("UNSPECIFIED"))
    );
    let conversations = api.get(&format!("conversations?app_id={app}")).await.ok();
    let conversation = &conversations["conversations"][0];
    assert_eq!(conversation["contact_id"], contact["id"]);
    assert_eq!(conversation["metadata_json"], json!({"table": 7}));
    assert_eq!(conversation["correlation_id"], "corr");
    assert_eq!(conversation["active_channel"], "SMS");
    assert_eq!(conversation["last_received"], answer["accepted_time"]);

    let message = api.get(&format!("messages/{id}")).await.ok();
    assert_eq!(
        message,
        json!({
            "id": id, "app_message": {"text_message": {"text": "Hello"}}, "direction": "TO_CONTACT",
            "accept_time": answer["accepted_time"], "metadata": "meta", "injected": false,
            "contact_id": contact["id"], "conversation_id": conversation["id"],
            "channel_identity": {"channel": "SMS", "identity": NUMBER, "app_id": ""},
            "processing_mode": "CONVERSATION",
        })
    );
    api.get(&format!("messages/{id}?messages_source=DISPATCH_SOURCE"))
        .await
        .refused(404, "NOT_FOUND");

    let sent = sandbox.wait_for_delivery(id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
}

#[tokio::test]
async fn the_second_message_joins_the_conversation() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let first = api
        .send_text(&app, &[("SMS", NUMBER), ("RCS", NUMBER)], "1")
        .await;
    let second = api.send_text(&app, &[("RCS", NUMBER)], "2").await;
    let (first, second) = (
        api.get(&format!("messages/{first}")).await.ok(),
        api.get(&format!("messages/{second}")).await.ok(),
    );
    assert_eq!(first["conversation_id"], second["conversation_id"]);
    let conversation = first["conversation_id"].as_str().unwrap();
    let path = format!("conversations/{conversation}");
    assert_eq!(api.get(&path).await.ok()["active_channel"], "RCS");

    api.post(&format!("{path}:stop"), json!({})).await.ok();
    let third = api.send_text(&app, &[("SMS", NUMBER)], "3").await;
    let third = api.get(&format!("messages/{third}")).await.ok();
    assert_eq!(third["contact_id"], first["contact_id"]);
    assert_ne!(third["conversation_id"], first["conversation_id"]);

    api.delete(&path).await.ok();
    let left = api.get("messages").await.ok();
    assert_eq!(left["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn in_dispatch_mode_nothing_is_stored_unless_retention_says_so() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "Hello").await;
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(
        (sent.contact_id.as_str(), sent.conversation_id.as_str()),
        ("", "")
    );
    assert_eq!(api.get("contacts").await.ok()["contacts"], json!([]));
    let path = |id: &str| format!("messages/{id}?messages_source=DISPATCH_SOURCE");
    api.get(&path(&id)).await.refused(404, "NOT_FOUND");

    let body = json!({"dispatch_retention_policy": {"ttl_days": 1}});
    api.patch(&format!("apps/{app}"), body).await.ok();
    let id = api.send_text(&app, &[("SMS", NUMBER)], "Kept").await;
    let kept = api.get(&path(&id)).await.ok();
    assert_eq!(
        (&kept["contact_id"], &kept["conversation_id"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(kept["processing_mode"], "DISPATCH");
    api.get(&format!("messages/{id}"))
        .await
        .refused(404, "NOT_FOUND");
    let list = api
        .get("messages?messages_source=DISPATCH_SOURCE")
        .await
        .ok();
    assert_eq!(list["messages"], json!([kept]));
    assert_eq!(api.get("messages").await.ok()["messages"], json!([]));
    for name in ["contact_id", "conversation_id"] {
        api.get(&format!(
            "messages?messages_source=DISPATCH_SOURCE&{name}=x"
        ))
        .await
        .invalid(&[name]);
    }
}

#[tokio::test]
async fn one_message_can_be_dispatched_in_a_conversation_app() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let mut request = text_request(&app, &[("SMS", NUMBER)], "Hello");
    request["processing_strategy"] = json!("DISPATCH_ONLY");
    let id = api.send(request).await;
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(
        (sent.processing_mode.as_str(), sent.contact_id.as_str()),
        ("DISPATCH", "")
    );
    assert_eq!(api.get("contacts").await.ok()["contacts"], json!([]));
}

#[tokio::test]
async fn conversation_metadata_is_replaced_or_merged() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let send = async |metadata: Value, strategy: &str| {
        let mut request = text_request(&app, &[("SMS", NUMBER)], "x");
        request["conversation_metadata"] = metadata;
        request["conversation_metadata_update_strategy"] = json!(strategy);
        api.send(request).await;
        api.get(&format!("conversations?app_id={app}")).await.ok()["conversations"][0]["metadata_json"].clone()
    };
    assert_eq!(
        send(json!({"a": 1, "b": {"c": 2}}), "REPLACE").await,
        json!({"a": 1, "b": {"c": 2}})
    );
    let merged = send(json!({"a": null, "b": {"d": 3}}), "MERGE_PATCH").await;
    assert_eq!(merged, json!({"b": {"c": 2, "d": 3}}));
    assert_eq!(send(json!({"e": 4}), "REPLACE").await, json!({"e": 4}));
}

#[tokio::test]
async fn what_cannot_be_sent() {
    let (_sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let with = |name: &str, value: Value| {
        let mut request = text_request(&app, &[("SMS", NUMBER)], "x");
        request[name] = value;
        request
    };
    let post = async |body: Value| -> Answer { api.post("messages:send", body).await };
    post(json!({}))
        .await
        .invalid(&["app_id", "message", "recipient"]);
    post(with("app_id", json!("nope")))
        .await
        .invalid(&["app_id"]);
    post(with("app_id", json!("01ARZ3NDEKTSV4RRFFQ69G5FAV")))
        .await
        .refused(404, "NOT_FOUND");
    post(with("recipient", json!({})))
        .await
        .invalid(&["recipient"]);
    post(with("recipient", json!({"contact_id": "x"})))
        .await
        .invalid(&["recipient.contact_id"]);
    let identities = json!({"identified_by": {"channel_identities": []}});
    post(with("recipient", identities))
        .await
        .invalid(&["recipient.identified_by.channel_identities"]);
    let identities =
        json!({"identified_by": {"channel_identities": [{"channel": "SMS", "identity": 7}]}});
    post(with("recipient", identities))
        .await
        .invalid(&["recipient.identified_by.channel_identities[0].identity"]);
    let both = json!({"contact_id": "x", "identified_by": {"channel_identities": [{"channel": "SMS", "identity": "1"}]}});
    post(with("recipient", both)).await.invalid(&["recipient"]);
    post(with("message", json!({}))).await.invalid(&["message"]);
    post(with("message", json!({"text_message": {}})))
        .await
        .invalid(&["message.text_message.text"]);
    let two = json!({"text_message": {"text": "x"}, "media_message": {"url": "https://example.com/x.png"}});
    post(with("message", two)).await.invalid(&["message"]);
    let choice = json!({"text_message": {"text": "x"}});
    let choices =
        json!({"choice_message": {"text_message": {"text": "x"}, "choices": vec![choice; 11]}});
    post(with("message", choices))
        .await
        .invalid(&["message.choice_message.choices"]);
    post(with("channel_priority_order", json!(["SMS", "RCS"])))
        .await
        .invalid(&["channel_priority_order[1]"]);
    post(with("channel_priority_order", json!(["FAX"])))
        .await
        .invalid(&["channel_priority_order[0]"]);
    for ttl in ["2s", "10", "1.5s", "315576000001s", "s", "-3s", "10m"] {
        post(with("ttl", json!(ttl))).await.invalid(&["ttl"]);
    }
    post(with("callback_url", json!("nowhere")))
        .await
        .invalid(&["callback_url"]);
    post(with("message_metadata", json!("x".repeat(1025))))
        .await
        .invalid(&["message_metadata"]);
    post(with("correlation_id", json!("x".repeat(129))))
        .await
        .invalid(&["correlation_id"]);
    let long = json!({"x": "x".repeat(2048)});
    post(with("conversation_metadata", long))
        .await
        .invalid(&["conversation_metadata"]);
    let properties = json!({"SMS_SENDER": "x".repeat(1025)});
    post(with("channel_properties", properties))
        .await
        .invalid(&["channel_properties.SMS_SENDER"]);
    let properties = json!({"VIBER_SENDER_NAME": "x".repeat(29)});
    post(with("channel_properties", properties))
        .await
        .invalid(&["channel_properties.VIBER_SENDER_NAME"]);
    let card = json!({"title": "x", "choices": vec![json!({"text_message": {"text": "x"}}); 11]});
    let instead = json!({"text_message": {"text": "x"},
        "explicit_channel_omni_message": {"SMS": {"card_message": card}}});
    post(with("message", instead))
        .await
        .invalid(&["message.explicit_channel_omni_message.SMS.card_message.choices"]);
    for name in [
        "queue",
        "processing_strategy",
        "conversation_metadata_update_strategy",
        "message_content_type",
    ] {
        post(with(name, json!("NONSENSE"))).await.invalid(&[name]);
    }
    for ttl in ["3s", "315576000000s"] {
        post(with("ttl", json!(ttl))).await.ok();
    }
}
