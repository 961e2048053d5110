//! The sandbox: a sequence of requests of any method, path, headers and body, separated by 0x1E.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use sinch_conversation_fuzz::{Text, all_samples, operations, seed};
use sinch_conversation_sandbox::Sandbox;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tower::ServiceExt;

const SEPARATOR: u8 = 0x1E;
const MOST_REQUESTS: usize = 12;

const APP: &str = "01JSANDB0X00000000000000AP";
const CONTACT: &str = "01JSANDB0X00000000000000C0";
const CONVERSATION: &str = "01JSANDB0X00000000000000CV";
const WEBHOOK: &str = "01JSANDB0X00000000000000WH";

static SANDBOX: LazyLock<(Runtime, Sandbox)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let sandbox = Sandbox::builder()
        .requests_per_second(None)
        .limit_token_requests(false);
    let sandbox = runtime.block_on(sandbox.start()).expect("a sandbox");
    (runtime, sandbox)
});

fuzz_target!(init: seed("sandbox", seeds()), |data: &[u8]| {
    let (runtime, sandbox) = &*SANDBOX;
    runtime.block_on(async {
        sandbox.reset().await.expect("a sandbox can be reset");
        sandbox.seed(resources()).await.expect("the resources are valid");
        let mut may_fail = false;
        for request in data.split(|byte| *byte == SEPARATOR).take(MOST_REQUESTS) {
            may_fail |= send(sandbox, &Text::read(request), may_fail).await;
        }
    });
});

/// Sends a request. Returns whether it may have made the sandbox fail on purpose.
async fn send(sandbox: &Sandbox, text: &Text<'_>, may_fail: bool) -> bool {
    let line = String::from_utf8_lossy(text.first);
    let (method, path) = line.split_once(' ').unwrap_or((&line, "/"));
    let body = Body::from(text.body.to_vec());
    let Ok(mut request) = Request::builder().method(method).uri(path).body(body) else {
        return false;
    };
    let headers = request.headers_mut();
    for (name, value) in [
        ("host", "localhost"),
        ("authorization", "Basic YTpi"),
        ("content-type", "application/json"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in &text.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            headers.insert(name, value);
        }
    }
    let injects = request.uri().path().contains("faults");
    // A request may wait for what does not happen, or follow events for ever.
    let limit = Duration::from_millis(100);
    let Ok(Ok(response)) = timeout(limit, sandbox.fuzzed_service().oneshot(request)).await else {
        return injects;
    };
    let status = response.status().as_u16();
    let is_json = response
        .headers()
        .get("content-type")
        .is_some_and(|it| it == "application/json");
    let body = timeout(limit, to_bytes(response.into_body(), usize::MAX)).await;
    if !may_fail {
        let body = body
            .as_ref()
            .map(|body| body.as_ref().map(|it| String::from_utf8_lossy(it)));
        assert!(status < 500, "{line}: {status} {body:?}");
    }
    if let (true, false, Ok(Ok(body))) = (is_json, may_fail, &body) {
        let parsed = serde_json::from_slice::<Value>(body);
        assert!(parsed.is_ok(), "{line}: {body:?}");
    }
    injects
}

fn resources() -> Value {
    json!({
        "apps": [{"id": APP, "display_name": "Shop", "processing_mode": "CONVERSATION", "channel_credentials": [
            {"channel": "SMS", "static_bearer": {"claimed_identity": "46700000000", "token": "any"}},
            {"channel": "WHATSAPP", "static_bearer": {"claimed_identity": "46700000000", "token": "any"}},
            {"channel": "RCS", "static_bearer": {"claimed_identity": "shop", "token": "any"}},
        ]}],
        "webhooks": [{"id": WEBHOOK, "app_id": APP, "target": "http://127.0.0.1:1/", "target_type": "HTTP", "secret": "any",
            "triggers": ["MESSAGE_INBOUND", "MESSAGE_DELIVERY", "EVENT_INBOUND", "CONTACT_CREATE"]}],
        "contacts": [{"id": CONTACT, "display_name": "Ada", "language": "EN_GB",
            "channel_identities": [{"channel": "SMS", "identity": "46701234567"}]}],
        "conversations": [{"id": CONVERSATION, "app_id": APP, "contact_id": CONTACT, "active_channel": "SMS"}],
    })
}

/// Every operation with samples of its body, in whose ids there are those of the resources; some of the controls; and the
/// token endpoint.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (document, method, path, body) in operations() {
        let prefix = if document == "batch" { "/batch" } else { "" };
        let line = format!("{method} {prefix}{}\n\n", filled(&path));
        let bodies = body.as_ref().map(all_samples).unwrap_or_default();
        if bodies.is_empty() {
            seeds.push(line.clone().into_bytes());
        }
        for mut body in bodies {
            identify(&mut body);
            seeds.push(format!("{line}{body}").into_bytes());
        }
    }
    let send = json!({"app_id": APP, "recipient": {"contact_id": CONTACT}, "message": {"text_message": {"text": "hi"}}});
    let send = format!("POST /v1/projects/sandbox-project/messages:send\n\n{send}");
    for control in [
        "GET /_sandbox/sent\n\n",
        "GET /_sandbox/timeline?limit=3\n\n",
        "POST /_sandbox/clock\n\n{\"advance_ms\": 60000}",
        "POST /_sandbox/channels/SMS:fail\n\n{\"code\": \"CHANNEL_FAILURE\"}",
        "POST /_sandbox/handset\n\n{\"app_id\": \"01JSANDB0X00000000000000AP\", \"channel\": \"SMS\", \"identity\": \"46701234567\", \"text\": \"hi\"}",
        "POST /_sandbox/snippets\n\n{}",
        "POST /_sandbox/wait\n\n{}",
        "GET /v1/projects/sandbox-project/messages?page_size=1\n\n",
        "POST /oauth2/token\ncontent-type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials",
        "GET /_sandbox/health\n\n",
    ] {
        seeds.push([send.as_bytes(), &[SEPARATOR], control.as_bytes()].concat());
    }
    seeds
}

fn filled(path: &str) -> String {
    let mut filled = path.replace("{project_id}", "sandbox-project");
    for (name, id) in IDS {
        filled = filled.replace(&format!("{{{name}}}"), id);
    }
    filled
}

const IDS: [(&str, &str); 4] = [
    ("app_id", APP),
    ("contact_id", CONTACT),
    ("conversation_id", CONVERSATION),
    ("webhook_id", WEBHOOK),
];

fn identify(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(key, value)| {
            match IDS.iter().find(|(name, _)| name == key) {
                Some((_, id)) if value.is_string() => *value = json!(id),
                _ if key == "identity" => *value = json!("46701234567"),
                _ => identify(value),
            }
        }),
        Value::Array(items) => items.iter_mut().for_each(identify),
        _ => {}
    }
}
