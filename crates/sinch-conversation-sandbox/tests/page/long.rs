//! More items than fit into one part of a list.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::support::{Api, credentials};

#[tokio::test(flavor = "multi_thread")]
async fn all_parts_of_a_long_list_are_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = "01JSANDB0X00000000000000AP";
    let messages: Vec<Value> = (0..1100)
        .map(|number| {
            json!({
                "app_id": app, "channel": "SMS", "identity": format!("46{number}"), "text": format!("word {number}"),
            })
        })
        .collect();
    let app = json!({
        "id": app, "display_name": "Shop", "processing_mode": "CONVERSATION",
        "channel_credentials": [credentials("SMS")],
    });
    let document = json!({"apps": [app], "messages": messages});
    sandbox.seed(document).await.unwrap();
    browse(&sandbox, async |page| {
        page.open("#/overview").await;
        page.has("p", "1100 contacts, 1100 conversations").await;
        page.open("#/chats").await;
        assert_eq!(page.count(".chat-row").await, 100);
        page.click("#chat-filter", "").await;
        page.press("461099").await;
        page.has(".chat-preview", "word 1099").await;
        assert_eq!(page.count(".chat-row").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_requests_are_listed_page_by_page() {
    const ALL: usize = 10_000;
    /// Fewer than the sandbox keeps, so that the page misses none.
    const ROUND: usize = 500;
    let sandbox = Sandbox::builder()
        .requests_per_second(0)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    sandbox.clear_requests();
    browse(&sandbox, async |page| {
        page.open("#/requests").await;
        for round in 0..ALL / ROUND {
            let calls = (0..ROUND).map(|number| {
                let path = format!("contacts/{:05}", round * ROUND + number);
                let api = &api;
                async move { api.get(&path).await }
            });
            let calls: Vec<_> = stream::iter(calls).buffer_unordered(8).collect().await;
            assert_eq!(calls.len(), ROUND);
            let count = ((round + 1) * ROUND).to_string();
            page.until(
                "the page has them all",
                "return document.getElementById('requests-count').textContent === arguments[0]",
                vec![json!(count)],
            )
            .await;
        }
        // All of them are searched, but only the requested ones are drawn.
        assert_eq!(page.count(".log-row").await, 100);
        page.click("button", "Older").await;
        page.until(
            "older ones are there",
            "return all('.log-row').length === 200",
            vec![],
        )
        .await;
        page.fill("requests-search", "contacts/00007").await;
        page.has("#requests-count", "1 of 10000").await;
        page.has(".log-row", "contacts/00007").await;
        assert_eq!(page.count(".log-row").await, 1);
        page.fill("requests-search", "").await;
        page.has("#requests-count", "10000").await;
        assert_eq!(page.count(".log-row").await, 100);
        let elements = page
            .ask("return document.querySelectorAll('*').length", vec![])
            .await;
        assert!(elements.as_u64() < Some(3000), "{elements}");
    })
    .await;
}
