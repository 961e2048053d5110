//! Looks at a set-up and says what is wrong with it.
//!
//! Without arguments it needs no account: it starts the sandbox in this process, with an app that lacks a few things.
//! `cargo run --example doctor -p sinch-conversation`
//!
//! With `--live` it looks at the set-up that the `SINCH_*` variables name, with requests that only read:
//! `cargo run --example doctor -p sinch-conversation -- --live`

mod common;

use std::error::Error;
use std::process::ExitCode;

use sinch_conversation::Client;
use sinch_conversation::types::WebhookTrigger;
use sinch_conversation_sandbox::Sandbox;

#[tokio::main]
async fn main() -> ExitCode {
    let live = std::env::args().nth(1).as_deref() == Some("--live");
    let outcome = if live { examine().await } else { tell().await };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn examine() -> Result<bool, Box<dyn Error>> {
    let report = Client::from_env()?.doctor().await;
    println!("{report}");
    Ok(report.is_healthy())
}

/// Three times the doctor, and a little better each time.
async fn tell() -> Result<bool, Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;

    let report = client.doctor().app("01HZX3J6Q0V9T8W7R5K4M2N1P0").await;
    println!("An app id with a slip:\n\n{report}\n");

    let report = client.doctor().app(&app).await;
    println!("The right one, without a webhook:\n\n{report}\n");

    client
        .webhooks()
        .create(&app, "https://example.com/sinch")
        .triggers([
            WebhookTrigger::MessageDelivery,
            WebhookTrigger::MessageInbound,
        ])
        .secret("a long random text")
        .await?;
    let report = client.doctor().app(&app).await;
    println!("With a webhook:\n\n{report}");
    sandbox.shutdown().await;
    Ok(report.is_healthy())
}
