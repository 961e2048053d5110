//! Content for one channel, templates, and errors.

use super::*;

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
