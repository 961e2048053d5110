//! The names that people have on channels.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Answer, Api, Receiver, assert_body, key};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn by_identity(channel: &str, identity: &str) -> Value {
    json!({"identified_by": {"channel_identities": [{"channel": channel, "identity": identity}]}})
}

async fn profile(api: &Api, app: &str, recipient: Value, channel: &str) -> Answer {
    let body = json!({"app_id": app, "recipient": recipient, "channel": channel});
    api.post("contacts:getChannelProfile", body).await
}

/// Checks for a 400 with a reason code.
#[track_caller]
fn failed(answer: Answer, reason: &str) {
    let error = answer.refused(400, "INVALID_ARGUMENT");
    let detail = &error["details"][0];
    assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
    assert_eq!(detail["reason"], reason, "{error}");
}

#[tokio::test]
async fn a_name_is_read_by_identity_and_by_contact() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["MESSENGER", "LINE", "SMS"]).await;
    sandbox
        .set_profile("MESSENGER", "psid", "Åsa")
        .await
        .unwrap();
    sandbox.set_profile("LINE", "u1", "Nobody").await.unwrap();
    sandbox.shutdown().await;
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let found = profile(&api, &app, by_identity("MESSENGER", "psid"), "MESSENGER").await;
    assert_eq!(found.ok(), json!({"profile_name": "Åsa"}));

    let body = json!({"language": "SV", "channel_identities": [
        {"channel": "MESSENGER", "identity": "psid", "app_id": app},
        {"channel": "LINE", "identity": "u1", "app_id": "another"}]});
    let contact = api.post("contacts", body).await.ok()["id"].clone();
    let by_contact = json!({"contact_id": contact});
    let found = profile(&api, &app, by_contact.clone(), "MESSENGER").await;
    assert_eq!(found.ok()["profile_name"], "Åsa");
    // A person has another identity on LINE for each app.
    profile(&api, &app, by_contact.clone(), "LINE")
        .await
        .invalid(&["recipient"]);

    sandbox.set_profile("MESSENGER", "psid", "").await.unwrap();
    failed(
        profile(&api, &app, by_contact, "MESSENGER").await,
        "NO_PROFILE_AVAILABLE",
    );
}

#[tokio::test]
async fn why_there_is_no_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["MESSENGER", "SMS"]).await;
    let person = by_identity("MESSENGER", "psid");
    let unknown = profile(&api, &app, person.clone(), "MESSENGER").await;
    failed(unknown, "NO_PROFILE_AVAILABLE");
    let line = profile(&api, &app, by_identity("LINE", "u1"), "LINE").await;
    failed(line, "NO_PERMISSION");
    let viber = profile(&api, &app, person.clone(), "VIBER").await;
    failed(viber, "UNSUPPORTED_OPERATION");
    profile(&api, &app, by_identity("SMS", "461"), "MESSENGER")
        .await
        .invalid(&["recipient"]);
    profile(&api, MISSING, person, "MESSENGER")
        .await
        .refused(404, "NOT_FOUND");
    profile(&api, &app, json!({"contact_id": MISSING}), "MESSENGER")
        .await
        .refused(404, "NOT_FOUND");
    profile(&api, &app, json!({}), "MESSENGER")
        .await
        .invalid(&["recipient"]);
}

#[tokio::test]
async fn inbound_messages_set_the_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    let triggers = ["CONTACT_CREATE", "CONTACT_UPDATE"];
    api.webhook(&app, &receiver.url, &triggers).await;
    for identity in ["461", "+462", "463"] {
        let name = format!("Name of {identity}");
        sandbox
            .set_profile("WHATSAPP", identity, name)
            .await
            .unwrap();
    }
    let writes = async |identity: &str| -> Value {
        let person = sandbox.handset(&app, "WHATSAPP", identity);
        let message = person.says("x").await.unwrap();
        let message = api.get(&format!("messages/{message}")).await.ok();
        let path = format!("contacts/{}", message["contact_id"].as_str().unwrap());
        api.get(&path).await.ok()
    };
    assert_eq!(writes("461").await["display_name"], "Name of 461");

    // A contact gets its name with the first answer.
    let sent = api.send_text(&app, &[("WHATSAPP", "462")], "x").await;
    let sent = api.get(&format!("messages/{sent}")).await.ok();
    let path = format!("contacts/{}", sent["contact_id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.ok()["display_name"], "Unknown");
    let named = writes("462").await;
    assert_eq!(named["display_name"], "Name of +462");
    receiver.wait_for(3).await;
    assert_body(
        &receiver.bodies()[2],
        json!({
            "app_id": "", "project_id": api.project, "message_metadata": "", "correlation_id": "",
            "contact_update_notification": {"contact": named},
        }),
    );

    // An explicit name stays, and without a change there is no callback.
    let body = json!({"channel_identities": [{"channel": "WHATSAPP", "identity": "463"}],
        "language": "EN", "display_name": "Given"});
    api.post("contacts", body).await.ok();
    assert_eq!(writes("463").await["display_name"], "Given");
    assert_eq!(writes("464").await["display_name"], "Unknown");
    let keys: Vec<String> = receiver.wait_for(5).await[3..]
        .iter()
        .map(|callback| key(&callback.json()).to_owned())
        .collect();
    assert_eq!(keys, ["contact_create_notification"; 2]);
}
