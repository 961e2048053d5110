//! Changing conversations and the settings of the project.

use serde_json::{Value, json};
use sinch_conversation::ConversationId;

use super::{holding, patch, violations};
use crate::client;

fn conversation() -> Value {
    json!({
        "id": "01CONVERSATION",
        "app_id": "01APP",
        "contact_id": "01CONTACT",
        "active": true,
        "last_received": "1970-01-01T00:00:00Z",
        "metadata_json": {"table": 3, "guest": {"name": "Ada", "vip": null}, "old": 1},
    })
}

fn conversation_id() -> ConversationId {
    ConversationId::new("01CONVERSATION").unwrap()
}

#[tokio::test]
async fn the_metadata_of_a_conversation_is_replaced() {
    let server = holding(conversation()).await;
    client(&server)
        .conversations()
        .edit(conversation_id(), |conversation| {
            conversation.active = Some(false);
            let metadata = conversation.metadata_json.get_or_insert_default();
            metadata.remove("old");
            metadata.insert("table".to_owned(), json!(4));
        })
        .await
        .unwrap();
    let (path, query, body) = patch(&server);
    assert_eq!(
        path,
        "/v1/projects/the-project/conversations/01CONVERSATION"
    );
    assert_eq!(query, "update_mask=active%2Cmetadata_json");
    let metadata = json!({"table": 4, "guest": {"name": "Ada", "vip": null}});
    assert_eq!(body, json!({"active": false, "metadata_json": metadata}));
}

#[tokio::test]
async fn the_metadata_of_a_conversation_is_merged_on_request() {
    let server = holding(conversation()).await;
    let client = client(&server);
    client
        .conversations()
        .edit(conversation_id(), |conversation| {
            let metadata = conversation.metadata_json.get_or_insert_default();
            metadata.remove("old");
            metadata["guest"]["name"] = json!("Ada Lovelace");
        })
        .merge_metadata()
        .await
        .unwrap();
    let (_, query, body) = patch(&server);
    assert_eq!(
        query,
        "metadata_update_strategy=MERGE_PATCH&update_mask=metadata_json"
    );
    let difference = json!({"old": null, "guest": {"name": "Ada Lovelace"}});
    assert_eq!(body, json!({"metadata_json": difference}));

    let error = client
        .conversations()
        .edit(conversation_id(), |conversation| {
            let metadata = conversation.metadata_json.get_or_insert_default();
            metadata.insert("table".to_owned(), Value::Null);
        })
        .merge_metadata()
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        ["metadata_json: has to be free of new members that are `null`, which a merge takes away"]
    );
}

#[tokio::test]
async fn a_merge_that_touches_no_metadata_names_no_strategy() {
    let server = holding(conversation()).await;
    client(&server)
        .conversations()
        .edit(conversation_id(), |conversation| {
            conversation.correlation_id = Some("booking-7".to_owned());
        })
        .merge_metadata()
        .await
        .unwrap();
    let (_, query, body) = patch(&server);
    assert_eq!(query, "update_mask=correlation_id");
    assert_eq!(body, json!({"correlation_id": "booking-7"}));
}

#[tokio::test]
async fn the_times_and_limits_of_a_conversation_hold() {
    let server = holding(conversation()).await;
    let error = client(&server)
        .conversations()
        .edit(conversation_id(), |conversation| {
            conversation.last_received = None;
            conversation.correlation_id = Some("x".repeat(129));
            let metadata = conversation.metadata_json.get_or_insert_default();
            metadata.insert("long".to_owned(), json!("x".repeat(2048)));
        })
        .await
        .unwrap_err();
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    assert_eq!(fields, ["metadata_json", "correlation_id", "last_received"]);
    assert_eq!(server.calls().len(), 1);
}

fn settings() -> Value {
    json!({
        "project_id": "the-project",
        "settings": {
            "contact_settings": {"unified_contact_id_enabled": false, "merge_on": ["email"]},
            "quiet_hours": {"from": 22},
        },
    })
}

#[tokio::test]
async fn settings_are_changed_without_a_mask() {
    let server = holding(settings()).await;
    let client = client(&server);
    client
        .settings()
        .edit(|settings| {
            let contacts = settings.contact_settings.get_or_insert_default();
            contacts.unified_contact_id_enabled = Some(true);
        })
        .await
        .unwrap();
    let (path, query, body) = patch(&server);
    assert_eq!(
        (path.as_str(), query.as_str()),
        ("/v1/projects/the-project/settings", "")
    );
    assert_eq!(
        body,
        json!({"contact_settings": {"unified_contact_id_enabled": true, "merge_on": ["email"]}})
    );

    let same = client.settings().edit(|_| {}).await.unwrap();
    assert_eq!(serde_json::to_value(&same).unwrap(), settings());
    let error = client
        .settings()
        .edit(|settings| settings.contact_settings = None)
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "contact_settings: missing; the API cannot clear one setting; give a value, or delete all settings"
        ]
    );
}
