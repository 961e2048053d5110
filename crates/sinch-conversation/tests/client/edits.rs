//! Reading, changing and writing back: what is sent, what is kept, and what is refused.

use serde_json::{Value, json};
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    ChannelIdentity, ChannelIntegrationStatus, ConversationChannelCredentials, StaticToken,
};
use sinch_conversation::{AppId, Channel, ContactId, ConversationId, WebhookId};

use crate::server::{Act, Server};
use crate::{client, good};

/// Answers a GET with what is stored and a PATCH with something else, so that the two can be told apart.
async fn holding(stored: Value) -> Server {
    let mut changed = stored.clone();
    changed["id"] = json!("01CHANGED");
    Server::start(move |request, _| match request.method.as_str() {
        "GET" => Act::reply(200, &stored),
        "PATCH" => Act::reply(200, &changed),
        _ => good(&request.path),
    })
    .await
}

/// The one PATCH that the server saw after the one GET: path without the query, query, body.
fn patch(server: &Server) -> (String, String, Value) {
    let calls = server.calls();
    let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(methods, ["GET", "PATCH"]);
    let (path, query) = calls[1]
        .path
        .split_once('?')
        .unwrap_or((&calls[1].path, ""));
    let body = serde_json::from_str(&calls[1].body).unwrap();
    (path.to_owned(), query.to_owned(), body)
}

fn violations(error: &sinch_conversation::Error) -> Vec<String> {
    error.violations().iter().map(ToString::to_string).collect()
}

fn app_id() -> AppId {
    AppId::new("01APP").unwrap()
}

fn contact_id() -> ContactId {
    ContactId::new("01CONTACT").unwrap()
}

/// Credentials of known kinds, with unknown fields at every depth, and of a kind that no document knows.
fn credentials() -> Value {
    json!([
        {
            "channel": "SMS",
            "static_bearer": {"claimed_identity": "plan", "token": "sms-token", "rotation": {"every": "90d", "last": null}},
            "callback_secret": "",
            "channel_known_id": "",
            "state": {"status": "ACTIVE", "description": "", "since": "2025-01-02T03:04:05Z"},
            "credential_ordinal_number": 0,
            "labels": ["a", "b"],
        },
        {
            "channel": "HOLOGRAM",
            "hologram_credentials": {"token": "beam", "lenses": [1, 2.5, {"focus": null}]},
            "state": {"status": "PENDING", "description": "warming up"},
        },
        {
            "channel": "LINE",
            "line_enterprise_credentials": {
                "is_default": true,
                "line_japan": {"token": "jp", "secret": "hush", "tier": 3},
            },
            "credential_ordinal_number": 7,
        },
    ])
}

fn app() -> Value {
    json!({
        "id": "01APP",
        "display_name": "Reservations",
        "channel_credentials": credentials(),
        "processing_mode": "CONVERSATION",
        "retention_policy": {"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 180},
        "delivery_report_based_fallback": {"enabled": false, "delivery_report_waiting_time": 0},
        "rate_limits": {"inbound": 100, "outbound": 20, "webhooks": 100},
        "queue_stats": {"outbound_size": 0, "outbound_limit": 500_000},
        "persist_message_status": {"enabled": false},
        "smart_conversation": null,
    })
}

#[tokio::test]
async fn a_new_credential_keeps_all_others_as_they_came() {
    let server = holding(app()).await;
    let changed = client(&server)
        .apps()
        .edit(app_id(), |app| {
            let messenger = ChannelCredentials::static_token(Channel::Messenger, "page-token");
            app.channel_credentials
                .get_or_insert_default()
                .push(messenger.into());
        })
        .await
        .unwrap();
    assert_eq!(changed.id.as_str(), "01CHANGED");

    let (path, query, body) = patch(&server);
    assert_eq!(path, "/v1/projects/the-project/apps/01APP");
    assert_eq!(query, "update_mask=channel_credentials");
    let mut expected = credentials();
    expected.as_array_mut().unwrap().push(json!({
        "channel": "MESSENGER",
        "static_token": {"token": "page-token"},
    }));
    assert_eq!(body, json!({"channel_credentials": expected}));
}

#[tokio::test]
async fn every_changed_field_is_in_the_mask_and_a_removed_one_not_in_the_body() {
    let server = holding(app()).await;
    client(&server)
        .app(app_id())
        .edit(|app| {
            app.display_name = Some("Bookings".to_owned());
            app.retention_policy = None;
            app.extra.insert(
                "persist_message_status".to_owned(),
                json!({"enabled": true}),
            );
            app.smart_conversation.get_or_insert_default().enabled = Some(true);
        })
        .await
        .unwrap();
    let (_, query, body) = patch(&server);
    assert_eq!(
        query,
        "update_mask=display_name%2Cpersist_message_status%2Cretention_policy%2Csmart_conversation"
    );
    assert_eq!(
        body,
        json!({
            "display_name": "Bookings",
            "persist_message_status": {"enabled": true},
            "smart_conversation": {"enabled": true},
        })
    );
}

#[tokio::test]
async fn nothing_changed_sends_nothing() {
    let server = holding(app()).await;
    let same = client(&server)
        .apps()
        .edit(app_id(), |app| {
            app.display_name = Some("Reservations".to_owned());
            // A missing field and one that is `null` hold the same: nothing.
            app.extra.remove("smart_conversation");
        })
        .await
        .unwrap();
    assert_eq!(same.id.as_str(), "01APP");
    assert_eq!(serde_json::to_value(&same.body).unwrap(), app());
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn what_only_the_server_sets_cannot_be_changed() {
    let server = holding(app()).await;
    let error = client(&server)
        .apps()
        .edit(app_id(), |app| {
            app.id = Some("01OTHER".to_owned());
            app.rate_limits = None;
            app.queue_stats.get_or_insert_default().outbound_size = Some(1);
            let credentials = app.channel_credentials.get_or_insert_default();
            // The state of another channel is not this one's.
            credentials[1].state = credentials[0].state.clone();
            credentials[0].channel_known_id = Some("known".to_owned());
        })
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "channel_credentials[0].channel_known_id: set by the server; leave it as it is",
            "channel_credentials[1].state: set by the server; leave it as it is",
            "id: set by the server; leave it as it is",
            "queue_stats: set by the server; leave it as it is",
            "rate_limits: set by the server; leave it as it is",
        ]
    );
    assert_eq!(
        (error.operation(), error.attempts()),
        (Some("App_UpdateApp"), 0)
    );
    assert!(!error.may_have_been_processed());
    assert!(!format!("{error} {error:?}").contains("sms-token"));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn credentials_can_be_replaced_reordered_and_removed() {
    let server = holding(app()).await;
    client(&server)
        .apps()
        .edit(app_id(), |app| {
            let credentials = app.channel_credentials.get_or_insert_default();
            credentials.swap(0, 1);
            credentials.pop();
            let mut fresh = ConversationChannelCredentials::new(StaticToken::new("new-token"));
            fresh.channel = Some(Channel::Sms);
            credentials[1] = fresh;
            assert_eq!(
                credentials[0].state.as_ref().unwrap().status,
                ChannelIntegrationStatus::Pending
            );
        })
        .await
        .unwrap();
    let (_, _, body) = patch(&server);
    assert_eq!(
        body,
        json!({"channel_credentials": [
            credentials()[1],
            {"channel": "SMS", "static_token": {"token": "new-token"}},
        ]})
    );
}

#[tokio::test]
async fn limits_are_checked_for_changed_fields_only() {
    let mut stored = app();
    stored["channel_credentials"][0]["callback_secret"] = json!("x".repeat(300));
    stored["retention_policy"]["ttl_days"] = json!(9000);
    let server = holding(stored).await;
    let client = client(&server);
    client
        .apps()
        .edit(app_id(), |app| app.display_name = Some("new".to_owned()))
        .await
        .unwrap();
    let error = client
        .apps()
        .edit(app_id(), |app| {
            app.retention_policy.get_or_insert_default().ttl_days = Some(0);
            app.dispatch_retention_policy
                .get_or_insert_default()
                .ttl_days = Some(8);
            let fallback = app.delivery_report_based_fallback.get_or_insert_default();
            fallback.delivery_report_waiting_time = Some(9);
            app.message_retry_settings
                .get_or_insert_default()
                .retry_duration = Some(-1);
        })
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "retention_policy.ttl_days: 0, allowed are 1 to 3650",
            "dispatch_retention_policy.ttl_days: 8, allowed are 0 to 7",
            "message_retry_settings.retry_duration: -1, allowed are 30 to 3600",
            "delivery_report_based_fallback.delivery_report_waiting_time: 9, allowed are 10 to 259200",
        ]
    );
}

fn contact() -> Value {
    json!({
        "id": "01CONTACT",
        "display_name": "Ada",
        "email": "",
        "language": "UNSPECIFIED",
        "channel_identities": [
            {"channel": "SMS", "identity": "46700000001", "app_id": "", "verified": true},
            {"channel": "MESSENGER", "identity": "77", "app_id": "01APP"},
        ],
        "channel_priority": ["SMS"],
        "score": 12,
    })
}

#[tokio::test]
async fn a_contact_is_changed_by_field_and_by_list() {
    let server = holding(contact()).await;
    let name = "Ada Lovelace".to_owned();
    client(&server)
        .contacts()
        .edit(contact_id(), |contact| {
            contact.display_name = Some(name.clone());
            contact
                .channel_identities
                .get_or_insert_default()
                .push(ChannelIdentity::new(Channel::Whatsapp, "46700000001"));
            contact.channel_priority = None;
        })
        .await
        .unwrap();
    let (path, query, body) = patch(&server);
    assert_eq!(path, "/v1/projects/the-project/contacts/01CONTACT");
    assert_eq!(
        query,
        "update_mask=channel_identities%2Cchannel_priority%2Cdisplay_name"
    );
    let mut identities = contact()["channel_identities"].clone();
    let added = json!({"channel": "WHATSAPP", "identity": "46700000001"});
    identities.as_array_mut().unwrap().push(added);
    assert_eq!(
        body,
        json!({"display_name": "Ada Lovelace", "channel_identities": identities})
    );
}

#[tokio::test]
async fn a_contact_that_the_api_would_refuse_is_not_sent() {
    let server = holding(contact()).await;
    let error = client(&server)
        .contacts()
        .edit(contact_id(), |contact| {
            let line = ChannelIdentity::new(Channel::Line, "");
            contact.channel_identities = Some(vec![line]);
            contact.metadata = Some("ä".repeat(1025));
            contact.extra.insert("id,email".to_owned(), json!(1));
        })
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "channel_identities[0].identity: missing; give the address on the channel",
            "channel_identities[0].app_id: missing; name the app: this channel's identities differ from app to app",
            "metadata: 1025 characters, at most 1024 are allowed",
            "id,email: has to be a name without commas and dots",
        ]
    );
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_webhook_carries_its_target_along_but_not_in_the_mask() {
    let stored = json!({
        "id": "01HOOK",
        "app_id": "01APP",
        "target": "https://example.com/hook",
        "target_type": "HTTP",
        "secret": "",
        "client_credentials": null,
        "triggers": ["MESSAGE_INBOUND", "HOLOGRAM_SEEN"],
    });
    let server = holding(stored).await;
    let client = client(&server);
    let id = WebhookId::new("01HOOK").unwrap();
    client
        .webhooks()
        .edit(&id, |webhook| {
            webhook
                .triggers
                .get_or_insert_default()
                .push("EVENT_INBOUND".into());
        })
        .await
        .unwrap();
    let (path, query, body) = patch(&server);
    assert_eq!(path, "/v1/projects/the-project/webhooks/01HOOK");
    assert_eq!(query, "update_mask=triggers");
    assert_eq!(
        body,
        json!({
            "target": "https://example.com/hook",
            "triggers": ["MESSAGE_INBOUND", "HOLOGRAM_SEEN", "EVENT_INBOUND"],
        })
    );
    let error = client
        .webhooks()
        .edit(&id, |webhook| {
            webhook.triggers = None;
            webhook.target = "x".repeat(743);
        })
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "target: 743 characters, at most 742 are allowed",
            "triggers: missing; say with `triggers` what to call it for",
        ]
    );
}

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
    assert_eq!(fields, ["correlation_id", "metadata_json", "last_received"]);
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

#[tokio::test]
async fn what_cannot_be_read_is_not_changed() {
    let server = Server::start(|request, _| {
        if request.is_token() {
            return good(&request.path);
        }
        Act::reply(
            404,
            json!({"error": {"code": 404, "message": "gone", "status": "NOT_FOUND"}}),
        )
    })
    .await;
    let error = client(&server)
        .contacts()
        .edit(contact_id(), |_| panic!("there is nothing to change"))
        .await
        .unwrap_err();
    assert_eq!(error.operation(), Some("Contact_GetContact"));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_repeated() {
    let server = Server::start(|request, number| match request.method.as_str() {
        "PATCH" if number == 0 => Act::Close,
        "GET" | "PATCH" => Act::reply(200, contact()),
        _ => good(&request.path),
    })
    .await;
    client(&server)
        .contacts()
        .edit(contact_id(), |contact| contact.email = None)
        .await
        .unwrap();
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[1].body, calls[2].body);
    assert_eq!(calls[1].body, "{}");
    assert!(calls[2].path.ends_with("?update_mask=email"));
}
