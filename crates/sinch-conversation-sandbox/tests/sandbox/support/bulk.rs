//! Helpers for tests of the Batch API.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::{Sandbox, SandboxBuilder, SentMessage};

use super::{Answer, Api, SOON, send};

pub const DAY: Duration = Duration::from_secs(86_400);

/// Returns a sandbox whose tokens are valid for the days that tests skip.
pub fn patient() -> SandboxBuilder {
    Sandbox::builder().token_lifetime(30 * DAY)
}

/// A sandbox with clients of two of its APIs.
pub struct Bulk {
    pub sandbox: Sandbox,
    pub api: Api,
    pub batch: Api,
}

impl Bulk {
    pub async fn start() -> Self {
        Self::of(patient().start().await.unwrap()).await
    }

    pub async fn of(sandbox: Sandbox) -> Self {
        let api = Api::of(&sandbox).await;
        let mut batch = api.clone();
        batch.base = sandbox.endpoints().batch().to_owned();
        Self {
            sandbox,
            api,
            batch,
        }
    }

    pub async fn send(&self, request: Value) -> String {
        let answer = self.batch.post("messages", request).await.ok();
        answer["batch_id"].as_str().unwrap().to_owned()
    }

    pub async fn cancel(&self, body: Value) -> Answer {
        send(self.batch.request(Method::DELETE, "messages").json(&body)).await
    }

    pub async fn status(&self, batch: &str) -> Value {
        self.batch.get(&format!("messages/{batch}")).await.ok()
    }

    /// Waits longer than usual: a thousand messages take some time on a busy machine.
    pub async fn quiet(&self) {
        self.sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    }

    pub async fn sent(&self) -> Vec<SentMessage> {
        self.quiet().await;
        self.sandbox.sent().await.unwrap()
    }
}

pub fn to(identity: &str, parameters: Value) -> Value {
    json!({
        "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": identity}]}},
        "parameters": parameters,
    })
}

pub fn request(app: &str, recipients: Vec<Value>) -> Value {
    json!({
        "app_id": app,
        "message": {"text_message": {"text": "Hello ${name}"}},
        "recipient_and_params": recipients,
    })
}

pub fn many(app: &str, count: usize) -> Value {
    let recipients = (0..count).map(|number| {
        let name = number.to_string();
        to(&format!("4670{number:07}"), json!({"name": name}))
    });
    request(app, recipients.collect())
}

pub fn in_future(by: TimeDelta) -> String {
    (Utc::now() + by).to_rfc3339()
}
