//! Helpers of the tests: a client of the API and a receiver of callbacks, both over real sockets.

#![allow(dead_code, unreachable_pub, unused_imports)]

pub mod bulk;
mod control;
mod receiver;
mod shapes;
pub mod wire;

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sinch_conversation_sandbox::{Endpoints, Sandbox};

pub use control::Control;
pub use receiver::{Received, Receiver};
pub use shapes::{assert_body, each, key, walk, walk_while};
pub use wire::Wire;

/// How long a test waits for something that has to happen. A busy machine takes its time.
pub const SOON: Duration = Duration::from_secs(120);

/// Calls the API of a sandbox with a bearer token.
#[derive(Clone)]
pub struct Api {
    pub http: reqwest::Client,
    pub base: String,
    pub project: String,
    pub token: String,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Checks that this is the documented error object and returns its `error`.
    #[track_caller]
    pub fn refused(self, status: u16, name: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        let error = &self.body["error"];
        assert_eq!(error["code"], status, "{}", self.body);
        assert_eq!(error["status"], name, "{}", self.body);
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
        assert!(error["details"].is_array(), "{}", self.body);
        error.clone()
    }

    /// Checks that this is a 400 for these fields.
    #[track_caller]
    pub fn invalid(self, fields: &[&str]) {
        let error = self.refused(400, "INVALID_ARGUMENT");
        let detail = &error["details"][0];
        assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.BadRequest");
        let violations = detail["field_violations"].as_array().unwrap();
        let found: Vec<&str> = violations
            .iter()
            .map(|one| one["field"].as_str().unwrap())
            .collect();
        assert_eq!(found, fields, "{error}");
        assert!(
            violations.iter().all(|one| one["description"] != ""),
            "{error}"
        );
    }
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(SOON)
        .build()
        .unwrap()
}

impl Api {
    pub async fn of(sandbox: &Sandbox) -> Self {
        Self::at(sandbox.endpoints()).await
    }

    pub async fn at(endpoints: &Endpoints) -> Self {
        Self::from_parts(
            endpoints.conversation(),
            endpoints.project_id(),
            endpoints.key_id(),
            endpoints.key_secret(),
        )
        .await
    }

    pub async fn from_parts(base: &str, project: &str, key_id: &str, key_secret: &str) -> Self {
        let http = client();
        let request = http
            .post(format!("{base}/oauth2/token"))
            .basic_auth(key_id, Some(key_secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self {
            http,
            base: base.to_owned(),
            project: project.to_owned(),
            token,
        }
    }

    /// Builds a request under `/v1/projects/{project}/`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/projects/{}/{path}", self.base, self.project);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// Creates an app with these channels and returns its id.
    pub async fn app(&self, mode: &str, channels: &[&str]) -> String {
        let body = json!({
            "display_name": "Test",
            "processing_mode": mode,
            "channel_credentials": channels.iter().map(|channel| credentials(channel)).collect::<Vec<_>>(),
        });
        let app = self.post("apps", body).await.ok();
        app["id"].as_str().unwrap().to_owned()
    }

    /// Creates a contact with these identities, as channel and identity, and returns its id.
    pub async fn contact(&self, identities: &[(&str, &str)]) -> String {
        let identities: Vec<Value> = identities
            .iter()
            .map(|(channel, identity)| json!({"channel": channel, "identity": identity}))
            .collect();
        let body = json!({"channel_identities": identities, "language": "EN"});
        let contact = self.post("contacts", body).await.ok();
        contact["id"].as_str().unwrap().to_owned()
    }

    /// Opens a conversation with this metadata and returns it with its path.
    pub async fn conversation(&self, app: &str, contact: &str, metadata: Value) -> (Value, String) {
        let body = json!({"app_id": app, "contact_id": contact, "metadata_json": metadata});
        let made = self.post("conversations", body).await.ok();
        let path = format!("conversations/{}", made["id"].as_str().unwrap());
        (made, path)
    }

    /// Creates a webhook with a secret and returns its id.
    pub async fn webhook(&self, app_id: &str, target: &str, triggers: &[&str]) -> String {
        let body = json!({
            "app_id": app_id, "target": target, "target_type": "HTTP", "secret": SECRET, "triggers": triggers,
        });
        let webhook = self.post("webhooks", body).await.ok();
        webhook["id"].as_str().unwrap().to_owned()
    }

    /// Sends a message and returns its id.
    #[track_caller]
    pub fn send(&self, body: Value) -> impl Future<Output = String> {
        let api = self.clone();
        async move {
            let answer = api.post("messages:send", body).await.ok();
            answer["message_id"].as_str().unwrap().to_owned()
        }
    }

    /// Sends a text to these identities and returns its id.
    pub async fn send_text(&self, app_id: &str, to: &[(&str, &str)], text: &str) -> String {
        self.send(text_request(app_id, to, text)).await
    }
}

/// The secret of the webhooks that [`Api::webhook`] creates.
pub const SECRET: &str = "a secret of the receiver";

pub fn text_request(app_id: &str, to: &[(&str, &str)], text: &str) -> Value {
    let identities: Vec<Value> = to
        .iter()
        .map(|(channel, identity)| json!({"channel": channel, "identity": identity}))
        .collect();
    json!({
        "app_id": app_id,
        "recipient": {"identified_by": {"channel_identities": identities}},
        "message": {"text_message": {"text": text}},
    })
}

pub fn credentials(channel: &str) -> Value {
    json!({"channel": channel, "static_bearer": {"claimed_identity": format!("my-{channel}"), "token": "t"}})
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: not JSON: {text:?}"));
    Answer {
        status: StatusCode::as_u16(&status),
        headers,
        body,
    }
}
