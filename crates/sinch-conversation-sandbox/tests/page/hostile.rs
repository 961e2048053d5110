//! Text that tries to act as markup, script or address.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::support::{Api, Receiver, credentials};

const SCRIPT: &str = "<script>window.ran = true</script>";
const IMAGE: &str = "\"><img src=x onerror=\"window.ran = true\">";
const TURNED: &str = "invoice\u{202e}fdp.exe";
const CONTROL: &str = "bell\u{7}end";
const ADDRESS: &str = "javascript:window.ran=true";

fn messages() -> Vec<Value> {
    vec![
        json!({"text_message": {"text": SCRIPT}}),
        json!({"text_message": {"text": IMAGE}}),
        json!({"text_message": {"text": TURNED}}),
        json!({"text_message": {"text": CONTROL}}),
        json!({"text_message": {"text": "long ".repeat(6000)}}),
        json!({"media_message": {"url": ADDRESS}}),
        json!({"choice_message": {
            "text_message": {"text": "choose"},
            "choices": [
                {"text_message": {"text": IMAGE}, "postback_data": SCRIPT},
                {"url_message": {"title": "site", "url": ADDRESS}},
            ],
        }}),
        json!({"location_message": {"title": SCRIPT, "label": IMAGE, "coordinates": {"latitude": 1.0, "longitude": 2.0}}}),
        json!({"contact_info_message": {"name": {"full_name": IMAGE}, "phone_numbers": [{"phone_number": SCRIPT, "type": "__proto__"}]}}),
        json!({"text_message": {"text": "-"}, "explicit_channel_message": {"MESSENGER": format!("{SCRIPT}{IMAGE}")}}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_stays_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api
        .post("apps", json!({"display_name": SCRIPT, "processing_mode": "CONVERSATION", "channel_credentials": [credentials("MESSENGER")]}))
        .await
        .ok();
    let app = app["id"].as_str().unwrap().to_owned();
    api.webhook(
        &app,
        &format!("{}?{}", receiver.url, "q=%3Cscript%3E"),
        &["MESSAGE_INBOUND"],
    )
    .await;
    let contact = api
        .post(
            "contacts",
            json!({
                "display_name": IMAGE, "language": "EN_US",
                "channel_identities": [{"channel": "MESSENGER", "identity": SCRIPT, "app_id": app}],
            }),
        )
        .await
        .ok();
    for message in messages() {
        let body = json!({
            "app_id": app, "recipient": {"contact_id": contact["id"]}, "message": message, "message_metadata": IMAGE,
        });
        api.send(body).await;
    }
    let person = sandbox.handset(app.as_str(), "MESSENGER", SCRIPT);
    person
        .says(format!("{IMAGE} from the contact"))
        .await
        .unwrap();
    receiver.wait_for(1).await;

    browse(&sandbox, async |page| {
        page.open("").await;
        page.has(".chat-row", IMAGE).await;
        page.click(".chat-row", IMAGE).await;
        page.has("li.message", "from the contact").await;
        page.has("li.message p", SCRIPT).await;
        page.has("li.message p", IMAGE).await;
        // Invisible characters and those that change the text direction are shown as their codes.
        page.has("li.message p", "invoiceU+202Efdp.exe").await;
        page.has("li.message p", "bellU+0007end").await;
        // An address that is not a web address is not a link.
        page.has("li.message span", ADDRESS).await;
        assert_eq!(page.count("a[href^='javascript']").await, 0);
        assert_eq!(page.count("#main script, #main img, #main iframe").await, 0);
        page.click("button", "show all 30000 characters").await;
        page.until(
            "all of it is there",
            "return all('li.message p').some((text) => text.textContent.length === 30000)",
            vec![],
        )
        .await;

        page.click("button.choice", IMAGE).await;
        page.has("li.message.from-contact code", SCRIPT).await;
        page.click("summary", "As sent on Messenger").await;
        page.has("pre", SCRIPT).await;
        page.click("button", "Details of choose").await;
        page.has("aside dd", IMAGE).await;

        for view in ["Webhooks", "Requests", "Overview"] {
            page.click("[role=tab]", view).await;
            page.has("[role=tab][aria-selected=true]", view).await;
            if view == "Webhooks" {
                page.click(".log-row", "MESSAGE_INBOUND").await;
                page.has("pre", "onerror").await;
            }
            assert_eq!(page.count("#main script, #main img, #main iframe").await, 0);
        }
        page.has(".app h3", SCRIPT).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_survives_invalid_addresses() {
    let sandbox = Sandbox::start().await.unwrap();
    browse(&sandbox, async |page| {
        for hash in [
            "#/chats/%E0%A4%A",
            "#/nothing/x",
            "#/webhooks/999999",
            "#/requests/<b>",
            "#javascript:1",
        ] {
            page.open(hash).await;
            page.has("[role=tab][aria-selected=true]", "").await;
        }
    })
    .await;
}
