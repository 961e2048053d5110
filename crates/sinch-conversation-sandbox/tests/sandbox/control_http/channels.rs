//! Channels and the clock.

use super::*;

#[tokio::test]
async fn channels_fail_and_are_delayed() {
    let (_sandbox, api, control) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let end = async || {
        let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
        control
            .post("wait", json!({"for": {"message_id": id}}))
            .await
            .ok()
    };
    let fail = json!({"reason": "RECIPIENT_NOT_REACHABLE", "description": "off", "after_queueing": true, "times": 2});
    control.post("channels/SMS:fail", fail).await.ok();
    for _ in 0..2 {
        let sent = end().await;
        assert_eq!(sent["statuses"][0]["status"], "QUEUED_ON_CHANNEL");
        let last = &sent["statuses"][1];
        assert_eq!(
            (
                &last["status"],
                &last["reason"]["code"],
                &last["reason"]["description"]
            ),
            (
                &json!("FAILED"),
                &json!("RECIPIENT_NOT_REACHABLE"),
                &json!("off")
            )
        );
    }
    assert_eq!(end().await["status"], "DELIVERED");
    let fail = json!({"reason": "CHANNEL_FAILURE"});
    control.post("channels/SMS:fail", fail).await.ok();
    for _ in 0..2 {
        assert_eq!(end().await["status"], "FAILED");
    }
    control.post("channels/SMS:restore", json!({})).await.ok();
    assert_eq!(end().await["status"], "DELIVERED");

    let delay = json!({"milliseconds": 60_000});
    control.post("channels/SMS:delay", delay).await.ok();
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let wait = json!({"for": {"message_id": id, "status": "QUEUED_ON_CHANNEL"}, "within_ms": 1});
    control
        .post("wait", wait)
        .await
        .refused(408, "DEADLINE_EXCEEDED");
    let advance = json!({"advance_seconds": 61.5});
    control.post("clock", advance).await.ok();
    let wait = json!({"for": {"message_id": id, "status": "QUEUED_ON_CHANNEL"}});
    control.post("wait", wait).await.ok();

    control
        .post("channels/SMOKE:fail", json!({"reason": "x"}))
        .await
        .invalid(&["channel"]);
    for times in [0, 1001] {
        let fail = json!({"reason": "x", "times": times});
        control
            .post("channels/SMS:fail", fail)
            .await
            .invalid(&["times"]);
    }
    control
        .post("channels/SMS:delay", json!({"milliseconds": -1}))
        .await
        .invalid(&["milliseconds"]);
}

#[tokio::test]
async fn the_clock_advances_and_tokens_expire() {
    let (sandbox, api, control) = start().await;
    let now = control
        .post("clock", json!({"set": "2040-01-01T00:00:00Z"}))
        .await
        .ok()["now"]
        .clone();
    assert!(
        now.as_str().unwrap().starts_with("2040-01-01T00:0"),
        "{now}"
    );
    assert!(control.get("clock").await.ok()["now"].as_str() >= now.as_str());
    for (body, field) in [
        (json!({"set": "2039-01-01T00:00:00Z"}), "set"),
        (json!({"set": "+12000-01-01T00:00:00Z"}), "set"),
        (json!({"set": "tomorrow"}), "set"),
        (json!({"advance_seconds": -1}), "advance_seconds"),
        (json!({"advance_seconds": 1e300}), "advance_seconds"),
        (json!({}), ""),
        (
            json!({"advance_seconds": 1, "set": "2041-01-01T00:00:00Z"}),
            "",
        ),
    ] {
        control.post("clock", body).await.invalid(&[field]);
    }
    api.get("apps").await.refused(401, "UNAUTHENTICATED");
    let api = Api::of(&sandbox).await;
    api.get("apps").await.ok();
    control.post("tokens:expire", json!({})).await.ok();
    api.get("apps").await.refused(401, "UNAUTHENTICATED");
    // The clock stops at its end.
    let far = control
        .post("clock", json!({"advance_seconds": 1e18}))
        .await
        .ok();
    assert!(far["now"].as_str().unwrap().starts_with("9987-"), "{far}");
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let wait = json!({"for": {"message_id": id}});
    assert_eq!(control.post("wait", wait).await.ok()["status"], "DELIVERED");
}
