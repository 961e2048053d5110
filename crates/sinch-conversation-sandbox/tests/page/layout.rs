//! Small screens, empty sandboxes, and a lot of messages.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::support::Api;

const PHONE: &str = "46701234567";

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_sandbox_says_what_to_do() {
    let sandbox = Sandbox::start().await.unwrap();
    browse(&sandbox, async |page| {
        page.open("").await;
        page.sees("No apps yet.").await;
        let base = sandbox.endpoints().conversation();
        page.has("pre", &format!("export SINCH_CONVERSATION_URL={base}"))
            .await;
        page.has("pre", &format!("export SINCH_BATCH_URL={base}/batch"))
            .await;
        page.has("pre", &format!("{base}/v1/projects/sandbox-project/apps"))
            .await;
        page.click("[role=tab]", "Webhooks").await;
        page.sees("No callbacks yet.").await;
        page.click("[role=tab]", "Overview").await;
        page.sees("No apps yet.").await;
        page.check_names().await;

        // The command shown on the page works.
        let command = page
            .texts("pre[aria-label='Command that creates an app']")
            .await
            .remove(0);
        let body = command
            .split('\'')
            .find(|part| part.starts_with('{'))
            .unwrap();
        let api = Api::of(&sandbox).await;
        api.post("apps", serde_json::from_str(body).unwrap())
            .await
            .ok();
        page.has(".app h3", "My app").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_fits_on_a_narrow_screen() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    let long = format!("https://media.example/{}", "a".repeat(300));
    api.send_text(&app, &[("WHATSAPP", PHONE)], &long).await;
    browse(&sandbox, async |page| {
        page.set_width(380).await;
        page.open("").await;
        page.has(".chat-row", PHONE).await;
        page.click(".chat-row", PHONE).await;
        page.has("li.message", &long).await;
        assert_eq!(page.count(".chat-row").await, 0);
        let inside = "const edge = innerWidth + 1; return all('button, select, textarea, .bubble').filter((one) => { const { left, right } = one.getBoundingClientRect(); return right > edge || left < -1; }).map(nameOf)";
        assert_eq!(page.ask(inside, vec![]).await, json!([]));
        assert_no_overflow(page).await;
        page.click("button", "Back to all chats").await;
        page.has(".chat-row", PHONE).await;
        for view in ["Webhooks", "Requests", "Overview"] {
            page.click("[role=tab]", view).await;
            page.has("[role=tab][aria-selected=true]", view).await;
            assert_no_overflow(page).await;
        }
    })
    .await;
}

async fn assert_no_overflow(page: &crate::page::Page) {
    let wide = "return document.documentElement.scrollWidth - innerWidth";
    assert_eq!(page.ask(wide, vec![]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_messages_are_shown_piece_by_piece() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = sandbox.handset(app.as_str(), "SMS", PHONE);
    for number in 1..=2000 {
        contact.says(format!("Message {number}.")).await.unwrap();
    }
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", PHONE).await;
        page.has("li.message", "Message 2000.").await;
        assert_eq!(page.count("li.message").await, 60);
        page.click("button", "Older messages").await;
        page.until("older ones are there", "return all('li.message').length === 120", vec![]).await;
        page.has("li.message", "Message 1881.").await;

        // The newest message is in view, and only new ones are fetched.
        page.ask("performance.clearResourceTimings()", vec![]).await;
        contact.says("Message 2001.").await.unwrap();
        page.has("li.message", "Message 2001.").await;
        let fetched = "return performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/timeline')).every((entry) => entry.decodedBodySize < 10000)";
        assert_eq!(page.ask(fetched, vec![]).await, true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_empties_the_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    sandbox
        .handset(app.as_str(), "SMS", PHONE)
        .says("Soon gone")
        .await
        .unwrap();
    browse(&sandbox, async |page| {
        page.open("").await;
        page.has(".chat-row", "Soon gone").await;
        sandbox.reset().await.unwrap();
        page.sees("No apps yet.").await;
        assert_eq!(page.count(".chat-row").await, 0);
    })
    .await;
}
