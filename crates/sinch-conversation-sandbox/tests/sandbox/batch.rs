//! Batches of messages: processing, and errors.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sinch_conversation_sandbox::SentMessage;

use crate::support::Receiver;
use crate::support::bulk::{Bulk, in_future, many, request, to};

fn text(message: &SentMessage) -> String {
    let message = serde_json::to_value(&message.message).unwrap();
    message["text_message"]["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_recipient_gets_a_message_of_its_own() {
    let it = Bulk::start().await;
    let receiver = Receiver::start().await;
    let app = it.api.app("CONVERSATION", &["SMS"]).await;
    let triggers = ["MESSAGE_DELIVERY", "BATCH_STATUS_UPDATE"];
    it.api.webhook(&app, &receiver.url, &triggers).await;
    let mut body = request(
        &app,
        vec![
            to("+461", json!({"name": "Ada"})),
            to("462", json!({"name": "Bo"})),
        ],
    );
    body["batch_metadata"] = json!({"campaign": "spring"});
    body["message_metadata"] = json!({"a": "1", "b": "1", "_batch_id": "mine"});
    body["conversation_metadata"] = json!({"c": "1"});
    body["correlation_id"] = json!("corr");
    body["recipient_and_params"][1]["message_metadata"] = json!({"b": "2", "_batch_id": "mine"});
    body["recipient_and_params"][1]["conversation_metadata"] = json!({"d": "2"});
    let answer = it.batch.post("messages", body).await.ok();
    let batch = answer["batch_id"].as_str().unwrap();
    let sent = it.sent().await;
    let texts: Vec<String> = sent.iter().map(text).collect();
    assert_eq!(texts, ["Hello Ada", "Hello Bo"]);
    let metadata: Vec<Value> = sent
        .iter()
        .map(|sent| serde_json::from_str(&sent.message_metadata).unwrap())
        .collect();
    assert_eq!(
        metadata,
        [
            json!({"a": "1", "b": "1", "_batch_id": batch}),
            json!({"a": "1", "b": "2", "_batch_id": batch}),
        ]
    );
    for (sent, expected) in sent.iter().zip([
        json!({"c": "1", "_batch_id": batch}),
        json!({"c": "1", "d": "2", "_batch_id": batch}),
    ]) {
        assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
        assert_eq!(sent.correlation_id, "corr");
        let path = format!("conversations/{}", sent.conversation_id);
        let conversation = it.api.get(&path).await.ok();
        assert_eq!(conversation["metadata_json"], expected);
        it.api.get(&format!("messages/{}", sent.id)).await.ok();
    }
    let status = it.status(batch).await;
    assert_eq!(
        status,
        json!({
            "batch_id": batch, "status": "PROCESSED", "meta_data": {"campaign": "spring"},
            "send_after": answer["send_after"],
        })
    );

    let bodies = receiver.wait_for(5).await;
    let bodies: Vec<Value> = bodies.iter().map(|body| body.json()).collect();
    let key = "batch_status_update_notification";
    let updates: Vec<&Value> = bodies
        .iter()
        .filter(|body| body.get(key).is_some())
        .collect();
    assert_eq!(updates.len(), 1, "{bodies:#?}");
    assert_eq!(
        (&updates[0]["app_id"], &updates[0]["correlation_id"]),
        (&json!(app), &json!("corr"))
    );
    assert_eq!(
        updates[0][key],
        json!({
            "batch_id": batch, "batch_status": "BATCH_STATUS_PROCESSED", "batch_type": "BATCH_TYPE_MESSAGES",
            "additional_data": {"message_batch_data": {
                "send_after": answer["send_after"], "batch_metadata": {"campaign": "spring"},
            }},
        })
    );
    let reports: Vec<&Value> = bodies
        .iter()
        .map(|body| &body["message_delivery_report"])
        .filter(|report| !report.is_null())
        .collect();
    assert_eq!(reports.len(), 4);
    for report in reports {
        assert!(
            report["metadata"].as_str().unwrap().contains(batch),
            "{report}"
        );
        assert!(report.get("message_index").is_none(), "{report}");
    }
}

#[tokio::test]
async fn an_answer_leads_back_to_the_batch() {
    let it = Bulk::start().await;
    let app = it.api.app("CONVERSATION", &["SMS"]).await;
    let full = json!({"conversation_metadata_report_view": "FULL"});
    it.api.patch(&format!("apps/{app}"), full).await.ok();
    let batch = it
        .send(request(&app, vec![to("461", json!({"name": "Ada"}))]))
        .await;
    it.quiet().await;
    let receiver = Receiver::start().await;
    it.api
        .webhook(&app, &receiver.url, &["MESSAGE_INBOUND"])
        .await;
    it.sandbox
        .handset(&app, "SMS", "461")
        .says("Hi")
        .await
        .unwrap();
    let inbound = receiver.wait_for(1).await[0].json();
    let metadata: Value =
        serde_json::from_str(inbound["message_metadata"].as_str().unwrap()).unwrap();
    assert_eq!(metadata, json!({"_batch_id": batch}));
}

#[tokio::test]
async fn placeholders_are_filled_in_every_string_of_the_message() {
    let it = Bulk::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let mut body = request(
        &app,
        vec![to(
            "461",
            json!({"name": "Ada", "url": "https://example.com/${name}"}),
        )],
    );
    body["message"] = json!({
        "card_message": {
            "title": "For ${name}",
            "media_message": {"url": "${url}"},
            "choices": [{"url_message": {"title": "${name}${name}", "url": "${url}"}}],
        },
        "explicit_channel_message": {"SMS": "{\"text\": \"${name}\"}"},
    });
    it.send(body).await;
    let sent = it.sent().await;
    let message = serde_json::to_value(&sent[0].message).unwrap();
    let url = "https://example.com/${name}";
    assert_eq!(
        message,
        json!({
            "card_message": {
                "title": "For Ada",
                "media_message": {"url": url},
                "choices": [{"url_message": {"title": "AdaAda", "url": url}}],
            },
            "explicit_channel_message": {"SMS": "{\"text\": \"Ada\"}"},
        })
    );
}

#[tokio::test]
async fn what_is_wrong_with_one_message_fails_that_one() {
    let it = Bulk::start().await;
    let receiver = Receiver::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    it.api
        .webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let mut too_long = to("464", json!({"name": "x"}));
    too_long["message_metadata"] = json!({"k": "x".repeat(1024)});
    let recipients = vec![
        to("461", json!({"nam": "Ada"})),
        to("462", json!({"name": "Bo"})),
        json!({"recipient": {"contact_id": "01EXA07N79THJ20WSN6AS30TMW"}, "parameters": {"name": "C"}}),
        too_long,
        to("a name", json!({"name": "E"})),
    ];
    let batch = it.send(request(&app, recipients)).await;
    let sent = it.sent().await;
    let statuses: Vec<Vec<&str>> = sent.iter().map(SentMessage::statuses).collect();
    assert_eq!(statuses[1], ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    assert_eq!(statuses.len(), 5);
    let mut failed: Vec<(u64, String, String)> = Vec::new();
    for body in receiver.wait_for(6).await {
        let report = &body.json()["message_delivery_report"];
        if report["status"] == "FAILED" {
            assert_eq!(report["batch_id"], *batch, "{report}");
            let reason = &report["reason"];
            failed.push((
                report["message_index"].as_u64().unwrap(),
                reason["code"].as_str().unwrap().to_owned(),
                reason["description"].as_str().unwrap().to_owned(),
            ));
        }
    }
    failed.sort();
    let about: Vec<(u64, &str, bool)> = failed
        .iter()
        .zip([
            "\"name\"",
            "recipient.contact_id",
            "message_metadata",
            "phone number",
        ])
        .map(|((index, code, description), about)| {
            (*index, code.as_str(), description.contains(about))
        })
        .collect();
    assert_eq!(
        about,
        [
            (0, "BAD_REQUEST", true),
            (2, "BAD_REQUEST", true),
            (3, "BAD_REQUEST", true),
            (4, "RECIPIENT_INVALID_CHANNEL_IDENTITY", true),
        ],
        "{failed:#?}"
    );
}

#[tokio::test]
async fn contacts_are_recipients_too_and_dispatch_can_be_asked_for() {
    let it = Bulk::start().await;
    let app = it.api.app("CONVERSATION", &["SMS"]).await;
    let contact =
        json!({"channel_identities": [{"channel": "SMS", "identity": "461"}], "language": "EN"});
    let contact = it.api.post("contacts", contact).await.ok();
    let by_contact =
        json!({"recipient": {"contact_id": contact["id"]}, "parameters": {"name": "Ada"}});
    it.send(request(&app, vec![by_contact])).await;
    let mut dispatch = request(&app, vec![to("462", json!({"name": "Bo"}))]);
    dispatch["processing_strategy"] = json!("DISPATCH_ONLY");
    it.send(dispatch).await;
    let sent = it.sent().await;
    assert_eq!(sent[0].contact_id, contact["id"].as_str().unwrap());
    assert_eq!(
        (
            sent[1].processing_mode.as_str(),
            sent[1].contact_id.as_str()
        ),
        ("DISPATCH", "")
    );
    for sent in &sent {
        assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    }
    assert_eq!(
        it.api.get("contacts").await.ok()["contacts"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn channels_and_the_url_of_receipts_are_passed_on() {
    let it = Bulk::start().await;
    let receiver = Receiver::start().await;
    let app = it.api.app("DISPATCH", &["SMS", "RCS"]).await;
    let both = json!({"identified_by": {"channel_identities": [
        {"channel": "SMS", "identity": "461"}, {"channel": "RCS", "identity": "461"},
    ]}});
    let mut body = request(
        &app,
        vec![json!({"recipient": both, "parameters": {"name": "Ada"}})],
    );
    body["channel_priority_order"] = json!(["RCS", "SMS"]);
    body["callback_url"] = json!(receiver.url);
    body["ttl"] = json!("86400s");
    body["channel_properties"] = json!({"SMS_SENDER": "Shop"});
    it.send(body).await;
    let reports = receiver.wait_for(2).await;
    let report = &reports[0].json()["message_delivery_report"];
    assert_eq!(report["channel_identity"]["channel"], "RCS");
}

#[tokio::test]
async fn a_batch_that_cannot_be_sent_is_refused() {
    let it = Bulk::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let unknown = many("01EXA07N79THJ20WSN6AS30TMW", 1);
    let answer = it.batch.post("messages", unknown).await;
    answer.refused(404, "NOT_FOUND");
    for (field, value) in [
        (
            "send_after",
            json!(in_future(TimeDelta::minutes(7 * 24 * 60 + 1))),
        ),
        ("recipient_and_params", json!([])),
        ("callback_url", json!("nowhere")),
        ("message_metadata", json!({"k": "x".repeat(1024)})),
        ("correlation_id", json!("x".repeat(129))),
    ] {
        let mut body = many(&app, 1);
        body[field] = value;
        it.batch.post("messages", body).await.invalid(&[field]);
    }
    let mut body = many(&app, 1);
    body["channel_priority_order"] = json!(["SMS", "RCS"]);
    let answer = it.batch.post("messages", body).await;
    answer.invalid(&["channel_priority_order[1]"]);
    let answer = it.batch.post("messages", many(&app, 1001)).await;
    answer.invalid(&["recipient_and_params"]);
    let answer = it.batch.get("messages/01EXA07N79THJ20WSN6AS30TMW").await;
    answer.refused(404, "NOT_FOUND");
    assert!(it.sent().await.is_empty());
}
