//! Every operation that the documents publish can be reached from a client.

use std::future::Future;
use std::pin::Pin;

use serde_json::json;
use sinch_conversation::event::AppEvent;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{messenger, sms, whatsapp};
use sinch_conversation::resources::{ChannelCredentials, Translation};
use sinch_conversation::types::{
    ChannelIdentity, ConsentsListType, ContactCreateRequest, ContactLanguage, V2Template,
    WebhookTrigger,
};
use sinch_conversation::{
    BatchId, Channel, Client, ContactId, ConversationId, Error, EventId, Response, Service,
    TemplateId, WebhookId,
};
use sinch_conversation_raw::{Document, OPERATIONS, Operation};

use crate::requests::app;
use crate::server::{Act, Server};
use crate::{always, builder, from_now, good, message_id, text};

/// A call on its way; its value does not matter here.
pub(crate) type Outcome = Pin<Box<dyn Future<Output = Result<Response<()>, Error>> + Send>>;

pub(crate) type Call = fn(Client) -> Outcome;

/// Makes `"operation" => |client| call` entries. A call is anything that can be awaited.
macro_rules! calls {
    ($($operation:literal => |$client:ident| $call:expr;)*) => {
        [$(($operation, (|$client| outcome(async move { $call.with_response().await })) as Call)),*]
    };
}

fn outcome<T>(call: impl Future<Output = Result<Response<T>, Error>> + Send + 'static) -> Outcome {
    Box::pin(async move { call.await.map(|response| response.map(drop)) })
}

fn contact() -> ContactId {
    ContactId::new("01CONTACT").unwrap()
}

fn conversation() -> ConversationId {
    ConversationId::new("01CONVERSATION").unwrap()
}

fn event() -> EventId {
    EventId::new("01EVENT").unwrap()
}

fn template() -> TemplateId {
    TemplateId::new("01TEMPLATE").unwrap()
}

fn webhook() -> WebhookId {
    WebhookId::new("01WEBHOOK").unwrap()
}

fn batch() -> BatchId {
    BatchId::new("01BATCH").unwrap()
}

fn english() -> Translation {
    Translation::new("en-US", Text::new("hi"))
}

fn stored_template() -> V2Template {
    let mut stored = V2Template::default();
    stored.id = Some("01TEMPLATE".to_owned());
    stored.version = Some(1);
    stored.default_translation = Some("en-US".to_owned());
    stored.translations = Some(vec![english().into()]);
    stored
}

fn new_contact() -> ContactCreateRequest {
    let identity = ChannelIdentity::new(Channel::Sms, "+46700000001");
    ContactCreateRequest::new(vec![identity], ContactLanguage::EnUs)
}

/// For each operation a call that makes it.
pub(crate) fn calls() -> Vec<(&'static str, Call)> {
    calls! {
        "Messages_SendMessage" => |client| text(&client);
        "Messages_UpdateMessageMetadata" => |client| client.messages().update_metadata(message_id(), "x");
        "Messages_GetMessage" => |client| client.messages().get(message_id());
        "Messages_DeleteMessage" => |client| client.messages().delete(message_id());
        "Messages_ListMessages" => |client| client.messages().list();
        "Messages_ListMessagesByChannelIdentity" => |client| client.messages().last_of_contacts([contact()]);
        "App_CreateApp" => |client| client.apps().create("app").channel(ChannelCredentials::sms("plan", "token"));
        "App_ListApps" => |client| client.apps().list();
        "App_GetApp" => |client| client.apps().get(app());
        "App_DeleteApp" => |client| client.apps().delete(app());
        "Consents_GetConsents" => |client| client.consents().list(app(), ConsentsListType::OptOutAll);
        "Consents_GetConsentsAuditRecords" => |client| client.consents().audit(app(), "+46700000001");
        "Capability_QueryCapability" => |client| client.query_capability(app(), whatsapp("+46700000001"));
        "Conversation_ListConversations" => |client| client.conversations().list().app(app());
        "Conversation_CreateConversation" => |client| client.conversations().create(app(), contact());
        "Conversation_GetConversation" => |client| client.conversations().get(conversation());
        "Conversation_DeleteConversation" => |client| client.conversations().delete(conversation());
        "Conversation_ListRecentConversations" => |client| client.conversations().recent(app());
        "Conversation_StopActiveConversation" => |client| client.conversations().stop(conversation());
        "Conversation_InjectMessage" => |client| client
            .conversations()
            .inject_message(conversation(), contact())
            .sent(Text::new("hi"))
            .on(sms("+46700000001"))
            .accepted(from_now(-60));
        "Events_InjectEvent" => |client| client
            .conversations()
            .inject_event(conversation(), AppEvent::composing())
            .accepted(from_now(-60));
        "Events_SendEvent" => |client| client.events().send(app(), AppEvent::composing()).to(sms("+46700000001"));
        "Events_GetEvent" => |client| client.events().get(event());
        "Events_DeleteEvents" => |client| client.events().delete(event());
        "Events_ListEvents" => |client| client.events().list().contact(contact());
        "Transcoding_TranscodeMessage" => |client| client.transcode(app(), Text::new("hi")).on([Channel::Sms]);
        "Webhooks_ListWebhooks" => |client| client.webhooks().list(app());
        "Webhooks_GetWebhook" => |client| client.webhooks().get(webhook());
        "Webhooks_DeleteWebhook" => |client| client.webhooks().delete(webhook());
        "Contact_ListContacts" => |client| client.contacts().list();
        "Contact_CreateContact" => |client| client.contacts().create(sms("+46700000001"), ContactLanguage::EnUs);
        "Contact_GetContact" => |client| client.contacts().get(contact());
        "Contact_DeleteContact" => |client| client.contacts().delete(contact());
        "Contact_MergeContact" => |client| client.contacts().merge(contact(), ContactId::new("01OTHER").unwrap());
        "Contact_GetChannelProfile" => |client| client
            .app(app())
            .channel_profile(Channel::Messenger, messenger("7746490198930851"));
        "Contact_ListIdentityConflicts" => |client| client.contacts().identity_conflicts();
        "ProjectSettings_GetSettings" => |client| client.settings().get();
        "ProjectSettings_CreateSettings" => |client| client.settings().create().unified_contact_id(true);
        "ProjectSettings_DeleteSettings" => |client| client.settings().delete();
        "Webhooks_CreateWebhook" => |client| client
            .webhooks()
            .create(app(), "https://example.com")
            .triggers([WebhookTrigger::MessageInbound]);
        "Templates_v2_ListTemplates" => |client| client.templates().list();
        "Templates_v2_CreateTemplate" => |client| client.templates().create("en-US").translation(english());
        "Templates_v2_ListTranslations" => |client| client.templates().translations(template());
        "Templates_v2_UpdateTemplate" => |client| client.templates().replace(stored_template());
        "Templates_v2_GetTemplate" => |client| client.templates().get(template());
        "Templates_v2_DeleteTemplate" => |client| client.templates().delete(template());
        "Batch_SendBatch" => |client| client.app(app()).send_batch(Text::new("hi")).recipients([sms("+46700000001")]);
        "Batch_CancelBatch" => |client| client.batches().cancel(batch());
        "Batch_GetBatchStatusesByMetadata" => |client| client.batches().statuses("evening", "1");
        "Batch_GetBatchStatus" => |client| client.batches().status(batch());
        "Batch_CreateContacts" => |client| client.batches().create_contacts([new_contact()]);
        "Batch_DeleteContacts" => |client| client.batches().delete_contacts([contact()]);
        "Batch_InsertConsents" => |client| client
            .batches()
            .insert_consents(app())
            .opt_out(ConsentsListType::OptOutAll, ["+46700000001"]);
    }
    .into()
}

/// For each operation that changes what is stored, an edit; it reads first.
pub(crate) fn edits() -> Vec<(&'static str, Call)> {
    calls! {
        "App_UpdateApp" => |client| client.apps().edit(app(), |app| app.display_name = Some("new".to_owned()));
        "Contact_UpdateContact" => |client| client
            .contacts()
            .edit(contact(), |contact| contact.display_name = Some("new".to_owned()));
        "Conversation_UpdateConversation" => |client| client
            .conversations()
            .edit(conversation(), |conversation| conversation.correlation_id = Some("new".to_owned()));
        "Webhooks_UpdateWebhook" => |client| client
            .webhooks()
            .edit(webhook(), |webhook| webhook.target = "https://example.com/new".to_owned());
        "ProjectSettings_UpdateSettings" => |client| client.settings().edit(|settings| {
            let contacts = settings.contact_settings.get_or_insert_default();
            contacts.unified_contact_id_enabled = Some(true);
        });
    }
    .into()
}

/// Whether the path of a request is one of the operation's: its places may hold anything but a slash.
fn fits(operation: &Operation, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let (wanted, given) = (operation.path.split('/'), path.split('/'));
    let same = |(wanted, given): (&str, &str)| match wanted.split_once('{') {
        Some((before, place)) => {
            let after = place.split_once('}').unwrap().1;
            given.starts_with(before) && given.ends_with(after) && !given.is_empty()
        }
        None => wanted == given,
    };
    wanted.clone().count() == given.clone().count() && wanted.zip(given).all(same)
}

#[test]
fn every_operation_is_called_here_once() {
    let here: Vec<_> = calls()
        .iter()
        .chain(&edits())
        .map(|(operation, _)| *operation)
        .collect();
    for operation in OPERATIONS {
        let count = here
            .iter()
            .filter(|id| **id == operation.id.as_str())
            .count();
        assert_eq!(count, 1, "{}", operation.id);
    }
    assert_eq!(here.len(), OPERATIONS.len());
}

#[tokio::test]
async fn every_call_reaches_its_operation_on_the_host_of_its_document() {
    let refusal = Act::reply(
        400,
        json!({"error": {"status": "INVALID_ARGUMENT", "message": "no"}}),
    );
    let hosts: [(Document, Server); 3] = [
        (Document::Conversation, always(refusal.clone()).await),
        (Document::Template, always(refusal.clone()).await),
        (Document::Batch, always(refusal).await),
    ];
    let client = builder(&hosts[0].1.url)
        .endpoint(Service::Template, &hosts[1].1.url)
        .endpoint(Service::Batch, &hosts[2].1.url)
        .build()
        .unwrap();
    let mut made = [0, 0, 0];
    for (id, call) in calls() {
        let operation = OPERATIONS
            .iter()
            .find(|operation| operation.id.as_str() == id)
            .unwrap();
        let host = hosts
            .iter()
            .position(|(document, _)| *document == operation.document)
            .unwrap();
        let error = call(client.clone()).await.unwrap_err();
        made[host] += 1;
        assert_eq!(
            (error.operation(), error.attempts()),
            (Some(id), 1),
            "{error}"
        );
        assert_eq!(
            hosts.each_ref().map(|(_, server)| server.calls().len()),
            made,
            "{id}"
        );
        let request = hosts[host].1.calls().pop().unwrap();
        assert_eq!(request.method, operation.method, "{id}");
        assert!(fits(operation, &request.path), "{id}: {}", request.path);
    }
}

#[tokio::test]
async fn every_edit_reads_and_then_reaches_its_operation() {
    for (id, edit) in edits() {
        let operation = OPERATIONS
            .iter()
            .find(|operation| operation.id.as_str() == id)
            .unwrap();
        let server = Server::start(|request, _| match request.method.as_str() {
            "GET" => Act::reply(
                200,
                json!({
                    "id": "01STORED", "target": "https://example.com", "triggers": ["MESSAGE_INBOUND"],
                    "channel_identities": [{"channel": "SMS", "identity": "46700000001"}]
                }),
            ),
            "PATCH" => Act::reply(400, json!({"error": {"status": "INVALID_ARGUMENT", "message": "no"}})),
            _ => good(&request.path),
        })
        .await;
        let error = edit(builder(&server.url).build().unwrap())
            .await
            .unwrap_err();
        assert_eq!(error.operation(), Some(id), "{error}");
        let calls = server.calls();
        assert_eq!(calls.len(), 2, "{id}");
        assert_eq!(calls[1].method, operation.method, "{id}");
        assert!(fits(operation, &calls[1].path), "{id}: {}", calls[1].path);
    }
}
