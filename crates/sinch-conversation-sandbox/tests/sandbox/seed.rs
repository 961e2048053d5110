//! Seeds.

use std::path::Path;

use serde_json::{Value, json};
use sinch_conversation_sandbox::{ControlError, Sandbox, StartError};

use crate::support::{Api, Receiver, SOON, credentials};

const APP: &str = "01JSANDB0X00000000000000AP";
const CONTACT: &str = "01JSANDB0X00000000000000C0";
const NUMBER: &str = "46701234567";

fn document(target: &str) -> Value {
    json!({
        "apps": [
            {"id": APP, "display_name": "Shop", "processing_mode": "CONVERSATION",
             "channel_credentials": [credentials("SMS")]},
            {"display_name": "Other", "channel_credentials": [credentials("SMS")]},
        ],
        "webhooks": [{"app_id": APP, "target": target, "target_type": "HTTP",
            "triggers": ["CONTACT_CREATE", "CONVERSATION_START", "MESSAGE_INBOUND"]}],
        "contacts": [{"id": CONTACT, "display_name": "Ada", "language": "EN_GB",
            "channel_identities": [{"channel": "SMS", "identity": format!("+{NUMBER}")}]}],
        "conversations": [{"app_id": APP, "contact_id": CONTACT, "active_channel": "SMS"}],
        "messages": [
            {"app_id": APP, "channel": "SMS", "identity": NUMBER, "text": "Are you open?"},
            {"app_id": APP, "channel": "SMS", "identity": NUMBER,
             "contact_message": {"media_message": {"url": "https://example.com/a.png"}}},
        ],
    })
}

#[tokio::test]
async fn everything_goes_through_the_api() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let receiver = Receiver::start().await;
    let seeded = sandbox.seed(document(&receiver.url)).await.unwrap();
    assert_eq!((seeded.apps.len(), seeded.apps[0].as_str()), (2, APP));
    assert_eq!(seeded.contacts, [CONTACT]);

    let app = api.get(&format!("apps/{APP}")).await.ok();
    assert_eq!(app["retention_policy"]["ttl_days"], 180);
    let contact = api.get(&format!("contacts/{CONTACT}")).await.ok();
    assert_eq!(contact["channel_identities"][0]["identity"], NUMBER);
    let path = format!("conversations/{}", seeded.conversations[0]);
    assert_eq!(api.get(&path).await.ok()["contact_id"], CONTACT);
    for id in &seeded.messages {
        let message = api.get(&format!("messages/{id}")).await.ok();
        assert_eq!(message["conversation_id"], json!(seeded.conversations[0]));
    }
    let webhook = api.get(&format!("webhooks/{}", seeded.webhooks[0])).await;
    assert_eq!(webhook.ok()["target"], json!(receiver.url));
    receiver.wait_for(4).await;
    let bodies = receiver.bodies();
    assert_eq!(
        bodies[0]["contact_create_notification"]["contact"]["id"],
        CONTACT
    );
    assert_eq!(bodies[3]["message"]["id"], json!(seeded.messages[1]));
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_applied() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let changed = |pointer: &str, name: &str, value: Value| {
        let mut document = document("http://127.0.0.1:9/");
        let object = document.pointer_mut(pointer).unwrap();
        object
            .as_object_mut()
            .unwrap()
            .insert(name.to_owned(), value);
        document
    };
    for (document, expected) in [
        (json!([]), "expected a JSON object"),
        (changed("", "app", json!([])), "app: unknown field"),
        (changed("", "apps", json!({})), "apps: invalid type"),
        (
            changed("/apps/1", "dislpay_name", json!("x")),
            "apps[1].dislpay_name: is not a documented field",
        ),
        (
            changed("/apps/1", "display_name", json!(5)),
            "apps[1].display_name: expected",
        ),
        (
            changed("/apps/1", "processing_mode", json!("BOTH")),
            "apps[1].processing_mode: expected one of",
        ),
        (
            changed("/webhooks/0", "target_type", json!("SMOKE")),
            "webhooks[0].target_type: expected",
        ),
        (
            changed(
                "/contacts/0",
                "channel_identities",
                json!([{"channel": "SMOKE", "identity": "1"}]),
            ),
            "contacts[0].channel_identities[0].channel: expected",
        ),
        (
            changed("/apps/1", "id", json!(APP)),
            "apps[1].id: 01JSANDB0X00000000000000AP already exists",
        ),
        (
            changed("/apps/1", "id", json!("my-app")),
            "apps[1].id: expected a ULID",
        ),
        (
            changed("/webhooks/0", "app_id", json!("nobody")),
            "webhooks[0]: app nobody not found",
        ),
        (
            changed("/contacts/0", "channel_identities", json!([])),
            "contacts[0].channel_identities: ",
        ),
        (
            changed("/conversations/0", "app_id", json!("nobody")),
            "conversations[0]: app nobody not found",
        ),
        (
            changed("/messages/0", "text", json!(1)),
            "messages[0].text: invalid type",
        ),
        (
            changed("/messages/1", "text", json!("x")),
            "messages[1]: expected exactly one of text, contact_message",
        ),
        (
            changed("/messages/1", "contact_message", json!({})),
            "messages[1].contact_message: expected",
        ),
        (
            changed("/messages/1", "channel", json!("RCS")),
            "messages[1].channel: app",
        ),
    ] {
        let error = sandbox.seed(document).await.unwrap_err();
        let ControlError::Seed { problem } = &error else {
            panic!("{error}")
        };
        assert!(
            problem.starts_with(expected) || problem.contains(expected),
            "{expected}: {problem}"
        );
    }
    assert_eq!(api.get("apps").await.ok()["apps"], json!([]));
    assert_eq!(api.get("contacts").await.ok()["contacts"], json!([]));
    assert!(sandbox.timeline().await.unwrap().is_empty());
    sandbox.seed(document("http://127.0.0.1:9/")).await.unwrap();
    let error = sandbox
        .seed(document("http://127.0.0.1:9/"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("apps[0].id: "), "{error}");
}

async fn open(database: &Path, seed: &Path) -> Result<Sandbox, StartError> {
    let builder = Sandbox::builder().database(database).seed_file(seed);
    builder.start().await
}

#[tokio::test]
async fn a_file_is_applied_once_to_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let (database, file) = (
        folder.path().join("sandbox.db"),
        folder.path().join("seed.json"),
    );
    std::fs::write(&file, document("http://127.0.0.1:9/").to_string()).unwrap();
    for _ in 0..2 {
        let sandbox = open(&database, &file).await.unwrap();
        assert_eq!(sandbox.received().await.unwrap().len(), 2);
        let apps = Api::of(&sandbox).await.get("apps").await.ok();
        assert_eq!(apps["apps"].as_array().unwrap().len(), 2);
    }
    // After a reset the file is applied again.
    let sandbox = open(&database, &file).await.unwrap();
    sandbox.reset().await.unwrap();
    drop(sandbox);
    let sandbox = open(&database, &file).await.unwrap();
    assert_eq!(sandbox.received().await.unwrap().len(), 2);
    drop(sandbox);

    // A changed file is applied.
    std::fs::write(
        &file,
        json!({"apps": [document("")["apps"][0]]}).to_string(),
    )
    .unwrap();
    let error = open(&database, &file).await.unwrap_err();
    assert!(
        matches!(&error, StartError::Seed { path, .. } if *path == file),
        "{error}"
    );
    assert!(error.to_string().contains("apps[0].id: "), "{error}");
    let more = json!({"messages": [{"app_id": APP, "channel": "SMS", "identity": NUMBER, "text": "Hello?"}]});
    std::fs::write(&file, more.to_string()).unwrap();
    let sandbox = open(&database, &file).await.unwrap();
    sandbox
        .wait_for_entry(SOON, |it| {
            it.message == Some(json!({"text_message": {"text": "Hello?"}}))
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (database, file) = (
        folder.path().join("sandbox.db"),
        folder.path().join("seed.json"),
    );
    for (text, expected) in [
        (None, "use a file that can be read"),
        (
            Some("{\n  \"apps\": [,]\n}"),
            "not valid JSON: expected value at line 2 column 12",
        ),
        (
            Some("{\"messages\": [{}]}"),
            "messages[0]: missing field `app_id`",
        ),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let error = open(&database, &file).await.unwrap_err().to_string();
        assert!(
            error.contains("seed.json") && error.contains(expected),
            "{error}"
        );
    }
}
