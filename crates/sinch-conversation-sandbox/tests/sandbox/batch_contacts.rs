//! Contacts in bulk: created and removed one after the other, each with its callback.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::bulk::Bulk;
use crate::support::{Api, Receiver, SOON, send};

async fn start() -> (Sandbox, Api, Api) {
    let it = Bulk::start().await;
    (it.sandbox, it.api, it.batch)
}

fn contact(identity: &str) -> Value {
    json!({
        "channel_identities": [{"channel": "SMS", "identity": identity}],
        "language": "SV", "display_name": format!("No {identity}"),
    })
}

async fn of_identity(api: &Api, identity: &str) -> Value {
    let path = format!("contacts?channel=SMS&identity={identity}");
    api.get(&path).await.ok()["contacts"].clone()
}

#[tokio::test]
async fn created_contacts_are_reported() {
    let (sandbox, api, batch) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["CONTACT_CREATE"]).await;
    let body = json!({"contacts": [contact("+461"), contact("462"), contact("463")]});
    assert_eq!(batch.post("contacts", body).await.ok(), json!({}));
    let callbacks = receiver.wait_for(3).await;
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    let mut told = HashSet::new();
    for callback in callbacks {
        let contact = callback.json()["contact_create_notification"]["contact"].clone();
        let id = contact["id"].as_str().unwrap();
        assert_eq!(api.get(&format!("contacts/{id}")).await.ok(), contact);
        told.insert(contact["display_name"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        told,
        ["No +461", "No 462", "No 463"].map(str::to_owned).into()
    );
    let found = of_identity(&api, "461").await;
    assert_eq!(found[0]["language"], "SV");
}

#[tokio::test]
async fn contacts_are_deleted_with_their_conversations() {
    let (sandbox, api, batch) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.send_text(&app, &[("SMS", "461")], "x").await;
    let with_conversation = of_identity(&api, "461").await[0]["id"].clone();
    let alone = api.post("contacts", contact("462")).await.ok()["id"].clone();
    let kept = api.post("contacts", contact("463")).await.ok()["id"].clone();
    let triggers = ["CONTACT_DELETE", "CONVERSATION_DELETE"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let ids = json!([
        with_conversation,
        "01EXA07N79THJ20WSN6AS30TMW",
        alone,
        alone
    ]);
    let request = batch
        .request(Method::DELETE, "contacts")
        .json(&json!({"contact_ids": ids}));
    assert_eq!(send(request).await.ok(), json!({}));
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    let bodies: Vec<Value> = receiver.bodies();
    let deleted: HashSet<&str> = bodies
        .iter()
        .filter_map(|body| body["contact_delete_notification"]["contact"]["id"].as_str())
        .collect();
    let expected = [&with_conversation, &alone].map(|id| id.as_str().unwrap());
    assert_eq!((bodies.len(), deleted), (3, expected.into()));
    let left = api.get("contacts").await.ok()["contacts"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["id"]), (1, &kept));
}

#[tokio::test]
async fn one_invalid_contact_makes_all_fail() {
    let (sandbox, api, batch) = start().await;
    let line =
        json!({"channel_identities": [{"channel": "LINE", "identity": "x"}], "language": "EN"});
    let body = json!({"contacts": [contact("461"), line]});
    let answer = batch.post("contacts", body).await;
    answer.invalid(&["contacts[1].channel_identities[0].app_id"]);
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    let found = api.get("contacts").await.ok();
    assert_eq!(found["contacts"], json!([]));
}

#[tokio::test]
async fn a_list_has_a_thousand_items_at_most() {
    let (sandbox, api, batch) = start().await;
    let contacts = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| contact(&format!("46{number:04}")))
            .collect()
    };
    for count in [0, 1001] {
        let body = json!({"contacts": contacts(count)});
        batch.post("contacts", body).await.invalid(&["contacts"]);
    }
    let ids = vec!["01EXA07N79THJ20WSN6AS30TMW"; 1001];
    let request = batch
        .request(Method::DELETE, "contacts")
        .json(&json!({"contact_ids": ids}));
    send(request).await.invalid(&["contact_ids"]);
    let body = json!({"contacts": contacts(1000)});
    batch.post("contacts", body).await.ok();
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    for number in [0, 999] {
        let found = of_identity(&api, &format!("46{number:04}")).await;
        assert_eq!(found.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_is_left_to_do_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let Bulk { sandbox, batch, .. } = Bulk::of(sandbox).await;
    let contacts: Vec<Value> = (0..500)
        .map(|number| contact(&format!("46{number}")))
        .collect();
    batch
        .post("contacts", json!({"contacts": contacts}))
        .await
        .ok();
    drop(sandbox);
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    for number in 0..500 {
        let found = of_identity(&api, &format!("46{number}")).await;
        assert_eq!(found.as_array().unwrap().len(), 1, "46{number}");
    }
}
