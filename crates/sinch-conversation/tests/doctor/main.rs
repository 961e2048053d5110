//! What the doctor finds, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod access;
#[path = "../../examples/common/mod.rs"]
mod common;
mod setup;

use serde_json::{Value, json};
use sinch_conversation::doctor::{Check, Finding, Report, Severity};
use sinch_conversation::{AppId, Client, ClientBuilder, Region, RetryPolicy};
use sinch_conversation_test_server as server;

use server::{Act, Server};

const APP: &str = "01HZX3J6Q0V9T8W7R5K4M2N1P0";

fn builder(url: &str) -> ClientBuilder {
    Client::builder()
        .region(Region::Eu)
        .project("the-project")
        .access_key("the-key", "the-secret")
        .endpoints(url)
        .default_app(APP)
        .retry(RetryPolicy::never())
}

fn client(server: &Server) -> Client {
    builder(&server.url).build().unwrap()
}

/// What the API answers about the app, the apps of the project, and the webhooks of the app.
#[derive(Clone)]
struct Answers {
    app: Act,
    apps: Act,
    webhooks: Act,
}

impl Answers {
    fn good() -> Self {
        let app = app_with(&json!([channel(json!({"status": "ACTIVE"}))]));
        Self {
            apps: Act::reply(200, json!({"apps": [app]})),
            app: Act::reply(200, app),
            webhooks: webhooks(&json!([webhook()])),
        }
    }

    async fn serve(self) -> Server {
        Server::start(move |request, _| {
            if request.is_token() {
                return Act::token("the-token");
            }
            match request
                .path
                .trim_start_matches("/v1/projects/the-project/apps")
            {
                "" => self.apps.clone(),
                path if path.ends_with("/webhooks") => self.webhooks.clone(),
                _ => self.app.clone(),
            }
        })
        .await
    }

    async fn examined(self) -> Report {
        let server = self.serve().await;
        let report = client(&server).doctor().await;
        assert!(server.calls().iter().all(|call| call.method == "GET"));
        assert_clean(&report);
        report
    }
}

fn app_with(channels: &Value) -> Value {
    json!({
        "id": APP, "display_name": "Osteria", "processing_mode": "DISPATCH", "channel_credentials": channels
    })
}

fn channel(state: Value) -> Value {
    json!({
        "channel": "SMS", "state": state, "callback_secret": "hush-channel",
        "static_bearer": {"claimed_identity": "the-plan", "token": "plan-token"}
    })
}

fn webhook() -> Value {
    json!({
        "id": "01WEBHOOK", "app_id": APP, "target": "https://user:hush-word@example.com/sinch?key=hush-query",
        "target_type": "HTTP", "secret": "hush-webhook", "triggers": ["MESSAGE_DELIVERY", "MESSAGE_INBOUND"]
    })
}

fn webhooks(list: &Value) -> Act {
    Act::reply(200, json!({"webhooks": list}))
}

fn error(status: u16, message: &str) -> Act {
    Act::reply(
        status,
        json!({"error": {"code": status, "message": message, "status": "NAME"}}),
    )
}

fn assert_clean(report: &Report) {
    let text = format!("{report} {report:?}");
    for secret in ["the-secret", "the-token", "hush", "plan-token", "the-plan"] {
        assert!(!text.contains(secret), "`{secret}` in: {text}");
    }
}

/// The findings that are not in order.
fn bad(report: &Report) -> Vec<&Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Ok)
        .collect()
}

/// The one finding that is not in order.
fn only(report: &Report) -> (Check, Severity, String) {
    let bad = bad(report);
    assert_eq!(bad.len(), 1, "{report}");
    let remedy = bad[0].remedy.as_deref().expect("a remedy");
    (
        bad[0].check,
        bad[0].severity,
        format!("{} -> {remedy}", bad[0].message),
    )
}

fn app_id() -> AppId {
    AppId::new(APP).unwrap()
}
