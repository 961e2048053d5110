//! The controls of a running sandbox, over HTTP.

use serde_json::Value;
use sinch_conversation::client::http_defaults;
use sinch_conversation::reqwest::{self, RequestBuilder};

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Where a sandbox listens by default.
const DEFAULT: &str = "http://127.0.0.1:8080";

pub(super) struct Controls {
    http: reqwest::Client,
    base: String,
    key: Option<(String, String)>,
}

impl Controls {
    /// Those of the sandbox that the settings lead to, or else of the address where it listens by default.
    ///
    /// # Errors
    ///
    /// The settings cannot be read.
    pub(super) fn new(context: &Context) -> Result<Self, Failure> {
        let settings = context.settings()?;
        let failed = |error| Failure::new(Exit::Failed, format!("no HTTP client: {error}"));
        let base = settings.get("SINCH_CONVERSATION_URL");
        let base = base.unwrap_or_else(|| DEFAULT.to_owned());
        Ok(Self {
            http: http_defaults().build().map_err(failed)?,
            base: base.trim_end_matches('/').to_owned(),
            key: settings
                .get("SINCH_KEY_ID")
                .zip(settings.get("SINCH_KEY_SECRET")),
        })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        let url = format!("{}/_sandbox/{path}", self.base);
        self.send(self.http.get(url)).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let url = format!("{}/_sandbox/{path}", self.base);
        self.send(self.http.post(url).json(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Failure> {
        let request = match &self.key {
            Some((id, secret)) => request.basic_auth(id, Some(secret)),
            None => request,
        };
        let unreachable = |error: reqwest::Error| {
            let message = format!("the sandbox at {} does not answer: {error}", self.base);
            Failure::new(Exit::Unavailable, message)
                .hint("sinch-conversation sandbox start, and the variables that it writes")
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body: Value = response.json().await.unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let said = body.pointer("/error/message").and_then(Value::as_str);
        let details = body.pointer("/error/details").map(Value::to_string);
        let message = match (said, details) {
            (Some(said), Some(details)) => format!("{said}: {details}"),
            (Some(said), None) => said.to_owned(),
            (None, _) => format!("{} is no sandbox: it answered with {status}", self.base),
        };
        let exit = match status.as_u16() {
            401 | 403 => Exit::Auth,
            404 => Exit::NotFound,
            400..500 => Exit::Refused,
            _ => Exit::Failed,
        };
        Err(Failure::new(exit, message))
    }
}
