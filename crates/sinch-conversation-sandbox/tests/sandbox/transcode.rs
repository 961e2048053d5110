//! `messages:transcode`: what every channel makes of every kind of message.

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

/// An app and the caller of its API.
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

    /// The JSON of each of these channels.
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

    /// The text that each of these channels gets.
    async fn texts(&self, message: &Value, expected: &[(&str, &str)]) {
        let channels: Vec<&str> = expected.iter().map(|(channel, _)| *channel).collect();
        let found = self.transcode(message, &channels).await;
        for (channel, text) in expected {
            let json = &found[channel];
            assert_eq!(text_in(channel, json), *text, "{channel}: {json}");
        }
    }
}

/// Where each channel has its text.
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

/// One choice of each kind.
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
async fn a_location_is_whatsapps_to_the_letter() {
    let desk = Desk::start().await;
    let message = json!({"location_message": {"title": "Phare d'Eckmühl", "label": "Pointe de Penmarch",
        "coordinates": {"latitude": 47.798_189_9, "longitude": -4.372_768_5}}});
    let found = desk.transcode(&message, &ALL).await;
    assert_eq!(
        found["WHATSAPP"],
        json!({
            "to": "{{to}}",
            "type": "location",
            "recipient_type": "individual",
            "location": {
                "longitude": "-4.3727684",
                "latitude": "47.79819",
                "name": "Phare d'Eckmühl",
                "address": "Pointe de Penmarch",
            },
            "messaging_product": "whatsapp",
            "biz_opaque_callback_data": null,
        })
    );
    assert_eq!(found.as_object().unwrap().len(), ALL.len());
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

#[tokio::test]
async fn a_choice_that_is_no_buttons_is_a_text() {
    let desk = Desk::start().await;
    let message =
        json!({"choice_message": {"text_message": {"text": "Coming?"}, "choices": choices()}});
    let text = format!("Coming?\n\n{}", choice_lines("> "));
    let mms = format!("Coming?\n{}", choice_lines("> "));
    desk.texts(
        &message,
        &[
            ("SMS", &text),
            ("WHATSAPP", &text),
            ("VIBERBM", &text),
            ("WECHAT", &text),
            ("APPLEBC", &text),
            ("MESSENGER", &text),
            ("INSTAGRAM", &text),
            ("MMS", &mms),
        ],
    )
    .await;
    let bare = json!({"choice_message": {"choices": [{"text_message": {"text": "Yes"}}]}});
    desk.texts(&bare, &[("SMS", "> YES"), ("WHATSAPP", "> YES")])
        .await;
}

#[tokio::test]
async fn a_choice_is_buttons_where_there_are_buttons() {
    let desk = Desk::start().await;
    let message = json!({"choice_message": {
        "text_message": {"text": "Coming?"},
        "choices": [{"text_message": {"text": "Yes"}, "postback_data": "y"}, {"text_message": {"text": "No"}}],
        "message_properties": {"whatsapp_footer": "Bye"},
    }});
    let channels = [
        "WHATSAPP",
        "MESSENGER",
        "RCS",
        "TELEGRAM",
        "LINE",
        "KAKAOTALK",
    ];
    let found = desk.transcode(&message, &channels).await;
    let no = "{{message_id}}_No";
    assert_eq!(
        found["WHATSAPP"]["interactive"],
        json!({
            "type": "button",
            "body": {"text": "Coming?"},
            "footer": {"text": "Bye"},
            "action": {"buttons": [
                {"type": "reply", "reply": {"id": "y", "title": "Yes"}},
                {"type": "reply", "reply": {"id": no, "title": "No"}},
            ]},
        })
    );
    assert_eq!(
        found["MESSENGER"],
        json!({"recipient": {"id": "{{to}}"}, "message": {"attachment": {"type": "template", "payload": {
        "template_type": "button", "text": "Coming?", "buttons": [
            {"type": "postback", "title": "Yes", "payload": "y"},
            {"type": "postback", "title": "No", "payload": no},
        ]}}}})
    );
    assert_eq!(
        found["RCS"]["contentMessage"],
        json!({"text": "Coming?", "suggestions": [
            {"reply": {"text": "Yes", "postbackData": "y"}}, {"reply": {"text": "No", "postbackData": no}}]})
    );
    assert_eq!(
        found["TELEGRAM"],
        json!({"chat_id": "{{to}}", "text": "Coming?", "reply_markup": {"inline_keyboard": [
            [{"text": "Yes", "callback_data": "y"}], [{"text": "No", "callback_data": no}]]}})
    );
    assert_eq!(
        found["LINE"]["messages"][0]["template"]["actions"][0],
        json!({"type": "postback", "label": "Yes", "data": "y", "displayText": "Yes"})
    );
    assert_eq!(
        found["KAKAOTALK"],
        json!({"to": "{{to}}", "content": "Coming?", "buttons":
            [{"type": "BK", "name": "Yes"}, {"type": "BK", "name": "No"}]})
    );
}

#[tokio::test]
async fn rcs_and_the_like_know_every_choice() {
    let desk = Desk::start().await;
    let message =
        json!({"choice_message": {"text_message": {"text": "Coming?"}, "choices": choices()}});
    let found = desk
        .transcode(
            &message,
            &["RCS", "TELEGRAM", "LINE", "KAKAOTALK", "KAKAOTALKCHAT"],
        )
        .await;
    let suggestions = &found["RCS"]["contentMessage"]["suggestions"];
    let actions = [
        "reply",
        "openUrlAction",
        "dialAction",
        "viewLocationAction",
        "createCalendarEventAction",
        "shareLocationAction",
    ];
    for (suggestion, action) in suggestions.as_array().unwrap().iter().zip(actions) {
        let whole = suggestion.to_string();
        assert!(whole.contains(&format!("\"{action}\"")), "{whole}");
    }
    assert_eq!(suggestions[3]["action"]["fallbackUrl"], LINK);
    let links = &found["TELEGRAM"]["reply_markup"]["inline_keyboard"];
    assert_eq!(links[2][0], json!({"text": "Call", "url": "tel:+46701"}));
    assert_eq!(links[3][0], json!({"text": "Office", "url": LINK}));
    assert_eq!(
        found["LINE"]["messages"][0]["template"]["actions"][4],
        json!({"type": "uri", "label": "Save", "uri": "https://example.com/cal"})
    );
    assert_eq!(
        found["KAKAOTALK"]["buttons"][5],
        json!({"type": "WL", "name": "Share", "link_mo": "https://example.com/share"})
    );
    assert_eq!(found["KAKAOTALK"], found["KAKAOTALKCHAT"]);
}

#[tokio::test]
async fn whatsapps_conditions_decide_between_buttons_and_text() {
    let desk = Desk::start().await;
    let replies = |labels: &[&str]| -> Vec<Value> {
        labels
            .iter()
            .map(|label| json!({"text_message": {"text": label}}))
            .collect()
    };
    let link = || json!({"url_message": {"title": "Open", "url": "https://example.com"}});
    let with_data =
        |length: usize| json!({"text_message": {"text": "a"}, "postback_data": "p".repeat(length)});
    let cases: Vec<(&str, Vec<Value>, bool)> = vec![
        ("Coming?", replies(&["a", "b", "c"]), true),
        ("Coming?", replies(&["a", "b", "c", "d"]), false),
        ("Coming?", replies(&["a", "a"]), false),
        ("Coming?", replies(&["12345678901234567890"]), true),
        ("Coming?", replies(&["123456789012345678901"]), false),
        ("Coming?", replies(&["*bold*"]), false),
        ("Coming?", vec![with_data(229)], true),
        ("Coming?", vec![with_data(230)], false),
        ("Coming?", vec![link()], true),
        ("Coming?", vec![link(), link()], false),
        ("", replies(&["a"]), false),
    ];
    for (text, choices, native) in cases {
        let message =
            json!({"choice_message": {"text_message": {"text": text}, "choices": choices}});
        let found = desk.transcode(&message, &["WHATSAPP"]).await;
        let expected = if native { "interactive" } else { "text" };
        assert_eq!(found["WHATSAPP"]["type"], expected, "{message}");
    }
    for (length, expected) in [(1024, "interactive"), (1025, "text")] {
        let message = json!({"choice_message":
            {"text_message": {"text": "x".repeat(length)}, "choices": replies(&["a"])}});
        let found = desk.transcode(&message, &["WHATSAPP"]).await;
        assert_eq!(found["WHATSAPP"]["type"], expected, "{length}");
    }
    let message =
        json!({"choice_message": {"text_message": {"text": "Look"}, "choices": [link()]}});
    let found = desk.transcode(&message, &["WHATSAPP", "VIBERBM"]).await;
    assert_eq!(
        found["WHATSAPP"]["interactive"],
        json!({"type": "cta_url", "body": {"text": "Look"}, "action": {"name": "cta_url",
            "parameters": {"display_text": "Open", "url": "https://example.com"}}})
    );
    assert_eq!(
        found["VIBERBM"],
        json!({"dest": "{{to}}", "message":
            {"#txt": "Look", "#caption": "Open", "#action": "https://example.com"}})
    );
}

#[tokio::test]
async fn messenger_has_three_buttons_or_thirteen_replies() {
    let desk = Desk::start().await;
    let replies = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|index| json!({"text_message": {"text": format!("c{index}")}}))
            .collect()
    };
    let choice = |count: usize| json!({"choice_message": {"text_message": {"text": "?"}, "choices": replies(count)}});
    for channel in ["MESSENGER", "INSTAGRAM"] {
        let three = desk.transcode(&choice(3), &[channel]).await;
        let payload = &three[channel]["message"]["attachment"]["payload"];
        assert_eq!(payload["buttons"].as_array().unwrap().len(), 3);
        let ten = desk.transcode(&choice(10), &[channel]).await;
        let message = &ten[channel]["message"];
        assert_eq!(message["quick_replies"].as_array().unwrap().len(), 10);
        assert_eq!(message["text"], "?");
    }
    let card = |choices: usize, url: &str| {
        json!({"card_message": {"title": "T", "description": "D", "media_message": {"url": url},
            "choices": replies(choices)}})
    };
    let image = "https://example.com/a.jpg";
    let found = desk.transcode(&card(1, image), &["MESSENGER"]).await;
    assert_eq!(
        found["MESSENGER"]["message"]["attachment"]["payload"],
        json!({"template_type": "generic", "elements": [{"title": "T", "subtitle": "D", "image_url": image,
            "buttons": [{"type": "postback", "title": "c0", "payload": "{{message_id}}_c0"}]}]})
    );
    desk.texts(
        &card(4, image),
        &[(
            "MESSENGER",
            "T\nD\nhttps://example.com/a.jpg\n> C0\n> C1\n> C2\n> C3",
        )],
    )
    .await;
    desk.texts(
        &card(1, "https://example.com/a.mp4"),
        &[("MESSENGER", "T\nD\nhttps://example.com/a.mp4\n> C0")],
    )
    .await;
}

#[tokio::test]
async fn media_go_as_files_or_as_links() {
    let desk = Desk::start().await;
    let media = |url: &str| json!({"media_message": {"url": url, "filename_override": "name"}});
    let image = "https://example.com/pictures/a.JPG?size=1#top";
    let found = desk.transcode(&media(image), &ALL).await;
    assert_eq!(found["SMS"]["body"], image);
    assert_eq!(found["WHATSAPP"]["image"], json!({"link": image}));
    assert_eq!(found["MMS"]["body"], json!({"url": image}));
    assert_eq!(
        found["INSTAGRAM"]["message"],
        json!({"attachment": {"type": "image", "payload": {"url": image}}})
    );
    assert_eq!(
        found["RCS"]["contentMessage"],
        json!({"contentInfo": {"fileUrl": image}})
    );
    assert_eq!(
        found["TELEGRAM"],
        json!({"chat_id": "{{to}}", "photo": image})
    );
    assert_eq!(found["VIBERBM"]["message"], json!({"#img": image}));
    assert_eq!(found["LINE"]["messages"][0]["previewImageUrl"], image);
    assert_eq!(found["KAKAOTALK"]["image_url"], image);
    assert_eq!(found["WECHAT"]["image"], json!({"url": image}));
    assert_eq!(found["APPLEBC"]["attachments"], json!([{"url": image}]));

    let kinds = [
        ("a.webp", "sticker", "image", "sticker"),
        ("a.mp4", "video", "video", "video"),
        ("a.mp3", "audio", "audio", "audio"),
        ("a.pdf", "document", "file", "document"),
        ("unknown", "image", "image", "photo"),
    ];
    for (file, whatsapp, messenger, telegram) in kinds {
        let url = format!("https://example.com/{file}");
        let found = desk
            .transcode(
                &media(&url),
                &["WHATSAPP", "MESSENGER", "TELEGRAM", "INSTAGRAM"],
            )
            .await;
        assert_eq!(found["WHATSAPP"]["type"], whatsapp);
        assert_eq!(found["WHATSAPP"][whatsapp]["link"], url);
        assert_eq!(
            found["MESSENGER"]["message"]["attachment"]["type"],
            messenger
        );
        assert_eq!(found["TELEGRAM"][telegram], url);
        if messenger != "image" {
            assert_eq!(found["INSTAGRAM"]["message"]["text"], url);
        }
    }
    let found = desk
        .transcode(&media("https://example.com/a.pdf"), &["WHATSAPP"])
        .await;
    assert_eq!(found["WHATSAPP"]["document"]["filename"], "name");
}

#[tokio::test]
async fn a_card_that_cannot_be_shown_is_a_text() {
    let desk = Desk::start().await;
    let card = |media: &str| {
        json!({"card_message": {"title": "Title", "description": "Words",
        "media_message": {"url": media}, "choices": [
            {"text_message": {"text": "Yes"}},
            {"url_message": {"title": "More", "url": "https://example.com"}},
        ]}})
    };
    let image = "https://example.com/a.png";
    let plain = "Title\nWords\nhttps://example.com/a.png\n> YES\n> More: https://example.com";
    desk.texts(
        &card(image),
        &[
            ("SMS", plain),
            ("WECHAT", plain),
            ("APPLEBC", plain),
            (
                "VIBERBM",
                "*Title*\n_Words_\n\nhttps://example.com/a.png\n\n> YES\n> More: https://example.com",
            ),
        ],
    )
    .await;
    let found = desk.transcode(&card(image), &["WHATSAPP", "MMS"]).await;
    assert_eq!(
        found["WHATSAPP"]["image"],
        json!({"link": image, "caption": "*Title*\n_Words_\n\n> YES\n> More: https://example.com"})
    );
    assert_eq!(
        found["MMS"]["body"],
        json!({"subject": "Title", "url": image, "message": "Words\n> YES\n> More: https://example.com"})
    );
    // WhatsApp shows no caption below a sound or a sticker.
    for file in ["a.mp3", "a.webp"] {
        let url = format!("https://example.com/{file}");
        let text = format!("*Title*\n_Words_\n{url}\n\n> YES\n> More: https://example.com");
        desk.texts(&card(&url), &[("WHATSAPP", &text)]).await;
    }
    let bare = json!({"card_message": {"title": "Title"}});
    desk.texts(&bare, &[("SMS", "Title"), ("WHATSAPP", "*Title*")])
        .await;
}

#[tokio::test]
async fn a_card_is_a_card_where_there_are_cards() {
    let desk = Desk::start().await;
    let image = "https://example.com/a.png";
    let card = json!({"card_message": {"title": "Title", "description": "Words", "height": "TALL",
        "media_message": {"url": image}, "choices": [{"text_message": {"text": "Yes"}, "postback_data": "y"}]}});
    let found = desk
        .transcode(&card, &["WHATSAPP", "RCS", "TELEGRAM", "LINE", "KAKAOTALK"])
        .await;
    assert_eq!(
        found["WHATSAPP"]["interactive"],
        json!({
            "type": "button",
            "header": {"type": "image", "image": {"link": image}},
            "body": {"text": "Title"},
            "footer": {"text": "Words"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
        })
    );
    assert_eq!(
        found["RCS"]["contentMessage"]["richCard"]["standaloneCard"]["cardContent"],
        json!({"title": "Title", "description": "Words",
            "media": {"height": "TALL", "contentInfo": {"fileUrl": image}},
            "suggestions": [{"reply": {"text": "Yes", "postbackData": "y"}}]})
    );
    assert_eq!(
        found["TELEGRAM"],
        json!({"chat_id": "{{to}}", "photo": image, "caption": "Title\nWords",
            "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}})
    );
    let line = &found["LINE"]["messages"][0];
    assert_eq!(
        (&line["altText"], &line["template"]["type"]),
        (&json!("Title"), &json!("buttons"))
    );
    assert_eq!(found["KAKAOTALK"]["content"], "Title\nWords");

    let mut long = card.clone();
    long["card_message"]["description"] = json!("x".repeat(61));
    assert_eq!(
        desk.transcode(&long, &["WHATSAPP"]).await["WHATSAPP"]["type"],
        "image"
    );
    let mut video = card.clone();
    video["card_message"]["media_message"]["url"] = json!("https://example.com/a.mp4");
    let found = desk.transcode(&video, &["WHATSAPP"]).await;
    assert_eq!(found["WHATSAPP"]["interactive"]["header"]["type"], "video");
    let one_link = json!({"card_message": {"title": "Title", "description": "Words",
        "media_message": {"url": image},
        "choices": [{"url_message": {"title": "More", "url": "https://example.com"}}]}});
    let found = desk.transcode(&one_link, &["VIBERBM"]).await;
    assert_eq!(
        found["VIBERBM"]["message"],
        json!({"#txt": "*Title*\n_Words_", "#img": image, "#caption": "More", "#action": "https://example.com"})
    );
}

#[tokio::test]
async fn a_carousel_is_a_row_of_cards_or_a_text() {
    let desk = Desk::start().await;
    let card = |name: &str| {
        json!({"title": name, "description": format!("About {name}"),
            "media_message": {"url": format!("https://example.com/{name}.png")},
            "choices": [{"text_message": {"text": name}}]})
    };
    let message = json!({"carousel_message": {"cards": [card("a"), card("b")],
        "choices": [{"text_message": {"text": "None"}}]}});
    let plain = "1. a\nAbout a\nhttps://example.com/a.png\n> A\n\n\
                 2. b\nAbout b\nhttps://example.com/b.png\n> B\n\n> NONE";
    desk.texts(
        &message,
        &[
            ("SMS", plain),
            ("KAKAOTALK", plain),
            ("WECHAT", plain),
            ("APPLEBC", plain),
            (
                "MMS",
                "a\nAbout a\nhttps://example.com/a.png\n> A\nb\nAbout b\nhttps://example.com/b.png\n> B\n> NONE",
            ),
            (
                "TELEGRAM",
                "1. a\nAbout a\nhttps://example.com/a.png\n* A\n\n\
                 2. b\nAbout b\nhttps://example.com/b.png\n* B\n\n* NONE",
            ),
            (
                "WHATSAPP",
                "1. *a*\n_About a_\nhttps://example.com/a.png\n\n> A\n\n\
                 2. *b*\n_About b_\nhttps://example.com/b.png\n\n> B\n\n> NONE",
            ),
            (
                "VIBERBM",
                "1. *a*\n_About a_\n\nhttps://example.com/a.png\n\n> A\n\n\
                 2. *b*\n_About b_\n\nhttps://example.com/b.png\n\n> B\n\n> NONE",
            ),
        ],
    )
    .await;
    let found = desk
        .transcode(&message, &["MESSENGER", "INSTAGRAM", "RCS", "LINE"])
        .await;
    let messenger = &found["MESSENGER"]["message"];
    let elements = &messenger["attachment"]["payload"]["elements"];
    assert_eq!(
        (&elements[0]["title"], &elements[1]["title"]),
        (&json!("a"), &json!("b"))
    );
    assert_eq!(messenger["quick_replies"][0]["title"], "None");
    assert_eq!(found["INSTAGRAM"], found["MESSENGER"]);
    let rcs = &found["RCS"]["contentMessage"];
    assert_eq!(
        rcs["richCard"]["carouselCard"]["cardContents"][1]["title"],
        "b"
    );
    assert_eq!(rcs["suggestions"][0]["reply"]["text"], "None");
    let line = &found["LINE"]["messages"][0];
    assert_eq!(line["template"]["columns"][1]["title"], "b");
    assert_eq!(line["quickReply"]["items"][0]["action"]["label"], "None");

    let one = json!({"carousel_message": {"cards": [card("a")]}});
    let found = desk.transcode(&one, &["RCS"]).await;
    let rich = &found["RCS"]["contentMessage"]["richCard"];
    assert_eq!(rich["standaloneCard"]["cardContent"]["title"], "a");
}

#[tokio::test]
async fn a_location_is_a_map_or_a_link() {
    let desk = Desk::start().await;
    let message = json!({"location_message": place()});
    let text = format!("Office: {LINK}");
    desk.texts(
        &message,
        &[
            ("SMS", &text),
            ("MMS", &text),
            ("INSTAGRAM", &text),
            ("KAKAOTALK", &text),
            ("WECHAT", &text),
            ("APPLEBC", &text),
            ("VIBERBM", &format!("Office\n{LINK}")),
            ("RCS", "Office"),
        ],
    )
    .await;
    let found = desk
        .transcode(&message, &["RCS", "MESSENGER", "TELEGRAM", "LINE"])
        .await;
    assert_eq!(
        found["RCS"]["contentMessage"]["suggestions"][0]["action"]["text"],
        "Our office"
    );
    let element = &found["MESSENGER"]["message"]["attachment"]["payload"]["elements"][0];
    assert_eq!(
        element["buttons"][0],
        json!({"type": "web_url", "title": "Our office", "url": LINK})
    );
    assert_eq!(
        found["TELEGRAM"],
        json!({"chat_id": "{{to}}", "latitude": 55.610479, "longitude": 13.002873})
    );
    assert_eq!(found["LINE"]["messages"][0]["address"], "Our office");
}

#[tokio::test]
async fn lists_and_contacts_are_whatsapps_and_texts_elsewhere() {
    let desk = Desk::start().await;
    let list = json!({"list_message": {"title": "Ice cream", "description": "Pick one", "sections": [
        {"title": "Fruit", "items": [
            {"choice": {"title": "Lemon", "description": "Sour", "postback_data": "l"}},
            {"choice": {"title": "Pear"}}]},
        {"items": [{"choice": {"title": "Nut"}}]},
    ], "message_properties": {"menu": "Open"}}});
    let text = "Ice cream\nPick one\n\nFruit\n> LEMON: Sour\n> PEAR\n\n> NUT";
    desk.texts(&list, &[("SMS", text), ("RCS", text), ("MESSENGER", text)])
        .await;
    let found = desk.transcode(&list, &["WHATSAPP"]).await;
    assert_eq!(
        found["WHATSAPP"]["interactive"],
        json!({"type": "list", "header": {"type": "text", "text": "Ice cream"}, "body": {"text": "Pick one"},
            "action": {"button": "Open", "sections": [
                {"title": "Fruit", "rows": [{"id": "l", "title": "Lemon", "description": "Sour"},
                    {"id": "Pear", "title": "Pear"}]},
                {"rows": [{"id": "Nut", "title": "Nut"}]}]}})
    );
    let products = json!({"list_message": {"title": "Shop", "sections": [
        {"title": "New", "items": [{"product": {"id": "p1", "marketplace": "FACEBOOK"}}]}],
        "message_properties": {"catalog_id": "c1"}}});
    desk.texts(&products, &[("SMS", "Shop\n\nNew\n> p1")]).await;
    let found = desk.transcode(&products, &["WHATSAPP"]).await;
    assert_eq!(
        found["WHATSAPP"]["interactive"],
        json!({"type": "product_list", "body": {"text": "Shop"}, "action": {"catalog_id": "c1", "sections":
            [{"title": "New", "product_items": [{"product_retailer_id": "p1"}]}]}})
    );
    let contact = json!({"contact_info_message": {"name": {"full_name": "Ada Lovelace"},
        "organization": {"company": "Engines"},
        "phone_numbers": [{"phone_number": "+46701", "type": "WORK"}, {"phone_number": "+46702"}],
        "email_addresses": [{"email_address": "ada@example.com"}],
        "urls": [{"url": "https://example.com"}]}});
    let text = "Ada Lovelace\nEngines\n+46701\n+46702\nada@example.com\nhttps://example.com";
    desk.texts(&contact, &[("SMS", text), ("TELEGRAM", text)])
        .await;
    let found = desk.transcode(&contact, &["WHATSAPP"]).await;
    let person = &found["WHATSAPP"]["contacts"][0];
    assert_eq!(person["name"], json!({"formatted_name": "Ada Lovelace"}));
    assert_eq!(
        person["phones"][0],
        json!({"phone": "+46701", "type": "WORK"})
    );
}

#[tokio::test]
async fn what_is_meant_for_a_channel_is_passed_through() {
    let desk = Desk::start().await;
    let flow = json!({"message_type": "FLOWS", "message": {"flow_id": "1", "flow_cta": "Open"}});
    let message = json!({
        "text_message": {"text": "for all"},
        "explicit_channel_message": {"RCS": "{ \"text\": \"raw\" }"},
        "explicit_channel_omni_message": {"MMS": {"text_message": {"text": "for MMS"}}},
        "channel_specific_message": {"WHATSAPP": flow},
    });
    let body = json!({"app_id": desk.app, "app_message": message, "channels": ["RCS", "SMS"]});
    let answer = desk.api.post("messages:transcode", body).await.ok();
    assert_eq!(answer["transcoded_message"]["RCS"], "{ \"text\": \"raw\" }");
    desk.texts(&message, &[("SMS", "for all"), ("MMS", "for MMS")])
        .await;
    let found = desk.transcode(&message, &["WHATSAPP"]).await;
    assert_eq!(found["WHATSAPP"], flow);
}

#[tokio::test]
async fn templates_are_filled_in_first() {
    let desk = Desk::start().await;
    let templates = Templates(desk.api.clone());
    templates
        .create(texts("t", "en", &[("en", "1", "Hi ${name}")]))
        .await
        .ok();
    let message = json!({"template_message": {
        "omni_template": {"template_id": "t", "version": "latest", "parameters": {"name": "Ada"}},
        "channel_template": {
            "WHATSAPP": {"template_id": "hello", "language_code": "en_US", "parameters": {
                "body[2]text": "two", "body[10]text": "ten", "body[1]text": "Ada",
                "header[1]document.link": "https://example.com/a.pdf", "header[1]document.filename": "A",
                "button[1]url[1]text": "x", "button[0]quick_reply[1]payload": "", "nonsense": "y"}},
            "KAKAOTALK": {"template_id": "k"},
        },
    }});
    desk.texts(&message, &[("SMS", "Hi Ada"), ("RCS", "Hi Ada")])
        .await;
    let found = desk.transcode(&message, &["WHATSAPP", "KAKAOTALK"]).await;
    assert_eq!(found["WHATSAPP"]["type"], "template");
    let word = |text: &str| json!({"type": "text", "text": text});
    let document = json!({"link": "https://example.com/a.pdf", "filename": "A"});
    assert_eq!(
        found["WHATSAPP"]["template"],
        json!({"name": "hello", "language": {"code": "en_US"}, "components": [
            {"type": "header", "parameters": [{"type": "document", "document": document}]},
            {"type": "body", "parameters": [word("Ada"), word("two"), word("ten")]},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
                "parameters": [{"type": "payload", "payload": ""}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [word("x")]},
        ]})
    );
    assert_eq!(
        found["KAKAOTALK"],
        json!({"to": "{{to}}", "template": {"template_id": "k"}})
    );
    let unknown =
        json!({"template_message": {"omni_template": {"template_id": "u", "version": "1"}}});
    let body = json!({"app_id": desk.app, "app_message": unknown, "channels": ["SMS"]});
    let answer = desk.api.post("messages:transcode", body).await;
    let error = answer.body.to_string();
    answer.invalid(&["app_message"]);
    assert!(error.contains("TEMPLATE_NOT_FOUND"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_transcoded_is_refused() {
    let desk = Desk::start().await;
    let text = || json!({"text_message": {"text": "Hi"}});
    let body = |app: &str, message: Value, channels: Value| json!({"app_id": app, "app_message": message, "channels": channels});
    let transcode = |body: Value| {
        let api = desk.api.clone();
        async move { api.post("messages:transcode", body).await }
    };
    transcode(body("01ARZ3NDEKTSV4RRFFQ69G5FAV", text(), json!(["SMS"])))
        .await
        .refused(404, "NOT_FOUND");
    transcode(body(&desk.app, json!({}), json!(["SMS"])))
        .await
        .invalid(&["app_message"]);
    transcode(body(&desk.app, text(), json!(["SMS", "FAX"])))
        .await
        .invalid(&["channels[1]"]);
    let none = transcode(body(&desk.app, text(), json!([]))).await.ok();
    assert_eq!(none, json!({"transcoded_message": {}}));
}
