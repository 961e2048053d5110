//! Many sends: what is in memory, what is sent, what is told, and what happens when they stop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod bounds;
#[path = "../../examples/common/mod.rs"]
mod common;
mod panics;
mod sends;
mod stops;

use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Identity, whatsapp};
use sinch_conversation::resources::{AppHandle, SendMessage};
use sinch_conversation::{AppId, Client, RetryPolicy};
use sinch_conversation_test_server as server;

use server::{Act, Request, Server};

fn app(server: &Server) -> AppHandle {
    Client::builder()
        .project("the-project")
        .access_key("the-key", "the-secret")
        .endpoints(&server.url)
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
        .app(AppId::new("01APP").unwrap())
}

/// The same words for everybody.
fn words(server: &Server) -> SendMessage {
    app(server).send(Text::new("the words"))
}

/// So many people. The address of each is its position.
fn people(count: usize) -> impl Iterator<Item = Identity> + Send {
    (0..count).map(|position| whatsapp(position.to_string()))
}

/// For which position a request is.
fn position(request: &Request) -> usize {
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let address = body.pointer("/recipient/identified_by/channel_identities/0/identity");
    address.unwrap().as_str().unwrap().parse().unwrap()
}

/// For which positions requests were made, sorted.
fn positions(server: &Server) -> Vec<usize> {
    let mut positions: Vec<_> = server.calls().iter().map(position).collect();
    positions.sort_unstable();
    positions
}

fn good(request: &Request) -> Act {
    if request.is_token() {
        Act::token("the-token")
    } else {
        let id = format!("01MESSAGE{}", position(request));
        Act::reply(200, json!({"message_id": id}))
    }
}

/// A server that takes every message in.
async fn willing() -> Server {
    Server::start(|request, _| good(&request)).await
}

/// A server that issues tokens and answers every send with an error.
async fn refusing(status: u16, message: &'static str) -> Server {
    Server::start(move |request, _| {
        if request.is_token() {
            good(&request)
        } else {
            Act::reply(
                status,
                json!({"error": {"code": status, "message": message}}),
            )
        }
    })
    .await
}

/// Lets the other tasks go on until the condition holds.
async fn until(condition: impl Fn() -> bool) {
    let patience = std::time::Instant::now() + Duration::from_secs(120);
    while !condition() {
        assert!(std::time::Instant::now() < patience, "it did not happen");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
