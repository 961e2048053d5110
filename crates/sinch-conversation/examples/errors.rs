//! Lets things go wrong, one after the other, and prints what the error says and what a program does with it.
//! `cargo run --example errors -p sinch-conversation` prints:
//!
//! ```text
//! A time to live that is too short:
//!   error: Messages_SendMessage: refused before sending: ttl: …
//!   requests: 0; correct the call
//! A message that does not exist:
//!   error: Messages_GetMessage: the API answered 404 NOT_FOUND…
//!   requests: 1; correct the call
//! A wrong key:
//!   error: Messages_SendMessage: the token host does not know this key id and key secret…
//!   requests: 0; correct the settings
//! Tokens that have expired:
//!   no error: a new token was fetched
//! A server that is stopped:
//!   error: Messages_SendMessage: no connection to the API: … (after 3 attempts)
//!   requests: 3; nothing was sent, try again later
//! An answer that is lost:
//!   error: Messages_SendMessage: the connection broke before the answer was complete
//!   requests: 1; it may have gone out, look before sending again
//! A channel that fails:
//!   no error: the send was accepted
//!   the receipt says FAILED (RECIPIENT_NOT_OPTED_IN)
//! ```

mod common;

use std::time::Duration;

use sinch_conversation::client::ClientBuilder;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::{AppHandle, SendMessage, Sent};
use sinch_conversation::{Client, Error, ErrorKind, RetryPolicy, Service};
use sinch_conversation_sandbox::Sandbox;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let sandbox = Sandbox::builder()
        .access_key("the key", "its secret")
        .start()
        .await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;

    println!("A time to live that is too short:");
    let short = text(&client, &app).ttl(Duration::from_secs(1));
    report(short.await);

    println!("A message that does not exist:");
    report(client.messages().get("01JAAAAAAAAAAAAAAAAAAAAAAA").await);

    println!("A wrong key:");
    let wrong = settings(&sandbox).access_key("the key", "not its secret");
    report(text(&wrong.build()?, &app).await);

    println!("Tokens that have expired:");
    sandbox.expire_tokens();
    text(&client, &app).await?;
    println!("  no error: a new token was fetched");

    println!("A server that is stopped:");
    let stopped = settings(&sandbox).endpoint(Service::Conversation, stopped_server().await?);
    report(text(&stopped.build()?, &app).await);

    println!("An answer that is lost:");
    let mute = settings(&sandbox).endpoint(Service::Conversation, mute_server().await?);
    report(text(&mute.build()?, &app).await);

    println!("A channel that fails:");
    sandbox.fail_channel("SMS", "RECIPIENT_NOT_OPTED_IN");
    let sent = text(&client, &app).await?;
    println!("  no error: the send was accepted");
    print_receipt(&sandbox, &sent).await
}

fn text(client: &Client, app: &AppHandle) -> SendMessage {
    client
        .app(app)
        .send(Text::new("Your table is ready"))
        .to(sms("+46700000001"))
}

/// As the common client, with short pauses between the attempts.
fn settings(sandbox: &Sandbox) -> ClientBuilder {
    let endpoints = sandbox.endpoints();
    let (base, cap) = (Duration::from_millis(5), Duration::from_millis(20));
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoints(endpoints.conversation())
        .retry(RetryPolicy::default().max_attempts(3).backoff(base, cap))
}

fn report<T>(outcome: Result<T, Error>) {
    match outcome {
        Ok(_) => println!("  no error"),
        Err(error) => {
            println!("  error: {error}");
            println!("  requests: {}; {}", error.attempts(), advice(&error));
        }
    }
}

/// What a program does next. The client has made its own attempts already.
fn advice(error: &Error) -> &'static str {
    if error.may_have_been_processed() {
        return "it may have gone out, look before sending again";
    }
    match error.kind() {
        _ if error.is_retryable() => "nothing was sent, try again later",
        ErrorKind::Auth(_) => "correct the settings",
        _ => "correct the call",
    }
}

async fn print_receipt(sandbox: &Sandbox, sent: &Sent) -> Outcome {
    let settled = sandbox
        .wait_for_delivery(sent.message_id.as_str(), Duration::from_secs(10))
        .await?;
    if let Some(receipt) = settled.receipts.last() {
        let reason = receipt.reason.as_ref().and_then(|it| it.code.as_ref());
        let reason = reason.map_or("no reason", |code| code.as_str());
        println!("  the receipt says {} ({reason})", receipt.status);
    }
    Ok(())
}

/// The address of a server that is gone.
async fn stopped_server() -> Result<String, Box<dyn std::error::Error>> {
    let server = Sandbox::start().await?;
    let url = server.endpoints().conversation().to_owned();
    server.shutdown().await;
    Ok(url)
}

/// The address of a server that reads a request and closes the connection without an answer.
async fn mute_server() -> Result<String, Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 16 * 1024]).await;
        }
    });
    Ok(url)
}
