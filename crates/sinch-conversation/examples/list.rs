//! Lists messages in three ways. `cargo run --example list -p sinch-conversation` prints:
//!
//! ```text
//! As a stream: 25 messages, the newest is "Table 25 is ready".
//! Page by page:
//!   page 1 has 10 messages
//!   page 2 has 10 messages
//!   page 3 has 5 messages
//! The first that is wanted: "Table 7 is ready".
//! 2 conversations have messages.
//! ```

mod common;
#[path = "common/words.rs"]
mod words;

use futures_util::TryStreamExt;
use sinch_conversation::Error;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::{AppHandle, StoredMessage};
use sinch_conversation_sandbox::Sandbox;
use words::words;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;
    send_some(&app).await?;

    // Further pages are asked for when they are needed.
    let all: Vec<StoredMessage> = app.messages().stream().try_collect().await?;
    println!(
        "As a stream: {} messages, the newest is {:?}.",
        all.len(),
        all.first().and_then(words).unwrap_or_default()
    );

    println!("Page by page:");
    let mut pages = app.messages().page_size(10).pages();
    let mut number = 0;
    while let Some(page) = pages.try_next().await? {
        number += 1;
        println!("  page {number} has {} messages", page.items.len());
    }

    // Stopping early saves the requests for the pages that are left.
    let mut messages = app.messages().page_size(10).stream();
    while let Some(message) = messages.try_next().await? {
        if let Some(text) = words(&message).filter(|text| text.contains("Table 7 ")) {
            println!("The first that is wanted: {text:?}.");
            break;
        }
    }

    let conversations: Vec<_> = app.conversations().stream().try_collect().await?;
    println!("{} conversations have messages.", conversations.len());
    Ok(())
}

/// Sends 25 texts to two people.
async fn send_some(app: &AppHandle) -> Result<(), Error> {
    for table in 1..=25 {
        let person = if table % 2 == 0 {
            "46700000001"
        } else {
            "46700000002"
        };
        app.send(Text::new(format!("Table {table} is ready")))
            .to(sms(person))
            .await?;
    }
    Ok(())
}
