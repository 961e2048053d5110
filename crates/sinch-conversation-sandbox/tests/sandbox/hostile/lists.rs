//! Very long lists. The contract's tests have one that is too long in every place.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, SOON, text_request};

async fn start() -> (Sandbox, Api, String) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS", "RCS", "WHATSAPP"]).await;
    (sandbox, api, app)
}

/// Returns this many different numbers on WhatsApp.
fn identities(count: usize) -> Value {
    let one = |number| json!({"channel": "WHATSAPP", "identity": format!("46{number:08}")});
    (0..count).map(one).collect()
}

fn send_to(app: &str, identities: Value) -> Value {
    let mut request = text_request(app, &[], "Hi");
    request["recipient"]["identified_by"]["channel_identities"] = identities;
    request
}

#[tokio::test]
async fn forty_thousand_identities_are_too_many() {
    let (_sandbox, api, app) = start().await;
    let to_many = "recipient.identified_by.channel_identities";
    let send = send_to(&app, identities(40_000));
    let answer = api.post("messages:send", send).await;
    let error = answer.refused(400, "INVALID_ARGUMENT");
    assert_eq!(
        error["details"][0]["field_violations"],
        json!([{"field": to_many, "description": "expected at most 1000 items, found 40000"}])
    );
    let many = identities(1001);
    let send = send_to(&app, many.clone());
    let mut event = send.clone();
    event["event"] = json!({"app_event": {"composing_event": {}}});
    api.post("events:send", event).await.invalid(&[to_many]);
    api.post("capability:query", send).await.invalid(&[to_many]);
    let contact = json!({"language": "EN", "channel_identities": many});
    let answer = api.post("contacts", contact).await;
    answer.invalid(&["channel_identities"]);

    let batch = format!("{}/batch/v1/projects/{}/messages", api.base, api.project);
    let recipient = json!({"recipient": {"identified_by": {"channel_identities": many}}});
    let body = json!({"app_id": app, "message": {"text_message": {"text": "Hi"}},
        "recipient_and_params": [recipient]});
    let request = api.http.post(batch).bearer_auth(&api.token).json(&body);
    crate::support::send(request)
        .await
        .invalid(&["recipient_and_params[0].recipient.identified_by.channel_identities"]);
    let contacts = api.get("contacts").await.ok();
    assert_eq!(contacts["contacts"], json!([]));
}

#[tokio::test]
async fn a_thousand_identities_are_one_person() {
    for unified in [false, true] {
        let (sandbox, api, app) = start().await;
        let settings = json!({"contact_settings": {"unified_contact_id_enabled": unified}});
        api.post("settings", settings).await.ok();
        let mut given = identities(1000);
        given[999] = json!({"channel": "SMS", "identity": "+4670"});
        // Duplicates do not count.
        let half: Vec<Value> = given.as_array().unwrap()[500..].to_vec();
        let twice = [half.clone(), half].concat();
        let id = api.send(send_to(&app, given)).await;
        let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
        let again = api.send(send_to(&app, twice.into())).await;
        let again = sandbox.wait_for_delivery(&again, SOON).await.unwrap();
        assert_eq!(again.contact_id, sent.contact_id);
        let contact = api.get(&format!("contacts/{}", sent.contact_id)).await.ok();
        let found = contact["channel_identities"].as_array().unwrap();
        assert_eq!(found.len(), if unified { 1002 } else { 1000 });
    }
}

#[tokio::test]
async fn errors_name_a_hundred_places() {
    let (_sandbox, api, app) = start().await;
    let empty = json!({"channel": "SMS", "identity": ""});
    let request = send_to(&app, vec![empty; 1000].into());
    let answer = api.post("messages:send", request).await;
    let error = answer.refused(400, "INVALID_ARGUMENT");
    let named = error["details"][0]["field_violations"].as_array().unwrap();
    assert_eq!(named.len(), 100);
}

#[tokio::test]
async fn what_is_named_often_is_done_once() {
    let (_sandbox, api, app) = start().await;
    let credentials = crate::support::credentials("SMS");
    let body = json!({"channel_credentials": vec![credentials; 1000]});
    let mask = "channel_credentials,".repeat(3_000);
    let path = format!("apps/{app}?update_mask={mask}");
    let changed = api.patch(&path, body).await.ok();
    assert_eq!(
        changed["channel_credentials"].as_array().unwrap().len(),
        1000
    );

    let text = "many words ".repeat(100_000);
    let body = json!({"app_id": app, "app_message": {"text_message": {"text": text}},
        "channels": vec!["WHATSAPP"; 1000]});
    let transcoded = api.post("messages:transcode", body).await.ok();
    let messages = transcoded["transcoded_message"].as_object().unwrap();
    assert_eq!(messages.len(), 1);
}
