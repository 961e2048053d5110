//! Stored messages: lists, and what people answer.

use serde_json::json;
use sinch_conversation_sandbox::{ControlError, Sandbox};

use crate::support::{Api, SOON};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn messages_are_listed_newest_first_and_filtered() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let other = api.app("CONVERSATION", &["SMS"]).await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(
            api.send_text(&app, &[("SMS", NUMBER)], &number.to_string())
                .await,
        );
    }
    ids.push(api.send_text(&app, &[("RCS", "4699")], "rcs").await);
    ids.push(api.send_text(&other, &[("SMS", NUMBER)], "other").await);
    ids.push(
        sandbox
            .handset(&app, "SMS", NUMBER)
            .says("answer")
            .await
            .unwrap(),
    );
    ids.reverse();
    let found = async |query: &str| -> Vec<String> {
        let list = api.get(&format!("messages?{query}")).await.ok();
        let messages = list["messages"].as_array().unwrap().iter();
        messages
            .map(|message| message["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found("page_size=1000").await, ids);

    let mut paged = Vec::new();
    let mut token = String::new();
    loop {
        let page = api
            .get(&format!("messages?page_size=3&page_token={token}"))
            .await
            .ok();
        paged.extend(
            page["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_str().unwrap().to_owned()),
        );
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, ids);

    assert_eq!(found(&format!("app_id={other}")).await, ids[1..2]);
    assert_eq!(found("channel=RCS").await, ids[2..3]);
    assert_eq!(found("channel_identity=4699").await, ids[2..3]);
    assert_eq!(
        found("channel_identity=%2B4699&channel=RCS").await,
        ids[2..3]
    );
    assert_eq!(found("direction=TO_APP").await, ids[..1]);
    assert_eq!(found("only_recipient_originated=true").await, ids[..1]);
    assert_eq!(
        found("only_recipient_originated=true&direction=TO_CONTACT").await,
        [""; 0]
    );
    assert_eq!(
        found("only_recipient_originated=false&direction=TO_CONTACT").await,
        ids[1..]
    );

    let message = api.get(&format!("messages/{}", ids[5])).await.ok();
    let time = message["accept_time"].as_str().unwrap();
    assert_eq!(found(&format!("start_time={time}")).await, ids[..5]);
    assert_eq!(found(&format!("end_time={time}")).await, ids[6..]);
    let conversation = message["conversation_id"].as_str().unwrap();
    assert_eq!(
        found(&format!("conversation_id={conversation}"))
            .await
            .len(),
        8
    );
    let contact = message["contact_id"].as_str().unwrap();
    assert_eq!(found(&format!("contact_id={contact}")).await.len(), 9);

    let without = api
        .get("messages?view=WITHOUT_METADATA&page_size=1")
        .await
        .ok();
    assert!(without["messages"][0].get("metadata").is_none());
    api.get(&format!("messages?start_time={time}&end_time={time}"))
        .await
        .invalid(&["start_time"]);
    for (query, field) in [
        ("start_time=yesterday", "start_time"),
        ("view=ALL", "view"),
        ("direction=UP", "direction"),
        ("channel=FAX", "channel"),
        ("messages_source=X", "messages_source"),
        (
            "only_recipient_originated=maybe",
            "only_recipient_originated",
        ),
        ("page_size=1001", "page_size"),
    ] {
        api.get(&format!("messages?{query}"))
            .await
            .invalid(&[field]);
    }
}

#[tokio::test]
async fn a_person_writes_answers_and_reads() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP"]).await;
    let person = sandbox.handset(&app, "WHATSAPP", "+46701234567");
    let inbound = person.says("Hello?").await.unwrap();
    let message = api.get(&format!("messages/{inbound}")).await.ok();
    assert_eq!(
        message["contact_message"],
        json!({"text_message": {"text": "Hello?"}})
    );
    assert_eq!(
        (&message["direction"], &message["sender_id"]),
        (&json!("TO_APP"), &json!("my-WHATSAPP"))
    );

    // The reply goes to the same contact, in the same conversation.
    let request = json!({"app_id": app, "recipient": {"contact_id": message["contact_id"]},
        "message": {"text_message": {"text": "Hi"}}, "message_metadata": "about the table"});
    let reply = api.send(request).await;
    sandbox.wait_for_delivery(&reply, SOON).await.unwrap();
    let stored = api.get(&format!("messages/{reply}")).await.ok();
    assert_eq!(stored["conversation_id"], message["conversation_id"]);

    person.reads(&reply).await.unwrap();
    assert_eq!(
        sandbox
            .sent_message(&reply)
            .await
            .unwrap()
            .statuses()
            .last(),
        Some(&"READ")
    );
    let error = person.reads(&reply).await.unwrap_err();
    assert!(
        matches!(&error, ControlError::NotDelivered { status, .. } if status == "READ"),
        "{error}"
    );
    let stranger = sandbox.handset(&app, "WHATSAPP", "461");
    assert!(matches!(
        stranger.reads(&reply).await.unwrap_err(),
        ControlError::UnknownMessage { .. }
    ));

    let choice = json!({"choice_response_message": {"message_id": reply, "postback_data": "yes"}});
    let answer = person.sends_json(choice.clone()).await.unwrap();
    let answer = api.get(&format!("messages/{answer}")).await.ok();
    assert_eq!(answer["contact_message"], choice);
    assert_eq!(answer["metadata"], "about the table");
}

#[tokio::test]
async fn channels_without_read_reports_do_not_say_that_a_message_was_read() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let sent = api.send_text(&app, &[("SMS", "461")], "Hi").await;
    sandbox.wait_for_delivery(&sent, SOON).await.unwrap();
    let error = sandbox.handset(&app, "SMS", "461").reads(&sent).await;
    assert!(
        matches!(error.unwrap_err(), ControlError::NoReadReports { channel } if channel == "SMS")
    );
    let sent = sandbox.sent_message(&sent).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
}

#[tokio::test]
async fn an_invalid_handset_says_why() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let error = sandbox
        .handset("nowhere", "SMS", "461")
        .says("x")
        .await
        .unwrap_err();
    assert!(matches!(error, ControlError::UnknownApp { .. }), "{error}");
    let error = sandbox
        .handset(&app, "RCS", "461")
        .says("x")
        .await
        .unwrap_err();
    assert!(
        matches!(error, ControlError::ChannelNotConfigured { .. }),
        "{error}"
    );
    let person = sandbox.handset(&app, "SMS", "461");
    let error = person
        .sends_json(json!({"text_message": {"text": 1}}))
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("text_message.text:"),
        "{error}"
    );
    assert!(person.sends_json(json!({"smell": "rose"})).await.is_err());
    assert!(person.sends_json(json!("text")).await.is_err());
    person.says("x").await.unwrap();
}

#[tokio::test]
async fn waiting_has_an_end() {
    let sandbox = Sandbox::builder()
        .receipt_interval(SOON * 100)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let short = std::time::Duration::from_millis(1);
    let error = sandbox.wait_for_delivery(&id, short).await.unwrap_err();
    assert!(matches!(error, ControlError::TimedOut { .. }), "{error}");
    assert!(sandbox.wait_until_quiet(short).await.is_err());
    assert!(sandbox.wait_for_callback(short, |_| true).await.is_err());
    assert!(matches!(
        sandbox.wait_for_delivery("x", short).await,
        Err(ControlError::UnknownMessage { .. })
    ));

    // The clock advances, and what was far off happens.
    sandbox.advance_clock(SOON * 100);
    sandbox
        .wait_for_status(&id, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    sandbox.advance_clock(SOON * 100);
    assert_eq!(
        sandbox
            .wait_for_delivery(&id, SOON)
            .await
            .unwrap()
            .statuses()
            .len(),
        2
    );
}
