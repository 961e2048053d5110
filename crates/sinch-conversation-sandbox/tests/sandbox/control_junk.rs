//! Random requests to the controls: they may be refused, but break nothing.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::junk::{junk, spoil, word};
use crate::support::wire::{assert_no_panics, random, watch_for_panics};
use crate::support::{Api, Control, SOON, credentials, send};

const NUMBER: &str = "46701234567";

/// The statuses that controls may respond with.
const ANSWERS: [u16; 7] = [200, 400, 403, 404, 405, 408, 409];

/// Paths that do not exist, or not with this method.
const NOT_THERE: [&str; 3] = ["callbacks/1:replay", "events", "sent/x"];

/// Returns every control as method, path and a valid body.
fn operations(app: &str, message: &str) -> Vec<(Method, String, Value)> {
    let gets = [
        "apps",
        "callbacks?after=1&limit=2",
        "clock",
        "contacts",
        "conversations",
        "faults",
        "received",
        "requests?after=1&limit=2",
        "sent",
        "sent/x",
        "sent_events",
        "state",
        "timeline?after=1&limit=2&app_id=x",
    ];
    let posts = [
        ("callbacks/1:replay", json!({})),
        (
            "capabilities",
            json!({"channel": "SMS", "identity": "*", "status": "PARTIAL", "capabilities": ["x"]}),
        ),
        ("channels/SMS:delay", json!({"milliseconds": 1})),
        (
            "channels/SMS:fail",
            json!({"reason": "CHANNEL_FAILURE", "description": "x", "after_queueing": true, "temporary": true, "times": 2}),
        ),
        ("channels/SMS:silence", json!({})),
        ("channels/SMS:restore", json!({})),
        ("clock", json!({"advance_seconds": 1.5})),
        ("clock", json!({"set": "2100-01-01T00:00:00Z"})),
        (
            "consent_management",
            json!({"app_id": app, "mode": "PRIMARY"}),
        ),
        ("events", json!({})),
        (
            "faults",
            json!({"operation": "*", "times": 3, "phase": "after", "delay_ms": 1, "status": 503, "headers": {"a": "b"}, "body": {}, "retry_after": 1}),
        ),
        ("faults", json!({"operation": "OAuth_Token", "cut_body": 3})),
        (
            "profiles",
            json!({"channel": "SMS", "identity": NUMBER, "name": "x"}),
        ),
        (
            "seed",
            json!({
                "apps": [{"display_name": "x", "channel_credentials": [credentials("SMS")]}],
                "webhooks": [{"app_id": app, "target": "http://127.0.0.1:9/", "target_type": "HTTP", "triggers": ["OPT_IN"]}],
                "contacts": [{"language": "EN_GB", "channel_identities": [{"channel": "SMS", "identity": "1"}]}],
                "messages": [{"app_id": app, "channel": "SMS", "identity": NUMBER, "text": "x"}],
            }),
        ),
        ("tokens:expire", json!({})),
        (
            "wait",
            json!({"for": {"message_id": message, "status": "DELIVERED"}, "within_ms": 1}),
        ),
        (
            "wait",
            json!({"for": {"callback": {"trigger": "x", "message_id": message, "app_id": app}}, "within_ms": 1}),
        ),
        ("wait", json!({"for": "quiet", "within_ms": 1})),
    ];
    let acts = [
        json!({"choice": {"message_id": message, "index": 0}}),
        json!({"contact_event": {"composing_event": {}}}),
        json!({"contact_message": {"text_message": {"text": "x"}}}),
        json!({"contact_message_event": {"payment_status_update_event": {"reference_id": "x"}}}),
        json!({"location": {"latitude": 1.5, "longitude": 2}}),
        json!({"media": "https://example.com/a.png"}),
        json!({"opt_in": "ALL"}),
        json!({"opt_out": "MARKETING"}),
        json!({"read": message}),
        json!({"reply_to": {"message_id": message, "text": "x"}}),
        json!({"text": "x"}),
    ];
    let acts = acts.into_iter().map(|act| {
        let who = json!({"app_id": app, "channel": "SMS", "identity": NUMBER});
        let members: Map<String, Value> = [who, act]
            .into_iter()
            .flat_map(|part| part.as_object().unwrap().clone())
            .collect();
        ("handset", Value::Object(members))
    });
    let gets = gets.map(|path| (Method::GET, path.to_owned(), json!({})));
    let posts = posts
        .into_iter()
        .chain(acts)
        .map(|(path, body)| (Method::POST, path.to_owned(), body));
    let clear = (Method::DELETE, "faults".to_owned(), json!({}));
    gets.into_iter().chain(posts).chain([clear]).collect()
}

/// Changes the path: another name somewhere in it, or other values in its query.
fn spoil_path(random: &mut fastrand::Rng, path: &str) -> String {
    let marks = ["/", ":", "=", "?", "&"];
    let mut pieces: Vec<String> = path
        .split_inclusive(&marks.map(|mark| mark.chars().next().unwrap())[..])
        .map(str::to_owned)
        .collect();
    let at = random.usize(..pieces.len());
    let piece = pieces[at].clone();
    let mark = marks
        .into_iter()
        .find(|mark| piece.ends_with(mark))
        .unwrap_or_default();
    let other: String = url::form_urlencoded::byte_serialize(word(random).as_bytes()).collect();
    pieces[at] = other.replace('+', "%20") + mark;
    pieces.concat()
}

#[tokio::test]
async fn random_requests_never_break_it() {
    watch_for_panics();
    let mut random = random();
    let sandbox = Sandbox::builder()
        .requests_per_second(None)
        .callback_timeout(Duration::from_millis(100))
        .start()
        .await
        .unwrap();
    let (api, control) = (Api::of(&sandbox).await, Control::of(&sandbox));
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let message = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    sandbox.wait_for_delivery(&message, SOON).await.unwrap();
    let operations = operations(&app, &message);
    for turn in 0..20 {
        for (method, path, right) in &operations {
            let mut path = path.clone();
            let body = match turn {
                0 => right.to_string().into_bytes(),
                _ if random.u8(..4) == 0 => {
                    path = spoil_path(&mut random, &path);
                    right.to_string().into_bytes()
                }
                _ if random.u8(..5) == 0 => {
                    (0..random.usize(..200)).map(|_| random.u8(..)).collect()
                }
                _ if random.u8(..4) == 0 => junk(&mut random, 4).to_string().into_bytes(),
                _ => {
                    let mut body = right.clone();
                    spoil(&mut random, &mut body);
                    body.to_string().into_bytes()
                }
            };
            let shown = String::from_utf8_lossy(&body).into_owned();
            let request = control
                .request(method.clone(), &path)
                .header("content-type", "application/json");
            let answer = send(request.body(body)).await;
            assert!(
                ANSWERS.contains(&answer.status),
                "{method} {path} {shown}: {} {}",
                answer.status,
                answer.body
            );
            if answer.status != 200 {
                let status = answer.status;
                assert_eq!(answer.body["error"]["code"], status, "{method} {path}");
                // Valid requests reach their operation.
                let lost = [403, 404, 405].contains(&status);
                assert!(
                    turn > 0 || !lost || NOT_THERE.contains(&path.as_str()),
                    "{method} {path}: {}",
                    answer.body
                );
            }
        }
    }
    control.post("reset", json!({})).await.ok();
    control.get("state").await.ok();
    assert_no_panics();
}
