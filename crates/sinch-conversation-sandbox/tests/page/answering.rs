//! Acting as the contact on the page: with choices, with the keyboard alone, in a new chat.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;
use thirtyfour::Key;

use crate::browser::browse;
use crate::support::{Api, Receiver};

const PHONE: &str = "46701234567";

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_answers_with_its_postback() {
    let sandbox = Sandbox::start().await.unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("CONVERSATION", &["RCS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    let slot =
        |time: &str, data: &str| json!({"text_message": {"text": time}, "postback_data": data});
    let card = |title: &str, data: &str| {
        json!({
            "title": title, "description": "-", "media_message": {"url": "https://media.example/a.png"},
            "choices": [slot(&format!("Take {title}"), data)],
        })
    };
    let id = api
        .send(json!({
            "app_id": app,
            "recipient": {"identified_by": {"channel_identities": [{"channel": "RCS", "identity": PHONE}]}},
            "message": {"carousel_message": {
                "cards": [card("Monday", "mo"), card("Friday", "fr")],
                "choices": [slot("None of them", "none")],
            }},
        }))
        .await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", PHONE).await;
        for (count, (button, postback)) in [("Take Friday", "fr"), ("None of them", "none")]
            .into_iter()
            .enumerate()
        {
            page.click("button.choice", button).await;
            let received = receiver.wait_for(count + 1).await;
            let message = received[count].json()["message"].clone();
            let chosen = &message["contact_message"]["choice_response_message"];
            assert_eq!(chosen["postback_data"], postback, "{message}");
            assert_eq!(chosen["message_id"], json!(id));
            assert_eq!(message["channel_identity"]["identity"], PHONE);
            assert_eq!(message["direction"], "TO_APP");
            page.has("li.message.from-contact", button).await;
        }
    })
    .await;
}

/// Uses Tab, arrow keys, Enter and letters only; nothing is clicked.
#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_is_enough_to_answer() {
    let sandbox = Sandbox::start().await.unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("CONVERSATION", &["SMS", "WHATSAPP"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    let both = [("WHATSAPP", PHONE), ("SMS", PHONE)];
    api.send_text(&app, &[("SMS", "46700000009")], "To somebody else")
        .await;
    let first = api.send_text(&app, &both, "How are you?").await;
    api.send_text(&app, &both, "Still there?").await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.has(".chat-row", "Still there?").await;
        page.press(Key::Tab).await;
        assert!(page.has_focus("a", "Skip to the content").await);
        // The tabs have one tab stop; so have the chats.
        page.tab_to("[role=tab]", "Chats").await;
        page.press(Key::Right).await;
        assert!(page.has_focus("[role=tab]", "Webhooks").await);
        page.has("[role=tab][aria-selected=true]", "Webhooks").await;
        page.press(Key::Left).await;
        page.tab_to(".chat-row", "").await;
        page.press(Key::End).await;
        assert!(page.has_focus(".chat-row", "To somebody else").await);
        page.press(Key::Home).await;
        assert!(page.has_focus(".chat-row", "Still there?").await);
        page.press(Key::Enter).await;
        page.has(".phone-name", PHONE).await;

        // The newest message has the tab stop; the arrow leads to the previous one.
        page.tab_to("li.message", "Still there?").await;
        page.press(Key::Up).await;
        assert!(page.has_focus("li.message", "How are you?").await);
        page.tab_to("button", "Details of How are you?").await;
        page.press(Key::Enter).await;
        page.has("aside dd", &first).await;
        assert!(page.has_focus("button", "Close the details").await);
        page.press(Key::Escape).await;
        assert!(page.has_focus("button", "Details of How are you?").await);
        page.press(Key::Tab).await;

        page.tab_to("select", "On").await;
        page.press("SMS").await;
        page.tab_to("textarea", "Answer as the contact").await;
        page.press("Very well").await;
        page.press(Key::Enter).await;
        let received = receiver.wait_for(1).await;
        let message = received[0].json()["message"].clone();
        assert_eq!(
            message["contact_message"]["text_message"]["text"],
            "Very well"
        );
        assert_eq!(message["channel_identity"]["channel"], "SMS");
        page.has("li.message.from-contact", "Very well").await;
        assert!(page.has_focus("textarea", "Answer as the contact").await);
        page.until(
            "the box is empty",
            "return document.activeElement.value === ''",
            vec![],
        )
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_starts_a_new_chat() {
    let sandbox = Sandbox::start().await.unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click("button", "New chat").await;
        page.has("dialog label", "Identity of the contact").await;
        page.check_names().await;
        assert!(page.has_focus("input", "Identity of the contact").await);
        page.press(PHONE).await;
        page.press(Key::Tab).await;
        page.press(" there").await;
        page.press(Key::Enter).await;
        page.has(".phone-name", PHONE).await;
        let text = page.texts("li.message.from-contact p").await;
        assert_eq!(text.len(), 1, "{text:?}");
        assert!(text[0].contains("there"), "{text:?}");
        let received = receiver.wait_for(1).await;
        let message = received[0].json()["message"].clone();
        assert_eq!(
            message["channel_identity"],
            json!({"channel": "WHATSAPP", "identity": PHONE, "app_id": ""})
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_shown_at_the_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    sandbox
        .handset(app.as_str(), "SMS", PHONE)
        .says("Hello")
        .await
        .unwrap();
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", PHONE).await;
        page.has("li.message", "Hello").await;
        api.delete(&format!("apps/{app}")).await.ok();
        page.click("textarea", "Answer as the contact").await;
        page.press("Anybody there?").await;
        page.press(Key::Enter).await;
        page.has("form [role=alert]", &app).await;
        // The text is still in the field.
        let written = page
            .ask(
                "return document.getElementById('answer-text').value",
                vec![],
            )
            .await;
        assert_eq!(written, "Anybody there?");
        page.forgive("handset").await;
    })
    .await;
}
