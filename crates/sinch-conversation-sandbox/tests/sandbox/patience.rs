//! Timeouts of messages: time to live, retries, and silent channels.

use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::{Failure, Sandbox, SentMessage};

use crate::support::{Api, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";
const BOTH: [(&str, &str); 2] = [("WHATSAPP", NUMBER), ("SMS", NUMBER)];

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

/// Creates an app with two channels and one more setting.
async fn app_with(api: &Api, setting: Value) -> String {
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    api.patch(&format!("apps/{app}"), setting).await.ok();
    app
}

fn code(sent: &SentMessage) -> String {
    let last = sent.receipts.last().unwrap();
    let reason = last.reason.as_ref().unwrap();
    reason.code.as_ref().unwrap().to_string()
}

/// Advances the clock in small steps until the message is settled. The pauses between them grow, so that a busy machine
/// comes to its retries before their hour is over.
async fn advance_until_settled(sandbox: &Sandbox, id: &str, by: Duration) -> SentMessage {
    for step in 1..=100 {
        let pause = Duration::from_millis(20) * step;
        if let Ok(sent) = sandbox.wait_for_delivery(id, pause).await {
            return sent;
        }
        sandbox.advance_clock(by);
    }
    panic!("the message was never settled");
}

#[tokio::test]
async fn an_expired_message_fails_without_fallback() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    sandbox.silence_channel("WHATSAPP");
    let mut request = text_request(&app, &BOTH, "Now or never");
    request["ttl"] = json!("30s");
    let id = api.send(request).await;
    let sent = sandbox
        .wait_for_status(&id, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    let accepted = sent.accepted_time.to_datetime().unwrap();
    let expires = sent.expires.as_ref().unwrap().to_datetime().unwrap();
    assert_eq!((expires - accepted).num_seconds(), 30);

    // A later expiry does not keep the sandbox from being quiet.
    sandbox.wait_until_quiet(SOON).await.unwrap();
    sandbox.advance_clock(Duration::from_secs(31));
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "FAILED"]);
    assert_eq!(code(&sent), "DELIVERY_TIMED_OUT");
}

#[tokio::test]
async fn a_message_that_arrived_does_not_expire() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let mut request = text_request(&app, &[("SMS", NUMBER)], "In time");
    request["ttl"] = json!("30s");
    let id = api.send(request).await;
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    sandbox.advance_clock(Duration::from_secs(60));
    // When a later message has been delivered, everything due before it has happened.
    let later = api.send_text(&app, &[("SMS", NUMBER)], "Later").await;
    sandbox.wait_for_delivery(&later, SOON).await.unwrap();
    let sent = sandbox.sent_message(&id).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
}

#[tokio::test]
async fn a_temporary_failure_is_retried_on_the_same_channel() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    for _ in 0..3 {
        sandbox.fail_next("WHATSAPP", Failure::new("CHANNEL_FAILURE").temporary());
    }
    let id = api.send(text_request(&app, &BOTH, "Again")).await;
    let sent = advance_until_settled(&sandbox, &id, Duration::from_secs(20)).await;
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    assert_eq!(
        sent.channel_identity().unwrap().channel.as_str(),
        "WHATSAPP"
    );
}

#[tokio::test]
async fn after_the_retry_duration_the_next_channel_is_tried() {
    let (sandbox, api) = start().await;
    let app = app_with(
        &api,
        json!({"message_retry_settings": {"retry_duration": 60}}),
    )
    .await;
    sandbox.fail_channel("WHATSAPP", Failure::new("RATE_LIMITED").temporary());
    let id = api.send(text_request(&app, &BOTH, "Elsewhere")).await;
    let sent = advance_until_settled(&sandbox, &id, Duration::from_secs(20)).await;
    assert_eq!(
        sent.statuses(),
        ["SWITCHING_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED"]
    );
    let waited =
        sent.receipts[0].time.to_datetime().unwrap() - sent.accepted_time.to_datetime().unwrap();
    assert!(waited.num_seconds() >= 60, "{waited}");
}

#[tokio::test]
async fn without_a_report_in_time_the_next_channel_is_tried() {
    let (sandbox, api) = start().await;
    let fallback = json!({"delivery_report_based_fallback":
        {"enabled": true, "delivery_report_waiting_time": 10}});
    let app = app_with(&api, fallback).await;
    sandbox.silence_channel("WHATSAPP");
    let id = api.send(text_request(&app, &BOTH, "Hello?")).await;
    sandbox
        .wait_for_status(&id, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    sandbox.advance_clock(Duration::from_secs(11));
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(
        sent.statuses(),
        [
            "QUEUED_ON_CHANNEL",
            "SWITCHING_CHANNEL",
            "QUEUED_ON_CHANNEL",
            "DELIVERED"
        ]
    );

    // The last channel has no fallback, so its silence changes nothing.
    sandbox.silence_channel("SMS");
    let id = api.send_text(&app, &[("SMS", NUMBER)], "Hello?").await;
    sandbox
        .wait_for_status(&id, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    sandbox.advance_clock(Duration::from_secs(3600));
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let sent = sandbox.sent_message(&id).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL"]);
}

#[tokio::test]
async fn a_fallback_without_a_time_waits_for_a_minute() {
    let (sandbox, api) = start().await;
    let fallback = json!({"delivery_report_based_fallback": {"enabled": true}});
    let app = app_with(&api, fallback).await;
    let path = format!("apps/{app}");
    let changed = api.patch(&path, json!({"display_name": "New"})).await.ok();
    assert_eq!(
        changed["delivery_report_based_fallback"],
        json!({"enabled": true, "delivery_report_waiting_time": 60})
    );

    sandbox.silence_channel("WHATSAPP");
    let id = api.send(text_request(&app, &BOTH, "Hello?")).await;
    sandbox
        .wait_for_status(&id, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    sandbox.advance_clock(Duration::from_secs(61));
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    let (queued, switched) = (&sent.receipts[0].time, &sent.receipts[1].time);
    let waited = switched.to_datetime().unwrap() - queued.to_datetime().unwrap();
    assert!(waited.num_seconds() >= 60, "{waited}");
}

#[tokio::test]
async fn a_fallback_can_be_turned_on_later() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "WHATSAPP"]).await;
    let path = format!("apps/{app}");
    let off = json!({"enabled": false, "delivery_report_waiting_time": 0});
    let shown = api.get(&path).await.ok();
    assert_eq!(shown["delivery_report_based_fallback"], off);
    // A resource that was read can be written back.
    let body = json!({"delivery_report_based_fallback": off});
    api.patch(&path, body).await.ok();
    for mask in ["", "?update_mask=delivery_report_based_fallback.enabled"] {
        let body = json!({"delivery_report_based_fallback": {"enabled": true}});
        let changed = api.patch(&format!("{path}{mask}"), body).await.ok();
        assert_eq!(
            changed["delivery_report_based_fallback"],
            json!({"enabled": true, "delivery_report_waiting_time": 60})
        );
    }
    let zero = json!({"enabled": true, "delivery_report_waiting_time": 0});
    let body = json!({"delivery_report_based_fallback": zero});
    api.patch(&path, body)
        .await
        .invalid(&["delivery_report_based_fallback.delivery_report_waiting_time"]);
}

#[tokio::test]
async fn what_is_waited_for_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let builder = Sandbox::builder().database(&file);
    let sandbox = builder.clone().start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    sandbox.silence_channel("SMS");
    let mut request = text_request(&app, &[("SMS", NUMBER)], "Hello?");
    request["ttl"] = json!("30s");
    let id = api.send(request).await;
    sandbox
        .wait_for_status(&id, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    sandbox.shutdown().await;

    let sandbox = builder.start().await.unwrap();
    sandbox.advance_clock(Duration::from_secs(31));
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "FAILED"]);
}

#[tokio::test]
async fn an_advanced_clock_continues_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Sandbox::builder().database(folder.path().join("sandbox.db"));
    let sandbox = builder.clone().start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    sandbox.advance_clock(Duration::from_secs(10 * 24 * 3600));
    // Earlier tokens have expired.
    let before = Api::of(&sandbox)
        .await
        .send_text(&app, &[("SMS", NUMBER)], "From the future")
        .await;
    let before = sandbox.wait_for_delivery(&before, SOON).await.unwrap();
    sandbox.shutdown().await;

    // Times stored by the old clock are not in the future of the new one.
    let sandbox = builder.clone().start().await.unwrap();
    let token = Api::of(&sandbox).await;
    let after = token.send_text(&app, &[("SMS", NUMBER)], "Later").await;
    let after = sandbox.wait_for_delivery(&after, SOON).await.unwrap();
    let time = |sent: &SentMessage| sent.accepted_time.to_datetime().unwrap();
    assert!(time(&after) >= time(&before));
    assert!(after.id > before.id);

    // A reset sets the clock back, for the next run too.
    sandbox.reset().await.unwrap();
    sandbox.shutdown().await;
    let sandbox = builder.start().await.unwrap();
    assert!(sandbox.now() < time(&before));
}

#[tokio::test]
async fn receipts_carry_no_metadata_of_the_conversation() {
    let (sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = app_with(&api, json!({"conversation_metadata_report_view": "FULL"})).await;
    let triggers = ["MESSAGE_DELIVERY", "MESSAGE_SUBMIT"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let mut request = text_request(&app, &BOTH, "Hi");
    request["conversation_metadata"] = json!({"table": 4});
    let id = api.send(request).await;
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    for callback in receiver.wait_for(3).await {
        assert_eq!(callback.json()["message_metadata"], "");
    }
}
