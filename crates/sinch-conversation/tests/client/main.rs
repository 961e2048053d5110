//! The client against a server that misbehaves, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod answers;
mod batches;
mod conversations;
mod coverage;
mod edits;
mod errors;
mod events;
mod execute;
mod faults;
mod hostile;
mod ids;
mod keys;
mod limits;
mod lists;
mod lookups;
mod malformed;
mod matrix;
#[path = "../support/methods.rs"]
mod methods;
mod middleware;
mod observed;
mod options;
mod otel;
mod per_call;
mod recorder;
mod requests;
mod resources;
mod responses;
mod retries;
mod secrets;
mod shown;
mod stored_messages;
mod templates;
mod tokens;
mod upserts;

use std::time::{Duration, SystemTime};

use serde_json::json;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::SendMessage;
use sinch_conversation::{AppId, Client, ClientBuilder, Error, MessageId, RetryPolicy, Timestamp};
use sinch_conversation_test_server as server;

use server::{Act, Server};

/// Retries immediately, so that no test waits.
fn at_once() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::from_millis(1), Duration::from_millis(2))
}

fn builder(url: &str) -> ClientBuilder {
    recorder::keep_on();
    Client::builder()
        .project("the-project")
        .access_key("the-key", "the-secret")
        .endpoints(url)
        .retry(at_once())
}

fn client(server: &Server) -> Client {
    builder(&server.url).build().unwrap()
}

/// A send of one text.
fn text(client: &Client) -> SendMessage {
    client
        .app(AppId::new("01APP").unwrap())
        .send(Text::new("the words"))
        .to(sms("+46700000001"))
}

fn message_id() -> MessageId {
    MessageId::new("01MESSAGE").unwrap()
}

/// What the API answers when all is well.
fn good(path: &str) -> Act {
    if path == "/oauth2/token" {
        Act::token("the-token")
    } else if path.ends_with("messages:send") {
        Act::reply(
            200,
            json!({"message_id": "01MESSAGE", "accepted_time": "2025-01-02T03:04:05Z"}),
        )
    } else {
        Act::reply(200, json!({"id": "01MESSAGE", "direction": "TO_CONTACT"}))
    }
}

/// A server that issues tokens and does `act` with the first call; all further calls are answered well.
async fn first(act: Act) -> Server {
    Server::start(move |request, number| match number {
        0 if !request.is_token() => act.clone(),
        _ => good(&request.path),
    })
    .await
}

/// A server that issues tokens and does `act` with every call.
async fn always(act: Act) -> Server {
    Server::start(move |request, _| {
        if request.is_token() {
            good(&request.path)
        } else {
            act.clone()
        }
    })
    .await
}

/// What an error says of each refused argument.
fn violations(error: &Error) -> Vec<String> {
    error.violations().iter().map(ToString::to_string).collect()
}

/// The time this many seconds from now.
fn from_now(seconds: i64) -> Timestamp {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    Timestamp::from(match seconds {
        0.. => now + distance,
        _ => now - distance,
    })
}

/// Moves the client's clock ahead.
async fn jump(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

/// Lets the other tasks go on until the condition holds.
async fn until(condition: impl Fn() -> bool) {
    let patience = std::time::Instant::now() + Duration::from_secs(120);
    while !condition() {
        assert!(std::time::Instant::now() < patience, "it did not happen");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
