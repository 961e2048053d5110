//! Contacts and conversations: create, read, list, change, delete, page.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, walk};

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

async fn contact(api: &Api, channel: &str, identity: &str) -> String {
    let body = json!({"channel_identities": [{"channel": channel, "identity": identity}], "language": "EN_US"});
    api.post("contacts", body).await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_contact_is_created_updated_and_deleted() {
    let (_sandbox, api) = start().await;
    let body = json!({
        "channel_identities": [
            {"channel": "SMS", "identity": "+46701234567"},
            {"channel": "MESSENGER", "identity": "+psid", "app_id": "an-app"}],
        "language": "SV",
        "external_id": "crm-1",
    });
    let made = api.post("contacts", body).await.ok();
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "channel_identities": [
            {"channel": "SMS", "identity": "46701234567", "app_id": ""},
            {"channel": "MESSENGER", "identity": "+psid", "app_id": "an-app"}],
        "channel_priority": [], "display_name": "Unknown", "email": "", "external_id": "crm-1",
        "language": "SV", "metadata": "",
    });
    assert_eq!(made, expected);
    let path = format!("contacts/{id}");
    assert_eq!(api.get(&path).await.ok(), expected);

    let body = json!({"display_name": "Åsa", "channel_priority": ["SMS"], "metadata": "m"});
    let changed = api
        .patch(
            &format!("{path}?update_mask=display_name,channel_priority"),
            body,
        )
        .await
        .ok();
    assert_eq!(
        (&changed["display_name"], &changed["metadata"]),
        (&json!("Åsa"), &json!(""))
    );
    let body =
        json!({"channel_identities": [{"channel": "RCS", "identity": "+1"}], "display_name": ""});
    let changed = api.patch(&path, body).await.ok();
    assert_eq!(
        changed["channel_identities"],
        json!([{"channel": "RCS", "identity": "1", "app_id": ""}])
    );
    assert_eq!(changed["display_name"], "Unknown");
    assert_eq!(api.get(&path).await.ok(), changed);

    assert_eq!(api.delete(&path).await.ok(), json!({}));
    for answer in [
        api.get(&path).await,
        api.patch(&path, json!({})).await,
        api.delete(&path).await,
    ] {
        answer.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn what_a_contact_cannot_be() {
    let (_sandbox, api) = start().await;
    let sms = json!([{"channel": "SMS", "identity": "1"}]);
    let body = json!({"channel_identities": [], "language": "EN", "metadata": "é".repeat(1025)});
    api.post("contacts", body)
        .await
        .invalid(&["channel_identities", "metadata"]);
    api.post("contacts", json!({"channel_identities": sms}))
        .await
        .invalid(&["language"]);
    let body = json!({"language": "XX", "channel_priority": ["SMS", "POST"], "channel_identities": [
        {"channel": "SMS", "identity": "1"}, {"channel": "FAX", "identity": "x"}]});
    api.post("contacts", body).await.invalid(&[
        "channel_identities[1].channel",
        "channel_priority[1]",
        "language",
    ]);
    let body = json!({"language": "EN", "channel_identities": [
        {"channel": "SMS", "identity": ""}, {"channel": "LINE", "identity": "x"}]});
    api.post("contacts", body).await.invalid(&[
        "channel_identities[0].identity",
        "channel_identities[1].app_id",
    ]);
    let body = json!({"channel_identities": sms, "language": "EN", "metadata": "é".repeat(1024)});
    api.post("contacts", body).await.ok();
}

#[tokio::test]
async fn contacts_are_found_by_identity_and_external_id() {
    let (_sandbox, api) = start().await;
    let one = contact(&api, "SMS", "+461").await;
    contact(&api, "SMS", "462").await;
    contact(&api, "RCS", "461").await;
    let body = json!({"channel_identities": [{"channel": "TELEGRAM", "identity": "t"}], "language": "EN",
        "external_id": "crm"});
    let with_id = api.post("contacts", body).await.ok();
    let found = async |query: &str| -> Vec<String> {
        let list = api.get(&format!("contacts?{query}")).await.ok();
        let ids = list["contacts"].as_array().unwrap().iter();
        ids.map(|contact| contact["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found("channel=SMS&identity=461").await, [one.as_str()]);
    assert_eq!(found("channel=SMS&identity=%2B461").await, [one.as_str()]);
    assert_eq!(
        found("external_id=crm").await,
        [with_id["id"].as_str().unwrap()]
    );
    assert_eq!(found("external_id=other").await, [""; 0]);
    assert_eq!(found("").await.len(), 4);
    api.get("contacts?channel=SMS").await.invalid(&["identity"]);
    api.get("contacts?identity=461").await.invalid(&["channel"]);
    api.get("contacts?channel=FAX&identity=461")
        .await
        .invalid(&["channel"]);
    api.get("contacts?channel=SMS&identity=461&external_id=x")
        .await
        .invalid(&["external_id"]);
}

#[tokio::test]
async fn pages_cover_everything_once() {
    let (_sandbox, api) = start().await;
    for number in 0..25 {
        contact(&api, "SMS", &format!("46{number}")).await;
    }
    for size in [1, 5, 12, 20] {
        let items = walk(&api, "contacts?", "contacts", size).await;
        let mut ids: Vec<&str> = items
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), 25, "page size {size}");
        ids.dedup();
        assert_eq!(ids.len(), 25, "page size {size}");
    }
    let first = api.get("contacts").await.ok();
    assert_eq!(first["contacts"].as_array().unwrap().len(), 10);
    for query in [
        "page_size=21",
        "page_size=-1",
        "page_size=x",
        "page_size=99999999999999999999",
    ] {
        api.get(&format!("contacts?{query}"))
            .await
            .invalid(&["page_size"]);
    }
    api.get("contacts?page_token=%25")
        .await
        .invalid(&["page_token"]);
    api.get("messages?page_token=eA")
        .await
        .invalid(&["page_token"]);
}

#[tokio::test]
async fn paging_continues_while_contacts_change() {
    let (_sandbox, api) = start().await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(contact(&api, "SMS", &format!("46{number}")).await);
    }
    let first = api.get("contacts?page_size=3").await.ok();
    let token = first["next_page_token"].as_str().unwrap();
    api.delete(&format!("contacts/{}", ids[2])).await.ok();
    api.delete(&format!("contacts/{}", ids[3])).await.ok();
    let second = api
        .get(&format!("contacts?page_size=3&page_token={token}"))
        .await
        .ok();
    let found: Vec<&str> = second["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(found, [ids[4].as_str(), ids[5].as_str()]);
}

#[tokio::test]
async fn a_conversation_is_created_stopped_and_deleted() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = contact(&api, "SMS", "461").await;
    let body =
        json!({"app_id": app, "contact_id": contact, "metadata_json": {"a": 1}, "id": "ignored"});
    let made = api.post("conversations", body.clone()).await.ok();
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        made,
        json!({
            "id": id, "app_id": app, "contact_id": contact, "active": true, "metadata": "",
            "metadata_json": {"a": 1}, "correlation_id": "", "last_received": "1970-01-01T00:00:00Z",
        })
    );
    let path = format!("conversations/{id}");
    assert_eq!(api.get(&path).await.ok(), made);
    api.post("conversations", body.clone())
        .await
        .invalid(&["contact_id"]);

    assert_eq!(
        api.post(&format!("{path}:stop"), json!({})).await.ok(),
        json!({})
    );
    assert_eq!(api.get(&path).await.ok()["active"], false);
    assert_eq!(
        api.post(&format!("{path}:stop"), json!({})).await.ok(),
        json!({})
    );
    let second = api.post("conversations", body).await.ok();
    assert_ne!(second["id"], made["id"]);

    let list = async |query: &str| api.get(&format!("conversations?{query}")).await.ok();
    let all = list(&format!("app_id={app}")).await;
    assert_eq!(
        (
            all["conversations"].as_array().unwrap().len(),
            &all["total_size"]
        ),
        (2, &json!(2))
    );
    let active = list(&format!("contact_id={contact}&only_active=true")).await;
    assert_eq!(active["conversations"], json!([second]));
    let inactive = list(&format!(
        "app_id={app}&contact_id={contact}&only_active=false"
    ))
    .await;
    assert_eq!(inactive["conversations"][0]["id"], id);
    assert_eq!(
        list(&format!("app_id={app}&active_channel=RCS")).await["total_size"],
        0
    );
    assert_eq!(
        walk(
            &api,
            &format!("conversations?app_id={app}&"),
            "conversations",
            1
        )
        .await
        .len(),
        2
    );
    api.get("conversations").await.invalid(&["app_id"]);
    api.get(&format!("conversations?app_id={app}&only_active=yes"))
        .await
        .invalid(&["only_active"]);
    api.get(&format!("conversations?app_id={app}&active_channel=FAX"))
        .await
        .invalid(&["active_channel"]);

    assert_eq!(api.delete(&path).await.ok(), json!({}));
    api.get(&path).await.refused(404, "NOT_FOUND");
    api.post(&format!("{path}:stop"), json!({}))
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_a_conversation_cannot_be() {
    let (_sandbox, api) = start().await;
    let (app, dispatch) = (
        api.app("CONVERSATION", &["SMS"]).await,
        api.app("DISPATCH", &["SMS"]).await,
    );
    let contact = contact(&api, "SMS", "461").await;
    api.post("conversations", json!({"app_id": app}))
        .await
        .invalid(&["contact_id"]);
    let missing = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    api.post(
        "conversations",
        json!({"app_id": app, "contact_id": missing}),
    )
    .await
    .refused(404, "NOT_FOUND");
    api.post(
        "conversations",
        json!({"app_id": missing, "contact_id": contact}),
    )
    .await
    .refused(404, "NOT_FOUND");
    api.post(
        "conversations",
        json!({"app_id": dispatch, "contact_id": contact}),
    )
    .await
    .invalid(&["app_id"]);
    let body = json!({"app_id": app, "contact_id": contact, "active_channel": "FAX"});
    api.post("conversations", body)
        .await
        .invalid(&["active_channel"]);
    let body = json!({"app_id": app, "contact_id": contact,
        "correlation_id": "x".repeat(129), "metadata_json": {"x": "y".repeat(2048)}});
    api.post("conversations", body)
        .await
        .invalid(&["metadata_json", "correlation_id"]);
}
