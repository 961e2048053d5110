//! Capability queries: acknowledged immediately, answered channel by channel.

use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationWebhookEvent;
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_sandbox::{Capability, Sandbox};

use crate::support::{Api, Receiver, SOON};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Receiver) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

fn identified(to: &[(&str, &str)]) -> Value {
    let identities: Vec<Value> = to
        .iter()
        .map(|(channel, identity)| json!({"channel": channel, "identity": identity}))
        .collect();
    json!({"identified_by": {"channel_identities": identities}})
}

/// Returns the notifications, once there are this many.
async fn notifications(receiver: &Receiver, count: usize) -> Vec<Value> {
    let received = receiver.wait_for(count).await;
    let bodies = received.iter().map(|callback| {
        let body = callback.json();
        let event = ConversationWebhookEvent::from_value(body.clone()).unwrap();
        assert!(matches!(
            event,
            ConversationWebhookEvent::CapabilityEvent(_)
        ));
        assert_eq!(event.to_value(), body);
        body["capability_notification"].clone()
    });
    bodies.collect()
}

#[tokio::test]
async fn each_channel_answers_for_a_contact() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    api.webhook(&app, &receiver.url, &["CAPABILITY"]).await;
    let identities = json!([
        {"channel": "SMS", "identity": NUMBER},
        {"channel": "RCS", "identity": NUMBER},
        {"channel": "RCS", "identity": "461"},
        {"channel": "WHATSAPP", "identity": NUMBER},
    ]);
    let contact = api
        .post(
            "contacts",
            json!({"channel_identities": identities, "language": "EN_US"}),
        )
        .await
        .ok();
    sandbox
        .set_capability("RCS", "+46701234567", Capability::partial(["CARD"]))
        .await
        .unwrap();
    let query =
        json!({"app_id": app, "recipient": {"contact_id": contact["id"]}, "request_id": "mine"});
    assert_eq!(
        api.post("capability:query", query.clone()).await.ok(),
        query
    );
    let told = notifications(&receiver, 3).await;
    let about = |channel: &str, status: &str| {
        json!({
            "request_id": "mine", "contact_id": contact["id"], "channel": channel, "identity": NUMBER,
            "capability_status": status,
        })
    };
    assert_eq!(told[0], about("SMS", "CAPABILITY_UNKNOWN"));
    let mut partial = about("RCS", "CAPABILITY_PARTIAL");
    partial["channel_capabilities"] = json!(["CARD"]);
    assert_eq!(told[1], partial);
    let mut missing = about("WHATSAPP", "NO_CAPABILITY");
    missing["reason"] = told[2]["reason"].clone();
    assert_eq!(told[2], missing);
    assert_eq!(missing["reason"]["code"], "CHANNEL_CONFIGURATION_MISSING");
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(receiver.bodies().len(), 3);
}

#[tokio::test]
async fn identities_need_no_contact() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["CAPABILITY"]).await;
    let query = json!({"app_id": app, "recipient": identified(&[("SMS", "+46701234567")])});
    let answer = api.post("capability:query", query.clone()).await.ok();
    assert_eq!(answer["recipient"], query["recipient"]);
    let request_id = answer["request_id"].as_str().unwrap();
    assert_eq!(request_id.len(), 26);
    let told = &notifications(&receiver, 1).await[0];
    assert_eq!(told["request_id"], request_id);
    assert_eq!(told["contact_id"], "");
    assert_eq!(told["identity"], NUMBER);
    assert_eq!(api.get("contacts").await.ok()["contacts"], json!([]));

    let query = json!({"app_id": app, "recipient": identified(&[("SMS", "nobody")])});
    api.post("capability:query", query).await.ok();
    let told = &notifications(&receiver, 2).await[1];
    assert_eq!(told["capability_status"], "NO_CAPABILITY");
    assert_eq!(told["reason"]["code"], "RECIPIENT_INVALID_CHANNEL_IDENTITY");
}

#[tokio::test]
async fn identities_name_the_contact_that_has_them() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    api.webhook(&app, &receiver.url, &["CAPABILITY"]).await;
    let message = api.send_text(&app, &[("SMS", NUMBER)], "Hello").await;
    let message = api.get(&format!("messages/{message}")).await.ok();
    let recipient = identified(&[("RCS", NUMBER), ("SMS", NUMBER)]);
    api.post(
        "capability:query",
        json!({"app_id": app, "recipient": recipient}),
    )
    .await
    .ok();
    let told = notifications(&receiver, 2).await;
    assert!(
        told.iter()
            .all(|told| told["contact_id"] == message["contact_id"])
    );
}

#[tokio::test]
async fn queries_that_are_wrong_say_where() {
    let (_sandbox, api, _) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let dispatch = api.app("DISPATCH", &["SMS"]).await;
    let query = |app: &str, recipient: Value| {
        api.post(
            "capability:query",
            json!({"app_id": app, "recipient": recipient}),
        )
    };
    let nobody = json!({"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"});
    query(&app, nobody.clone()).await.refused(404, "NOT_FOUND");
    query("nowhere", identified(&[("SMS", NUMBER)]))
        .await
        .refused(404, "NOT_FOUND");
    query(&dispatch, nobody)
        .await
        .invalid(&["recipient.contact_id"]);
    query(&app, json!({})).await.invalid(&["recipient"]);
    query(&app, identified(&[]))
        .await
        .invalid(&["recipient.identified_by.channel_identities"]);
    let both = json!({"contact_id": "c", "identified_by": {"channel_identities": [{"channel": "SMS", "identity": "1"}]}});
    query(&app, both).await.invalid(&["recipient"]);
}

#[tokio::test]
async fn capabilities_and_queries_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let slow = std::time::Duration::from_secs(86_400);
    let receiver = Receiver::start().await;
    let builder = Sandbox::builder().database(&file).receipt_interval(slow);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["CAPABILITY"]).await;
    let set = [("*", Capability::none()), (NUMBER, Capability::unknown())];
    for (identity, capability) in set {
        let set = sandbox.set_capability("RCS", identity, capability);
        set.await.unwrap();
    }
    // The last setting applies.
    sandbox
        .set_capability("RCS", NUMBER, Capability::full())
        .await
        .unwrap();
    for identity in [NUMBER, "461"] {
        let recipient = identified(&[("RCS", identity)]);
        let query = json!({"app_id": app, "recipient": recipient});
        api.post("capability:query", query).await.ok();
    }
    sandbox.shutdown().await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    sandbox.advance_clock(slow);
    let mut told = notifications(&receiver, 2).await;
    told.sort_by_key(|told| told["identity"].as_str().unwrap().len());
    assert_eq!(told[0]["capability_status"], "NO_CAPABILITY");
    assert_eq!(told[0].get("reason"), None);
    assert_eq!(told[1]["capability_status"], "CAPABILITY_FULL");
    assert_eq!(told[1].get("channel_capabilities"), None);
}
