//! The queue of an app: its length, and its rate.

use std::num::NonZeroU32;
use std::time::Duration;

use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, SOON, text_request};

const TO: [(&str, &str); 1] = [("SMS", "46701234567")];

#[tokio::test]
async fn a_full_queue_refuses_sends_until_it_has_drained() {
    let sandbox = Sandbox::builder()
        .queue_limit(2)
        .receipt_interval(Duration::from_secs(60))
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let mut sent = vec![api.send_text(&app, &TO, "1").await];
    sent.push(api.send_text(&app, &TO, "2").await);
    let queue = api.get(&format!("apps/{app}")).await.ok()["queue_stats"].clone();
    assert_eq!(queue["outbound_size"], 2);
    assert_eq!(queue["outbound_limit"], 2);
    api.post("messages:send", text_request(&app, &TO, "3"))
        .await
        .refused(429, "RESOURCE_EXHAUSTED");

    // Another app has its own queue.
    let other = api.app("DISPATCH", &["SMS"]).await;
    sent.push(api.send_text(&other, &TO, "1").await);

    sandbox.advance_clock(Duration::from_secs(61));
    for id in &sent {
        sandbox
            .wait_for_status(id, "QUEUED_ON_CHANNEL", SOON)
            .await
            .unwrap();
    }
    sandbox.advance_clock(Duration::from_secs(61));
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let queue = api.get(&format!("apps/{app}")).await.ok()["queue_stats"].clone();
    assert_eq!(queue["outbound_size"], 0);
    api.send_text(&app, &TO, "3").await;
    assert_eq!(sandbox.sent().await.unwrap().len(), 4);
}

#[tokio::test]
async fn messages_leave_the_queue_at_the_rate_that_was_set() {
    let sandbox = Sandbox::builder()
        .sends_per_second(NonZeroU32::new(2).unwrap())
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let mut ids = Vec::new();
    for text in ["1", "2", "3", "4"] {
        ids.push(api.send_text(&app, &TO, text).await);
    }
    let mut taken = Vec::new();
    for id in ids {
        let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
        taken.push(sent.receipts[0].time.to_datetime().unwrap());
    }
    // Each receipt is written soon after its message leaves the queue.
    let span = (taken[3] - taken[0]).num_milliseconds();
    assert!(span > 1000, "{span} ms for four messages at two a second");
}
