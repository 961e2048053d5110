//! Bad input gets an error of its own kind, never a panic: random bodies, paths, queries and headers for every
//! documented operation.

use reqwest::Method;
use serde_json::{Map, Value, json};
use sinch_conversation_raw::{OPERATIONS, Operation};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, send, text_request};

/// Words of the API and words that are none.
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

fn word(random: &mut fastrand::Rng) -> String {
    random.choice(WORDS).unwrap().to_owned()
}

fn junk(random: &mut fastrand::Rng, depth: usize) -> Value {
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
fn spoil(random: &mut fastrand::Rng, body: &mut Value) {
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
    let prefix = if operation.document == "batch" {
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
        operation.id,
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
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
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
}

#[tokio::test]
async fn nearly_right_sends_never_break_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut right = text_request(&app, &[("SMS", "+461"), ("RCS", "462")], "x");
    right["conversation_metadata"] = json!({"a": {"b": [1]}});
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
    sandbox
        .wait_until_quiet(crate::support::SOON)
        .await
        .unwrap();
}
