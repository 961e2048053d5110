//! Changing contacts and webhooks.

use serde_json::json;
use sinch_conversation::types::ChannelIdentity;
use sinch_conversation::{Channel, WebhookId};

use super::{contact, contact_id, holding, patch, violations};
use crate::client;

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
                .push(ChannelIdentity::new(Channel::WhatsApp, "46700000001"));
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
