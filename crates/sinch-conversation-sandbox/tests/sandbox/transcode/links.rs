//! Media and locations: native, or as links.

use super::*;

#[tokio::test]
async fn a_whatsapp_location_is_exactly_as_documented() {
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
