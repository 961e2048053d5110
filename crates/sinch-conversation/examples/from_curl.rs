//! The same token, send and list twice: request by request as with curl, and with the client.
//! `cargo run --example from_curl -p sinch-conversation` prints:
//!
//! ```text
//! By hand, with a token of … characters: …
//! With the client: …
//! By hand the list has 2 messages, with the client it has 2.
//! ```

mod common;

use std::error::Error;

use serde_json::{Value, json};
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::AppHandle;
use sinch_conversation_sandbox::{Endpoints, Sandbox};

const PERSON: &str = "+46700000001";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = common::client(sandbox.endpoints())?;
    let app = common::app(&client).await?;
    let by_hand = ByHand::new(sandbox.endpoints()).await?;

    let id = by_hand.send(&app).await?;
    println!(
        "By hand, with a token of {} characters: {id}",
        by_hand.token.len()
    );
    let sent = app
        .send(Text::new("Your table is ready"))
        .to(sms(PERSON))
        .await?;
    println!("With the client: {}", sent.message_id);

    println!(
        "By hand the list has {} messages, with the client it has {}.",
        by_hand.list(&app).await?,
        app.messages().page().await?.items.len()
    );
    Ok(())
}

/// What curl would do.
struct ByHand {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl ByHand {
    /// `curl --user KEY:SECRET --data grant_type=client_credentials`
    async fn new(endpoints: &Endpoints) -> Result<Self, Box<dyn Error>> {
        let http = reqwest::Client::new();
        let answer: Value = http
            .post(format!("{}/oauth2/token", endpoints.auth()))
            .basic_auth(endpoints.key_id(), Some(endpoints.key_secret()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let token = answer
            .get("access_token")
            .and_then(Value::as_str)
            .ok_or("no token")?
            .to_owned();
        let url = format!(
            "{}/v1/projects/{}",
            endpoints.conversation(),
            endpoints.project_id()
        );
        Ok(Self { http, url, token })
    }

    /// `curl --header "Authorization: Bearer TOKEN" --json '{..}' URL/messages:send`
    async fn send(&self, app: &AppHandle) -> Result<String, Box<dyn Error>> {
        let answer: Value = self
            .http
            .post(format!("{}/messages:send", self.url))
            .bearer_auth(&self.token)
            .json(&json!({
                "app_id": app.id()?.as_str(),
                "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": PERSON}]}},
                "message": {"text_message": {"text": "Your table is ready"}}
            }))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        Ok(answer
            .get("message_id")
            .and_then(Value::as_str)
            .ok_or("no id")?
            .to_owned())
    }

    /// `curl --header "Authorization: Bearer TOKEN" URL/messages?app_id=APP`
    async fn list(&self, app: &AppHandle) -> Result<usize, Box<dyn Error>> {
        let answer: Value = self
            .http
            .get(format!("{}/messages?app_id={}", self.url, app.id()?))
            .bearer_auth(&self.token)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        Ok(answer
            .get("messages")
            .and_then(Value::as_array)
            .map_or(0, Vec::len))
    }
}
