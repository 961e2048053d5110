//! The control functions of the library: the record, the clock, channels, reset.

use std::time::Duration;

use serde_json::json;
use sinch_conversation_sandbox::{ControlError, Sandbox, TimelineKind};

use crate::support::{Api, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";

#[tokio::test]
async fn the_record_has_what_dispatch_mode_does_not_store() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let handset = sandbox.handset(&app, "SMS", format!("+{NUMBER}"));
    let first = handset.says("Hello").await.unwrap();
    let second = api.send_text(&app, &[("SMS", NUMBER)], "Hi").await;
    let third = handset.says("Bye").await.unwrap();
    let listed = api
        .get("messages?messages_source=DISPATCH_SOURCE")
        .await
        .ok();
    assert_eq!(listed["messages"], json!([]));

    let timeline = sandbox.timeline().await.unwrap();
    let seen: Vec<_> = timeline
        .iter()
        .map(|it| (it.kind, it.id.as_str()))
        .collect();
    let expected = [
        (TimelineKind::Received, first.as_str()),
        (TimelineKind::Sent, &second),
        (TimelineKind::Received, &third),
    ];
    assert_eq!(seen, expected);
    assert!(timeline.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    for entry in &timeline {
        assert_eq!(
            (entry.channel.as_str(), entry.identity.as_str()),
            ("SMS", NUMBER)
        );
        assert_eq!(
            (entry.contact_id.as_str(), entry.conversation_id.as_str()),
            ("", "")
        );
    }
    let received = sandbox.received().await.unwrap();
    assert_eq!(received, [timeline[0].clone(), timeline[2].clone()]);
}
