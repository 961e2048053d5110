//! Every operation that has a method, called by the client and answered by the sandbox.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use serde_json::json;
use sinch_conversation::event::AppEvent;
use sinch_conversation::message::{Location, Template, TemplateRef, Text};
use sinch_conversation::recipient::{messenger, sms, whatsapp};
use sinch_conversation::resources::{BatchRecipient, ChannelCredentials, Translation};
use sinch_conversation::types::{
    ChannelIdentity, ConsentsListType, ContactCreateRequest, ContactLanguage, ContactMessage,
    ContactMessageTypes, ConversationDirection, ConversationMessageTypes, TextMessage,
    WebhookTrigger,
};
use sinch_conversation::{AppId, Channel, Client, ContactId, Error};
use sinch_conversation_raw::wire::Timestamp;
use sinch_conversation_sandbox::{ConsentManagement, Sandbox};

use crate::methods::with_method;
use crate::{SOON, app, client};

/// A sandbox, a client of it and an app.
struct World {
    sandbox: Sandbox,
    client: Client,
    app: AppId,
}

impl World {
    async fn person(&self, number: &str) -> ContactId {
        let contacts = self.client.contacts();
        contacts
            .create(sms(number), ContactLanguage::EnUs)
            .await
            .unwrap()
            .id()
            .clone()
    }

    async fn now(&self) -> Timestamp {
        // What the sandbox says, so that its clock decides.
        let sent = self
            .client
            .app(&self.app)
            .send(Text::new("What time is it?"))
            .to(sms("46700009999"))
            .await
            .unwrap();
        sent.accepted_time.unwrap()
    }
}

fn gone<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
}

#[tokio::test]
async fn every_operation_is_answered() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client).await;
    let world = World {
        sandbox,
        client,
        app,
    };
    apps_and_webhooks(&world).await;
    settings_and_contacts(&world).await;
    conversations(&world).await;
    messages(&world).await;
    events(&world).await;
    questions(&world).await;
    templates(&world).await;
    batches(&world).await;
    consents(&world).await;

    let answered: BTreeSet<_> = world
        .sandbox
        .requests()
        .into_iter()
        .filter(|request| request.status == Some(200))
        .filter_map(|request| request.operation)
        .collect();
    let missing: Vec<_> = with_method()
        .into_iter()
        .filter(|id| !answered.contains(id.as_str()))
        .collect();
    assert!(missing.is_empty(), "not answered with 200: {missing:?}");
}

async fn apps_and_webhooks(world: &World) {
    let apps = world.client.apps();
    let second = apps
        .create("Second")
        .channel(ChannelCredentials::sms("plan", "token"))
        .await
        .unwrap();
    assert_eq!(apps.list().page().await.unwrap().items.len(), 2);
    let edited = apps
        .edit(second.id(), |app| app.display_name = Some("2nd".to_owned()))
        .await
        .unwrap();
    assert_eq!(apps.get(second.id()).await.unwrap(), edited);

    let webhooks = world.client.webhooks();
    let webhook = webhooks
        .create(second.id(), "https://example.com/hook")
        .triggers([WebhookTrigger::MessageInbound])
        .await
        .unwrap();
    let edited = webhooks
        .edit(webhook.id(), |webhook| {
            webhook.target = "https://example.com/other".to_owned();
        })
        .await
        .unwrap();
    assert_eq!(webhooks.get(webhook.id()).await.unwrap(), edited);
    assert_eq!(
        webhooks.list(second.id()).page().await.unwrap().items,
        [edited]
    );
    webhooks.delete(webhook.id()).await.unwrap();
    gone(webhooks.get(webhook.id()).await);
    apps.delete(second.id()).await.unwrap();
    gone(apps.get(second.id()).await);
}

async fn settings_and_contacts(world: &World) {
    let contacts = world.client.contacts();
    let (first, double) = (
        world.person("46700000011").await,
        world.person("46700000011").await,
    );
    let conflicts: Vec<_> = contacts
        .identity_conflicts()
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].identity.as_deref(), Some("46700000011"));

    let merged = contacts.merge(double.clone()).into(&first).await.unwrap();
    assert_eq!(*merged.id(), first);
    gone(contacts.get(&double).await);
    let edited = contacts
        .edit(&first, |contact| {
            contact.email = Some("ada@example.com".to_owned())
        })
        .await
        .unwrap();
    assert_eq!(contacts.get(&first).await.unwrap(), edited);
    assert_eq!(contacts.list().page().await.unwrap().items, [edited]);

    let settings = world.client.settings();
    settings.create().unified_contact_id(false).await.unwrap();
    let edited = settings
        .edit(|settings| {
            let contacts = settings.contact_settings.get_or_insert_default();
            contacts.unified_contact_id_enabled = Some(true);
        })
        .await
        .unwrap();
    assert_eq!(settings.get().await.unwrap().settings, edited.settings);
    settings.delete().await.unwrap();
    contacts.delete(&first).await.unwrap();
    gone(contacts.get(&first).await);
}

async fn conversations(world: &World) {
    let conversations = world.client.conversations();
    let person = world.person("46700000012").await;
    let made = conversations
        .create(&world.app, &person)
        .metadata(json!({"table": 4}))
        .await
        .unwrap();
    let edited = conversations
        .edit(made.id(), |conversation| {
            let metadata = conversation.metadata_json.get_or_insert_default();
            metadata.insert("guests".to_owned(), json!(2));
        })
        .merge_metadata()
        .await
        .unwrap();
    let metadata = serde_json::to_value(&edited.data().metadata_json).unwrap();
    assert_eq!(metadata, json!({"table": 4, "guests": 2}));
    assert_eq!(conversations.get(made.id()).await.unwrap(), edited);
    let listed = conversations.list().contact(&person).page().await.unwrap();
    assert_eq!(listed.items, [edited]);

    let now = world.now().await;
    let words = ContactMessageTypes::TextMessage(TextMessage::new("From before"));
    conversations
        .inject_message(made.id(), &person)
        .received(ContactMessage::new(words))
        .on(sms("46700000012"))
        .accepted(now.clone())
        .await
        .unwrap();
    let injected = conversations
        .inject_event(made.id(), AppEvent::composing())
        .on(sms("46700000012"))
        .contact(&person)
        .accepted(now)
        .await
        .unwrap();
    assert!(!injected.event_id.as_str().is_empty());
    let recent: Vec<_> = conversations
        .recent(&world.app)
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    assert!(recent.iter().any(|recent| {
        let id = recent
            .data()
            .conversation
            .as_ref()
            .and_then(|it| it.id.as_deref());
        id == Some(made.id().as_str())
    }));
    conversations.stop(made.id()).await.unwrap();
    let stopped = conversations.get(made.id()).await.unwrap();
    assert_eq!(stopped.data().active, Some(false));
    conversations.delete(made.id()).await.unwrap();
    gone(conversations.get(made.id()).await);
}

async fn messages(world: &World) {
    let messages = world.client.messages();
    let person = world.person("46700000013").await;
    let sent = world
        .client
        .app(&world.app)
        .send(Text::new("Hello"))
        .to(&person)
        .await
        .unwrap();
    let id = sent.message_id;
    let delivered = world.sandbox.wait_for_delivery(id.as_str(), SOON).await;
    assert_eq!(
        delivered.unwrap().statuses(),
        ["QUEUED_ON_CHANNEL", "DELIVERED"]
    );
    messages.update_metadata(&id, "table 4").await.unwrap();
    let stored = messages.get(&id).await.unwrap();
    assert_eq!(stored.data().metadata.as_deref(), Some("table 4"));
    assert_eq!(
        stored.data().direction,
        Some(ConversationDirection::ToContact)
    );
    assert!(matches!(
        stored.data().kind,
        ConversationMessageTypes::AppMessage(_)
    ));
    let listed = messages.list().contact(&person).page().await.unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&stored));
    let last = messages.last_of_contacts([person]).page().await.unwrap();
    assert_eq!(last.items, [stored]);
    messages.delete(&id).await.unwrap();
    gone(messages.get(&id).await);
}

async fn events(world: &World) {
    let events = world.client.events();
    let person = world.person("46700000014").await;
    let sent = events
        .send(&world.app, AppEvent::composing())
        .to(&person)
        .await
        .unwrap();
    let stored = events.get(&sent.event_id).await.unwrap();
    assert_eq!(*stored.id(), sent.event_id);
    let listed = events.list().contact(&person).page().await.unwrap();
    assert_eq!(listed.items, [stored]);
    events.delete(&sent.event_id).await.unwrap();
    gone(events.get(&sent.event_id).await);
}

/// What is asked about people and channels.
async fn questions(world: &World) {
    let person = world.person("46700000015").await;
    let asked = world
        .client
        .query_capability(&world.app, &person)
        .request_id("about Ada")
        .await
        .unwrap();
    assert_eq!(asked.request_id.as_deref(), Some("about Ada"));

    let forms = world
        .client
        .transcode(&world.app, Location::new("Find us", 55.5, 13.25))
        .on([Channel::Sms, Channel::WhatsApp])
        .await
        .unwrap();
    assert!(
        forms[&Channel::Sms].contains("https://www.google.com/maps/search/?api=1&query=55.5,13.25")
    );

    world
        .client
        .app(&world.app)
        .edit(|app| {
            let messenger = ChannelCredentials::static_token(Channel::Messenger, "page");
            let credentials = app.channel_credentials.get_or_insert_default();
            credentials.push(messenger.into());
        })
        .await
        .unwrap();
    world
        .sandbox
        .set_profile("MESSENGER", "7746490198930851", "Ada Lovelace")
        .await
        .unwrap();
    let profile = world
        .client
        .app(&world.app)
        .channel_profile(Channel::Messenger, messenger("7746490198930851"))
        .await
        .unwrap();
    assert_eq!(profile.profile_name.as_deref(), Some("Ada Lovelace"));
}

async fn templates(world: &World) {
    let templates = world.client.templates();
    let made = templates
        .create("en-US")
        .translation(Translation::new("en-US", Text::new("Hello ${name}")).variable("name", "Ada"))
        .await
        .unwrap();
    let stored = templates.get(made.id()).await.unwrap();
    assert_eq!(stored.data().default_translation.as_deref(), Some("en-US"));
    assert_eq!(templates.list().page().await.unwrap().items, [stored]);
    let translations = templates.translations(made.id()).page().await.unwrap();
    assert_eq!(translations.items.len(), 1);

    let greeting = TemplateRef::new(made.id().as_str())
        .version("latest")
        .parameter("name", "Grace");
    let sent = world
        .client
        .app(&world.app)
        .send(Template::omni(greeting))
        .to(whatsapp("46700000016"))
        .await
        .unwrap();
    let sent = world
        .sandbox
        .wait_for_delivery(sent.message_id.as_str(), SOON)
        .await
        .unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);

    let mut changed = made.data().clone();
    changed.description = Some("A greeting".to_owned());
    let replaced = templates.replace(changed).await.unwrap();
    assert_eq!(replaced.data().version, Some(2));
    templates.delete(made.id()).await.unwrap();
    gone(templates.get(made.id()).await);
}

async fn batches(world: &World) {
    let batches = world.client.batches();
    let people = (0..3).map(|last| {
        BatchRecipient::new(sms(format!("4670000002{last}")))
            .parameter("guest", format!("No. {last}"))
    });
    let sent = batches
        .send(&world.app, Text::new("Dear ${guest}"))
        .recipients(people)
        .batch_metadata("evening", "1")
        .await
        .unwrap();
    world.sandbox.wait_until_quiet(SOON).await.unwrap();
    let status = batches.status(&sent.batch_id).await.unwrap();
    assert_eq!(
        status.data().status.as_ref().map(|status| status.as_str()),
        Some("PROCESSED")
    );
    assert_eq!(batches.statuses("evening", "1").await.unwrap(), [status]);
    batches.cancel(&sent.batch_id).await.unwrap();

    let identity = ChannelIdentity::new(Channel::Sms, "46700000031");
    let contact = ContactCreateRequest::new(vec![identity], ContactLanguage::EnUs);
    batches.create_contacts([contact]).await.unwrap();
    world.sandbox.wait_until_quiet(SOON).await.unwrap();
    let contacts = world.client.contacts();
    let found = || contacts.list().identity(sms("46700000031"));
    let made = found().page().await.unwrap().items;
    assert_eq!(made.len(), 1);
    batches
        .delete_contacts([made[0].id().clone()])
        .await
        .unwrap();
    world.sandbox.wait_until_quiet(SOON).await.unwrap();
    assert!(found().page().await.unwrap().items.is_empty());
}

async fn consents(world: &World) {
    world
        .sandbox
        .consent_management(world.app.as_str(), ConsentManagement::Primary)
        .await
        .unwrap();
    let opted_out = ["46700000041"];
    world
        .client
        .batches()
        .insert_consents(&world.app)
        .opt_out(ConsentsListType::OptOutAll, opted_out)
        .await
        .unwrap();
    world.sandbox.wait_until_quiet(SOON).await.unwrap();
    let consents = world.client.consents();
    let listed = consents
        .list(&world.app, ConsentsListType::OptOutAll)
        .page()
        .await
        .unwrap();
    let listed: Vec<_> = listed
        .items
        .iter()
        .map(|person| person.identity.as_str())
        .collect();
    assert_eq!(listed, opted_out);
    let audit = consents.audit(&world.app, opted_out[0]).await.unwrap();
    assert_eq!(audit.audit_records.unwrap_or_default().len(), 1);
}
