//! Settings of the project, and unified contact ids.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, SOON, assert_body};

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

fn unified(on: bool) -> Value {
    json!({"contact_settings": {"unified_contact_id_enabled": on}})
}

/// Returns channels and identities of a contact.
fn addresses(contact: &Value) -> Vec<(&str, &str)> {
    let identities = contact["channel_identities"].as_array().unwrap();
    identities
        .iter()
        .map(|one| {
            (
                one["channel"].as_str().unwrap(),
                one["identity"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn settings_are_created_updated_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    for answer in [
        api.get("settings").await,
        api.patch("settings", unified(true)).await,
        api.delete("settings").await,
    ] {
        answer.refused(404, "NOT_FOUND");
    }
    let shown = |on| json!({"project_id": api.project, "settings": unified(on)});
    assert_eq!(
        api.post("settings", json!({})).await.ok(),
        shown(false),
        "everything has a default"
    );
    api.post("settings", unified(true))
        .await
        .refused(409, "ALREADY_EXISTS");
    assert_eq!(api.get("settings").await.ok(), shown(false));
    let changed = api.patch("settings", unified(true)).await.ok();
    assert_eq!(changed, shown(true));
    // Unnamed fields stay.
    for body in [json!({}), json!({"contact_settings": {}})] {
        assert_eq!(api.patch("settings", body).await.ok(), shown(true));
    }
    api.patch(
        "settings",
        json!({"contact_settings": {"unified_contact_id_enabled": "on"}}),
    )
    .await
    .invalid(&["contact_settings.unified_contact_id_enabled"]);

    sandbox.shutdown().await;
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    assert_eq!(api.get("settings").await.ok()["settings"], unified(true));
    assert_eq!(api.delete("settings").await.ok(), json!({}));
    api.get("settings").await.refused(404, "NOT_FOUND");
    let contact = api.contact(&[("SMS", "461")]).await;
    let contact = api.get(&format!("contacts/{contact}")).await.ok();
    assert_eq!(addresses(&contact), [("SMS", "461")]);
}

#[tokio::test]
async fn ids_are_not_unified_while_there_are_conflicts() {
    let (_sandbox, api) = start().await;
    let one = api.contact(&[("SMS", "461")]).await;
    let two = api.contact(&[("RCS", "461")]).await;
    api.contact(&[("SMS", "462")]).await;
    api.contact(&[("SMS", "462")]).await;
    let field = "contact_settings.unified_contact_id_enabled";
    let refused = api.post("settings", unified(true)).await;
    let violations = refused.body["error"]["details"][0]["field_violations"].clone();
    let description = violations[0]["description"].as_str().unwrap();
    for named in ["461", &one, &two] {
        assert!(description.contains(named), "{description}");
    }
    refused.invalid(&[field, field]);
    api.get("settings").await.refused(404, "NOT_FOUND");
    api.post("settings", unified(false)).await.ok();
    api.patch("settings", unified(true))
        .await
        .invalid(&[field, field]);

    let list = api.get("contacts:identityConflicts").await.ok();
    for conflict in list["conflicts"].as_array().unwrap() {
        let ids = &conflict["contact_ids"];
        let path = format!("contacts/{}:merge", ids[0].as_str().unwrap());
        api.post(&path, json!({"source_id": ids[1]})).await.ok();
    }
    api.patch("settings", unified(true)).await.ok();
    // Setting it again is allowed.
    api.patch("settings", unified(true)).await.ok();
}

#[tokio::test]
async fn a_number_is_the_same_contact_on_sms_mms_and_rcs() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS", "WHATSAPP"]).await;
    let before = api.contact(&[("SMS", "460")]).await;
    api.post("settings", unified(true)).await.ok();
    let get = async |id: &str| api.get(&format!("contacts/{id}")).await.ok();

    let id = api.contact(&[("RCS", "+461"), ("WHATSAPP", "465")]).await;
    let expected = [
        ("RCS", "461"),
        ("WHATSAPP", "465"),
        ("SMS", "461"),
        ("MMS", "461"),
    ];
    assert_eq!(addresses(&get(&id).await), expected);
    let body = json!({"channel_identities": [
        {"channel": "MMS", "identity": "462"}, {"channel": "SMS", "identity": "463"}]});
    let changed = api.patch(&format!("contacts/{id}"), body).await.ok();
    let expected = [
        ("MMS", "462"),
        ("SMS", "463"),
        ("SMS", "462"),
        ("RCS", "462"),
        ("MMS", "463"),
        ("RCS", "463"),
    ];
    assert_eq!(addresses(&changed), expected);

    // Contacts that are created by messages, from either side.
    let contact_of = async |message: &str| {
        let message = api.get(&format!("messages/{message}")).await.ok();
        get(message["contact_id"].as_str().unwrap()).await
    };
    let sent = api.send_text(&app, &[("RCS", "464")], "x").await;
    let sent_to = contact_of(&sent).await;
    let expected = [("RCS", "464"), ("SMS", "464"), ("MMS", "464")];
    assert_eq!(addresses(&sent_to), expected);
    let inbound = sandbox.handset(&app, "SMS", "464").says("y").await.unwrap();
    assert_eq!(contact_of(&inbound).await, sent_to);
    let inbound = sandbox.handset(&app, "SMS", "466").says("z").await.unwrap();
    let expected = [("SMS", "466"), ("MMS", "466"), ("RCS", "466")];
    assert_eq!(addresses(&contact_of(&inbound).await), expected);

    // An earlier contact is found by any of the three channels, and gets them all with its next change.
    let inbound = sandbox.handset(&app, "RCS", "460").says("x").await.unwrap();
    assert_eq!(contact_of(&inbound).await["id"], before);
    assert_eq!(addresses(&get(&before).await), [("SMS", "460")]);
    let changed = api
        .patch(&format!("contacts/{before}"), json!({"email": "e"}))
        .await
        .ok();
    assert_eq!(addresses(&changed).len(), 3);
    let none = api.get("contacts:identityConflicts").await.ok();
    assert_eq!(none["conflicts"], json!([]));

    // A number that another contact has is refused, unless it is on another kind of channel.
    let body = json!({"language": "EN", "channel_identities": [
        {"channel": "WHATSAPP", "identity": "465"}, {"channel": "MMS", "identity": "464"}]});
    api.post("contacts", body.clone())
        .await
        .invalid(&["channel_identities[1].identity"]);
    let path = format!("contacts/{before}");
    api.patch(&path, body)
        .await
        .invalid(&["channel_identities[1].identity"]);
    api.contact(&[("WHATSAPP", "465")]).await;
}

#[tokio::test]
async fn a_reset_forgets_unified_contact_ids() {
    let (sandbox, api) = start().await;
    api.post("settings", unified(true)).await.ok();
    api.contact(&[("SMS", "461")]).await;
    sandbox.reset().await.unwrap();
    let id = api.contact(&[("SMS", "462")]).await;
    let contact = api.get(&format!("contacts/{id}")).await.ok();
    assert_eq!(addresses(&contact), [("SMS", "462")]);
}

#[tokio::test]
async fn only_shared_identities_are_reported_as_duplicates() {
    let (sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS", "MESSENGER"]).await;
    api.webhook(&app, &receiver.url, &["CONTACT_IDENTITIES_DUPLICATION"])
        .await;
    let one = api.contact(&[("SMS", "461"), ("RCS", "461")]).await;
    let two = api.contact(&[("SMS", "461")]).await;
    let three = api.contact(&[("RCS", "462")]).await;
    let told = |identities: Value| {
        json!({
            "app_id": app, "project_id": api.project, "message_metadata": "", "correlation_id": "",
            "duplicated_contact_identities_notification": {"duplicated_identities": identities},
        })
    };
    api.send_text(&app, &[("RCS", "461"), ("SMS", "461")], "x")
        .await;
    let body = receiver.wait_for(1).await[0].json();
    let expected = json!([{"channel": "SMS", "contact_ids": [one, two]}]);
    assert_body(&body, told(expected.clone()));
    sandbox.handset(&app, "SMS", "461").says("x").await.unwrap();
    assert_body(&receiver.wait_for(2).await[1].json(), told(expected));
    // Each of these belongs to a contact, but not to the same one.
    api.send_text(&app, &[("RCS", "462"), ("RCS", "461")], "x")
        .await;
    let expected = json!([
        {"channel": "RCS", "contact_ids": [three]}, {"channel": "RCS", "contact_ids": [one]}]);
    assert_body(&receiver.wait_for(3).await[2].json(), told(expected));
}

#[tokio::test]
async fn an_identity_of_two_apps_is_two_people() {
    let (sandbox, api) = start().await;
    let (app, other) = (
        api.app("CONVERSATION", &["MESSENGER"]).await,
        api.app("CONVERSATION", &["MESSENGER"]).await,
    );
    let mut contacts = Vec::new();
    for app in [&app, &other] {
        let person = sandbox.handset(app, "MESSENGER", "psid");
        let message = person.says("x").await.unwrap();
        let message = api.get(&format!("messages/{message}")).await.ok();
        assert_eq!(message["channel_identity"]["app_id"], **app);
        contacts.push(message["contact_id"].as_str().unwrap().to_owned());
    }
    assert_ne!(contacts[0], contacts[1]);
    let sent = api.send_text(&other, &[("MESSENGER", "psid")], "y").await;
    let sent = api.get(&format!("messages/{sent}")).await.ok();
    assert_eq!(sent["contact_id"], contacts[1]);
    // The other app cannot reach the first contact.
    let request = json!({"app_id": other, "recipient": {"contact_id": contacts[0]},
        "message": {"text_message": {"text": "z"}}});
    let sent = api.send(request).await;
    let sent = sandbox.wait_for_delivery(&sent, SOON).await.unwrap();
    let reason = sent.receipts[0].reason.as_ref().unwrap();
    assert_eq!(
        reason.code.as_ref().unwrap().as_str(),
        "NO_CHANNEL_IDENTITY_FOR_CONTACT"
    );
    for channel in ["MESSENGER", "INSTAGRAM", "LINE", "WECHAT"] {
        let body = json!({"channel_identities": [{"channel": channel, "identity": "x"}], "language": "EN"});
        api.post("contacts", body)
            .await
            .invalid(&["channel_identities[0].app_id"]);
    }
}
