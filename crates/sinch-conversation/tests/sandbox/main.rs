//! The client against the sandbox, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../../examples/bot/bot.rs"]
mod bot;
mod every_operation;
mod inbound;
#[path = "../support/methods.rs"]
mod methods;
#[path = "../../examples/quickstart/receiver.rs"]
mod receiver;
mod resources;
mod snippets;
mod upserts;

use std::time::Duration;

use sinch_conversation::message::kakaotalk::{Button, Commerce, Offer, Product, Won};
use sinch_conversation::message::line::NotificationTemplate;
use sinch_conversation::message::whatsapp::Flow;
use sinch_conversation::message::{
    Card, Carousel, Choice, Choices, ContactInfo, List, ListItem, ListSection, Location, Media,
    Message, Template, TemplateRef, Text,
};
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    AppMessage, ConversationDirection, ConversationMessageTypes, ConversationWebhookEvent,
    ProcessingMode, WebhookTrigger,
};
use sinch_conversation::webhook::Event;
use sinch_conversation::{AppId, Channel, Client, ContactId, ErrorKind, Service};
use sinch_conversation_sandbox::Sandbox;
use tokio::sync::mpsc::UnboundedReceiver;

const PERSON: &str = "46700000001";

/// How long a test waits for what has to happen.
const SOON: Duration = Duration::from_secs(120);

fn client(sandbox: &Sandbox) -> Client {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoint(Service::Conversation, endpoints.conversation())
        .endpoint(Service::Template, endpoints.template())
        .endpoint(Service::Batch, endpoints.batch())
        .endpoint(Service::Auth, endpoints.auth())
        .build()
        .unwrap()
}

async fn app(client: &Client) -> AppId {
    let app = client
        .apps()
        .create("Reservations")
        .channel(ChannelCredentials::whatsapp("46700000000", "wa-token"))
        .channel(ChannelCredentials::sms("plan", "sms-token"))
        .processing_mode(ProcessingMode::Conversation)
        .await
        .unwrap();
    assert_eq!(app.data().display_name.as_deref(), Some("Reservations"));
    app.id().clone()
}

fn everywhere() -> Recipient {
    Recipient::identities([whatsapp(PERSON), sms(PERSON)])
}

fn every_kind() -> Vec<Message> {
    let choice = || Choice::text("Yes").postback("yes");
    vec![
        Text::new("hi").into(),
        Media::new("https://example.com/table.jpg").into(),
        Choices::new("Coming?", [choice()]).into(),
        Card::new("Table 4").choices([choice()]).into(),
        Carousel::new([Card::new("Table 4"), Card::new("Table 5")]).into(),
        Location::new("Find us", 55.61, 13.05).into(),
        List::new("Today", [ListSection::new([ListItem::choice("Soup")])]).into(),
        Template::channel(
            Channel::WhatsApp,
            TemplateRef::new("reminder").language("en_US"),
        )
        .into(),
        ContactInfo::new("Ada Lovelace", "+44700000001").into(),
    ]
}

/// The status of a delivery receipt, and the channel it is about.
fn receipt(event: &Event) -> (String, String) {
    match event.typed() {
        ConversationWebhookEvent::MessageDeliveryReceiptEvent(receipt) => {
            let report = serde_json::to_value(&receipt.message_delivery_report).unwrap();
            let text = |pointer| {
                report
                    .pointer(pointer)
                    .and_then(|value| value.as_str())
                    .unwrap_or("")
                    .to_owned()
            };
            (text("/status"), text("/channel_identity/channel"))
        }
        other => panic!("{other:?}"),
    }
}

async fn next(events: &mut UnboundedReceiver<Event>) -> Event {
    tokio::time::timeout(SOON, events.recv())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn every_kind_of_message_is_sent_and_read_back_as_it_was() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = client.app(app(&client).await);
    for message in every_kind() {
        let sent = app.send(message.clone()).to(everywhere()).await.unwrap();
        let stored = client.messages().get(&sent.message_id).await.unwrap();
        assert_eq!(*stored.id(), sent.message_id);
        assert_eq!(
            stored.data().direction,
            Some(ConversationDirection::ToContact)
        );
        let expected: AppMessage = message.into();
        assert_eq!(
            stored.data().kind,
            ConversationMessageTypes::AppMessage(expected)
        );
    }
}

#[tokio::test]
async fn what_only_one_channel_knows_is_sent_and_read_back_as_it_was() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = client.app(app(&client).await);
    let buttons = [Button::web("Buy", "https://example.com/soup")];
    let soup = Offer::new(
        "https://example.com/soup.jpg",
        Product::new("Soup", Won(9_000)),
        buttons,
    );
    let message = Message::new(Text::new("Book at https://example.com"))
        .whatsapp(Flow::new("4711", "Book a table").screen("TABLES"))
        .kakaotalk(Commerce::new(soup))
        .line(NotificationTemplate::new("reservation_ja").item("name_010_ja", "Ada"));
    let sent = app.send(message.clone()).to(everywhere()).await.unwrap();
    let stored = client.messages().get(&sent.message_id).await.unwrap();
    let expected: AppMessage = message.into();
    assert!(expected.channel_specific_message.is_some());
    assert_eq!(
        stored.data().kind,
        ConversationMessageTypes::AppMessage(expected)
    );

    let beyond = Message::new(Text::new("hi")).whatsapp(Flow::new("4711", "x".repeat(21)));
    let error = app.send(beyond).to(everywhere()).await.unwrap_err();
    assert_eq!(
        error.violations()[0].field,
        "message.channel_specific_message.WHATSAPP.message.flow_cta"
    );
    assert_eq!(sandbox.sent().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_falls_back_and_its_receipts_are_signed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, mut events) = receiver::start("hush").await.unwrap();
    let client = client(&sandbox);
    let app = app(&client).await;
    let webhook = client
        .webhooks()
        .create(&app, &url)
        .triggers([
            WebhookTrigger::MessageDelivery,
            WebhookTrigger::MessageInbound,
        ])
        .secret("hush")
        .await
        .unwrap();
    assert_eq!(webhook.data().target, url);

    sandbox.fail_channel("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    let sent = client
        .app(&app)
        .send(Text::new("Your table is ready"))
        .to(everywhere())
        .channel_priority([Channel::WhatsApp, Channel::Sms])
        .ttl(Duration::from_secs(3600))
        .metadata("table 4")
        .correlation_id("booking-7")
        .await
        .unwrap();
    let mut receipts = Vec::new();
    while receipts
        .last()
        .is_none_or(|(status, _)| status != "DELIVERED")
    {
        let event = next(&mut events).await;
        assert_eq!(event.correlation_id(), Some("booking-7"));
        assert_eq!(event.app_id(), Some(app.as_str()));
        assert!(event.raw().to_string().contains(sent.message_id.as_str()));
        receipts.push(receipt(&event));
    }
    let switch = receipts
        .iter()
        .position(|(status, _)| status == "SWITCHING_CHANNEL")
        .unwrap();
    assert_eq!(receipts[switch].1, "WHATSAPP");
    assert_eq!(receipts.last().unwrap().1, "SMS");

    sandbox
        .handset(app.as_str(), "SMS", PERSON)
        .says("On my way!")
        .await
        .unwrap();
    let answer = next(&mut events).await;
    assert_eq!(answer.trigger(), &WebhookTrigger::MessageInbound);
    let text = answer
        .raw()
        .pointer("/message/contact_message/text_message/text")
        .unwrap();
    assert_eq!(text, "On my way!");
}

#[tokio::test]
async fn conversations_and_messages_are_listed_page_by_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = client.app(app(&client).await);
    let mut sent = Vec::new();
    for number in 0..5 {
        let message = app
            .send(Text::new(number.to_string()))
            .to(sms(PERSON))
            .await
            .unwrap();
        sent.push(message.message_id);
    }
    let conversations = app.conversations().only_active(true).page().await.unwrap();
    assert_eq!((conversations.items.len(), &conversations.next), (1, &None));
    let conversation = &conversations.items[0];
    assert_eq!(
        conversation.data().app_id.as_deref(),
        Some(app.id().unwrap().as_str())
    );
    let contact = ContactId::new(conversation.data().contact_id.clone().unwrap()).unwrap();
    app.send(Text::new("5")).to(&contact).await.unwrap();

    let list = || {
        client
            .messages()
            .list()
            .conversation(conversation.id())
            .page_size(2)
    };
    let mut page = list().page().await.unwrap();
    let mut seen = Vec::new();
    loop {
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|message| message.id().clone()));
        match page.next {
            Some(token) => page = list().page_token(token).page().await.unwrap(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    seen.reverse();
    assert_eq!(seen[..5], sent);
}

#[tokio::test]
async fn an_expired_token_is_not_noticed() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = client.app(app(&client).await);
    for _ in 0..3 {
        sandbox.expire_tokens();
        app.send(Text::new("hi")).to(sms(PERSON)).await.unwrap();
    }
    assert_eq!(sandbox.sent().await.unwrap().len(), 3);
}

#[tokio::test]
async fn refusals_of_the_api_are_typed() {
    let sandbox = Sandbox::builder()
        .access_key("key", "right")
        .start()
        .await
        .unwrap();
    let unknown = AppId::new("01HZX3J6Q0V9T8W7R5K4M2N1P0").unwrap();
    let good = client(&sandbox);
    let error = good
        .app(&unknown)
        .send(Text::new("hi"))
        .to(sms(PERSON))
        .await
        .unwrap_err();
    let api = error.api().unwrap();
    assert_eq!(
        (api.status.as_u16(), api.code.as_deref()),
        (404, Some("NOT_FOUND"))
    );
    // The sandbox has no regions.
    assert!(
        error.is_not_found() && !error.to_string().contains("region"),
        "{error}"
    );

    let endpoints = sandbox.endpoints();
    let wrong = Client::builder()
        .project(endpoints.project_id())
        .access_key("key", "wrong")
        .endpoints(endpoints.conversation())
        .build()
        .unwrap();
    let error = wrong
        .app(&unknown)
        .send(Text::new("hi"))
        .to(sms(PERSON))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Auth(_)), "{error:?}");
}
