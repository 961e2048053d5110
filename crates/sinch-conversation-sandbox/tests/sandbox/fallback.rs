//! The channel of a message, and the fallback to the next one.

use serde_json::{Value, json};
use sinch_conversation_sandbox::{Failure, Receipt, Sandbox};

use crate::support::{Api, SOON, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

/// Sends to three channels and returns the statuses with channel and reason.
async fn outcome(sandbox: &Sandbox, api: &Api, request: Value) -> Vec<(String, String, String)> {
    let id = api.send(request).await;
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    let line = |receipt: &Receipt| {
        let channel = receipt
            .channel_identity
            .as_ref()
            .map_or("", |identity| identity.channel.as_str());
        let code = receipt
            .reason
            .as_ref()
            .and_then(|reason| reason.code.as_ref())
            .map_or("", |code| code.as_str());
        (
            receipt.status.to_string(),
            channel.to_owned(),
            code.to_owned(),
        )
    };
    sent.receipts.iter().map(line).collect()
}

fn lines(lines: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    lines
        .iter()
        .map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_failing_channel_is_followed_by_the_next() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS", "WHATSAPP"]).await;
    let to = [("WHATSAPP", NUMBER), ("RCS", NUMBER), ("SMS", NUMBER)];
    sandbox.fail_next("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    sandbox.fail_next("RCS", Failure::new("CHANNEL_FAILURE").after_queueing());
    let found = outcome(&sandbox, &api, text_request(&app, &to, "1")).await;
    assert_eq!(
        found,
        lines(&[
            ("SWITCHING_CHANNEL", "WHATSAPP", "RECIPIENT_NOT_REACHABLE"),
            ("QUEUED_ON_CHANNEL", "RCS", ""),
            ("SWITCHING_CHANNEL", "RCS", "CHANNEL_FAILURE"),
            ("QUEUED_ON_CHANNEL", "SMS", ""),
            ("DELIVERED", "SMS", ""),
        ])
    );
    let list = api.get("messages").await.ok();
    assert_eq!(list["messages"][0]["channel_identity"]["channel"], "SMS");
    let conversation = list["messages"][0]["conversation_id"].as_str().unwrap();
    assert_eq!(
        api.get(&format!("conversations/{conversation}")).await.ok()["active_channel"],
        "SMS"
    );

    // It failed only once.
    let found = outcome(&sandbox, &api, text_request(&app, &to, "2")).await;
    assert_eq!(
        found,
        lines(&[
            ("QUEUED_ON_CHANNEL", "WHATSAPP", ""),
            ("DELIVERED", "WHATSAPP", "")
        ])
    );
}

#[tokio::test]
async fn a_chain_ends_with_its_reason() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS", "RCS"]).await;
    sandbox.fail_channel("SMS", "CHANNEL_REJECT");
    sandbox.fail_channel("RCS", "CHANNEL_REJECT");
    let both = text_request(&app, &[("RCS", NUMBER), ("SMS", NUMBER)], "1");
    assert_eq!(
        outcome(&sandbox, &api, both).await,
        lines(&[
            ("SWITCHING_CHANNEL", "RCS", "CHANNEL_REJECT"),
            ("FAILED", "SMS", "NO_CHANNELS_LEFT"),
        ])
    );
    let one = || text_request(&app, &[("SMS", NUMBER)], "2");
    assert_eq!(
        outcome(&sandbox, &api, one()).await,
        lines(&[("FAILED", "SMS", "CHANNEL_REJECT")])
    );
    sandbox.restore_channel("SMS");
    assert_eq!(
        outcome(&sandbox, &api, one()).await.last().unwrap().0,
        "DELIVERED"
    );

    let other = text_request(&app, &[("TELEGRAM", "x")], "3");
    assert_eq!(
        outcome(&sandbox, &api, other).await,
        lines(&[("FAILED", "", "CHANNEL_CONFIGURATION_MISSING")])
    );
    let malformed = text_request(&app, &[("SMS", "abc")], "4");
    assert_eq!(
        outcome(&sandbox, &api, malformed).await,
        lines(&[("FAILED", "SMS", "RECIPIENT_INVALID_CHANNEL_IDENTITY"),])
    );
    let mut wanted = text_request(&app, &[("SMS", NUMBER)], "5");
    wanted["channel_priority_order"] = json!(["RCS"]);
    assert_eq!(
        outcome(&sandbox, &api, wanted).await,
        lines(&[("FAILED", "", "NO_CHANNEL_IDENTITY_FOR_CONTACT")])
    );
}

#[tokio::test]
async fn the_order_of_channels_follows_request_then_conversation_then_contact_then_app() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS", "WHATSAPP"]).await;
    let identities: Vec<Value> = ["RCS", "SMS", "WHATSAPP"]
        .iter()
        .map(|it| json!({"channel": it, "identity": NUMBER}))
        .collect();
    let body = json!({"channel_identities": identities, "language": "EN"});
    let contact = api.post("contacts", body).await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let request = json!({"app_id": app, "recipient": {"contact_id": contact},
        "message": {"text_message": {"text": "x"}}});
    let channel = async |request: Value| outcome(&sandbox, &api, request).await[0].1.clone();

    assert_eq!(
        channel(request.clone()).await,
        "SMS",
        "the order of the app"
    );
    api.patch(
        &format!("contacts/{contact}"),
        json!({"channel_priority": ["WHATSAPP"]}),
    )
    .await
    .ok();
    assert_eq!(
        channel(request.clone()).await,
        "SMS",
        "the conversation is there"
    );
    let conversations = api
        .get(&format!("conversations?contact_id={contact}"))
        .await
        .ok();
    let conversation = conversations["conversations"][0]["id"].as_str().unwrap();
    api.post(&format!("conversations/{conversation}:stop"), json!({}))
        .await
        .ok();
    assert_eq!(
        channel(request.clone()).await,
        "WHATSAPP",
        "the contact prefers it"
    );
    let mut ordered = request;
    ordered["channel_priority_order"] = json!(["RCS", "SMS"]);
    assert_eq!(channel(ordered).await, "RCS", "the request wants it");
}

#[tokio::test]
async fn an_unknown_contact_fails_later() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let request = json!({"app_id": app, "recipient": {"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
        "message": {"text_message": {"text": "x"}}});
    assert_eq!(
        outcome(&sandbox, &api, request).await,
        lines(&[("FAILED", "", "CONTACT_NOT_FOUND")])
    );
}
