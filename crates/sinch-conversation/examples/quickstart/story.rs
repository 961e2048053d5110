//! A restaurant tells a guest that the table is ready, and the guest answers.

use std::error::Error;
use std::time::Duration;

use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    AppMessageTypes, ContactMessageTypes, ConversationMessageTypes, DeliveryStatus, ProcessingMode,
    WebhookTrigger,
};
use sinch_conversation::webhook::{DeliveryReport, Event, EventKind};
use sinch_conversation::{AppId, Channel, Client, Service};
use sinch_conversation_sandbox::Sandbox;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::receiver;

const GUEST: &str = "+46700000001";
const SECRET: &str = "a long random text";

pub(crate) async fn tell() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    println!(
        "The sandbox is the API on this machine: {}",
        sandbox.endpoints().conversation()
    );
    let client = client(&sandbox)?;

    let app = open_restaurant(&client).await?;
    let (url, mut callbacks) = receiver::start(SECRET).await?;
    let webhook = client
        .webhooks()
        .create(&app, &url)
        .triggers([
            WebhookTrigger::MessageDelivery,
            WebhookTrigger::MessageInbound,
        ])
        .secret(SECRET)
        .await?;
    println!("Callbacks go to {url}, signed (webhook {}).", webhook.id());

    println!("\nThe guest cannot be reached on WhatsApp today.");
    sandbox.fail_channel("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    let sent = client
        .app(&app)
        .send(Text::new("Your table is ready"))
        .to(Recipient::identities([whatsapp(GUEST), sms(GUEST)]))
        .channel_priority([Channel::WhatsApp, Channel::Sms])
        .ttl(Duration::from_secs(3600))
        .await?;
    println!("Sent \"Your table is ready\" as {}.", sent.message_id);
    follow_delivery(&mut callbacks).await?;

    sandbox
        .handset(app.as_str(), "SMS", GUEST)
        .says("On our way!")
        .await?;
    read_answer(&mut callbacks).await?;

    list_conversations(&client, &app).await?;
    sandbox.shutdown().await;
    Ok(())
}

fn client(sandbox: &Sandbox) -> Result<Client, sinch_conversation::Error> {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoint(Service::Conversation, endpoints.conversation())
        .endpoint(Service::Template, endpoints.template())
        .endpoint(Service::Batch, endpoints.batch())
        .endpoint(Service::Auth, endpoints.auth())
        .build()
}

async fn open_restaurant(client: &Client) -> Result<AppId, sinch_conversation::Error> {
    let app = client
        .apps()
        .create("Osteria")
        .channel(ChannelCredentials::sms("a service plan", "its token"))
        .channel(ChannelCredentials::whatsapp("46700000000", "its token"))
        .processing_mode(ProcessingMode::Conversation)
        .await?;
    println!("The app {} sends over SMS and WhatsApp.", app.id());
    Ok(app.id().clone())
}

/// Prints the delivery reports until the message has arrived.
async fn follow_delivery(callbacks: &mut UnboundedReceiver<Event>) -> Result<(), Box<dyn Error>> {
    loop {
        let event = next(callbacks).await?;
        let EventKind::Delivery(report) = event.kind() else {
            continue;
        };
        println!("  report: {}", describe(report));
        if report.is_delivered() {
            return Ok(());
        }
        if report.is_final() {
            return Err("the message failed on every channel".into());
        }
    }
}

fn describe(report: DeliveryReport<'_>) -> String {
    let status = report.status().map_or("no status", DeliveryStatus::as_str);
    let channel = report.channel().map_or("no channel", Channel::as_str);
    match report.reason().and_then(|reason| reason.code.as_ref()) {
        Some(code) => format!("{status} on {channel}, because of {code}"),
        None => format!("{status} on {channel}"),
    }
}

async fn read_answer(callbacks: &mut UnboundedReceiver<Event>) -> Result<(), Box<dyn Error>> {
    loop {
        let event = next(callbacks).await?;
        if let EventKind::Inbound(message) = event.kind() {
            let (text, id) = (message.text(), message.id());
            println!(
                "\nThe guest answered \"{}\" ({}).",
                text.unwrap_or("no words"),
                id.unwrap_or_default()
            );
            return Ok(());
        }
    }
}

async fn next(callbacks: &mut UnboundedReceiver<Event>) -> Result<Event, Box<dyn Error>> {
    let event = tokio::time::timeout(Duration::from_secs(10), callbacks.recv()).await?;
    event.ok_or_else(|| "the receiver has stopped".into())
}

async fn list_conversations(client: &Client, app: &AppId) -> Result<(), sinch_conversation::Error> {
    for conversation in client.app(app).conversations().collect(100).await? {
        println!(
            "\nThe conversation {}, the newest message first:",
            conversation.id()
        );
        for message in client
            .messages()
            .list()
            .conversation(&conversation)
            .collect(1000)
            .await?
        {
            let (who, what) = line(&message.data().kind);
            println!("  {} {who}: {what}", message.id());
        }
    }
    Ok(())
}

/// Who said what.
fn line(message: &ConversationMessageTypes) -> (&str, &str) {
    match message {
        ConversationMessageTypes::AppMessage(message) => match &message.kind {
            AppMessageTypes::TextMessage(text) => ("restaurant", &text.text),
            _ => ("restaurant", "(no text)"),
        },
        ConversationMessageTypes::ContactMessage(message) => match &message.kind {
            ContactMessageTypes::TextMessage(text) => ("guest", &text.text),
            _ => ("guest", "(no text)"),
        },
        _ => ("somebody", "(a kind that is not known)"),
    }
}
