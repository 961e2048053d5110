//! What a test of an application does with the sandbox: make a channel fail, run the code, look at what came of it,
//! and be the person at the other end. `cargo run --example testing -p sinch-conversation` prints:
//!
//! ```text
//! The code under test sent …
//! It went: SWITCHING_CHANNEL, QUEUED_ON_CHANNEL, DELIVERED.
//! The guest answered, and the application finds: "On our way!"
//! ```

mod common;
#[path = "common/words.rs"]
mod words;

use std::error::Error;
use std::time::Duration;

use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::resources::AppHandle;
use sinch_conversation::{Channel, MessageId};
use sinch_conversation_sandbox::Sandbox;
use words::words;

const GUEST: &str = "+46700000001";

/// The code under test: it knows nothing of the sandbox.
async fn tell_the_guest(app: &AppHandle) -> Result<MessageId, sinch_conversation::Error> {
    let sent = app
        .send(Text::new("Your table is ready"))
        .to(Recipient::identities([whatsapp(GUEST), sms(GUEST)]))
        .channel_priority([Channel::WhatsApp, Channel::Sms])
        .await?;
    Ok(sent.message_id)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;
    sandbox.fail_next("WHATSAPP", "RECIPIENT_NOT_REACHABLE");

    let id = tell_the_guest(&app).await?;
    println!("The code under test sent {id}.");

    let limit = Duration::from_secs(10);
    let settled = sandbox.wait_for_delivery(id.as_str(), limit).await?;
    println!("It went: {}.", settled.statuses().join(", "));

    sandbox
        .handset(app.id()?.as_str(), "SMS", GUEST)
        .says("On our way!")
        .await?;
    let newest = app.messages().page_size(1).page().await?;
    println!(
        "The guest answered, and the application finds: {:?}",
        newest.items.first().and_then(words).unwrap_or_default()
    );
    Ok(())
}
