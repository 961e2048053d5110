//! Conversations by their latest message.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, each, walk, walk_while};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

/// Creates an app with this many people, and returns the ids of their conversations, in order of their messages.
async fn crowd(sandbox: &Sandbox, api: &Api, people: usize) -> (String, Vec<String>) {
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let mut ids = Vec::new();
    for number in 0..people {
        let person = sandbox.handset(&app, "SMS", format!("46{number}"));
        let message = person.says(number.to_string()).await.unwrap();
        let message = api.get(&format!("messages/{message}")).await.ok();
        ids.push(message["conversation_id"].as_str().unwrap().to_owned());
    }
    (app, ids)
}

#[tokio::test]
async fn conversations_are_listed_by_latest_message() {
    let (sandbox, api) = start().await;
    let (app, mut ids) = crowd(&sandbox, &api, 3).await;
    crowd(&sandbox, &api, 1).await;
    let quiet = api.contact(&[("SMS", "469")]).await;
    let (made, _) = api.conversation(&app, &quiet, json!({})).await;
    let recent = async |query: &str| {
        let path = format!("conversations:recent?app_id={app}{query}");
        api.get(&path).await.ok()
    };
    let found = recent("").await;
    let pairs = found["conversations"].as_array().unwrap();
    assert_eq!(found["total_size"], 4);
    assert_eq!(found["next_page_token"], "");
    assert_eq!(pairs[3], json!({"conversation": made}), "without a message");
    let text = "/last_message/contact_message/text_message/text";
    assert_eq!(each(&pairs[..3], text), ["2", "1", "0"]);
    for pair in &pairs[..3] {
        let conversation = &pair["conversation"];
        let path = format!("conversations/{}", conversation["id"].as_str().unwrap());
        assert_eq!(api.get(&path).await.ok(), *conversation);
        assert_eq!(pair["last_message"]["conversation_id"], conversation["id"]);
    }

    // A message moves its conversation to the front, and its removal moves it back.
    let latest = api.send_text(&app, &[("SMS", "460")], "again").await;
    let id = "/conversation/id";
    let order = async |query: &str| -> Vec<String> {
        let found = recent(query).await;
        let found = each(found["conversations"].as_array().unwrap(), id).join(" ");
        found.split(' ').map(str::to_owned).collect()
    };
    ids.push(made["id"].as_str().unwrap().to_owned());
    let [zero, one, two, none] = ids.try_into().unwrap();
    assert_eq!(order("").await, [&*zero, &two, &one, &none]);
    assert_eq!(order("&order=ASC").await, [&*none, &one, &two, &zero]);
    api.delete(&format!("messages/{latest}")).await.ok();
    assert_eq!(order("&order=DESC").await, [&*two, &one, &zero, &none]);
    api.post(&format!("conversations/{one}:stop"), json!({}))
        .await
        .ok();
    assert_eq!(order("&only_active=false").await.len(), 4);
    assert_eq!(order("&only_active=true").await, [&*two, &zero, &none]);
    assert_eq!(recent("&only_active=true").await["total_size"], 3);

    api.get("conversations:recent").await.invalid(&["app_id"]);
    api.get(&format!("conversations:recent?app_id={MISSING}"))
        .await
        .refused(404, "NOT_FOUND");
    for (query, field) in [
        ("order=UP", "order"),
        ("page_size=51", "page_size"),
        ("only_active=yes", "only_active"),
        ("page_token=eA", "page_token"),
    ] {
        api.get(&format!("conversations:recent?app_id={app}&{query}"))
            .await
            .invalid(&[field]);
    }
}

#[tokio::test]
async fn paging_recent_conversations_returns_each_once() {
    let (sandbox, api) = start().await;
    let (app, mut expected) = crowd(&sandbox, &api, 13).await;
    let path = format!("conversations:recent?app_id={app}&order=ASC&");
    for order in ["ASC", "DESC"] {
        let path = format!("conversations:recent?app_id={app}&order={order}&");
        let found = walk(&api, &path, "conversations", 5).await;
        assert_eq!(each(&found, "/conversation/id"), expected);
        expected.reverse();
        let found = walk(&api, &path, "conversations", 50).await;
        assert_eq!(found.len(), 13);
    }
    let first = api.get(&path).await.ok();
    assert_eq!(first["conversations"].as_array().unwrap().len(), 10);

    // Between any two pages, three people write: one from the end, one from the beginning, and a new one.
    for (order, number) in [("ASC", 20), ("DESC", 30)] {
        let path = format!("conversations:recent?app_id={app}&order={order}&");
        let before = walk(&api, &path, "conversations", 50).await;
        let mut new = number;
        let found = walk_while(&api, &path, "conversations", 3, async || {
            for person in ["460", "4612", "466", &format!("46{new}")] {
                let person = sandbox.handset(&app, "SMS", person);
                person.says("meanwhile").await.unwrap();
            }
            new += 1;
        })
        .await;
        assert!(new > number + 3);
        assert_eq!(
            each(&found, "/conversation/id"),
            each(&before, "/conversation/id")
        );
        // The latest message when the list began.
        assert_eq!(
            each(&found, "/last_message/id"),
            each(&before, "/last_message/id")
        );
    }
}
