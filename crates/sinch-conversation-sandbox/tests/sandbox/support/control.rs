//! A client of the controls.

use reqwest::Method;
use serde_json::Value;
use sinch_conversation_sandbox::Sandbox;

use super::Answer;

/// Calls the controls, without credentials.
pub struct Control {
    pub http: reqwest::Client,
    pub base: String,
}

impl Control {
    pub fn of(sandbox: &Sandbox) -> Self {
        Self {
            http: super::client(),
            base: sandbox.endpoints().conversation().to_owned(),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}/_sandbox/{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Answer {
        super::send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        super::send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn statuses(&self, message_id: &str) -> Vec<String> {
        let sent = self.get(&format!("sent/{message_id}")).await.ok();
        let statuses = sent["statuses"].as_array().unwrap().iter();
        statuses
            .map(|it| it["status"].as_str().unwrap().to_owned())
            .collect()
    }
}
