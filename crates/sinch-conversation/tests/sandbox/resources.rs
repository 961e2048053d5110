//! Apps, webhooks and contacts: created, listed, changed and deleted.

use futures_util::TryStreamExt;
use serde_json::json;
use sinch_conversation::recipient::{messenger, sms, whatsapp};
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{ContactLanguage, WebhookTrigger};
use sinch_conversation::{Channel, Error};
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_sandbox::Sandbox;

use crate::{app, client};

fn status(error: &Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}

#[tokio::test]
async fn a_credential_is_added_and_the_others_stay() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let id = app(&client).await;
    let before = client.apps().get(&id).await.unwrap();
    let edited = client
        .app(&id)
        .edit(|app| {
            let messenger = ChannelCredentials::static_token(Channel::Messenger, "page-token");
            app.channel_credentials
                .get_or_insert_default()
                .push(messenger.into());
            app.display_name = Some("Bookings".to_owned());
        })
        .await
        .unwrap();
    let after = client.apps().get(&id).await.unwrap();
    assert_eq!(edited, after);
    assert_eq!(after.data().display_name.as_deref(), Some("Bookings"));
    let old = before.data().channel_credentials.as_ref().unwrap();
    let new = after.data().channel_credentials.as_ref().unwrap();
    assert_eq!(new[..old.len()], old[..]);
    assert_eq!(new.len(), old.len() + 1);
    assert_eq!(before.data().rate_limits, after.data().rate_limits);

    let same = client.apps().edit(&id, |_| {}).await.unwrap();
    assert_eq!(same, after);
}

#[tokio::test]
async fn apps_come_and_go() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let (first, second) = (app(&client).await, app(&client).await);
    let listed = || async {
        let apps = client.apps().list().page().await.unwrap();
        apps.items
            .into_iter()
            .map(|app| app.id().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [first.clone(), second.clone()]);
    client.apps().delete(&first).await.unwrap();
    assert_eq!(listed().await, [second]);
    let error = client.apps().get(&first).await.unwrap_err();
    assert_eq!(status(&error), Some(404));
}

#[tokio::test]
async fn a_webhook_is_changed_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client).await;
    let made = client
        .webhooks()
        .create(&app, "https://example.com/hook")
        .triggers([WebhookTrigger::MessageInbound])
        .secret("hush")
        .await
        .unwrap();
    let edited = client
        .webhooks()
        .edit(made.id(), |webhook| {
            let triggers = webhook.triggers.get_or_insert_default();
            triggers.push(WebhookTrigger::EventInbound);
        })
        .await
        .unwrap();
    assert_eq!(client.webhooks().get(made.id()).await.unwrap(), edited);
    assert_eq!(
        client.webhooks().list(&app).page().await.unwrap().items,
        std::slice::from_ref(&edited)
    );
    assert_eq!(
        (&edited.data().secret, &edited.data().target),
        (&made.data().secret, &made.data().target)
    );
    assert_eq!(
        edited.data().triggers,
        Some(vec![
            WebhookTrigger::MessageInbound,
            WebhookTrigger::EventInbound
        ])
    );
    client.webhooks().delete(made.id()).await.unwrap();
    assert!(
        client
            .webhooks()
            .list(&app)
            .page()
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let error = client.webhooks().delete(made.id()).await.unwrap_err();
    assert_eq!(status(&error), Some(404));
}

#[tokio::test]
async fn a_contact_is_created_changed_cleared_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client).await;
    let made = client
        .contacts()
        .create(sms("46700000001"), ContactLanguage::EnGb)
        .identity(messenger("77"))
        .app(&app)
        .display_name("Ada")
        .email("ada@example.com")
        .metadata("crm")
        .await
        .unwrap();
    let edited = client
        .contacts()
        .edit(made.id(), |contact| {
            contact.display_name = Some("Ada Lovelace".to_owned());
            contact.email = None;
        })
        .await
        .unwrap();
    assert_eq!(client.contacts().get(made.id()).await.unwrap(), edited);
    assert_eq!(edited.data().display_name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(edited.data().email.as_deref().unwrap_or_default(), "");
    assert_eq!(edited.data().metadata.as_deref(), Some("crm"));
    assert_eq!(
        edited.data().channel_identities,
        made.data().channel_identities
    );

    client.contacts().delete(made.id()).await.unwrap();
    let error = client
        .contacts()
        .edit(made.id(), |contact| contact.email = None)
        .await
        .unwrap_err();
    assert_eq!(
        (status(&error), error.operation()),
        (Some(404), Some(Id::ContactGetContact.as_str()))
    );
}

#[tokio::test]
async fn contacts_are_listed_and_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut made = Vec::new();
    for number in 0..5 {
        let contact = client
            .contacts()
            .create(whatsapp(format!("4670000000{number}")), "SV")
            .external_id(format!("crm-{number}"))
            .await
            .unwrap();
        made.push(contact.id().clone());
    }
    let list = || client.contacts().list();
    let listed: Vec<_> = list()
        .page_size(2)
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    let mut ids: Vec<_> = listed
        .into_iter()
        .map(|contact| contact.id().clone())
        .collect();
    ids.sort();
    made.sort();
    assert_eq!(ids, made);

    let found = list()
        .identity(whatsapp("46700000003"))
        .page()
        .await
        .unwrap();
    assert_eq!(found.items.len(), 1);
    assert_eq!(found.items[0].data().external_id.as_deref(), Some("crm-3"));
    let found = list().external_id("crm-4").page().await.unwrap();
    let identities = serde_json::to_value(&found.items[0].data().channel_identities).unwrap();
    assert_eq!(identities[0]["identity"], json!("46700000004"));
}
