//! An application that uses an operation, a field, a value and an alternative that neither client nor sandbox have code
//! for. It is compiled in the copy of the workspace, with the types that were generated there.
#![allow(clippy::unwrap_used, clippy::panic)]

use sinch_conversation::raw::{OperationId, conversation};
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    AppMessage, AppMessageTypes, ChannelIdentity, ContactLanguage, ConversationMessageTypes,
    PasteStickerRequest, ProcessingMode, StickerMessage, StickerMessageField,
};
use sinch_conversation::{AppId, CallOptions, Channel, Client, ErrorKind, RetryPolicy, Service};
use sinch_conversation_sandbox::{InjectedFault, Sandbox};

#[path = "client/recorder.rs"]
#[allow(dead_code)]
mod recorder;

const OPERATION: OperationId = OperationId::StickersPasteSticker;

fn client(sandbox: &Sandbox) -> Client {
    recorder::keep_on();
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoint(Service::Conversation, endpoints.conversation())
        .endpoint(Service::Template, endpoints.template())
        .endpoint(Service::Batch, endpoints.batch())
        .endpoint(Service::Auth, endpoints.auth())
        .retry(RetryPolicy::default().max_attempts(2))
        .build()
        .unwrap()
}

fn sticker() -> StickerMessage {
    StickerMessage::new("a cat")
}

#[tokio::test]
async fn regenerated_operation_goes_through_the_client_and_the_sandbox_answers_501() {
    let recorder = recorder::Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let sandbox = Sandbox::start().await.unwrap();
    // The request was definitely not processed, so even a POST is retried.
    let busy = InjectedFault::status(OPERATION, 503);
    sandbox.inject(busy).unwrap();
    let traced = CallOptions::default().header("x-tenant", "blue").unwrap();
    let client = client(&sandbox).with_options(traced);

    let mut body = PasteStickerRequest::new(StickerMessageField::new(sticker()));
    body.channel = Some(Channel::StickerWall);
    let project = client.project().as_str();
    let request = conversation::stickers_paste_sticker(project, "north/1", &body);
    let error = client.execute(request).await.unwrap_err();

    let ErrorKind::Api(answer) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(answer.status, 501);
    assert_eq!(
        answer.message,
        "Stickers_PasteSticker is not implemented by the sandbox"
    );
    assert_eq!(
        (error.operation(), error.attempts()),
        (Some(OPERATION.as_str()), 2)
    );

    let seen: Vec<_> = sandbox
        .requests()
        .into_iter()
        .map(|it| (it.operation, it.status))
        .collect();
    let name = Some(OPERATION.as_str());
    assert_eq!(
        seen,
        [
            (Some("OAuth_Token"), Some(200)),
            (name, Some(503)),
            (name, Some(501))
        ]
    );
    let spans = recorder.spans("http_request");
    let span = "POST /v1/projects/{project_id}/walls/{wall_id}:paste";
    let sent = spans.iter().filter(|it| it.fields["otel.name"] == span);
    assert_eq!(sent.count(), 2);
}

#[tokio::test]
async fn regenerated_body_is_checked() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut body = PasteStickerRequest::new(StickerMessageField::new(sticker()));
    body.extra
        .insert("channel".to_owned(), serde_json::json!(7));
    let project = client.project().as_str();
    let request = conversation::stickers_paste_sticker(project, "north", &body);
    let error = client.execute(request).await.unwrap_err();
    let ErrorKind::Api(answer) = error.kind() else {
        panic!("{error:?}");
    };
    let fields: Vec<_> = answer
        .field_violations()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!((answer.status.as_u16(), fields), (400, vec!["channel"]));
}

async fn app(client: &Client) -> AppId {
    let app = client
        .apps()
        .create("Stickers")
        .channel(ChannelCredentials::sms("plan", "token"))
        .processing_mode(ProcessingMode::Conversation)
        .await
        .unwrap();
    app.id().clone()
}

#[tokio::test]
async fn regenerated_alternative_and_field_are_sent_and_read_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut message = AppMessage::new(sticker());
    message.sticker_set = Some("cats".to_owned());
    let app = client.app(app(&client).await);
    let sent = app.send(message).to(sms("+46700000001")).await.unwrap();

    let stored = client.messages().get(&sent).await.unwrap();
    let ConversationMessageTypes::AppMessage(message) = &stored.data().kind else {
        panic!("{stored:?}");
    };
    assert_eq!(message.kind, AppMessageTypes::from(sticker()));
    assert_eq!(message.sticker_set.as_deref(), Some("cats"));
    assert!(message.extra.is_empty());
}

#[tokio::test]
async fn regenerated_value_is_stored_and_read_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let identity = ChannelIdentity::new(Channel::StickerWall, "north");
    let created = client
        .contacts()
        .create(identity, ContactLanguage::EnUs)
        .await
        .unwrap();
    let contact = client.contacts().get(&created).await.unwrap();
    let channels = contact
        .data()
        .channel_identities
        .iter()
        .flatten()
        .map(|it| &it.channel);
    assert_eq!(channels.collect::<Vec<_>>(), [&Channel::StickerWall]);
}
