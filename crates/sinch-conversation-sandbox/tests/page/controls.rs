//! The controls on the page: channels, faults, the clock, seed and reset.

use std::time::Duration;

use serde_json::json;
use sinch_conversation_raw::OPERATIONS;
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::support::{Api, text_request};

const PHONE: &str = "46701234567";
const SECONDS: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_made_to_fail_and_restored() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS", "WHATSAPP"]).await;
    browse(&sandbox, async |page| {
        page.open("#/controls").await;
        page.until(
            "the channels of the app are offered",
            "return document.querySelectorAll('#control-channel option').length === 2",
            vec![],
        )
        .await;
        page.fill("control-channel", "SMS").await;
        page.fill("control-reason", "RECIPIENT_NOT_OPTED_IN").await;
        page.fill("control-times", "2").await;
        page.click("button", "Set").await;
        page.has(".control-list li", "fails the next 2").await;
        for status in ["FAILED", "FAILED", "DELIVERED"] {
            let id = api.send_text(&app, &[("SMS", PHONE)], "Hello").await;
            let sent = sandbox.wait_for_delivery(&id, SECONDS).await.unwrap();
            assert_eq!(sent.statuses().last().copied(), Some(status));
        }

        page.fill("control-channel", "WHATSAPP").await;
        page.fill("control-channel-kind", "delay").await;
        page.fill("control-delay", "60000").await;
        page.click("button", "Set").await;
        page.has(".control-list li", "60000 ms delay").await;
        page.fill("control-channel-kind", "silence").await;
        page.click("button", "Set").await;
        page.has(".control-list li", "60000 ms delay, silent").await;
        page.check_names().await;
        page.click("button", "Restore WhatsApp").await;
        page.until(
            "no channel is listed",
            "return all('.control-list li').length === 0",
            vec![],
        )
        .await;
        let id = api.send_text(&app, &[("WHATSAPP", PHONE)], "Hello").await;
        sandbox.wait_for_delivery(&id, SECONDS).await.unwrap();

        // The error is shown in the form that caused it.
        page.fill("control-channel-kind", "fail").await;
        page.fill("control-times", "5000").await;
        page.click("button", "Set").await;
        page.has(".control-card .reason", "expected 1 to 1000")
            .await;
        page.forgive("/_sandbox/channels/").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_injected_for_operations_that_the_sandbox_names() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    browse(&sandbox, async |page| {
        page.open("#/controls").await;
        // "Any operation", the documented ones and the token endpoint.
        let options = "return document.querySelectorAll('#fault-operation option').length";
        page.until(
            "the operations are there",
            &format!("{options} > 1"),
            vec![],
        )
        .await;
        let listed = page.ask(options, vec![]).await;
        assert_eq!(listed, json!(OPERATIONS.len() + 2));

        page.fill("fault-operation", "Messages_SendMessage").await;
        page.fill("fault-status", "429").await;
        page.fill("fault-retry", "7").await;
        page.click("button", "Inject").await;
        page.has(".control-list li", "status 429").await;
        let request = text_request(app.as_str(), &[("SMS", PHONE)], "Hello");
        let refused = api.post("messages:send", request.clone()).await;
        assert_eq!(refused.status, 429);
        page.until(
            "the fault is used up",
            "return all('.control-list li').length === 0",
            vec![],
        )
        .await;
        api.post("messages:send", request).await.ok();

        page.fill("fault-kind", "reset").await;
        page.fill("fault-times", "0").await;
        page.fill("fault-phase", "after").await;
        page.click("button", "Inject").await;
        page.has(
            ".control-list li",
            "connection reset, after it was performed",
        )
        .await;
        page.has(".control-list li", "until cleared").await;
        page.click("button", "Clear all faults").await;
        page.until(
            "no fault is listed",
            "return all('.control-list li').length === 0",
            vec![],
        )
        .await;
        assert!(sandbox.faults().is_empty());

        page.fill("fault-kind", "delay").await;
        page.fill("fault-delay", "250").await;
        page.click("button", "Inject").await;
        page.has(".control-list li", "250 ms delay").await;
        page.check_names().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_goes_forward() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = sandbox.now();
    browse(&sandbox, async |page| {
        page.open("#/controls").await;
        page.click("button", "Forward by 1 day").await;
        page.fill("control-seconds", "3600").await;
        page.click("button", "Advance").await;
        page.until(
            "the page shows the new time",
            "const shown = document.querySelector('.control-now time'); return shown && Date.parse(shown.dateTime) > arguments[0]",
            vec![json!(before.timestamp_millis() + 90_000_000 - 1)],
        )
        .await;
    })
    .await;
    assert!(sandbox.now() - before >= chrono::TimeDelta::hours(25));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_is_seeded_and_reset() {
    let sandbox = Sandbox::start().await.unwrap();
    browse(&sandbox, async |page| {
        page.open("#/controls").await;
        page.fill("control-seed", "{").await;
        page.click("button", "Seed").await;
        page.has(".control-card .reason", "This is not JSON").await;
        let seed = json!({"contacts": [{
            "channel_identities": [{"channel": "SMS", "identity": PHONE}], "language": "EN_US",
        }]});
        page.fill("control-seed", &seed.to_string()).await;
        page.click("button", "Seed").await;
        page.has(".control-card [role=status]", "Added: 1 contacts.")
            .await;
        page.click("[role=tab]", "Overview").await;
        page.sees("1 contact, 0 conversations").await;

        page.click("[role=tab]", "Controls").await;
        page.click("button", "Reset …").await;
        page.click("dialog button", "Cancel").await;
        page.click("[role=tab]", "Overview").await;
        page.sees("1 contact, 0 conversations").await;
        page.click("[role=tab]", "Controls").await;
        page.click("button", "Reset …").await;
        page.click("dialog button", "Reset everything").await;
        page.click("[role=tab]", "Overview").await;
        page.sees("0 contacts, 0 conversations").await;
    })
    .await;
}
