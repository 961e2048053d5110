//! More than comes in one part of a list.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::support::credentials;

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
