//! How much is kept of what grows with every message.

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::{ControlError, Sandbox, SandboxBuilder};
use tokio::time::{Instant, sleep};

use crate::support::{Api, Control, Receiver, SOON, text_request};

const PERSON: [(&str, &str); 1] = [("SMS", "46701234567")];

fn keeping(most: u32) -> SandboxBuilder {
    Sandbox::builder().keep(NonZeroU32::new(most).unwrap())
}

/// The items of a list of the control surface.
async fn listed(control: &Control, path: &str, name: &str) -> Vec<Value> {
    let answer = control.get(&format!("{path}?limit=500")).await.ok();
    answer[name].as_array().unwrap().clone()
}

/// Waits until a list is so long.
async fn shrunk(control: &Control, path: &str, name: &str, length: usize) -> Vec<Value> {
    let deadline = Instant::now() + SOON;
    loop {
        let items = listed(control, path, name).await;
        if items.len() == length {
            return items;
        }
        assert!(Instant::now() < deadline, "{} {name}", items.len());
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn the_oldest_go_and_the_rest_goes_on() {
    let sandbox = keeping(10).start().await.unwrap();
    let (api, control) = (Api::of(&sandbox).await, Control::of(&sandbox));
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(
        &app,
        &receiver.url,
        &["MESSAGE_DELIVERY", "MESSAGE_INBOUND"],
    )
    .await;
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(api.send_text(&app, &PERSON, "x").await);
    }
    // All of them were sent and told of, in order, and the last are still there.
    let told = receiver.wait_for(80).await;
    let delivered = told.iter().filter_map(|callback| {
        let report = callback.json()["message_delivery_report"].take();
        (report["status"] == "DELIVERED").then(|| report["message_id"].clone())
    });
    assert_eq!(json!(delivered.collect::<Vec<_>>()), json!(ids));
    let sent = shrunk(&control, "sent", "messages", 10).await;
    let kept: Vec<&str> = sent.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(kept, ids[30..]);
    shrunk(&control, "timeline", "entries", 10).await;
    let callbacks = shrunk(&control, "callbacks", "callbacks", 10).await;
    assert!(
        callbacks
            .iter()
            .all(|it| it["attempts"].as_array().unwrap().len() == 1)
    );
    assert_eq!(listed(&control, "requests", "requests").await.len(), 10);
    let listed = api.get("messages?page_size=100").await.ok();
    assert_eq!(listed["messages"].as_array().unwrap().len(), 10);

    // What is gone answers as what never was.
    let gone = &ids[0];
    api.get(&format!("messages/{gone}"))
        .await
        .refused(404, "NOT_FOUND");
    for path in [format!("sent/{gone}"), format!("sent_events/{gone}")] {
        control.get(&path).await.refused(404, "NOT_FOUND");
    }
    for path in [
        "callbacks/1:replay".to_owned(),
        format!("sent/{gone}:record"),
    ] {
        control
            .post(&path, json!({}))
            .await
            .refused(404, "NOT_FOUND");
    }
    let reads = json!({"app_id": app, "channel": "SMS", "identity": PERSON[0].1, "read": gone});
    control
        .post("handset", reads)
        .await
        .refused(404, "NOT_FOUND");
    let wait = json!({"for": {"message_id": gone}, "within_ms": 1000});
    control.post("wait", wait).await.refused(404, "NOT_FOUND");
    let error = sandbox.sent_message(gone).await.unwrap_err();
    assert!(
        matches!(error, ControlError::UnknownMessage { .. }),
        "{error}"
    );
    let page = control.http.get(&control.base).send().await.unwrap();
    assert_eq!(page.status(), 200);

    // The conversation and the contact stay, and go on.
    sandbox
        .handset(&app, "SMS", PERSON[0].1)
        .says("Still there?")
        .await
        .unwrap();
    let last = receiver.wait_for(81).await;
    assert_eq!(
        last[80].json()["message"]["contact_message"]["text_message"]["text"],
        "Still there?"
    );
    let entries = shrunk(&control, "timeline", "entries", 10).await;
    assert_eq!(entries[9]["kind"], "received");
    for (path, count) in [("contacts", 1), ("conversations", 1)] {
        let found = control.get(path).await.ok();
        assert_eq!(found[path].as_array().unwrap().len(), count, "{path}");
    }
}

#[tokio::test]
async fn what_is_on_its_way_stays_until_it_is_through() {
    let day = Duration::from_secs(86_400);
    let sandbox = keeping(3)
        .receipt_interval(day)
        .token_lifetime(30 * day)
        .start()
        .await
        .unwrap();
    let (api, control) = (Api::of(&sandbox).await, Control::of(&sandbox));
    let receiver = Receiver::start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    for _ in 0..12 {
        let mut request = text_request(&app, &PERSON, "x");
        request["callback_url"] = json!(receiver.url);
        api.send(request).await;
    }
    assert_eq!(listed(&control, "sent", "messages").await.len(), 12);
    // Each status comes a day after the one before.
    sandbox.advance_clock(2 * day);
    receiver.wait_for(12).await;
    assert_eq!(listed(&control, "sent", "messages").await.len(), 12);
    sandbox.advance_clock(2 * day);
    let all = receiver.wait_for(24).await;
    let delivered = |it: &&crate::support::Received| {
        it.json()["message_delivery_report"]["status"] == "DELIVERED"
    };
    assert_eq!(all.iter().filter(delivered).count(), 12);
    shrunk(&control, "sent", "messages", 3).await;
    shrunk(&control, "callbacks", "callbacks", 3).await;
}

#[tokio::test]
async fn a_callback_that_nobody_takes_is_not_forgotten() {
    let sandbox = keeping(2).start().await.unwrap();
    let (api, control) = (Api::of(&sandbox).await, Control::of(&sandbox));
    let receiver = Receiver::start().await;
    receiver.answer_next([500; 1]);
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let first = api.send_text(&app, &PERSON, "x").await;
    receiver.wait_for(1).await;
    for _ in 0..6 {
        api.send_text(&app, &PERSON, "x").await;
    }
    // The two of each later message, and of the first one both, since the first of them waits.
    receiver.wait_for(13).await;
    shrunk(&control, "sent", "messages", 2).await;
    sandbox.advance_clock(Duration::from_secs(60));
    let all = receiver.wait_for(15).await;
    let of_first = all
        .iter()
        .filter(|it| it.json()["message_delivery_report"]["message_id"] == first.as_str());
    assert_eq!(of_first.count(), 3);
    shrunk(&control, "callbacks", "callbacks", 2).await;
}

#[tokio::test]
async fn a_file_that_holds_more_is_brought_down() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    for _ in 0..300 {
        api.send_text(&app, &PERSON, "x").await;
    }
    sandbox.wait_until_quiet(SOON).await.unwrap();
    sandbox.shutdown().await;
    let sandbox = keeping(5).database(&file).start().await.unwrap();
    let control = Control::of(&sandbox);
    shrunk(&control, "sent", "messages", 5).await;
    shrunk(&control, "timeline", "entries", 5).await;
}
