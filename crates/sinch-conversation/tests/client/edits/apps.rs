//! Changing apps and their credentials.

use serde_json::{Value, json};
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    ChannelIntegrationStatus, ConversationChannelCredentials, StaticToken,
};
use sinch_conversation::{AppId, Channel};
use sinch_conversation_raw::OperationId as Id;

use super::{holding, patch, violations};
use crate::client;

fn app_id() -> AppId {
    AppId::new("01APP").unwrap()
}

/// Credentials of known kinds, with unknown fields at every depth, and of an undocumented kind.
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
    assert_eq!(changed.id().as_str(), "01CHANGED");

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
            app.persist_message_status.get_or_insert_default().enabled = Some(true);
            app.extra
                .insert("field_of_tomorrow".to_owned(), json!({"enabled": true}));
            app.smart_conversation.get_or_insert_default().enabled = Some(true);
        })
        .await
        .unwrap();
    let (_, query, body) = patch(&server);
    assert_eq!(
        query,
        "update_mask=display_name%2Cfield_of_tomorrow%2Cpersist_message_status%2Cretention_policy\
         %2Csmart_conversation"
    );
    assert_eq!(
        body,
        json!({
            "display_name": "Bookings",
            "field_of_tomorrow": {"enabled": true},
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
    assert_eq!(same.id().as_str(), "01APP");
    assert_eq!(serde_json::to_value(same.data()).unwrap(), app());
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
        (Some(Id::AppUpdateApp.as_str()), 0)
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
