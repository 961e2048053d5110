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
    BatchId, CallOptions, Channel, Client, ContactId, ConversationId, Error, EventId, Response,
    Service, TemplateId, WebhookId,
};
use sinch_conversation_raw::{Document, Operation, OperationId as Id};

use crate::methods::with_method;
use crate::requests::app;
use crate::server::{Act, Server};
use crate::{always, builder, from_now, good, message_id, text};

/// A call on its way; its value does not matter here.
pub(crate) type Outcome = Pin<Box<dyn Future<Output = Result<Response<()>, Error>> + Send>>;

pub(crate) type Call = fn(Client, CallOptions) -> Outcome;

/// Makes `operation => |client| call` entries. A call is anything that can be awaited, with options of its own.
macro_rules! calls {
    ($($operation:expr => |$client:ident| $call:expr;)*) => {
        [$((
            $operation,
            (|$client, options| outcome(async move { $call.with_options(options).with_response().await })) as Call,
        )),*]
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
pub(crate) fn calls() -> Vec<(Id, Call)> {
    calls! {
        Id::MessagesSendMessage => |client| text(&client);
        Id::MessagesUpdateMessageMetadata => |client| client.messages().update_metadata(message_id(), "x");
        Id::MessagesGetMessage => |client| client.messages().get(message_id());
        Id::MessagesDeleteMessage => |client| client.messages().delete(message_id());
        Id::MessagesListMessages => |client| client.messages().list().page();
        Id::MessagesListMessagesByChannelIdentity => |client| client.messages().last_of_contacts([contact()]).page();
        Id::AppCreateApp => |client| client.apps().create("app").channel(ChannelCredentials::sms("plan", "token"));
        Id::AppListApps => |client| client.apps().list().page();
        Id::AppGetApp => |client| client.apps().get(app());
        Id::AppDeleteApp => |client| client.apps().delete(app());
        Id::ConsentsGetConsents => |client| client.consents().list(app(), ConsentsListType::OptOutAll).page();
        Id::ConsentsGetConsentsAuditRecords => |client| client.consents().audit(app(), "+46700000001");
        Id::CapabilityQueryCapability => |client| client.query_capability(app(), whatsapp("+46700000001"));
        Id::ConversationListConversations => |client| client.conversations().list().app(app()).page();
        Id::ConversationCreateConversation => |client| client.conversations().create(app(), contact());
        Id::ConversationGetConversation => |client| client.conversations().get(conversation());
        Id::ConversationDeleteConversation => |client| client.conversations().delete(conversation());
        Id::ConversationListRecentConversations => |client| client.conversations().recent(app()).page();
        Id::ConversationStopActiveConversation => |client| client.conversations().stop(conversation());
        Id::ConversationInjectMessage => |client| client
            .conversations()
            .inject_message(conversation(), contact())
            .sent(Text::new("hi"))
            .on(sms("+46700000001"))
            .accepted(from_now(-60));
        Id::EventsInjectEvent => |client| client
            .conversations()
            .inject_event(conversation(), AppEvent::composing())
            .accepted(from_now(-60));
        Id::EventsSendEvent => |client| client.events().send(app(), AppEvent::composing()).to(sms("+46700000001"));
        Id::EventsGetEvent => |client| client.events().get(event());
        Id::EventsDeleteEvents => |client| client.events().delete(event());
        Id::EventsListEvents => |client| client.events().list().contact(contact()).page();
        Id::TranscodingTranscodeMessage => |client| client.transcode(app(), Text::new("hi")).on([Channel::Sms]);
        Id::WebhooksListWebhooks => |client| client.webhooks().list(app()).page();
        Id::WebhooksGetWebhook => |client| client.webhooks().get(webhook());
        Id::WebhooksDeleteWebhook => |client| client.webhooks().delete(webhook());
        Id::ContactListContacts => |client| client.contacts().list().page();
        Id::ContactCreateContact => |client| client.contacts().create(sms("+46700000001"), ContactLanguage::EnUs);
        Id::ContactGetContact => |client| client.contacts().get(contact());
        Id::ContactDeleteContact => |client| client.contacts().delete(contact());
        Id::ContactMergeContact => |client| client.contacts().merge("01OTHER").into(contact());
        Id::ContactGetChannelProfile => |client| client
            .app(app())
            .channel_profile(Channel::Messenger, messenger("7746490198930851"));
        Id::ContactListIdentityConflicts => |client| client.contacts().identity_conflicts().page();
        Id::ProjectSettingsGetSettings => |client| client.settings().get();
        Id::ProjectSettingsCreateSettings => |client| client.settings().create().unified_contact_id(true);
        Id::ProjectSettingsDeleteSettings => |client| client.settings().delete();
        Id::WebhooksCreateWebhook => |client| client
            .webhooks()
            .create(app(), "https://example.com")
            .triggers([WebhookTrigger::MessageInbound]);
        Id::TemplatesV2ListTemplates => |client| client.templates().list().page();
        Id::TemplatesV2CreateTemplate => |client| client.templates().create("en-US").translation(english());
        Id::TemplatesV2ListTranslations => |client| client.templates().translations(template()).page();
        Id::TemplatesV2UpdateTemplate => |client| client.templates().replace(stored_template());
        Id::TemplatesV2GetTemplate => |client| client.templates().get(template());
        Id::TemplatesV2DeleteTemplate => |client| client.templates().delete(template());
        Id::BatchSendBatch => |client| client.app(app()).send_batch(Text::new("hi")).recipients([sms("+46700000001")]);
        Id::BatchCancelBatch => |client| client.batches().cancel(batch());
        Id::BatchGetBatchStatusesByMetadata => |client| client.batches().statuses("evening", "1");
        Id::BatchGetBatchStatus => |client| client.batches().status(batch());
        Id::BatchCreateContacts => |client| client.batches().create_contacts([new_contact()]);
        Id::BatchDeleteContacts => |client| client.batches().delete_contacts([contact()]);
        Id::BatchInsertConsents => |client| client
            .batches()
            .insert_consents(app())
            .opt_out(ConsentsListType::OptOutAll, ["+46700000001"]);
    }
    .into()
}

/// For each operation that changes what is stored, an edit; it reads first.
pub(crate) fn edits() -> Vec<(Id, Call)> {
    calls! {
        Id::AppUpdateApp => |client| client.apps().edit(app(), |app| app.display_name = Some("new".to_owned()));
        Id::ContactUpdateContact => |client| client
            .contacts()
            .edit(contact(), |contact| contact.display_name = Some("new".to_owned()));
        Id::ConversationUpdateConversation => |client| client
            .conversations()
            .edit(conversation(), |conversation| conversation.correlation_id = Some("new".to_owned()));
        Id::WebhooksUpdateWebhook => |client| client
            .webhooks()
            .edit(webhook(), |webhook| webhook.target = "https://example.com/new".to_owned());
        Id::ProjectSettingsUpdateSettings => |client| client.settings().edit(|settings| {
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
fn every_operation_with_a_method_is_called_here_once() {
    let mut here: Vec<_> = calls()
        .into_iter()
        .chain(edits())
        .map(|(id, _)| id)
        .collect();
    here.sort_unstable();
    assert_eq!(here, with_method());
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
        let operation = id.operation();
        let host = hosts
            .iter()
            .position(|(document, _)| *document == operation.document)
            .unwrap();
        let error = call(client.clone(), CallOptions::default())
            .await
            .unwrap_err();
        made[host] += 1;
        assert_eq!(
            (error.operation(), error.attempts()),
            (Some(id.as_str()), 1),
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
        let operation = id.operation();
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
        let client = builder(&server.url).build().unwrap();
        let error = edit(client, CallOptions::default()).await.unwrap_err();
        assert_eq!(error.operation(), Some(id.as_str()), "{error}");
        let calls = server.calls();
        assert_eq!(calls.len(), 2, "{id}");
        assert_eq!(calls[1].method, operation.method, "{id}");
        assert!(fits(operation, &calls[1].path), "{id}: {}", calls[1].path);
    }
}
