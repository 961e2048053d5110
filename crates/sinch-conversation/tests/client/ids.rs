//! What names a resource in a call, and what is said of text that cannot.

use std::future::IntoFuture;

use serde_json::{Value, json};
use sinch_conversation::event::AppEvent;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Recipient, messenger, sms};
use sinch_conversation::resources::AppHandle;
use sinch_conversation::types::{ConsentsListType, ContactLanguage, MessageSource, WebhookTrigger};
use sinch_conversation::{AppId, Channel, Client, Error};

use crate::server::{Act, Server};
use crate::{always, builder, client, from_now};

/// The fields that are refused.
async fn refused<T>(call: impl IntoFuture<Output = Result<T, Error>>) -> Vec<String> {
    let Err(error) = call.await else {
        return Vec::new();
    };
    assert_eq!(error.attempts(), 0);
    let fields = error.violations().iter();
    fields.map(|violation| violation.field.clone()).collect()
}

/// Every call that takes an id gets this text for each of its ids.
async fn every_call(client: &Client, id: &str) -> Vec<(&'static str, Vec<String>)> {
    let noon = from_now(-60);
    let (app, text) = (client.app(id), || Text::new("hi"));
    let (apps, webhooks) = (client.apps(), client.webhooks());
    let (contacts, conversations) = (client.contacts(), client.conversations());
    let (messages, events) = (client.messages(), client.events());
    let (templates, batches, consents) = (client.templates(), client.batches(), client.consents());
    let list = ConsentsListType::OptOutAll;
    let dispatch = MessageSource::DispatchSource;
    macro_rules! calls {
        ($($fields:literal: $call:expr;)*) => { vec![$(($fields, refused($call).await)),*] };
    }
    calls! {
        "app_id": app.send(text()).to(sms("+46700000001"));
        "app_id recipient.contact_id": app.send(text()).to(Recipient::contact(id));
        "app_id": app.send_event(AppEvent::composing()).to(sms("+46700000001"));
        "app_id": app.send_batch(text()).recipients([sms("+46700000001")]);
        "app_id": app.transcode(text()).on([Channel::Sms]);
        "app_id": app.query_capability(sms("+46700000001"));
        "app_id": app.consents(list.clone()).page();
        "app_id": app.recent_conversations().page();
        "app_id": app.messages().page();
        "app_id": app.conversations().page();
        "app_id": app.channel_profile(Channel::Messenger, messenger("77"));
        "app_id": app.edit(|_| {});
        "app_id": apps.get(id);
        "app_id": apps.delete(id);
        "app_id": apps.edit(id, |_| {});
        "app_id": webhooks.list(id).page();
        "app_id": webhooks.create(id, "https://example.com").triggers([WebhookTrigger::MessageInbound]);
        "webhook_id": webhooks.get(id);
        "webhook_id": webhooks.delete(id);
        "webhook_id": webhooks.edit(id, |_| {});
        "contact_id": contacts.get(id);
        "contact_id": contacts.delete(id);
        "contact_id": contacts.edit(id, |_| {});
        "source_id destination_id": contacts.merge(id).into(id);
        "app_id": contacts.create(sms("+46700000001"), ContactLanguage::EnUs).app(id);
        "app_id": contacts.upsert(sms("+46700000001"), ContactLanguage::EnUs).app(id);
        "conversation_id": conversations.get(id);
        "conversation_id": conversations.delete(id);
        "conversation_id": conversations.stop(id);
        "conversation_id": conversations.edit(id, |_| {});
        "app_id contact_id": conversations.create(id, id);
        "app_id": conversations.recent(id).page();
        "app_id contact_id": conversations.list().app(id).contact(id).page();
        "conversation_id contact_id": conversations
            .inject_message(id, id)
            .sent(text())
            .on(sms("+46700000001"))
            .accepted(noon.clone());
        "contact_id app_id conversation_id": conversations
            .inject_event(id, AppEvent::composing())
            .contact(id)
            .app(id)
            .accepted(noon.clone());
        "message_id": messages.get(id);
        "message_id": messages.get_from(id, dispatch.clone());
        "message_id": messages.delete(id);
        "message_id": messages.delete_from(id, dispatch.clone());
        "message_id": messages.update_metadata(id, "x");
        "app_id conversation_id contact_id": messages.list().app(id).conversation(id).contact(id).page();
        "contact_ids[1]": messages.last_of_contacts(["01C", id]).page();
        "app_id": messages.last_of_identities(["1"]).app(id).page();
        "app_id": events.send(id, AppEvent::composing()).to(sms("+46700000001"));
        "event_id": events.get(id);
        "event_id": events.delete(id);
        "conversation_id contact_id": events.list().conversation(id).contact(id).page();
        "app_id": consents.list(id, list.clone()).page();
        "app_id": consents.audit(id, "+46700000001");
        "template_id": templates.get(id);
        "template_id": templates.delete(id);
        "template_id": templates.translations(id).page();
        "app_id": batches.send(id, text()).recipients([sms("+46700000001")]);
        "batch_id": batches.cancel(id);
        "batch_id": batches.status(id);
        "contact_ids[0]": batches.delete_contacts([id, "01C"]);
        "app_id": batches.insert_consents(id).opt_out(list.clone(), ["+46700000001"]);
        "app_id": client.transcode(id, text()).on([Channel::Sms]);
        "app_id": client.query_capability(id, sms("+46700000001"));
    }
}

#[tokio::test]
async fn text_that_cannot_be_an_id_is_refused_by_its_field_and_nothing_is_sent() {
    let server = always(Act::reply(200, "{}")).await;
    for id in ["", "../apps/x"] {
        for (index, (expected, fields)) in every_call(&client(&server), id).await.iter().enumerate()
        {
            assert_eq!(fields.join(" "), *expected, "call {index} with {id:?}");
        }
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn without_a_default_app_a_call_says_how_to_name_one() {
    let server = always(Act::reply(200, "{}")).await;
    let app = client(&server).default_app();
    let error = app
        .send(Text::new("hi"))
        .to(sms("+46700000001"))
        .await
        .unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("Messages_SendMessage: refused before sending: app_id: missing"),
        "{said}"
    );
    assert!(said.contains("SINCH_APP_ID"), "{said}");
    assert_eq!(app.id().unwrap_err().violations(), error.violations());
    assert!(server.seen().is_empty());

    let app = builder(&server.url)
        .default_app("01APP")
        .build()
        .unwrap()
        .default_app();
    assert_eq!(app.id().unwrap().as_str(), "01APP");
}

/// Answers with a resource of the id in the path, or with what a send is answered with.
async fn echo() -> Server {
    Server::start(|request, _| match request.path.split(['/', '?']).nth(5) {
        _ if request.is_token() => crate::good(&request.path),
        None if request.path.ends_with("messages:send") => {
            Act::reply(200, json!({"message_id": "01MESSAGE"}))
        }
        None if request.path.ends_with("events:send") => {
            Act::reply(200, json!({"event_id": "01EVENT"}))
        }
        id => Act::reply(
            200,
            json!({"id": id.unwrap(), "target": "https://example.com"}),
        ),
    })
    .await
}

#[tokio::test]
async fn what_has_an_id_is_accepted_in_its_place() {
    let server = echo().await;
    let client = client(&server);
    let handle: AppHandle = client.app("01APP");
    let app = client.apps().get(&handle).await.unwrap();
    let id: AppId = app.id().clone();
    let text = String::from("01APP");
    for other in [
        client.app(&app),
        client.app(app.clone()),
        client.app(&id),
        client.app(id),
        client.app(&text),
        client.app(text.clone()),
        client.app(AppId::new("01APP")),
        client.app(handle.id()),
        client.app(handle),
    ] {
        assert_eq!(other.id().unwrap().as_str(), "01APP");
    }

    let contact = client.contacts().get("01CONTACT").await.unwrap();
    let app = client.app(app);
    let sent = app.send(Text::new("hi")).to(&contact).await.unwrap();
    let body: Value = serde_json::from_str(&server.calls().pop().unwrap().body).unwrap();
    assert_eq!(body["recipient"], json!({"contact_id": "01CONTACT"}));
    let message = client.messages().get(&sent).await.unwrap();
    client.messages().delete(&message).await.unwrap();
    assert!(
        server
            .calls()
            .pop()
            .unwrap()
            .path
            .contains("/messages/01MESSAGE?")
    );
    let sent = app
        .send_event(AppEvent::composing())
        .to(contact)
        .await
        .unwrap();
    client.events().delete(&sent).await.unwrap();
    assert!(
        server
            .calls()
            .pop()
            .unwrap()
            .path
            .ends_with("/events/01EVENT")
    );
}

#[tokio::test]
async fn a_stored_resource_is_serialized_as_it_was_sent() {
    let sent = json!({
        "id": "01APP",
        "display_name": "Osteria",
        "colour": {"of": ["the", "door", null, 1.50]},
        "channel_credentials": [{"channel": "NEW", "new_credentials": {"token": "a-channel-token"}}]
    });
    let server = always(Act::reply(200, &sent)).await;
    let app = client(&server).apps().get("01APP").await.unwrap();
    assert_eq!(serde_json::to_value(&app).unwrap(), sent);
    assert_eq!(app.as_ref().display_name.as_deref(), Some("Osteria"));
    assert!(!format!("{app:?}").contains("a-channel-token"));
    let (id, data) = app.clone().into_parts();
    assert_eq!(Some(id.as_str()), data.id.as_deref());
    assert_eq!(app.into_inner(), data);
}
