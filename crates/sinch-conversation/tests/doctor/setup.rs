//! Channels and webhooks.

use serde_json::{Value, json};
use sinch_conversation::Client;
use sinch_conversation::doctor::{Check, Severity};
use sinch_conversation_raw::OperationId as Id;

use crate::server::Act;
use crate::{Answers, app_id, app_with, bad, channel, error, only, webhook, webhooks};

async fn with_channels(channels: Value) -> (Check, Severity, String) {
    let answers = Answers {
        app: Act::reply(200, app_with(&channels)),
        ..Answers::good()
    };
    only(&answers.examined().await)
}

#[tokio::test]
async fn channels_that_are_not_active() {
    let failing =
        json!({"status": "FAILING", "description": "token plan-token is not valid\nfor the-plan"});
    let (check, severity, text) = with_channels(json!([channel(failing)])).await;
    assert_eq!((check, severity), (Check::Channels, Severity::Problem));
    assert!(
        text.contains("SMS is failing: token *** is not valid for ***"),
        "{text}"
    );

    let (check, severity, text) =
        with_channels(json!([channel(json!({"status": "PENDING"}))])).await;
    assert_eq!((check, severity), (Check::Channels, Severity::Warning));
    assert!(text.contains("SMS is pending"), "{text}");

    let (check, severity, text) =
        with_channels(json!([channel(json!({"status": "PAUSED"}))])).await;
    assert_eq!((check, severity), (Check::Channels, Severity::Warning));
    assert!(text.contains("PAUSED"), "{text}");

    let (check, severity, text) = with_channels(json!([])).await;
    assert_eq!((check, severity), (Check::Channels, Severity::Problem));
    assert!(text.contains("no channel"), "{text}");
}

#[tokio::test]
async fn every_channel_is_told() {
    let two = json!([
        channel(json!({"status": "ACTIVE"})),
        channel(json!({"status": "FAILING"}))
    ]);
    let answers = Answers {
        app: Act::reply(200, app_with(&two)),
        ..Answers::good()
    };
    let report = answers.examined().await;
    let told = report
        .findings
        .iter()
        .filter(|finding| finding.check == Check::Channels);
    let told: Vec<_> = told.map(|finding| finding.severity).collect();
    assert_eq!(told, [Severity::Ok, Severity::Problem]);
}

/// The good webhook with one thing changed.
fn changed(field: &str, value: Value) -> Value {
    let mut webhook = webhook();
    webhook[field] = value;
    json!([webhook])
}

async fn with_webhooks(list: Value) -> Vec<(Severity, String)> {
    let answers = Answers {
        webhooks: webhooks(&list),
        ..Answers::good()
    };
    let report = answers.examined().await;
    let bad = bad(&report);
    assert!(bad.iter().all(|finding| finding.check == Check::Webhooks));
    assert!(bad.iter().all(|finding| finding.remedy.is_some()));
    bad.iter()
        .map(|finding| (finding.severity, finding.message.clone()))
        .collect()
}

#[tokio::test]
async fn webhooks_that_are_not_in_order() {
    for (list, severity, words) in [
        (json!([]), Severity::Warning, "no webhook"),
        (changed("secret", json!("")), Severity::Warning, "no secret"),
        (
            changed("secret", Value::Null),
            Severity::Warning,
            "no secret",
        ),
        (
            changed("target", json!("http://example.com/a")),
            Severity::Warning,
            "without encryption",
        ),
        (
            changed("target", json!("http://127.0.0.1:9/a")),
            Severity::Problem,
            "loopback",
        ),
        (
            changed("target", json!("hush-word")),
            Severity::Problem,
            "no web address",
        ),
        (
            changed("triggers", json!(["MESSAGE_INBOUND"])),
            Severity::Warning,
            "MESSAGE_DELIVERY",
        ),
        (
            changed("triggers", json!(["MESSAGE_DELIVERY"])),
            Severity::Warning,
            "MESSAGE_INBOUND",
        ),
    ] {
        let found = with_webhooks(list).await;
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        assert_eq!(found[0].0, severity, "{words}");
        assert!(found[0].1.contains(words), "{words}: {found:?}");
    }
}

#[tokio::test]
async fn a_webhook_that_drops_callbacks_is_called_for_nothing() {
    for kind in [json!("DISMISS"), Value::Null] {
        let found = with_webhooks(changed("target_type", kind)).await;
        let severities: Vec<_> = found.iter().map(|(severity, _)| *severity).collect();
        let expected = [Severity::Problem, Severity::Warning, Severity::Warning];
        assert_eq!(severities, expected, "{found:?}");
        assert!(found[0].1.contains("drops all callbacks"));
    }
    let found = with_webhooks(changed("triggers", json!([]))).await;
    assert!(found[0].1.contains("never called"), "{found:?}");
}

#[tokio::test]
async fn webhooks_may_share_the_triggers() {
    let (mut receipts, mut answers) = (webhook(), webhook());
    receipts["triggers"] = json!(["MESSAGE_DELIVERY"]);
    answers["triggers"] = json!(["MESSAGE_INBOUND"]);
    assert!(with_webhooks(json!([receipts, answers])).await.is_empty());
}

#[tokio::test]
async fn a_token_of_ones_own_is_as_good_as_a_secret() {
    let mut list = changed("secret", Value::Null);
    list[0]["client_credentials"] = json!({"client_id": "id", "client_secret": "hush-client", "endpoint": "https://example.com/token"});
    assert!(with_webhooks(list).await.is_empty());
}

#[tokio::test]
async fn a_loopback_target_is_fine_at_a_custom_endpoint() {
    let answers = Answers {
        webhooks: webhooks(&changed("target", json!("http://localhost:9/a"))),
        ..Answers::good()
    };
    let server = answers.serve().await;
    let client = Client::builder()
        .project("the-project")
        .access_key("the-key", "the-secret")
        .endpoints(&server.url)
        .build()
        .unwrap();
    let report = client.doctor().app(app_id()).await;
    assert_eq!(report.worst(), Severity::Ok, "{report}");
}

#[tokio::test]
async fn webhooks_that_cannot_be_read_do_not_hide_the_rest() {
    let answers = Answers {
        webhooks: error(500, "no"),
        ..Answers::good()
    };
    let report = answers.examined().await;
    assert_eq!(report.findings.len(), 5);
    let (check, severity, text) = only(&report);
    assert_eq!((check, severity), (Check::Webhooks, Severity::Problem));
    assert!(text.contains(Id::WebhooksListWebhooks.as_str()), "{text}");
}
