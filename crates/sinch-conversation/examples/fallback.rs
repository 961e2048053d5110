//! Tries WhatsApp first and SMS next. `cargo run --example fallback -p sinch-conversation` prints:
//!
//! ```text
//! Everything works:
//!   QUEUED_ON_CHANNEL on WHATSAPP
//!   DELIVERED on WHATSAPP
//! The person has no WhatsApp:
//!   SWITCHING_CHANNEL on WHATSAPP (RECIPIENT_NOT_REACHABLE)
//!   QUEUED_ON_CHANNEL on SMS
//!   DELIVERED on SMS
//! No channel reaches the person:
//!   SWITCHING_CHANNEL on WHATSAPP (RECIPIENT_NOT_REACHABLE)
//!   FAILED on SMS (…)
//! ```

mod common;

use std::error::Error;
use std::time::Duration;

use sinch_conversation::Channel;
use sinch_conversation::message::{Message, Text};
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::resources::AppHandle;
use sinch_conversation_sandbox::Sandbox;

const PERSON: &str = "+46700000001";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;

    println!("Everything works:");
    send(&sandbox, &app).await?;

    println!("The person has no WhatsApp:");
    sandbox.fail_channel("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    send(&sandbox, &app).await?;

    println!("No channel reaches the person:");
    sandbox.fail_channel("SMS", "RECIPIENT_NOT_REACHABLE");
    send(&sandbox, &app).await
}

/// Sends a message and prints what becomes of it.
async fn send(sandbox: &Sandbox, app: &AppHandle) -> Result<(), Box<dyn Error>> {
    let message = Message::new(Text::new("Your table is ready. Tap to see the menu."))
        .on(Channel::Sms, Text::new("Your table is ready."));
    let sent = app
        .send(message)
        .to(Recipient::identities([whatsapp(PERSON), sms(PERSON)]))
        .channel_priority([Channel::WhatsApp, Channel::Sms])
        .ttl(Duration::from_secs(3600))
        .await?;

    // An application learns this from the receipts that are sent to its webhook.
    let settled = sandbox
        .wait_for_delivery(sent.message_id.as_str(), Duration::from_secs(10))
        .await?;
    for receipt in &settled.receipts {
        let channel = receipt.channel_identity.as_ref();
        print!(
            "  {} on {}",
            receipt.status,
            channel.map_or("no channel", |identity| identity.channel.as_str())
        );
        match receipt.reason.as_ref().and_then(|it| it.code.as_ref()) {
            Some(code) => println!(" ({code})"),
            None => println!(),
        }
    }
    Ok(())
}
