//! `messages:transcode`: every kind of message on every channel.

mod cards;
mod choices;
mod content;
mod links;

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::Api;
use crate::templates::{Templates, texts};

const ALL: [&str; 13] = [
    "APPLEBC",
    "INSTAGRAM",
    "KAKAOTALK",
    "KAKAOTALKCHAT",
    "LINE",
    "MESSENGER",
    "MMS",
    "RCS",
    "SMS",
    "TELEGRAM",
    "VIBERBM",
    "WECHAT",
    "WHATSAPP",
];

const LINK: &str = "https://www.google.com/maps/search/?api=1&query=55.610477,13.002873";

/// An app and a client of its API.
struct Desk {
    sandbox: Sandbox,
    api: Api,
    app: String,
}

impl Desk {
    async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let api = Api::of(&sandbox).await;
        let app = api.app("DISPATCH", &["SMS"]).await;
        Self { sandbox, api, app }
    }

    /// Returns the JSON for each of these channels.
    async fn transcode(&self, message: &Value, channels: &[&str]) -> Value {
        let body = json!({"app_id": self.app, "app_message": message, "channels": channels});
        let answer = self.api.post("messages:transcode", body).await.ok();
        let map = answer["transcoded_message"].as_object().unwrap().clone();
        let parsed = |text: Value| serde_json::from_str(text.as_str().unwrap()).unwrap();
        map.into_iter()
            .map(|(channel, text)| (channel, parsed(text)))
            .collect::<serde_json::Map<String, Value>>()
            .into()
    }

    /// Checks the text on each of these channels.
    async fn texts(&self, message: &Value, expected: &[(&str, &str)]) {
        let channels: Vec<&str> = expected.iter().map(|(channel, _)| *channel).collect();
        let found = self.transcode(message, &channels).await;
        for (channel, text) in expected {
            let json = &found[channel];
            assert_eq!(text_in(channel, json), *text, "{channel}: {json}");
        }
    }
}

/// Returns the text in a channel's JSON.
fn text_in<'a>(channel: &str, json: &'a Value) -> &'a str {
    let place = match channel {
        "APPLEBC" | "SMS" => "/body",
        "INSTAGRAM" | "MESSENGER" => "/message/text",
        "KAKAOTALK" | "KAKAOTALKCHAT" => "/content",
        "LINE" => "/messages/0/text",
        "MMS" => "/body/message",
        "RCS" => "/contentMessage/text",
        "TELEGRAM" => "/text",
        "VIBERBM" => "/message/#txt",
        "WECHAT" => "/text/content",
        "WHATSAPP" => "/text/body",
        other => panic!("{other}"),
    };
    let text = json.pointer(place).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("{channel} has no text: {json}"))
}

fn place() -> Value {
    json!({"title": "Office", "label": "Our office",
        "coordinates": {"latitude": 55.610479, "longitude": 13.002873}})
}

/// Returns one choice of each kind.
fn choices() -> Value {
    json!([
        {"text_message": {"text": "Yes, å"}},
        {"url_message": {"title": "More", "url": "https://example.com/more"}},
        {"call_message": {"title": "Call", "phone_number": "+46701"}},
        {"location_message": place()},
        {"calendar_message": {"title": "Save", "event_title": "Visit", "fallback_url": "https://example.com/cal",
            "event_start": "2030-01-01T10:00:00Z", "event_end": "2030-01-01T11:00:00Z"}},
        {"share_location_message": {"title": "Share", "fallback_url": "https://example.com/share"}},
    ])
}

fn choice_lines(bullet: &str) -> String {
    let lines = [
        "YES, Å".to_owned(),
        "More: https://example.com/more".to_owned(),
        "Call: +46701".to_owned(),
        format!("Office: {LINK}"),
        "Save: https://example.com/cal".to_owned(),
        "Share: https://example.com/share".to_owned(),
    ];
    lines.map(|line| format!("{bullet}{line}")).join("\n")
}

#[tokio::test]
async fn a_text_is_a_text_everywhere() {
    let desk = Desk::start().await;
    let expected = ALL.map(|channel| (channel, "Hi *there*"));
    desk.texts(&json!({"text_message": {"text": "Hi *there*"}}), &expected)
        .await;
    let long = json!({"text_message": {"text": "x".repeat(1001)}});
    desk.texts(
        &long,
        &[("VIBERBM", &"x".repeat(1000)), ("SMS", &"x".repeat(1001))],
    )
    .await;
}

#[tokio::test]
async fn sender_and_recipient_are_put_in() {
    let desk = Desk::start().await;
    let body = json!({"app_id": desk.app, "app_message": {"text_message": {"text": "Hi"}},
        "channels": ["SMS", "WHATSAPP"], "from": "Me", "to": "46701"});
    let answer = desk.api.post("messages:transcode", body).await.ok();
    let json = |channel: &str| -> Value {
        serde_json::from_str(answer["transcoded_message"][channel].as_str().unwrap()).unwrap()
    };
    assert_eq!(
        json("SMS"),
        json!({"from": "Me", "to": ["46701"], "body": "Hi"})
    );
    assert_eq!(json("WHATSAPP")["to"], "46701");
    assert!(
        desk.sandbox.sent().await.unwrap().is_empty(),
        "nothing is sent"
    );
}
