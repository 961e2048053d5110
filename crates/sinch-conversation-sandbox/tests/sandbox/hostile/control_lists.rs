//! Lists that are longer than one part of them.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Control, SOON, credentials};

const APP: &str = "01JSANDB0X00000000000000AP";
const PEOPLE: usize = 1100;

async fn crowded() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    let messages: Vec<Value> = (0..PEOPLE)
        .map(|number| json!({"app_id": APP, "channel": "SMS", "identity": format!("46{number}"), "text": "x"}))
        .collect();
    let app = json!({
        "id": APP, "display_name": "Shop", "processing_mode": "CONVERSATION",
        "channel_credentials": [credentials("SMS")],
    });
    let webhook = json!({
        "app_id": APP, "target": "http://127.0.0.1:9/", "target_type": "HTTP", "triggers": ["MESSAGE_INBOUND"],
    });
    let document = json!({"apps": [app], "webhooks": [webhook], "messages": messages});
    sandbox.seed(document).await.unwrap();
    sandbox
}

/// Returns the ids of all parts of a list.
async fn parts(control: &Control, path: &str, name: &str, id: &str) -> Vec<Vec<String>> {
    let (mut parts, mut after) = (Vec::new(), String::new());
    loop {
        let sign = if path.contains('?') { '&' } else { '?' };
        let part = control
            .get(&format!("{path}{sign}after={after}"))
            .await
            .ok();
        let items = part[name].as_array().unwrap();
        parts.push(items.iter().map(|item| item[id].to_string()).collect());
        if part["more"] == false {
            return parts;
        }
        after = match &part["next"] {
            Value::String(next) => next.clone(),
            next => next.to_string(),
        };
    }
}

#[tokio::test]
async fn every_list_comes_in_parts() {
    let sandbox = crowded().await;
    let control = Control::of(&sandbox);
    for (path, name, id) in [
        ("timeline", "entries", "seq"),
        ("received", "messages", "seq"),
        ("contacts", "contacts", "id"),
        ("conversations", "conversations", "id"),
        ("callbacks", "callbacks", "id"),
    ] {
        let whole = parts(&control, path, name, id).await;
        let lengths: Vec<usize> = whole.iter().map(Vec::len).collect();
        assert_eq!(lengths, [500, 500, 100], "{path}");
        let mut all = whole.concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), PEOPLE, "{path}");
        let fewer = parts(&control, &format!("{path}?limit=1000"), name, id).await;
        assert_eq!(fewer.concat(), whole.concat(), "{path}");
        control
            .get(&format!("{path}?limit=1001"))
            .await
            .invalid(&["limit"]);
    }
}

#[tokio::test]
async fn long_documents_make_short_parts() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let text = "x".repeat(1_000_000);
    for number in 0..12 {
        api.send_text(&app, &[("SMS", &format!("46{number}"))], &text)
            .await;
    }
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let control = Control::of(&sandbox);
    for (path, name) in [("sent", "messages"), ("timeline", "entries")] {
        let parts = parts(&control, path, name, "id").await;
        assert_eq!(parts.concat().len(), 12, "{path}");
        assert!(
            parts.len() > 1 && parts.iter().all(|part| part.len() < 12),
            "{path}: {parts:?}"
        );
    }
    assert_eq!(sandbox.sent().await.unwrap().len(), 12);
}

#[tokio::test]
async fn a_wait_looks_at_long_lists_in_parts() {
    let sandbox = crowded().await;
    let control = Control::of(&sandbox);
    let last = json!({"for": {"entry": {"identity": format!("46{}", PEOPLE - 1)}}});
    let found = control.post("wait", last).await.ok();
    assert_eq!(found["seq"], PEOPLE);
    let waits = json!({"for": {"entry": {"identity": "none"}}, "within_ms": 10});
    let error = control
        .post("wait", waits)
        .await
        .refused(408, "DEADLINE_EXCEEDED");
    assert!(
        error["message"].as_str().unwrap().contains("none of 1100"),
        "{error}"
    );
}
