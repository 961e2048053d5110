//! The requests on the page: filters, search, and code to copy.

use serde_json::json;
use sinch_conversation_sandbox::{InjectedFault, Sandbox};

use crate::browser::browse;
use crate::page::Page;
use crate::support::{Api, text_request};

const PHONE: &str = "46701234567";

/// Captures what the page writes to the clipboard.
pub async fn hold_clipboard(page: &Page) {
    page.ask(
        "navigator.clipboard.writeText = async (text) => { window.copied = text; }",
        vec![],
    )
    .await;
}

/// Returns the copied text, once it contains `part`.
pub async fn copied(page: &Page, part: &str) -> String {
    let script = "return window.copied?.includes(arguments[0]) && window.copied";
    let text = page.until(part, script, vec![json!(part)]).await;
    text.as_str().unwrap().to_owned()
}

async fn shows(page: &Page, filter: &str, statuses: &[&str]) {
    let script = "const field = document.getElementById('requests-filter'); field.selectedIndex = [...field.options].findIndex((one) => one.text === arguments[0]); field.dispatchEvent(new Event('change'));";
    page.ask(script, vec![json!(filter)]).await;
    assert_eq!(page.texts(".log-row .state").await, statuses, "{filter}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_filtered_by_status_and_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    sandbox.clear_requests();
    api.get("contacts").await.ok();
    let unknown = text_request("01NOBODY", &[("SMS", PHONE)], "A lost word");
    let refused = api.post("messages:send", unknown).await.status.to_string();
    sandbox
        .inject(InjectedFault::status("App_ListApps", 503))
        .unwrap();
    api.get("apps").await;
    browse(&sandbox, async |page| {
        page.open("#/requests").await;
        page.has(".log-row", "App_ListApps").await;
        shows(page, "all", &["503", &refused, "200"]).await;
        shows(page, "errors", &["503", &refused]).await;
        shows(page, "2xx", &["200"]).await;
        shows(page, "4xx", &[&refused]).await;
        shows(page, "5xx", &["503"]).await;
        shows(page, "with injected faults", &["503"]).await;
        page.has("#requests-count", "1 of 3").await;
        shows(page, "all", &["503", &refused, "200"]).await;

        // The word is in the path, in the body, and nowhere.
        page.fill("requests-search", "CONTACTS").await;
        shows(page, "all", &["200"]).await;
        page.fill("requests-search", "lost word").await;
        shows(page, "all", &[&refused]).await;
        shows(page, "5xx", &[]).await;
        page.sees("No matches.").await;
        page.check_names().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_copied_without_its_secrets() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let credentials =
        json!({"channel": "SMS", "static_bearer": {"claimed_identity": "4670", "token": "hush"}});
    let app = json!({"display_name": "It's <b>ours</b>", "channel_credentials": [credentials]});
    api.post("apps", app).await.ok();
    browse(&sandbox, async |page| {
        page.open("#/requests").await;
        hold_clipboard(page).await;
        page.click(".log-row", "App_CreateApp").await;
        page.click("button", "Copy as curl").await;
        let curl = copied(page, "curl ").await;
        assert!(curl.contains(r#""token": "'"$TOKEN"'""#), "{curl}");
        assert!(curl.contains(r"It'\''s <b>ours</b>"), "{curl}");
        page.has(".snippet pre", "curl --globoff --request POST")
            .await;
        page.click("button", "Copy as Rust").await;
        let rust = copied(page, "client.execute(request)").await;
        assert!(rust.contains("sinch_conversation::raw::conversation::app_create_app("));
        for copy in [curl, rust] {
            let key = sandbox.endpoints().key_secret();
            assert!(!copy.contains("hush") && !copy.contains(key), "{copy}");
        }

        // The client gets its token itself.
        page.click(".log-row", "OAuth_Token").await;
        page.has("h3", "OAuth_Token").await;
        page.has("button", "Copy as curl").await;
        assert_eq!(page.texts(".snippets button").await, ["Copy as curl"]);
    })
    .await;
}

/// The copied command works.
#[tokio::test(flavor = "multi_thread")]
async fn a_copied_command_repeats_the_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.send_text(&app, &[("SMS", PHONE)], "It's \"$HOME\" `id`\n")
        .await;
    let (mut command, mut sent) = (String::new(), 0);
    browse(&sandbox, async |page| {
        page.open("#/requests").await;
        hold_clipboard(page).await;
        page.click(".log-row", "Messages_SendMessage").await;
        page.click("button", "Copy as curl").await;
        command = copied(page, "curl ").await;
        sent = sandbox.sent().await.unwrap().len();
    })
    .await;
    if command.is_empty()
        || std::process::Command::new("curl")
            .arg("--version")
            .output()
            .is_err()
    {
        return;
    }
    let run = tokio::process::Command::new("sh")
        .args(["-c", &command])
        .env("SINCH_KEY_ID", sandbox.endpoints().key_id())
        .env("SINCH_KEY_SECRET", sandbox.endpoints().key_secret())
        .output();
    let run = run.await.unwrap();
    assert!(run.status.success(), "{command}\n{run:?}");
    let all = sandbox.sent().await.unwrap();
    assert_eq!(all.len(), sent + 1);
    assert_eq!(json!(all[0].message), json!(all[1].message));
}
