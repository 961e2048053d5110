//! `Debug` of every public type: those that can hold a credential are formatted with one in them, and the others are
//! named, so that a new type has to be put on one of the two lists.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde_json::json;
use sinch_conversation::auth::AccessKey;
use sinch_conversation::event::AppEvent;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{sms, whatsapp};
use sinch_conversation::resources::{ChannelCredentials, Translation};
use sinch_conversation::types::{ConsentsListType, ContactLanguage};
use sinch_conversation::webhook::{Receiver, Verifier};
use sinch_conversation::{AppId, CallOptions, ContactId, ConversationId, TemplateId};

use crate::server::{Act, Server};
use crate::{builder, good, message_id};

/// The credentials of these tests. The third is the key's Basic header.
const SECRETS: [&str; 5] = [
    "the-secret",
    "the-token",
    "dGhlLWtleTp0aGUtc2VjcmV0",
    "a-channel-token",
    "hush",
];

/// Types without a place for a credential.
const WITHOUT: &[&str] = &[
    "ApiError",
    "AppEvent",
    "AttemptError",
    "AttemptRequest",
    "AttemptResponse",
    "AuthError",
    "AuthProblem",
    "BatchPart",
    "BatchRecipient",
    "Begun",
    "Blocking",
    "Button",
    "CalendarEvent",
    "Card",
    "Carousel",
    "CarouselCommerce",
    "Check",
    "Checkpoint",
    "Choice",
    "ChoiceResponse",
    "Choices",
    "Commerce",
    "ContactEventContent",
    "ContactIdentity",
    "ContactInfo",
    "Coupon",
    "DecodeFailure",
    "Deliveries",
    "Delivery",
    "DeliveryReport",
    "DeliveryTimeout",
    "DetailKind",
    "Discount",
    "Error",
    "ErrorDetail",
    "ErrorKind",
    "ErrorType",
    "Event",
    "EventKey",
    "EventKind",
    "EventReport",
    "FieldViolation",
    "Finding",
    "FinishedAttempt",
    "FinishedCall",
    "Flow",
    "Head",
    "Header",
    "Identity",
    "Image",
    "InboundContactEvent",
    "InboundLocation",
    "InboundMedia",
    "InboundMessage",
    "InsertedConsents",
    "InvalidArgument",
    "Item",
    "KakaotalkMessage",
    "Key",
    "LineMessage",
    "List",
    "ListItem",
    "ListSection",
    "Location",
    "Media",
    "MemoryEvents",
    "MemoryEventsError",
    "Message",
    "MessageContent",
    "Next",
    "NotificationTemplate",
    "Offer",
    "OpenTelemetry",
    "Order",
    "OrderDetails",
    "OrderStatus",
    "Outcome",
    "Outcomes",
    "Page",
    "Paginator",
    "PaymentButton",
    "PendingCall",
    "Percent",
    "Problem",
    "Product",
    "ProductOrder",
    "Progress",
    "RateLimit",
    "Reaction",
    "Recipient",
    "Region",
    "ReplyAddress",
    "Report",
    "RetryPolicy",
    "Sent",
    "SentBatch",
    "SentEvent",
    "Service",
    "Severity",
    "Signed",
    "SignedCallback",
    "StopCause",
    "StopHandle",
    "SubmittedMessage",
    "Tail",
    "Template",
    "TemplateRef",
    "Text",
    "TimeLimit",
    "Timeouts",
    "Transcoded",
    "Translation",
    "Upserted",
    "VerifiedEvent",
    "VerifyError",
    "Violation",
    "WebhookError",
    "WhatsappMessage",
    "Won",
];

fn show(list: &mut Vec<(&'static str, String)>, name: &'static str, value: &dyn Debug) {
    list.push((name, format!("{value:?} {value:#?}")));
}

/// Answers with an app and a webhook that hold credentials, as the API does.
fn stored(path: &str) -> Act {
    if path.contains("/webhooks/") {
        Act::reply(
            200,
            json!({"id": "01W", "target": "https://example.com", "secret": "hush"}),
        )
    } else if path.contains("/apps/") {
        let credentials = json!({"channel": "SMS", "static_bearer": {"claimed_identity": "p", "token": "a-channel-token"}});
        let unknown = json!({"channel": "NEW", "new_credentials": {"token": "a-channel-token"}});
        Act::reply(
            200,
            json!({"id": "01APP", "channel_credentials": [credentials, unknown]}),
        )
    } else {
        good(path)
    }
}

/// Every type that can hold a credential, with one in it.
async fn shown() -> Vec<(&'static str, String)> {
    let server = Server::start(|request, _| stored(&request.path)).await;
    let settings = builder(&server.url);
    let client = settings.clone().build().unwrap();
    let app = AppId::new("01APP").unwrap();
    let contact = ContactId::new("01CONTACT").unwrap();
    let conversation = ConversationId::new("01CONVERSATION").unwrap();
    let template = TemplateId::new("01TEMPLATE").unwrap();
    let credentials = ChannelCredentials::sms("plan", "a-channel-token").callback_secret("hush");
    let verifier = Verifier::new(["hush"]).unwrap();
    let send = client.app(&app).send(Text::new("hi")).to(sms("+1"));
    let list = &mut Vec::new();
    show(list, "AccessKey", &AccessKey::new("the-key", "the-secret"));
    show(list, "ClientBuilder", &settings);
    show(list, "Stored", &client.apps().get(&app).await.unwrap());
    show(
        list,
        "Response",
        &client.apps().get(&app).with_response().await.unwrap(),
    );
    show(
        list,
        "Stored",
        &client
            .webhooks()
            .get(sinch_conversation::WebhookId::new("01W").unwrap())
            .await
            .unwrap(),
    );
    let options = CallOptions::default().header("x-key", "hush").unwrap();
    show(list, "Client", &client.with_options(options.clone()));
    show(list, "CallOptions", &options);
    show(list, "ChannelCredentials", &credentials);
    show(list, "Verifier", &verifier);
    show(list, "Receiver", &Receiver::new(verifier.clone()));
    show(list, "AppHandle", &client.app(&app));
    show(list, "Apps", &client.apps());
    show(
        list,
        "CreateApp",
        &client.apps().create("app").channel(credentials),
    );
    show(list, "Batches", &client.batches());
    show(
        list,
        "InsertConsents",
        &client.batches().insert_consents(&app),
    );
    show(list, "Consents", &client.consents());
    show(
        list,
        "ListConsents",
        &client.consents().list(&app, ConsentsListType::OptOutAll),
    );
    show(list, "Contacts", &client.contacts());
    show(
        list,
        "CreateContact",
        &client.contacts().create(sms("+1"), ContactLanguage::EnUs),
    );
    show(list, "ListContacts", &client.contacts().list());
    show(
        list,
        "UpsertContact",
        &client.contacts().upsert(sms("+1"), ContactLanguage::EnUs),
    );
    show(list, "MergeContact", &client.contacts().merge(&contact));
    show(list, "ListApps", &client.apps().list());
    show(list, "ListWebhooks", &client.webhooks().list(&app));
    show(list, "ListTemplates", &client.templates().list());
    show(
        list,
        "ListIdentityConflicts",
        &client.contacts().identity_conflicts(),
    );
    show(list, "Conversations", &client.conversations());
    show(
        list,
        "CreateConversation",
        &client.conversations().create(&app, &contact),
    );
    show(
        list,
        "EditConversation",
        &client.conversations().edit(&conversation, |_| {}),
    );
    show(
        list,
        "InjectEvent",
        &client
            .conversations()
            .inject_event(&conversation, AppEvent::composing()),
    );
    show(
        list,
        "InjectMessage",
        &client
            .conversations()
            .inject_message(&conversation, &contact),
    );
    show(list, "ListConversations", &client.conversations().list());
    show(
        list,
        "ListRecentConversations",
        &client.conversations().recent(&app),
    );
    show(list, "Doctor", &client.doctor());
    show(list, "Events", &client.events());
    show(list, "ListEvents", &client.events().list());
    show(
        list,
        "SendEvent",
        &client.events().send(&app, AppEvent::composing()),
    );
    show(list, "Messages", &client.messages());
    show(list, "ListMessages", &client.messages().list());
    show(
        list,
        "ListLastMessages",
        &client.messages().last_of_contacts([contact]),
    );
    show(
        list,
        "UpdateMessageMetadata",
        &client.messages().update_metadata(message_id(), "x"),
    );
    show(
        list,
        "QueryCapability",
        &client.query_capability(&app, whatsapp("+1")),
    );
    show(
        list,
        "SendBatch",
        &client.app(&app).send_batch(Text::new("hi")),
    );
    show(list, "SendMessage", &send);
    show(list, "Bulk", &send.each([sms("+1")]).unwrap());
    show(list, "Settings", &client.settings());
    show(list, "CreateSettings", &client.settings().create());
    show(list, "Templates", &client.templates());
    show(
        list,
        "CreateTemplate",
        &client
            .templates()
            .create("en")
            .translation(Translation::new("en", Text::new("hi"))),
    );
    show(
        list,
        "ListTranslations",
        &client.templates().translations(template),
    );
    show(list, "Transcode", &client.transcode(&app, Text::new("hi")));
    show(list, "Webhooks", &client.webhooks());
    show(
        list,
        "CreateWebhook",
        &client
            .webhooks()
            .create(app, "https://example.com")
            .secret("hush"),
    );
    std::mem::take(list)
}

/// The names of all public structs and enums in the sources.
fn public_types(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            public_types(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(path).unwrap();
            for line in text.lines() {
                let rest = line
                    .strip_prefix("pub struct ")
                    .or_else(|| line.strip_prefix("pub enum "));
                let name = rest.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
                found.extend(name.map(str::to_owned));
            }
        }
    }
}

#[tokio::test]
async fn no_public_type_shows_a_credential() {
    let shown = shown().await;
    for (name, text) in &shown {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{name} shows `{secret}`: {text}");
        }
    }
    let mut types = BTreeSet::new();
    public_types(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut types,
    );
    assert!(types.len() > 100, "{}", types.len());
    for name in types {
        let with = shown.iter().any(|(known, _)| *known == name);
        assert!(
            with != WITHOUT.contains(&name.as_str()),
            "put {name} on one of the two lists"
        );
    }
}
