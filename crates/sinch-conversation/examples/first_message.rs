//! Sends one text and reads it back. `cargo run --example first_message -p sinch-conversation` prints:
//!
//! ```text
//! Accepted as ….
//! The API keeps it as "Your table is ready", direction TO_CONTACT.
//! The channel SMS says DELIVERED.
//! ```

mod common;
#[path = "common/words.rs"]
mod words;

use std::time::Duration;

use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation_sandbox::Sandbox;
use words::words;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;

    let sent = app
        .send(Text::new("Your table is ready"))
        .to(sms("+46700000001"))
        .await?;
    println!("Accepted as {}.", sent.message_id);

    let stored = client.messages().get(&sent.message_id).await?;
    println!(
        "The API keeps it as {:?}, direction {}.",
        words(&stored).unwrap_or_default(),
        stored
            .data()
            .direction
            .as_ref()
            .map_or("unknown", |it| it.as_str()),
    );

    // An application learns this from a receipt that is sent to its webhook.
    let delivered = sandbox
        .wait_for_delivery(sent.message_id.as_str(), Duration::from_secs(10))
        .await?;
    if let Some(receipt) = delivered.receipts.last() {
        let channel = receipt.channel_identity.as_ref();
        println!(
            "The channel {} says {}.",
            channel.map_or("unknown", |identity| identity.channel.as_str()),
            receipt.status
        );
    }
    Ok(())
}
