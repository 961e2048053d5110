//! Messages as the phone shows them, by kind, and their delivery.

use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::{Failure, Sandbox};

use crate::browser::browse;
use crate::support::Api;

const PHONE: &str = "46701234567";

/// Builds a request on the channel that supports this kind of message.
fn to(app: &str, contact: &Value, message: Value) -> Value {
    let channel = if message.get("carousel_message").is_some() {
        "RCS"
    } else {
        "WHATSAPP"
    };
    json!({
        "app_id": app, "recipient": {"contact_id": contact["id"]}, "message": message,
        "channel_priority_order": [channel],
    })
}

async fn contact(api: &Api, channels: &[&str]) -> Value {
    let identities: Vec<Value> = channels
        .iter()
        .map(|channel| json!({"channel": channel, "identity": PHONE}))
        .collect();
    let body =
        json!({"display_name": "Ada Lund", "language": "EN_US", "channel_identities": identities});
    api.post("contacts", body).await.ok()
}

fn app_messages() -> Vec<Value> {
    vec![
        json!({"text_message": {"text": "First line\nsecond line"}}),
        json!({"card_message": {
            "title": "Your appointment", "description": "Room 4",
            "media_message": {"url": "https://media.example/clinic.jpg"},
            "choices": [{"text_message": {"text": "Confirm"}}],
        }}),
        json!({"carousel_message": {
            "cards": [
                {"title": "Dr. Berg", "description": "General", "media_message": {"url": "https://media.example/berg.png"},
                 "choices": [{"text_message": {"text": "Choose Berg"}}]},
                {"title": "Dr. Holm", "description": "Skin", "media_message": {"url": "https://media.example/holm.png"},
                 "choices": [{"text_message": {"text": "Choose Holm"}}]},
            ],
            "choices": [{"text_message": {"text": "Somebody else"}}],
        }}),
        json!({"choice_message": {
            "text_message": {"text": "When?"},
            "choices": [
                {"text_message": {"text": "At eight"}},
                {"url_message": {"title": "Our site", "url": "https://clinic.example/"}},
                {"call_message": {"title": "Call us", "phone_number": "+46701111111"}},
            ],
        }}),
        json!({"list_message": {
            "title": "What is it about?",
            "sections": [{"title": "Body", "items": [
                {"choice": {"title": "Back", "description": "Pain or posture"}},
                {"choice": {"title": "Knee"}},
            ]}],
            "message_properties": {"menu": "Show topics"},
        }}),
        json!({"location_message": {
            "title": "The clinic", "label": "Main street 1", "coordinates": {"latitude": 55.61, "longitude": 13.0},
        }}),
        json!({"media_message": {"url": "https://media.example/leaflet.pdf"}}),
        json!({"contact_info_message": {
            "name": {"full_name": "Eva Berg"},
            "phone_numbers": [{"phone_number": "+46702222222", "type": "WORK"}],
            "email_addresses": [{"email_address": "eva@clinic.example"}],
            "organization": {"company": "The Clinic"},
        }}),
        json!({"template_message": {"channel_template": {"WHATSAPP": {
            "template_id": "reminder", "version": "1", "language_code": "en", "parameters": {"body[1]text": "Ada"},
        }}}}),
        json!({
            "text_message": {"text": "Elsewhere as text"},
            "explicit_channel_message": {"MESSENGER": "{\"raw_only\": true}"},
        }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn app_messages_are_shown_by_their_kind() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "RCS"]).await;
    let contact = contact(&api, &["WHATSAPP", "RCS"]).await;
    for message in app_messages() {
        api.send(to(&app, &contact, message)).await;
    }
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", "Ada Lund").await;
        let kinds = app_messages().len() as u64;
        page.sees("Elsewhere as text").await;
        assert_eq!(page.count("li.message.from-app").await, kinds);

        page.has("p", "First line second line").await;
        page.has(".card p", "Your appointment").await;
        page.has(".card button", "Confirm").await;
        page.has("[aria-label='Carousel of 2 cards'] p", "Dr. Holm").await;
        page.has(".carousel button", "Choose Berg").await;
        page.has("button.choice", "Somebody else").await;
        page.has("button.choice", "At eight").await;
        page.has("button.choice", "Call us").await;
        page.has("a[href='https://clinic.example/']", "Open the link of Our site").await;
        page.has("summary", "Show topics").await;
        page.has("button.choice", "Back Pain or posture").await;
        page.has(".place p", "The clinic").await;
        page.has(".place p", "Main street 1").await;
        page.has(".place p", "55.61, 13").await;
        page.has(".media", "leaflet.pdf").await;
        page.has("a[href='https://media.example/leaflet.pdf']", "https://media.example/").await;
        page.has(".vcard", "Eva Berg").await;
        page.has(".vcard dd", "eva@clinic.example").await;
        page.has(".bubble", "Template reminder, version 1, en").await;
        page.has("dd", "Ada").await;

        // Pictures are outside of the sandbox: they are loaded only on demand.
        page.has(".media button", "Load picture").await;
        assert_eq!(page.count("#main img").await, 0);

        // Content for one channel only is shown raw, folded.
        assert!(!page.text().await.contains("raw_only"));
        page.click("summary", "As sent on Messenger").await;
        page.sees("\"raw_only\": true").await;

        page.until(
            "every message is delivered",
            "return all('.ticks').filter((tick) => tick.innerText.includes('Delivered')).length === arguments[0]",
            vec![json!(kinds)],
        )
        .await;
        page.check_names().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_that_a_channel_shows_as_text_can_be_tapped() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let contact = contact(&api, &["SMS"]).await;
    let choices =
        json!([{"text_message": {"text": "At eight"}}, {"text_message": {"text": "At nine"}}]);
    api.send(json!({
        "app_id": app, "recipient": {"contact_id": contact["id"]},
        "message": {"choice_message": {"text_message": {"text": "When?"}, "choices": choices}},
    }))
    .await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", "Ada Lund").await;
        page.has(".bubble", "Adapted to SMS").await;
        page.has(".bubble p", "> AT EIGHT").await;
        page.click("button.choice", "At nine").await;
        page.has("li.message.from-contact", "At nine").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contacts_send_is_shown_by_its_kind() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    let contact = sandbox.handset(app.as_str(), "WHATSAPP", PHONE);
    for message in [
        json!({"media_message": {"url": "https://media.example/photo.jpg"}}),
        json!({"media_card_message": {"url": "https://media.example/cat.jpg", "caption": "My cat"}}),
        json!({"location_message": {"title": "Here I am", "coordinates": {"latitude": 1.5, "longitude": 2.5}}}),
        json!({"fallback_message": {"raw_message": "{\"sticker\": 1}", "reason": {"code": "CHANNEL_FAILURE", "description": "a sticker"}}}),
        json!({"product_response_message": {"title": "My order", "products": [{"id": "tea", "marketplace": "shop", "quantity": 2}]}}),
        json!({"choice_response_message": {"message_id": "01UNKNOWN", "postback_data": "slot-2"}}),
    ] {
        contact.sends_json(message).await.unwrap();
    }
    contact.says("That is all").await.unwrap();
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", "You: That is all").await;
        page.has(".from-contact .media", "photo.jpg").await;
        page.has("figcaption", "My cat").await;
        page.has(".from-contact .place", "Here I am").await;
        page.has(".from-contact", "Not supported by the channel")
            .await;
        page.has(".from-contact .product", "2 × tea").await;
        page.has(".from-contact code", "slot-2").await;
        page.has(".from-contact p", "That is all").await;
        assert_eq!(page.count("li.message.from-contact").await, 7);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_and_messages_come_without_a_reload() {
    let sandbox = Sandbox::builder()
        .receipt_interval(Duration::from_secs(3600))
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.sees("No messages yet").await;
        page.ask("window.same = true", vec![]).await;
        api.send_text(&app, &[("WHATSAPP", PHONE)], "Are you there?")
            .await;
        page.click(".chat-row", PHONE).await;
        page.has("li.message", "Are you there?").await;
        for status in ["Queued on channel", "Delivered"] {
            sandbox.advance_clock(Duration::from_secs(3600));
            page.has(".ticks", status).await;
            page.until(
                "it is announced",
                "return document.getElementById('announcer').textContent.includes(arguments[0])",
                vec![json!(status)],
            )
            .await;
        }
        page.click("button", "Mark as read").await;
        page.has(".ticks", "Read").await;

        sandbox
            .handset(app.as_str(), "WHATSAPP", PHONE)
            .says("Yes, I am")
            .await
            .unwrap();
        page.has("li.message.from-contact", "Yes, I am").await;
        assert_eq!(page.ask("return window.same", vec![]).await, true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_says_why() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let failure = Failure::new("RECIPIENT_NOT_REACHABLE").describe("The handset is off");
    sandbox.fail_next("SMS", failure);
    api.send_text(&app, &[("SMS", PHONE)], "Are you there?")
        .await;
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click(".chat-row", PHONE).await;
        page.has(".ticks", "Failed").await;
        page.has(".bubble .reason", "RECIPIENT_NOT_REACHABLE").await;
        page.has(".bubble .reason", "The handset is off").await;
        page.click("button", "Details of Are you there?").await;
        page.has("aside", "DISPATCH").await;
        page.has("aside .history", "FAILED").await;
    })
    .await;
}
