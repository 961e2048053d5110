//! What goes over the wire, and what is refused before that.

use std::future::IntoFuture;
use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation::error::Problem;
use sinch_conversation::message::{Card, Carousel, Choice, Text};
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    ConversationDirection, MessageSource, ProcessingMode, WebhookTrigger,
};
use sinch_conversation::{AppId, Channel, Client, ContactId, MessageId, Timestamp};
use sinch_conversation_raw::OperationId as Id;

use crate::server::{Act, Server};
use crate::{always, builder, client, text};

pub(crate) fn app() -> AppId {
    AppId::new("01APP").unwrap()
}

async fn echo() -> Server {
    always(Act::reply(
        200,
        json!({"id": "01NEW", "message_id": "01NEW"}),
    ))
    .await
}

pub(crate) fn body(server: &Server) -> Value {
    serde_json::from_str(&server.calls().last().unwrap().body).unwrap()
}

pub(crate) fn line(server: &Server) -> String {
    let request = server.calls().pop().unwrap();
    format!("{} {}", request.method, request.path)
}

#[tokio::test]
async fn a_send_as_the_api_documents_it() {
    let server = echo().await;
    client(&server)
        .app(app())
        .send(Text::new("Your table is ready"))
        .to(Recipient::identities([
            whatsapp("+46700000001"),
            sms("+46700000001"),
        ]))
        .channel_priority([Channel::WhatsApp, Channel::Sms])
        .ttl(Duration::from_secs(3600))
        .callback_url("https://example.com/receipts")
        .metadata("table 4")
        .merge_conversation_metadata(json!({"guest": null}))
        .correlation_id("booking-7")
        .high_priority()
        .dispatch_only()
        .sms_sender("Osteria")
        .channel_property("RCS_WEBVIEW_MODE", "FULL")
        .await
        .unwrap();
    assert_eq!(line(&server), "POST /v1/projects/the-project/messages:send");
    assert_eq!(
        server.calls()[0].header("content-type"),
        Some("application/json")
    );
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "recipient": {"identified_by": {"channel_identities": [
                {"channel": "WHATSAPP", "identity": "+46700000001"},
                {"channel": "SMS", "identity": "+46700000001"},
            ]}},
            "message": {"text_message": {"text": "Your table is ready"}},
            "channel_priority_order": ["WHATSAPP", "SMS"],
            "ttl": "3600s",
            "callback_url": "https://example.com/receipts",
            "message_metadata": "table 4",
            "conversation_metadata": {"guest": null},
            "conversation_metadata_update_strategy": "MERGE_PATCH",
            "correlation_id": "booking-7",
            "queue": "HIGH_PRIORITY",
            "processing_strategy": "DISPATCH_ONLY",
            "channel_properties": {"SMS_SENDER": "Osteria", "RCS_WEBVIEW_MODE": "FULL"},
        })
    );
}

#[tokio::test]
async fn a_send_to_a_contact_says_nothing_that_was_not_said() {
    let server = echo().await;
    let contact = ContactId::new("01CONTACT").unwrap();
    client(&server)
        .app(app())
        .send(Text::new("hi"))
        .to(&contact)
        .await
        .unwrap();
    assert_eq!(
        body(&server),
        json!({"app_id": "01APP", "recipient": {"contact_id": "01CONTACT"}, "message": {"text_message": {"text": "hi"}}})
    );
}

#[tokio::test]
async fn every_violation_is_named_before_anything_is_sent() {
    let server = echo().await;
    let choices = |count| (0..count).map(|number| Choice::text(number.to_string()));
    let mut cards = vec![Card::new("card"); 10];
    cards.push(Card::new("card").choices(choices(11)));
    let send = client(&server)
        .app(app())
        .send(Carousel::new(cards).choices(choices(4)))
        .ttl(Duration::from_secs(2))
        .metadata("ä".repeat(1025))
        .correlation_id("x".repeat(129))
        .channel_property("SMS_SENDER", "x".repeat(1025))
        .conversation_metadata(json!({"a": "x".repeat(2048)}));

    assert!(send.validate().is_err());
    let error = send.await.unwrap_err();
    let named: Vec<_> = error.violations().iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "recipient: missing; say with `to` whom the message is for",
            "channel_properties.SMS_SENDER: 1025 characters, at most 1024 are allowed",
            "message.carousel_message.cards: 11 items, at most 10 are allowed",
            "message.carousel_message.cards[10].choices: 11 items, at most 10 are allowed",
            "message.carousel_message.choices: 4 items, at most 3 are allowed",
            "message_metadata: 1025 characters, at most 1024 are allowed",
            "conversation_metadata: 2056 characters, at most 2048 are allowed",
            "ttl: 2 s, allowed are 3 to 315576000000",
            "correlation_id: 129 characters, at most 128 are allowed",
        ]
    );
    assert!(matches!(
        error.violations()[2].problem,
        Problem::TooMany {
            limit: 10,
            count: 11,
            ..
        }
    ));
    assert_eq!(
        (error.operation(), error.attempts()),
        (Some(Id::MessagesSendMessage.as_str()), 0)
    );
    assert!(!error.may_have_been_processed());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn limits_are_allowed_and_what_is_beyond_is_not() {
    let client = builder("http://127.0.0.1:9").build().unwrap();
    let good = [
        text(&client)
            .metadata("ä".repeat(1024))
            .correlation_id("x".repeat(128)),
        text(&client).channel_property("SMS_SENDER", "x".repeat(1024)),
        text(&client).conversation_metadata(json!({"a": "x".repeat(2040)})),
        text(&client).ttl(Duration::from_secs(3)),
        text(&client).ttl(Duration::from_secs(315_576_000_000)),
    ];
    for send in good {
        send.validate().unwrap();
    }
    let bad = [
        (
            text(&client).ttl(Duration::from_millis(3500)),
            "ttl: has to be whole seconds",
        ),
        (
            text(&client).ttl(Duration::from_secs(315_576_000_001)),
            "ttl: 315576000001 s, allowed are 3 to 315576000000",
        ),
        (
            text(&client).ttl(Duration::MAX),
            "ttl: has to be whole seconds",
        ),
        (
            text(&client).conversation_metadata(json!([1])),
            "conversation_metadata: has to be a JSON object",
        ),
        (
            text(&client).conversation_metadata(json!({"a": "x".repeat(2041)})),
            "conversation_metadata: 2049 characters, at most 2048 are allowed",
        ),
        (
            text(&client).to(Recipient::identities([])),
            "recipient.identified_by.channel_identities: missing; give at least one identity",
        ),
        (
            text(&client).to(Recipient::identities([sms("1"), sms("")])),
            "recipient.identified_by.channel_identities[1].identity: missing; give the address on the channel",
        ),
    ];
    for (send, named) in bad {
        let error = send.validate().unwrap_err();
        assert_eq!(
            error
                .violations()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            [named]
        );
    }
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let server = echo().await;
    let client = client(&server);
    for (id, segment) in [
        ("a?b#c", "a%3Fb%23c"),
        ("%2e%2e", "%252e%252e"),
        ("ü x", "%C3%BC%20x"),
        ("...", "..."),
    ] {
        client
            .messages()
            .get(MessageId::new(id).unwrap())
            .await
            .unwrap();
        let path = server.calls().pop().unwrap().path;
        let route = path.split('?').next().unwrap().to_owned();
        assert_eq!(
            route,
            format!("/v1/projects/the-project/messages/{segment}")
        );
    }
}

#[tokio::test]
async fn filters_go_into_the_query() {
    let server = echo().await;
    let client = client(&server);
    client
        .app(app())
        .messages()
        .channel(Channel::WhatsApp)
        .channel_identity("+46 7&page_size=9")
        .direction(ConversationDirection::ToApp)
        .source(MessageSource::DispatchSource)
        .start(Timestamp::parse("2025-01-02T03:04:05Z").unwrap())
        .only_recipient_originated(true)
        .page_size(50)
        .page_token("a+b/c=")
        .page()
        .await
        .unwrap();
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/messages?app_id=01APP&channel=WHATSAPP\
         &channel_identity=%2B46+7%26page_size%3D9&direction=TO_APP&messages_source=DISPATCH_SOURCE\
         &only_recipient_originated=true&page_size=50&page_token=a%2Bb%2Fc%3D&start_time=2025-01-02T03%3A04%3A05Z"
    );

    client
        .app(app())
        .conversations()
        .only_active(true)
        .active_channel(Channel::Sms)
        .page()
        .await
        .unwrap();
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/conversations?active_channel=SMS&app_id=01APP&only_active=true"
    );
    let error = client.conversations().list().page().await.unwrap_err();
    assert_eq!(error.violations()[0].field, "app_id");
}

#[tokio::test]
async fn an_app_and_its_webhook_are_created() {
    let server = echo().await;
    let client = client(&server);
    let app = client
        .apps()
        .create("Reservations")
        .channel(ChannelCredentials::sms("plan", "sms-token").callback_secret("x".repeat(256)))
        .channel(ChannelCredentials::whatsapp("46700000001", "wa-token"))
        .channel(ChannelCredentials::static_token(
            Channel::Messenger,
            "page-token",
        ))
        .processing_mode(ProcessingMode::Conversation)
        .await
        .unwrap();
    assert_eq!(app.id().as_str(), "01NEW");
    assert_eq!(line(&server), "POST /v1/projects/the-project/apps");
    assert_eq!(
        body(&server),
        json!({
            "display_name": "Reservations",
            "channel_credentials": [
                {"channel": "SMS", "static_bearer": {"claimed_identity": "plan", "token": "sms-token"},
                 "callback_secret": "x".repeat(256)},
                {"channel": "WHATSAPP", "static_bearer": {"claimed_identity": "46700000001", "token": "wa-token"}},
                {"channel": "MESSENGER", "static_token": {"token": "page-token"}},
            ],
            "processing_mode": "CONVERSATION",
        })
    );
}

#[tokio::test]
async fn a_webhook_is_created_so_that_it_delivers() {
    let server = always(Act::reply(
        200,
        json!({"id": "01HOOK", "target": "https://example.com/hook"}),
    ))
    .await;
    let client = client(&server);
    let webhook = client
        .webhooks()
        .create(app(), "https://example.com/hook")
        .triggers([
            WebhookTrigger::MessageInbound,
            WebhookTrigger::MessageDelivery,
        ])
        .secret("hush")
        .await
        .unwrap();
    assert_eq!(webhook.id().as_str(), "01HOOK");
    assert_eq!(line(&server), "POST /v1/projects/the-project/webhooks");
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "target": "https://example.com/hook",
            "target_type": "HTTP",
            "triggers": ["MESSAGE_INBOUND", "MESSAGE_DELIVERY"],
            "secret": "hush",
        })
    );
}

#[tokio::test]
async fn apps_and_webhooks_are_checked_before_they_are_created() {
    let server = echo().await;
    let client = client(&server);
    let fields = |error: sinch_conversation::Error| {
        error
            .violations()
            .iter()
            .map(|violation| violation.field.clone())
            .collect::<Vec<_>>()
    };
    let credentials = ChannelCredentials::sms("plan", "token").callback_secret("x".repeat(257));
    let error = client
        .apps()
        .create("x")
        .channel(credentials)
        .await
        .unwrap_err();
    assert_eq!(fields(error), ["channel_credentials[0].callback_secret"]);

    let target = format!("https://example.com/{}", "x".repeat(742));
    let error = client
        .webhooks()
        .create(app(), target)
        .secret("")
        .await
        .unwrap_err();
    assert_eq!(fields(error), ["target", "triggers", "secret"]);
    assert!(server.seen().is_empty());
}

#[test]
fn a_client_names_every_setting_that_is_missing() {
    let fields = |builder: sinch_conversation::ClientBuilder| {
        builder
            .build()
            .unwrap_err()
            .violations()
            .iter()
            .map(|violation| violation.field.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fields(Client::builder()),
        ["project_id", "access_key", "region"]
    );
    let complete = || builder("http://127.0.0.1:9");
    assert_eq!(fields(complete().project("..")), ["project_id"]);
    assert_eq!(fields(complete().default_app("")), ["app_id"]);
    assert_eq!(fields(complete().access_key("key", "")), ["access_key"]);
    assert_eq!(
        fields(complete().basic_auth("a:b", "secret")),
        ["access_key"]
    );
    assert_eq!(
        fields(complete().endpoint(sinch_conversation::Service::Auth, "http://auth.example")),
        ["endpoint(Auth)"]
    );
}

#[test]
fn a_client_and_its_calls_can_move_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    fn movable<T: Send>(_: &T) {}
    let client = builder("http://127.0.0.1:9").build().unwrap();
    shared(&client);
    movable(&text(&client).into_future());
    movable(&client.messages().get(MessageId::new("01M").unwrap()));
}
