//! Malformed input gets an error, never a panic: random bodies, paths, queries and headers for every documented
//! operation.

use reqwest::Method;
use serde_json::{Map, Value, json};
use sinch_conversation_raw::{Document, OPERATIONS, Operation};
use sinch_conversation_sandbox::Sandbox;

use crate::support::wire::{assert_no_panics, random, watch_for_panics};
use crate::support::{Api, SOON, credentials, send, text_request};

/// Starts a sandbox without rate limit.
async fn unlimited() -> Sandbox {
    watch_for_panics();
    let builder = Sandbox::builder().requests_per_second(None);
    builder.start().await.unwrap()
}

/// Words that the API uses, and others.
const WORDS: [&str; 24] = [
    "app_id",
    "channel",
    "channel_identities",
    "channel_credentials",
    "contact_id",
    "display_name",
    "identity",
    "identified_by",
    "language",
    "message",
    "metadata",
    "recipient",
    "static_bearer",
    "target",
    "text",
    "text_message",
    "triggers",
    "ttl",
    "SMS",
    "CONVERSATION",
    "",
    "\u{0}",
    "%00..//",
    "😀é",
];

pub(crate) fn word(random: &mut fastrand::Rng) -> String {
    random.choice(WORDS).unwrap().to_owned()
}

pub(crate) fn junk(random: &mut fastrand::Rng, depth: usize) -> Value {
    match random.u8(..if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(..)),
        3 => json!(random.f64() * 1e300),
        4 | 5 => json!(word(random).repeat(random.usize(..40))),
        6 => (0..random.usize(..4))
            .map(|_| junk(random, depth - 1))
            .collect(),
        _ => {
            let members = (0..random.usize(..5)).map(|_| (word(random), junk(random, depth - 1)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

/// Puts junk into one place of a body.
pub(crate) fn spoil(random: &mut fastrand::Rng, body: &mut Value) {
    let deeper = random.u8(..6) > 0;
    match body {
        Value::Object(members) if deeper && !members.is_empty() => {
            let at = random.usize(..members.len());
            spoil(random, members.values_mut().nth(at).unwrap());
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = random.usize(..items.len());
            spoil(random, &mut items[at]);
        }
        place => *place = junk(random, 3),
    }
}

async fn call(api: &Api, operation: &Operation, random: &mut fastrand::Rng, body: Vec<u8>) {
    let prefix = if operation.document == Document::Batch {
        "/batch"
    } else {
        ""
    };
    let mut path = String::new();
    for part in operation
        .path
        .replace("{project_id}", &api.project)
        .split('{')
    {
        match part.split_once('}') {
            None => path += part,
            Some((_, rest)) => {
                let id: String =
                    url::form_urlencoded::byte_serialize(word(random).as_bytes()).collect();
                path += &if id.is_empty() {
                    "x".to_owned()
                } else {
                    id.replace('+', "%20")
                };
                path += rest;
            }
        }
    }
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs((0..random.usize(..4)).map(|_| {
            let names = [
                "page_size",
                "page_token",
                "update_mask",
                "start_time",
                "view",
                "channel",
                "only_active",
            ];
            let name = *names.get(random.usize(..names.len())).unwrap();
            (name, word(random))
        }))
        .finish();
    let method: Method = operation.method.parse().unwrap();
    let url = format!("{}{prefix}{path}?{query}", api.base);
    let answer = send(
        api.http
            .request(method, url)
            .bearer_auth(&api.token)
            .header("content-type", "application/json")
            .body(body),
    )
    .await;
    let known = [200, 400, 404, 405, 501];
    assert!(
        known.contains(&answer.status),
        "{} {path}: {} {}",
        operation.id.as_str(),
        answer.status,
        answer.body
    );
    if answer.status != 200 {
        let error = &answer.body["error"];
        assert_eq!(error["code"], answer.status);
        assert!(
            error["status"].is_string() && error["details"].is_array(),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn random_bodies_never_break_it() {
    let mut random = random();
    let sandbox = unlimited().await;
    let api = Api::of(&sandbox).await;
    for _ in 0..12 {
        for operation in OPERATIONS {
            let body = match random.u8(..4) {
                0 => (0..random.usize(..200)).map(|_| random.u8(..)).collect(),
                _ => junk(&mut random, 4).to_string().into_bytes(),
            };
            call(&api, operation, &mut random, body).await;
        }
    }
    api.get("apps").await.ok();
    assert_no_panics();
}

#[tokio::test]
async fn nearly_right_sends_never_break_it() {
    let mut random = random();
    let sandbox = unlimited().await;
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let mut right = text_request(&app, &[("SMS", "+461"), ("RCS", "462")], "x");
    right["conversation_metadata"] = json!({"a": {"b": [1]}});
    right["ttl"] = json!("315576000000s");
    right["channel_priority_order"] = json!(["RCS", "SMS"]);
    for _ in 0..400 {
        let mut body = right.clone();
        spoil(&mut random, &mut body);
        let answer = api.post("messages:send", body.clone()).await;
        assert!(
            [200, 400, 404].contains(&answer.status),
            "{body}: {} {}",
            answer.status,
            answer.body
        );
    }
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_no_panics();
}

/// Returns valid requests for existing resources: method, path after the project, body.
async fn right_requests(sandbox: &Sandbox, api: &Api) -> Vec<(Method, String, Value)> {
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let message = api.send_text(&app, &[("SMS", "461")], "x").await;
    let sent = sandbox.wait_for_delivery(&message, SOON).await.unwrap();
    let (contact, conversation) = (&sent.contact_id, &sent.conversation_id);
    let webhook = api
        .webhook(&app, "http://127.0.0.1:9/x", &["CONTACT_MERGE"])
        .await;
    let identity = json!({"channel": "SMS", "identity": "461"});
    let recipient = json!({"identified_by": {"channel_identities": [identity]}});
    let text = json!({"text_message": {"text": "x"}});
    let event = json!({"composing_event": {}});
    let translation = json!({"language_code": "en-US", "version": "1", "content": "{\"text_message\":{\"text\":\"x\"}}"});
    let credentials = json!([credentials("SMS")]);
    let new_contact = json!({
        "channel_identities": [{"channel": "SMS", "identity": "462"}], "language": "EN_US", "display_name": "x",
        "channel_priority": ["SMS"], "metadata": "{}", "email": "a@b.example", "external_id": "e",
    });
    let posts = [
        (
            "apps".to_owned(),
            json!({"display_name": "x", "channel_credentials": credentials, "processing_mode": "DISPATCH"}),
        ),
        ("contacts".to_owned(), new_contact.clone()),
        (
            format!("contacts/{contact}:merge"),
            json!({"source_id": contact, "strategy": "MERGE"}),
        ),
        (
            "contacts:getChannelProfile".to_owned(),
            json!({"app_id": app, "recipient": recipient, "channel": "SMS"}),
        ),
        (
            "conversations".to_owned(),
            json!({"app_id": app, "contact_id": contact, "active": true, "active_channel": "SMS"}),
        ),
        (
            format!("conversations/{conversation}:inject-message"),
            json!({"app_message": text, "direction": "TO_APP", "accept_time": "2026-01-01T00:00:00Z"}),
        ),
        (
            format!("conversations/{conversation}:inject-event"),
            json!({"app_event": event, "accept_time": "2026-01-01T00:00:00Z"}),
        ),
        (
            "messages:send".to_owned(),
            text_request(&app, &[("SMS", "461")], "x"),
        ),
        (
            "messages:transcode".to_owned(),
            json!({"app_id": app, "app_message": text, "channels": ["SMS", "RCS"]}),
        ),
        (
            "messages:fetch-last-message".to_owned(),
            json!({"channel_identities": ["461"], "page_size": 3}),
        ),
        (
            "events:send".to_owned(),
            json!({"app_id": app, "recipient": recipient, "event": event}),
        ),
        (
            "capability:query".to_owned(),
            json!({"app_id": app, "recipient": recipient}),
        ),
        (
            "webhooks".to_owned(),
            json!({"app_id": app, "target": "http://127.0.0.1:9/y", "target_type": "HTTP", "triggers": ["MESSAGE_INBOUND"], "secret": "s"}),
        ),
        (
            "/v2/templates".to_owned(),
            json!({"description": "d", "default_translation": "en-US", "translations": [translation]}),
        ),
        (
            "/batch/v1/messages".to_owned(),
            json!({"app_id": app, "message": text, "recipient_and_params": [{"recipient": recipient}]}),
        ),
        (
            "/batch/v1/contacts".to_owned(),
            json!({"contacts": [new_contact]}),
        ),
        (
            "/batch/v1/consents".to_owned(),
            json!({"app_id": app, "consent_records": [{"identification": "461", "consent_type": "OPT_OUT_ALL"}]}),
        ),
    ];
    let patches = [
        (
            format!("apps/{app}"),
            json!({"display_name": "x", "channel_credentials": credentials, "retention_policy": {"ttl_days": 3}}),
        ),
        (format!("contacts/{contact}"), new_contact),
        (
            format!("conversations/{conversation}"),
            json!({"active": true, "metadata": "{}", "correlation_id": "c"}),
        ),
        (format!("messages/{message}"), json!({"metadata": "{}"})),
        (
            format!("webhooks/{webhook}"),
            json!({"target": "http://127.0.0.1:9/z", "triggers": ["MESSAGE_INBOUND"]}),
        ),
    ];
    let posts = posts.map(|(path, body)| (Method::POST, path, body));
    let patches = patches.map(|(path, body)| (Method::PATCH, path, body));
    posts.into_iter().chain(patches).collect()
}

#[tokio::test]
async fn nearly_right_requests_never_break_it() {
    let mut random = random();
    let sandbox = unlimited().await;
    let api = Api::of(&sandbox).await;
    let rights = right_requests(&sandbox, &api).await;
    for turn in 0..30 {
        for (method, path, right) in &rights {
            let mut body = right.clone();
            for _ in 0..turn.min(3) {
                spoil(&mut random, &mut body);
            }
            let url = match path
                .strip_prefix('/')
                .and_then(|path| path.rsplit_once('/'))
            {
                Some((prefix, path)) => {
                    format!("{}/{prefix}/projects/{}/{path}", api.base, api.project)
                }
                None => format!("{}/v1/projects/{}/{path}", api.base, api.project),
            };
            let request = api
                .http
                .request(method.clone(), url)
                .bearer_auth(&api.token);
            let answer = send(request.json(&body)).await;
            assert!(
                answer.status < 500 || answer.status == 501,
                "{method} {path} {body}: {} {}",
                answer.status,
                answer.body
            );
            // Valid requests reach their operation.
            let lost = [403, 404, 405].contains(&answer.status);
            assert!(turn > 0 || !lost, "{method} {path}: {}", answer.body);
        }
    }
    for list in [
        "apps",
        "contacts",
        "conversations?only_active=false",
        "messages",
    ] {
        let answer = api.get(list).await;
        assert!(
            [200, 400].contains(&answer.status),
            "{list}: {}",
            answer.body
        );
    }
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_no_panics();
}
