//! Choices: buttons where a channel supports them, otherwise text.

use super::*;

#[tokio::test]
async fn unsupported_choices_are_a_text() {
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
async fn choices_are_buttons_where_they_are_supported() {
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
