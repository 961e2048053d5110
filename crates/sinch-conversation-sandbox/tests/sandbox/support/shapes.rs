//! The form of callbacks and lists.

use serde_json::Value;
use sinch_conversation_raw::types::ConversationWebhookEvent;
use sinch_conversation_raw::wire::Wire;

use super::Api;

/// Returns the one key that names the kind of a callback.
pub fn key(body: &Value) -> &str {
    let common = [
        "app_id",
        "project_id",
        "accepted_time",
        "event_time",
        "message_metadata",
        "correlation_id",
    ];
    let mut keys = body
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| !common.contains(&key.as_str()));
    let key = keys.next().unwrap();
    assert_eq!(keys.next(), None, "{body}");
    key
}

/// Compares a body with the expected one, times aside, and checks that the raw crate can decode it.
#[track_caller]
pub fn assert_body(body: &Value, expected: Value) {
    let mut found = body.clone();
    for name in ["accepted_time", "event_time"] {
        let time = found.as_object_mut().unwrap().remove(name).unwrap();
        assert!(
            chrono::DateTime::parse_from_rfc3339(time.as_str().unwrap()).is_ok(),
            "{time}"
        );
    }
    assert_eq!(found, expected);
    let event = ConversationWebhookEvent::from_value(body.clone()).unwrap();
    assert!(
        !matches!(event, ConversationWebhookEvent::Unknown(_)),
        "{body}"
    );
    assert_eq!(event.to_value(), *body);
}

/// Reads all pages and returns the items. `path` ends with `?` or `&`.
pub async fn walk(api: &Api, path: &str, key: &str, size: usize) -> Vec<Value> {
    walk_while(api, path, key, size, async || ()).await
}

/// Reads all pages, and runs an action after each.
pub async fn walk_while(
    api: &Api,
    path: &str,
    key: &str,
    size: usize,
    mut meanwhile: impl AsyncFnMut(),
) -> Vec<Value> {
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let page = api
            .get(&format!("{path}page_size={size}&page_token={token}"))
            .await
            .ok();
        let found = page[key].as_array().unwrap();
        assert!(found.len() <= size);
        items.extend(found.iter().cloned());
        assert!(items.len() < 500, "the pages have no end");
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            return items;
        }
        assert_eq!(found.len(), size, "a page before the last is full");
        meanwhile().await;
    }
}

/// Returns one field of each item.
pub fn each<'a>(items: &'a [Value], pointer: &str) -> Vec<&'a str> {
    let found = items.iter().map(|item| item.pointer(pointer).unwrap());
    found.map(|value| value.as_str().unwrap()).collect()
}
