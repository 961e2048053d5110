//! Code of your own around each attempt: an audit log, and a gateway that fails now and then.
//! `cargo run --example middleware -p sinch-conversation` prints:
//!
//! ```text
//! Messages_SendMessage, attempt 1: 503
//! Messages_SendMessage, attempt 2: 200
//! Sent … after a retry.
//! ```

mod common;

use std::error::Error;

use sinch_conversation::Client;
use sinch_conversation::message::Text;
use sinch_conversation::middleware::{AttemptError, AttemptRequest, AttemptResponse, Next};
use sinch_conversation::recipient::sms;
use sinch_conversation::reqwest::StatusCode;
use sinch_conversation_sandbox::{Endpoints, Sandbox};

const GUEST: &str = "+46700000001";

/// Logs every send, with what came of it.
async fn audit(request: AttemptRequest, next: Next) -> Result<AttemptResponse, AttemptError> {
    let (operation, attempt) = (request.operation(), request.attempt());
    let result = next.run(request).await;
    if operation == "Messages_SendMessage" {
        match &result {
            Ok(response) => println!(
                "{operation}, attempt {attempt}: {}",
                response.status.as_u16()
            ),
            Err(error) => println!("{operation}, attempt {attempt}: {error}"),
        }
    }
    result
}

/// Answers the first attempt of every send as an overloaded gateway does.
async fn overload(request: AttemptRequest, next: Next) -> Result<AttemptResponse, AttemptError> {
    match (request.operation(), request.attempt()) {
        ("Messages_SendMessage", 1) => {
            Ok(AttemptResponse::new(StatusCode::SERVICE_UNAVAILABLE, ""))
        }
        _ => next.run(request).await,
    }
}

fn client(endpoints: &Endpoints) -> Result<Client, sinch_conversation::Error> {
    common::settings(endpoints)
        .middleware(audit)
        .middleware(overload)
        .build()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let set_up = common::app(&common::client(sandbox.endpoints())?).await?;

    let client = client(sandbox.endpoints())?;
    let app = client.app(set_up.id());
    let sent = app
        .send(Text::new("Your table is ready"))
        .to(sms(GUEST))
        .await?;
    println!("Sent {} after a retry.", sent.message_id);
    Ok(())
}
