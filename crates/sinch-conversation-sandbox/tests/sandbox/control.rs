//! The controls of the library: the traffic, the clock, channels, reset.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sinch_conversation_sandbox::{CallbackState, ControlError, Sandbox, TimelineKind};

use crate::support::{Api, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn the_timeline_has_what_dispatch_mode_does_not_store() {
    let (sandbox, api) = start().await;
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

#[tokio::test]
async fn the_timeline_survives_a_restart_and_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let handset = sandbox.handset(&app, "SMS", NUMBER);
    let inbound = handset.says("Hello").await.unwrap();
    let sent = api.send_text(&app, &[("SMS", NUMBER)], "Hi").await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    api.delete(&format!("apps/{app}")).await.ok();
    let before = sandbox.timeline().await.unwrap();
    drop(sandbox);

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let timeline = sandbox.timeline().await.unwrap();
    assert_eq!(timeline, before);
    assert_eq!((&timeline[0].id, &timeline[1].id), (&inbound, &sent));
    assert_ne!(timeline[0].conversation_id, "");
    assert_eq!(timeline[0].conversation_id, timeline[1].conversation_id);
    assert_eq!(timeline[1].statuses.len(), 2);
}

#[tokio::test]
async fn an_entry_can_be_waited_for() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let text = |entry: &sinch_conversation_sandbox::TimelineEntry| {
        entry.message.clone().unwrap_or_default()["text_message"]["text"].clone()
    };
    let (found, id) = tokio::join!(
        sandbox.wait_for_entry(SOON, |entry| text(entry) == "wanted"),
        async {
            api.send_text(&app, &[("SMS", NUMBER)], "other").await;
            api.send_text(&app, &[("SMS", NUMBER)], "wanted").await
        }
    );
    assert_eq!(found.unwrap().id, id);
    let missed = sandbox.wait_for_entry(Duration::ZERO, |_| false).await;
    let error = missed.unwrap_err().to_string();
    assert!(error.contains("none of 2 entries"), "{error}");
}

#[tokio::test]
async fn a_slow_channel_reports_later() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["SMS", "WHATSAPP"]).await;
    sandbox.delay_channel("SMS", Duration::from_secs(60));
    let slow = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let quick = api.send_text(&app, &[("WHATSAPP", NUMBER)], "x").await;
    sandbox.wait_for_delivery(&quick, SOON).await.unwrap();
    let statuses = async || {
        let sent = sandbox.sent_message(&slow).await.unwrap();
        sent.statuses().join(" ")
    };
    assert_eq!(statuses().await, "");
    sandbox.advance_clock(Duration::from_secs(61));
    sandbox
        .wait_for_status(&slow, "QUEUED_ON_CHANNEL", SOON)
        .await
        .unwrap();
    assert_eq!(statuses().await, "QUEUED_ON_CHANNEL");
    sandbox.restore_channel("SMS");
    sandbox.advance_clock(Duration::from_secs(61));
    sandbox.wait_for_delivery(&slow, SOON).await.unwrap();
    let next = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    sandbox.wait_for_delivery(&next, SOON).await.unwrap();
}

#[tokio::test]
async fn the_clock_is_set_forward() {
    let (sandbox, _) = start().await;
    let to: DateTime<Utc> = "2040-02-29T12:00:00Z".parse().unwrap();
    sandbox.set_clock(to).unwrap();
    assert!(sandbox.now() >= to);
    let error = sandbox.set_clock(to - TimeDelta::days(1)).unwrap_err();
    assert!(
        matches!(&error, ControlError::ClockBackwards { wanted, .. } if wanted.as_str().starts_with("2040-02-28")),
        "{error}"
    );
    assert!(sandbox.now() >= to);
    sandbox.reset().await.unwrap();
    assert!(sandbox.now() < to);
}

#[tokio::test]
async fn a_reset_leaves_nothing_but_project_and_keys() {
    let (sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next([500]);
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    sandbox
        .set_clock(sandbox.now() + TimeDelta::days(30))
        .unwrap();
    let api = Api::of(&sandbox).await;
    let sent = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    sandbox.wait_for_delivery(&sent, SOON).await.unwrap();
    receiver.wait_for(1).await;
    // A callback waits for its next attempt, and a message for its delayed channel.
    sandbox.delay_channel("SMS", Duration::from_secs(3600));
    sandbox.fail_channel("SMS", "CHANNEL_FAILURE");
    api.send_text(&app, &[("SMS", NUMBER)], "x").await;

    sandbox.reset().await.unwrap();
    sandbox.wait_until_quiet(SOON).await.unwrap();
    for (list, path) in [
        ("apps", "apps"),
        ("contacts", "contacts"),
        ("messages", "messages"),
    ] {
        assert_eq!(api.get(path).await.ok()[list], json!([]), "{path}");
    }
    assert!(sandbox.sent().await.unwrap().is_empty());
    assert!(sandbox.timeline().await.unwrap().is_empty());
    assert!(sandbox.callbacks().await.unwrap().is_empty());
    let month = TimeDelta::days(29);
    assert!(sandbox.now() < Utc::now() + month);

    // It works like a new sandbox, and nothing pending comes back.
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let again = api.send_text(&app, &[("SMS", NUMBER)], "y").await;
    let sent = sandbox.wait_for_delivery(&again, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 3);
    for body in &bodies[1..] {
        assert_eq!(body["message_delivery_report"]["message_id"], json!(again));
    }
}

#[tokio::test]
async fn a_reset_frees_the_ordering_keys_of_pending_callbacks() {
    let (sandbox, _) = start().await;
    let receiver = Receiver::start().await;
    let (app, webhook, contact) = (
        "01JSANDB0X00000000000000AP",
        "01JSANDB0X00000000000000WH",
        "01JSANDB0X00000000000000C0",
    );
    let seed = json!({
        "apps": [{"id": app, "display_name": "x", "processing_mode": "CONVERSATION",
            "channel_credentials": [crate::support::credentials("SMS")]}],
        "webhooks": [{"id": webhook, "app_id": app, "target": receiver.url, "target_type": "HTTP",
            "triggers": ["MESSAGE_INBOUND"]}],
        "contacts": [{"id": contact, "language": "EN_GB", "channel_identities": [
            {"channel": "SMS", "identity": NUMBER}]}],
        "messages": [{"app_id": app, "channel": "SMS", "identity": NUMBER, "text": "x"}],
    });
    receiver.answer_next([500]);
    sandbox.advance_clock(Duration::from_secs(86_400));
    sandbox.seed(seed.clone()).await.unwrap();
    receiver.wait_for(1).await;
    sandbox.reset().await.unwrap();
    // The same webhook and the same contact: the ordering key that was waiting for tomorrow.
    sandbox.seed(seed).await.unwrap();
    receiver.wait_for(2).await;
    let delivered =
        |it: &sinch_conversation_sandbox::Callback| it.state == CallbackState::Delivered;
    sandbox.wait_for_callback(SOON, delivered).await.unwrap();
}

async fn offered(api: &Api, app: &str, channel: &str, message: Value) -> String {
    let mut request = text_request(app, &[(channel, NUMBER)], "");
    request["message"] = message;
    api.send(request).await
}

#[tokio::test]
async fn choices_are_counted_through_cards_and_lists() {
    let (sandbox, api) = start().await;
    let app = api.app("DISPATCH", &["RCS", "WHATSAPP"]).await;
    let (rcs, whatsapp) = (
        sandbox.handset(&app, "RCS", NUMBER),
        sandbox.handset(&app, "WHATSAPP", NUMBER),
    );
    let text = |text: &str| json!({"text_message": {"text": text}});
    let card = |choice: Value| json!({"title": "Card", "choices": [choice]});
    let carousel = json!({"carousel_message": {
        "cards": [card(text("a")), card(json!({"url_message": {"title": "b", "url": "https://example.com"}}))],
        "choices": [{"call_message": {"title": "c", "phone_number": "461"}}],
    }});
    let list = json!({"list_message": {"title": "List", "sections": [
        {"title": "One", "items": [{"choice": {"title": "d", "postback_data": "data-d"}}]},
        {"title": "Two", "items": [{"choice": {"title": "e"}}]},
    ]}});
    let (carousel, list) = (
        offered(&api, &app, "RCS", carousel).await,
        offered(&api, &app, "WHATSAPP", list).await,
    );
    let cases = [
        (&rcs, &carousel, 0, format!("{carousel}_a")),
        (&rcs, &carousel, 1, format!("{carousel}_b")),
        (&rcs, &carousel, 2, format!("{carousel}_c")),
        (&whatsapp, &list, 0, "data-d".to_owned()),
        (&whatsapp, &list, 1, format!("{list}_e")),
    ];
    sandbox.wait_until_quiet(SOON).await.unwrap();
    for (handset, message, index, _) in &cases {
        handset.chooses(message, *index).await.unwrap();
    }
    let received = sandbox.received().await.unwrap();
    for (entry, (_, message, _, data)) in received.iter().zip(&cases) {
        let answer = &entry.message.as_ref().unwrap()["choice_response_message"];
        assert_eq!(
            answer,
            &json!({"message_id": message, "postback_data": data})
        );
    }
    let error = whatsapp.chooses(&list, 2).await.unwrap_err();
    assert!(
        matches!(
            error,
            ControlError::NoSuchChoice { ref choices, .. } if choices.len() == 2
        ),
        "{error}"
    );
    let other = sandbox.handset(&app, "WHATSAPP", "46700000000");
    let error = other.chooses(&list, 0).await.unwrap_err();
    assert!(
        matches!(error, ControlError::UnknownMessage { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn the_timeline_has_injected_messages_and_follows_merged_contacts() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "WHATSAPP"]).await;
    let (gone, kept) = (
        api.contact(&[("SMS", NUMBER)]).await,
        api.contact(&[("WHATSAPP", NUMBER)]).await,
    );
    let handset = sandbox.handset(&app, "SMS", NUMBER);
    handset.says("Hello").await.unwrap();
    api.send_text(&app, &[("SMS", NUMBER)], "Hi").await;
    let conversation = sandbox.timeline().await.unwrap()[0].conversation_id.clone();
    let accepted = sandbox.now() - TimeDelta::days(1);
    let injected = json!({
        "accept_time": accepted.to_rfc3339(), "contact_id": gone, "direction": "TO_CONTACT",
        "channel_identity": {"channel": "SMS", "identity": NUMBER},
        "app_message": {"text_message": {"text": "Earlier"}},
    });
    let path = format!("conversations/{conversation}:inject-message");
    api.post(&path, injected).await.ok();

    let entry = sandbox.timeline().await.unwrap().remove(2);
    assert_eq!(entry.kind, TimelineKind::Injected);
    assert_eq!(
        entry.message,
        Some(json!({"text_message": {"text": "Earlier"}}))
    );
    assert_eq!(entry.time.to_datetime().unwrap(), accepted);
    let stored = api.get(&format!("messages/{}", entry.id)).await.ok();
    assert_eq!(stored["injected"], true);

    let path = format!("contacts/{kept}:merge");
    api.post(&path, json!({"source_id": gone, "strategy": "MERGE"}))
        .await
        .ok();
    let timeline = sandbox.timeline().await.unwrap();
    let contacts: Vec<&str> = timeline.iter().map(|it| it.contact_id.as_str()).collect();
    assert_eq!(contacts, [kept.as_str(); 3]);
}
