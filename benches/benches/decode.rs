//! What the types cost: a page of 1000 messages, decoded and encoded, against the same with plain `serde_json::Value`.
//!
//! `cargo bench -p sinch-conversation-benches`
#![allow(clippy::expect_used)]

use serde_json::{Value, json};
use sinch_conversation_benches::compare;
use sinch_conversation_raw::types::ListMessagesResponse;

fn page() -> String {
    let messages: Vec<Value> = (0..1000)
        .map(|number| {
            json!({
                "id": format!("01EQBC1A3BEK731GY4YXEN{number:04}"),
                "direction": "TO_CONTACT",
                "accept_time": "2022-02-07T20:01:09.892757478Z",
                "channel_identity": {"channel": "WHATSAPP", "identity": "46701234567", "app_id": ""},
                "contact_id": "01EXA07N79THJ20WSN6AS30TMW",
                "conversation_id": "01EPYATA64TMNZ1FV02JKF12JF",
                "processing_mode": "CONVERSATION",
                "message_status": "DELIVERED",
                "app_message": {"choice_message": {
                    "text_message": {"text": "Your table is ready. Will you come?"},
                    "choices": [
                        {"text_message": {"text": "Yes"}, "postback_data": "yes"},
                        {"url_message": {"title": "Later", "url": "https://a.example/later"}}
                    ]
                }}
            })
        })
        .collect();
    json!({"messages": messages, "next_page_token": "t"}).to_string()
}

fn main() {
    let text = page();
    let plain: Value = serde_json::from_str(&text).expect("JSON");
    let typed: ListMessagesResponse = serde_json::from_str(&text).expect("a page");
    let decode = compare(
        || serde_json::from_str::<Value>(&text).expect("JSON"),
        || serde_json::from_str::<ListMessagesResponse>(&text).expect("a page"),
    );
    let encode = compare(
        || serde_json::to_string(&plain).expect("JSON"),
        || serde_json::to_string(&typed).expect("JSON"),
    );
    println!("a page of 1000 messages, {} bytes", text.len());
    for (name, times) in [("decode", decode), ("encode", encode)] {
        println!(
            "{name}: {:.2} times a serde_json::Value ({:?} against {:?})",
            times.ratio(),
            times.subject,
            times.base
        );
    }
}
