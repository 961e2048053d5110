//! Scheduled batches: sent at their time, cancelled before it, and continued after a restart.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sinch_conversation_sandbox::SentMessage;

use crate::support::bulk::{Bulk, DAY, in_future, many, patient};
use crate::support::{Receiver, SOON};

#[tokio::test]
async fn a_scheduled_batch_waits_for_its_time() {
    let it = Bulk::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let mut body = many(&app, 3);
    let asked = in_future(TimeDelta::minutes(61));
    body["send_after"] = json!(asked);
    let answer = it.batch.post("messages", body).await.ok();
    let batch = answer["batch_id"].as_str().unwrap();
    let send_after = answer["send_after"].as_str().unwrap();
    let (asked, given) = (time(&asked), time(send_after));
    assert_eq!(given.timestamp_micros() % 300_000_000, 0, "{send_after}");
    assert!(given >= asked && given - asked < TimeDelta::minutes(5));
    let status = it.status(batch).await;
    assert_eq!(
        (&status["status"], &status["send_after"]),
        (&json!("SCHEDULED"), &json!(send_after))
    );
    assert!(it.sent().await.is_empty());
    it.sandbox.advance_clock(Duration::from_secs(3600));
    assert!(it.sent().await.is_empty());
    it.sandbox.advance_clock(Duration::from_secs(7 * 60));
    assert_eq!(it.sent().await.len(), 3);
    let status = it.status(batch).await;
    assert_eq!(
        (&status["status"], &status["send_after"]),
        (&json!("PROCESSED"), &json!(send_after))
    );
}

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().into()
}

#[tokio::test]
async fn a_batch_can_be_cancelled_only_before_its_time() {
    let it = Bulk::start().await;
    let receiver = Receiver::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    it.api
        .webhook(&app, &receiver.url, &["BATCH_STATUS_UPDATE"])
        .await;
    let mut scheduled = many(&app, 2);
    scheduled["send_after"] = json!(in_future(TimeDelta::days(1)));
    let cancelled = it.send(scheduled.clone()).await;
    let kept = it.send(scheduled).await;
    it.cancel(json!({"batch_id": cancelled})).await.ok();
    it.quiet().await;
    assert_eq!(it.status(&cancelled).await["status"], "CANCELLED");
    it.sandbox.advance_clock(2 * DAY);
    assert_eq!(it.sent().await.len(), 2);
    assert_eq!(it.status(&cancelled).await["status"], "CANCELLED");
    assert_eq!(it.status(&kept).await["status"], "PROCESSED");
    let updates = receiver.wait_for(1).await;
    let update = &updates[0].json()["batch_status_update_notification"];
    assert_eq!((updates.len(), &update["batch_id"]), (1, &json!(kept)));

    // Too late, without a time, unknown, without a filter: 200 in any case.
    let at_once = it.send(many(&app, 1)).await;
    for body in [
        json!({"batch_id": kept}),
        json!({"batch_id": at_once}),
        json!({"batch_id": "01EXA07N79THJ20WSN6AS30TMW"}),
        json!({}),
    ] {
        assert_eq!(it.cancel(body).await.ok(), json!({}));
    }
    it.quiet().await;
    for batch in [kept, at_once] {
        assert_eq!(it.status(&batch).await["status"], "PROCESSED");
    }
    assert_eq!(it.sent().await.len(), 3);
}

#[tokio::test]
async fn batches_are_found_and_cancelled_by_metadata() {
    let it = Bulk::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let mut ids = Vec::new();
    for (campaign, round) in [("spring sale", "1"), ("spring sale", "2"), ("autumn", "1")] {
        let mut body = many(&app, 1);
        body["send_after"] = json!(in_future(TimeDelta::days(1)));
        body["batch_metadata"] = json!({"campaign": campaign, "round": round});
        ids.push(it.send(body).await);
    }
    let found = async |query: &str| -> Vec<(String, String)> {
        let found = it.batch.get(&format!("messages?{query}")).await.ok();
        let one = |status: &Value| {
            let text = |name: &str| status[name].as_str().unwrap().to_owned();
            (text("batch_id"), text("status"))
        };
        found.as_array().unwrap().iter().map(one).collect()
    };
    let with = |index: usize, status: &str| (ids[index].clone(), status.to_owned());
    assert_eq!(
        found("metadataKey=campaign&metadataValue=spring%20sale").await,
        [with(0, "SCHEDULED"), with(1, "SCHEDULED")]
    );
    assert_eq!(found("metadataKey=campaign&metadataValue=spring").await, []);
    let body = json!({"metadataKey": "round", "metadataValue": "1"});
    it.cancel(body).await.ok();
    it.quiet().await;
    assert_eq!(
        found("metadataKey=round&metadataValue=1").await,
        [with(0, "CANCELLED"), with(2, "CANCELLED")]
    );
    assert_eq!(
        found("metadataKey=round&metadataValue=2").await,
        [with(1, "SCHEDULED")]
    );
}

#[tokio::test]
async fn a_batch_whose_app_was_deleted_fails() {
    let it = Bulk::start().await;
    let receiver = Receiver::start().await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let mut body = many(&app, 2);
    body["send_after"] = json!(in_future(TimeDelta::days(1)));
    body["callback_url"] = json!(receiver.url);
    let batch = it.send(body).await;
    it.api.delete(&format!("apps/{app}")).await.ok();
    it.sandbox.advance_clock(2 * DAY);
    assert!(it.sent().await.is_empty());
    let update = receiver.wait_for(1).await[0].json();
    let update = &update["batch_status_update_notification"];
    assert_eq!(
        (&update["batch_id"], &update["batch_status"]),
        (&json!(batch), &json!("BATCH_STATUS_FAILED"))
    );
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(it.status(&batch).await["status"], "PROCESSED");
}

#[tokio::test]
async fn a_schedule_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let it = open(&file).await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let mut body = many(&app, 2);
    body["send_after"] = json!(in_future(TimeDelta::days(1)));
    body["batch_metadata"] = json!({"campaign": "spring"});
    let batch = it.send(body).await;
    let before = it.status(&batch).await;
    it.sandbox.shutdown().await;

    let it = open(&file).await;
    assert_eq!(it.status(&batch).await, before);
    it.sandbox.advance_clock(2 * DAY);
    assert_eq!(it.sent().await.len(), 2);
    assert_eq!(it.status(&batch).await["status"], "PROCESSED");
}

async fn open(file: &Path) -> Bulk {
    let sandbox = patient()
        .database(file)
        .receipt_interval(Duration::from_millis(1))
        .start();
    Bulk::of(sandbox.await.unwrap()).await
}

#[tokio::test]
async fn a_restart_during_a_batch_neither_loses_nor_duplicates() {
    let folder = tempfile::tempdir().unwrap();
    let mut attempts = 0..10;
    while !stopped_in_the_middle(&folder.path().join(format!("{attempts:?}.db"))).await {
        assert!(
            attempts.next().is_some(),
            "every batch was complete immediately"
        );
    }
}

/// Starts a batch of a thousand, drops the sandbox as soon as something was sent, starts it again and checks the
/// result. Returns whether anything was left for the second run.
async fn stopped_in_the_middle(file: &Path) -> bool {
    let it = open(file).await;
    let app = it.api.app("DISPATCH", &["SMS"]).await;
    let batch = it.send(many(&app, 1000)).await;
    let begun = async { while it.sandbox.sent().await.unwrap().is_empty() {} };
    tokio::time::timeout(SOON, begun).await.unwrap();
    drop(it);
    let stopped = Utc::now();
    let it = open(file).await;
    let sent = it.sent().await;
    let people: HashSet<&str> = sent
        .iter()
        .map(|sent| sent.channel_identity().unwrap().identity.as_str())
        .collect();
    assert_eq!((sent.len(), people.len()), (1000, 1000));
    for message in &sent {
        assert_eq!(message.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    }
    assert_eq!(it.status(&batch).await["status"], "PROCESSED");
    let later = |sent: &&SentMessage| time(sent.accepted_time.as_str()) > stopped;
    sent.iter().find(later).is_some()
}
