//! Lists messages in four ways. `cargo run --example list -p sinch-conversation` prints:
//!
//! ```text
//! All 25 messages, the newest is "Table 25 is ready".
//! Page by page:
//!   page 1 has 10 messages
//!   page 2 has 10 messages
//!   page 3 has 5 messages
//! The first that is wanted: "Table 7 is ready".
//! As a stream: 12 messages to the first guest.
//! 2 conversations have messages.
//! ```

mod common;
#[path = "common/words.rs"]
mod words;

use futures_util::TryStreamExt;
use sinch_conversation::Error;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::AppHandle;
use sinch_conversation_sandbox::Sandbox;
use words::words;

const GUESTS: [&str; 2] = ["46700000001", "46700000002"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;
    send_some(&app).await?;

    // More than 1000 would be an error, and not a list that is cut.
    let all = app.messages().collect(1000).await?;
    println!(
        "All {} messages, the newest is {:?}.",
        all.len(),
        all.first().and_then(words).unwrap_or_default()
    );

    println!("Page by page:");
    let mut pages = app.messages().page_size(10).paginate();
    let mut number = 0;
    while let Some(page) = pages.next_page().await? {
        number += 1;
        println!("  page {number} has {} messages", page.items.len());
    }

    // Stopping early saves the requests for the pages that are left.
    let mut messages = app.messages().page_size(10).paginate();
    while let Some(message) = messages.next().await? {
        if let Some(text) = words(&message).filter(|text| text.contains("Table 7 ")) {
            println!("The first that is wanted: {text:?}.");
            break;
        }
    }

    // With the combinators of the `futures` crates.
    let messages = app.messages().channel_identity(GUESTS[0]).into_stream();
    let count = messages.try_fold(0, |count, _| async move { Ok(count + 1) });
    println!("As a stream: {} messages to the first guest.", count.await?);

    let conversations = app.conversations().collect(1000).await?;
    println!("{} conversations have messages.", conversations.len());
    Ok(())
}

/// Sends 25 texts to two people.
async fn send_some(app: &AppHandle) -> Result<(), Error> {
    for (table, guest) in (1..=25).zip(GUESTS.into_iter().rev().cycle()) {
        app.send(Text::new(format!("Table {table} is ready")))
            .to(sms(guest))
            .await?;
    }
    Ok(())
}
