//! Sends one message to many people, stops half way, and goes on later.
//!
//! It needs no account: it starts the sandbox in this process.
//! `cargo run --example bulk -p sinch-conversation`

mod common;

use std::error::Error;

use sinch_conversation::Client;
use sinch_conversation::bulk::Outcomes;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Identity, Recipient, sms};
use sinch_conversation::resources::SendMessage;
use sinch_conversation_sandbox::Sandbox;

const GUESTS: usize = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let message = message(&client).await?;

    println!("Sending to {GUESTS} guests, 20 at a time.");
    let mut outcomes = message
        .clone()
        .each(guests())?
        .concurrency(20)
        .on_progress(|progress| {
            let done = progress.succeeded + progress.failed;
            if done % 100 == 0 {
                println!("  {done} done, {} of them failed", progress.failed);
            }
        })
        .as_completed();
    // Somebody asks the process to end.
    let stop_handle = outcomes.stop_handle();
    for _ in 0..GUESTS / 2 {
        outcomes.next().await;
    }
    stop_handle.stop();
    let failed = count_failures(&mut outcomes).await;
    let next = outcomes.checkpoint().next;
    println!(
        "Stopped. What was under way came to its end, {failed} of it failed. Next is guest {next}."
    );

    println!("Going on at guest {next}.");
    let mut outcomes = message.each(guests())?.start_at(next).in_order();
    let failed = count_failures(&mut outcomes).await;
    println!("Done, {failed} failed.");

    println!(
        "The sandbox accepted {} messages.",
        sandbox.sent().await?.len()
    );
    sandbox.shutdown().await;
    Ok(())
}

async fn message(client: &Client) -> Result<SendMessage, sinch_conversation::Error> {
    let app = common::app(client).await?;
    Ok(app.send(Text::new("We open again on Monday")))
}

/// In life these come from a file or a database, in an order that stays the same.
fn guests() -> impl Iterator<Item = Identity> + Send {
    (0..GUESTS).map(|guest| sms(format!("+46700{guest:06}")))
}

async fn count_failures(outcomes: &mut Outcomes<'_, Recipient>) -> usize {
    let mut failed = 0;
    while let Some(outcome) = outcomes.next().await {
        if let Err(error) = outcome.result {
            println!("  guest {}: {error}", outcome.position);
            failed += 1;
        }
    }
    failed
}
