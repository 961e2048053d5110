//! A guest talks to the bot, through a sandbox in place of the API.

use std::error::Error;
use std::time::Duration;

use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{
    AppMessage, AppMessageTypes, ConversationDirection, WebhookTrigger,
};
use sinch_conversation::webhook::{Receiver, Verifier};
use sinch_conversation::{AppId, Client};
use sinch_conversation_sandbox::{Sandbox, TimelineEntry};
use tokio::net::TcpListener;

use crate::bot;

const GUEST: &str = "+46700000001";
const SECRET: &str = "a long random text";
const SOON: Duration = Duration::from_secs(10);

pub(crate) async fn tell() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = client(&sandbox)?;
    let app = open_restaurant(&client, &start(client.clone()).await?).await?;
    let guest = sandbox.handset(app.as_str(), "WHATSAPP", GUEST);

    println!("Guest: Hello");
    guest.says("Hello").await?;
    let question = next_answer(&sandbox, 0).await?;

    println!("Guest taps on \"Opening hours\".");
    sandbox.wait_for_delivery(&question.id, SOON).await?;
    guest.chooses(&question.id, "Opening hours").await?;
    next_answer(&sandbox, question.seq).await?;

    println!("The API delivers the first callback again.");
    let first = sandbox.wait_for_callback(SOON, |callback| callback.trigger == "MESSAGE_INBOUND");
    sandbox.replay_callback(first.await?.id).await?;
    sandbox.wait_until_quiet(SOON).await?;
    println!("The bot has sent {} messages.", sandbox.sent().await?.len());

    sandbox.shutdown().await;
    Ok(())
}

/// Starts the bot on a free port, and returns the address for callbacks.
async fn start(client: Client) -> Result<String, Box<dyn Error>> {
    let router = bot::router(client, Receiver::new(Verifier::new([SECRET])?));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/sinch", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    println!("Callbacks go to {url}.");
    Ok(url)
}

fn client(sandbox: &Sandbox) -> Result<Client, sinch_conversation::Error> {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoints(endpoints.conversation())
        .build()
}

/// The app is in DISPATCH mode, as new apps are: it has no contacts, and answers go to addresses.
async fn open_restaurant(client: &Client, url: &str) -> Result<AppId, sinch_conversation::Error> {
    let app = client
        .apps()
        .create("Osteria")
        .channel(ChannelCredentials::whatsapp("46700000000", "its token"))
        .await?;
    client
        .webhooks()
        .create(&app, url)
        .triggers([WebhookTrigger::MessageInbound])
        .secret(SECRET)
        .await?;
    Ok(app.id().clone())
}

/// Waits for what the bot says after an entry of the timeline, and prints it.
async fn next_answer(sandbox: &Sandbox, after: i64) -> Result<TimelineEntry, Box<dyn Error>> {
    let is_answer = |entry: &TimelineEntry| {
        entry.seq > after && entry.direction == ConversationDirection::ToContact
    };
    let answer = sandbox.wait_for_entry(SOON, is_answer).await?;
    let message = answer.message.clone().unwrap_or_default();
    let message: AppMessage = serde_json::from_value(message)?;
    match message.kind {
        AppMessageTypes::TextMessage(text) => println!("Bot:   {}", text.text),
        AppMessageTypes::ChoiceMessage(question) => {
            let text = question.text_message.map(|text| text.text);
            println!(
                "Bot:   {} [Book a table] [Opening hours]",
                text.unwrap_or_default()
            );
        }
        other => println!("Bot:   {other:?}"),
    }
    Ok(answer)
}
