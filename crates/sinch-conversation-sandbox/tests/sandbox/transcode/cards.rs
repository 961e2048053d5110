//! Cards, carousels, lists and contacts.

use super::*;

#[tokio::test]
async fn an_unsupported_card_is_a_text() {
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
    // WhatsApp shows no caption below audio or a sticker.
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
async fn a_card_is_native_where_it_is_supported() {
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
