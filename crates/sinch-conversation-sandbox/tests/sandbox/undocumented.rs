//! Features of the service that the published documents lack; overlays add them.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::Api;

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn a_contact_that_was_read_can_be_created_again() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.send_text(&app, &[("SMS", "461")], "Hi").await;
    let contacts = api.get("contacts").await.ok();
    let contact = contacts["contacts"][0].clone();
    assert_eq!(contact["language"], "UNSPECIFIED");
    let id = contact["id"].as_str().unwrap();
    api.delete(&format!("contacts/{id}")).await.ok();
    let again = api.post("contacts", contact).await.ok();
    assert_eq!(again["language"], "UNSPECIFIED");
}

#[tokio::test]
async fn a_webhook_accepts_the_plural_trigger_and_any_token_request_type() {
    let (_sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let webhook = |request_type: Value| {
        json!({"app_id": app, "target": format!("https://example.com/{request_type}"),
            "triggers": ["SMART_CONVERSATIONS"],
            "client_credentials": {"client_id": "i", "client_secret": "s", "endpoint": "https://example.com/token",
                "token_request_type": request_type}})
    };
    for word in ["BASIC", "FORM", "OF_TOMORROW"] {
        let made = api.post("webhooks", webhook(json!(word))).await.ok();
        assert_eq!(made["triggers"], json!(["SMART_CONVERSATIONS"]));
        assert_eq!(made["client_credentials"]["token_request_type"], word);
    }
    api.post("webhooks", webhook(json!(7)))
        .await
        .invalid(&["client_credentials.token_request_type"]);
}

#[tokio::test]
async fn mms_credentials_have_a_default_sender() {
    let (_sandbox, api) = start().await;
    let app = |sender: Value| {
        json!({"display_name": "Shop", "channel_credentials": [{"channel": "MMS", "mms_credentials":
            {"account_id": "a", "api_key": "k", "default_sender": sender}}]})
    };
    let made = api.post("apps", app(json!("12345"))).await.ok();
    let credentials = &made["channel_credentials"][0]["mms_credentials"];
    assert_eq!(credentials["default_sender"], "12345");
    api.post("apps", app(json!(12345)))
        .await
        .invalid(&["channel_credentials[0].mms_credentials.default_sender"]);
}
