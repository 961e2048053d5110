//! Callbacks, seeds and waits.

use super::*;

#[tokio::test]
async fn seeds_and_resets() {
    let (_sandbox, api, control) = start().await;
    let seed = json!({"apps": [{"display_name": "Shop", "channel_credentials": [support::credentials("SMS")]}]});
    let seeded = control.post("seed", seed).await.ok();
    let id = seeded["apps"][0].as_str().unwrap();
    assert_eq!(
        seeded,
        json!({"apps": [id], "webhooks": [], "contacts": [], "conversations": [], "messages": []})
    );
    api.get(&format!("apps/{id}")).await.ok();
    let wrong = json!({"apps": [{"display_name": "", "channel_credentials": []}]});
    control
        .post("seed", wrong)
        .await
        .invalid(&["apps[0].display_name"]);
    let twice = json!({"webhooks": [{"target": 5}, {"target": "http://a"}]});
    control
        .post("seed", twice)
        .await
        .invalid(&["webhooks[0].app_id", "webhooks[0].target"]);
    control.post("reset", json!({})).await.ok();
    assert_eq!(api.get("apps").await.ok()["apps"], json!([]));
}

#[tokio::test]
async fn callbacks_are_listed_replayed_and_waited_for() {
    let (sandbox, api, control) = start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next([500]);
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let webhook = api
        .webhook(&app, &receiver.url, &["MESSAGE_DELIVERY", "CONTACT_CREATE"])
        .await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    receiver.wait_for(1).await;
    let wait = json!({"for": {"callback": {"trigger": "CONTACT_CREATE"}}, "within_ms": 1});
    let late = control.post("wait", wait).await;
    let error = late.refused(408, "DEADLINE_EXCEEDED");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("callbacks is it"),
        "{error}"
    );
    control
        .post("clock", json!({"advance_seconds": 5}))
        .await
        .ok();
    let wait = json!({"for": {"callback": {"trigger": "MESSAGE_DELIVERY", "message_id": id, "app_id": app}}});
    let found = control.post("wait", wait).await.ok();
    assert_eq!(
        (&found["trigger"], &found["state"], &found["webhook_id"]),
        (
            &json!("MESSAGE_DELIVERY"),
            &json!("delivered"),
            &json!(webhook)
        )
    );
    control.post("wait", json!({"for": "quiet"})).await.ok();

    let listed = control.get("callbacks").await.ok();
    let callbacks = listed["callbacks"].as_array().unwrap();
    assert_eq!(callbacks.len(), 3);
    let first = &callbacks[0];
    let keys: Vec<&str> = first
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for key in [
        "id",
        "trigger",
        "app_id",
        "webhook_id",
        "target",
        "body",
        "state",
        "queued_at",
        "attempts",
    ] {
        assert!(keys.contains(&key), "{key}");
    }
    let attempts = first["attempts"].as_array().unwrap();
    assert_eq!(
        (&attempts[0]["status"], &attempts[1]["status"]),
        (&json!(500), &json!(200))
    );
    assert_eq!(
        attempts[0]["headers"]["x-sinch-webhook-signature-algorithm"],
        "HmacSHA256"
    );
    let last = callbacks[2]["id"].as_i64().unwrap();
    let rest = control
        .get(&format!("callbacks?after={}", last - 1))
        .await
        .ok();
    assert_eq!(rest["callbacks"].as_array().unwrap().len(), 1);

    control
        .post(&format!("callbacks/{last}:replay"), json!({}))
        .await
        .ok();
    let received = receiver.wait_for(5).await;
    assert_eq!(received[3].raw, received[4].raw);
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let again = control
        .get(&format!("callbacks?after={}", last - 1))
        .await
        .ok();
    assert_eq!(again["callbacks"][0]["attempts"][1]["replay"], json!(true));
    control
        .post("callbacks/999:replay", json!({}))
        .await
        .refused(404, "NOT_FOUND");
    control
        .post("callbacks/x:replay", json!({}))
        .await
        .invalid(&["id"]);
}

#[tokio::test]
async fn a_wait_for_something_else_is_refused() {
    let (_sandbox, _, control) = start().await;
    for (body, field) in [
        (json!({"for": "ever"}), "for"),
        (json!({"for": 5}), "for"),
        (
            json!({"for": {"callback": {"triger": "x"}}}),
            "for.callback.triger",
        ),
        (json!({"for": {"message_id": 5}}), "for.message_id"),
        (json!({"for": "quiet", "within_ms": 60_001}), "within_ms"),
        (json!({"within_ms": 1}), ""),
    ] {
        control.post("wait", body).await.invalid(&[field]);
    }
    let wait = json!({"for": {"message_id": "nothing"}});
    control.post("wait", wait).await.refused(404, "NOT_FOUND");
}
