//! Sending as the app from the page, and the history of a message.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::requests::{copied, hold_clipboard};
use crate::support::{Api, Receiver};

const PHONE: &str = "46701234567";

#[tokio::test(flavor = "multi_thread")]
async fn the_app_sends_each_kind_of_message() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    api.app("CONVERSATION", &["SMS", "WHATSAPP"]).await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click("button", "Send as the app").await;
        page.has("dialog h2", "Send as the app").await;
        page.fill("app-channel", "WHATSAPP").await;
        page.fill("app-identity", PHONE).await;
        page.fill("app-words", "Your <table> is ready").await;
        page.click("dialog button", "Send").await;
        // To an unknown number: a contact is created, and its chat opens.
        page.has("li.message", "Your <table> is ready").await;
        page.has(".phone-name", PHONE).await;

        for (kind, words, shown) in [
            ("choice", "Which one?\nTea\n\nCoffee\n", "Coffee"),
            ("media", "https://media.example/tea.jpg", "tea.jpg"),
            ("json", r#"{"location_message": {"title": "Here", "coordinates": {"latitude": 1, "longitude": 2}}}"#, "Here"),
        ] {
            page.click("button", "Send as the app").await;
            let identity = page.ask("return document.getElementById('app-identity').value", vec![]).await;
            assert_eq!(identity, PHONE);
            page.fill("app-kind", kind).await;
            page.fill("app-words", words).await;
            page.click("dialog button", "Send").await;
            page.has("li.message", shown).await;
        }
        page.click(".choice", "Tea").await;
        page.has("li.message.from-contact", "Tea").await;

        // Errors of the API are shown field by field.
        page.click("button", "Send as the app").await;
        page.fill("app-kind", "json").await;
        page.fill("app-words", r#"{"text_message": {}}"#).await;
        page.click("dialog button", "Send").await;
        page.has("dialog .reason", "message.text_message").await;
        page.fill("app-words", "{").await;
        page.click("dialog button", "Send").await;
        page.has("dialog .reason", "This is not JSON").await;
        page.forgive("/_sandbox/messages:send").await;
    })
    .await;
    let messages = sandbox.sent().await.unwrap();
    if !messages.is_empty() {
        let kinds: Vec<String> = messages
            .iter()
            .map(|sent| {
                json!(sent.message)
                    .as_object()
                    .unwrap()
                    .keys()
                    .next()
                    .unwrap()
                    .clone()
            })
            .collect();
        let expected = [
            "text_message",
            "choice_message",
            "media_message",
            "location_message",
        ];
        assert_eq!(kinds, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_message_is_shown_from_request_to_last_receipt() {
    let sandbox = Sandbox::start().await.unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("CONVERSATION", &["SMS", "WHATSAPP"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    receiver.answer_next([500]);
    let to = [("WHATSAPP", PHONE)];
    api.send_text(&app, &to, "Another one").await;
    let id = api.send_text(&app, &to, "Follow me").await;
    receiver.wait_for(4).await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", PHONE).await;
        page.click("button", "Details of Follow me").await;
        page.has(".history li", "Messages_SendMessage 200").await;
        page.has(".history li", "DELIVERED").await;
        let steps = page.texts(".history li").await;
        let order: Vec<&str> = steps.iter().map(|step| step.split_once(' ').unwrap().1).collect();
        assert_eq!(order[..2], ["Messages_SendMessage 200", "Accepted"]);
        for step in ["QUEUED_ON_CHANNEL WhatsApp", "DELIVERED WhatsApp", "MESSAGE_DELIVERY callback queued", "MESSAGE_DELIVERY answered 200"] {
            assert!(order.contains(&step), "{step}: {order:?}");
        }
        let of_request = "MESSAGE_DELIVERY callback queued";
        assert_eq!(order.iter().filter(|step| **step == of_request).count(), 2);
        page.check_names().await;

        hold_clipboard(page).await;
        page.click("button", "Copy as Rust").await;
        let rust = copied(page, "messages_send_message(").await;
        assert!(rust.contains("Follow me"), "{rust}");

        // The person reads the message, and the history grows.
        sandbox.handset(app.as_str(), "WHATSAPP", PHONE).reads(&id).await.unwrap();
        page.has(".history li", "READ WhatsApp").await;
        page.until("its callback is there", "return all('.history li').filter((one) => one.textContent.includes('callback queued')).length === 3", vec![])
            .await;

        // The copied code is still visible.
        page.has(".snippet pre", "Follow me").await;
        page.click(".history a", "Messages_SendMessage").await;
        page.has("h3", "Messages_SendMessage").await;
        page.has("pre", "Follow me").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_contact_is_copied_as_a_control() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = sandbox.handset(app.as_str(), "SMS", PHONE);
    contact.says("Hello there").await.unwrap();
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", PHONE).await;
        page.click("button", "Details of Hello there").await;
        page.has(".history li", "Received").await;
        hold_clipboard(page).await;
        page.click("button", "Copy as curl").await;
        let curl = copied(page, "/_sandbox/handset").await;
        assert!(curl.contains("Hello there"), "{curl}");
    })
    .await;
}
