//! The timeline, with events, and in parts.

use serde_json::{Value, json};
use sinch_conversation_sandbox::{Sandbox, TimelineKind};

use crate::support::{Api, Control, SOON, text_request};

const NUMBER: &str = "46701234567";

fn event_request(app: &str, channel: &str, event: Value) -> Value {
    let mut request = text_request(app, &[(channel, NUMBER)], "");
    request.as_object_mut().unwrap().remove("message");
    request["event"] = event;
    request["event_metadata"] = json!("m");
    request
}

#[tokio::test]
async fn events_are_in_the_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    let typing = json!({"composing_event": {}});
    let id = api
        .post("events:send", event_request(&app, "RCS", typing.clone()))
        .await
        .ok()["event_id"]
        .clone();
    let sent = sandbox
        .wait_for_event(id.as_str().unwrap(), SOON)
        .await
        .unwrap();
    let raised = sandbox.handset(&app, "RCS", NUMBER).types().await.unwrap();
    let path = format!("conversations/{}:inject-event", sent.conversation_id);
    let joined = json!({"agent_joined_event": {"agent": {"display_name": "Ada", "type": "HUMAN"}}});
    let body = json!({"app_event": joined, "accept_time": sandbox.now().to_rfc3339()});
    let injected = api.post(&path, body).await.ok()["event_id"].clone();

    let entries = sandbox.timeline().await.unwrap();
    let expected = [
        (TimelineKind::EventSent, "TO_CONTACT", &id, &typing, 2),
        (
            TimelineKind::EventReceived,
            "TO_APP",
            &json!(raised),
            &typing,
            0,
        ),
        (TimelineKind::Injected, "TO_CONTACT", &injected, &joined, 0),
    ];
    assert_eq!(entries.len(), expected.len());
    for (entry, (kind, direction, id, event, statuses)) in entries.iter().zip(expected) {
        assert_eq!((entry.kind, entry.direction.as_str()), (kind, direction));
        assert_eq!((&json!(entry.id), entry.event.as_ref()), (id, Some(event)));
        assert_eq!((entry.statuses.len(), &entry.message), (statuses, &None));
        assert_eq!(
            (&entry.contact_id, &entry.conversation_id),
            (&sent.contact_id, &sent.conversation_id)
        );
        assert_eq!(
            (entry.channel.as_str(), entry.identity.as_str()),
            ("RCS", NUMBER)
        );
    }
    assert_eq!(entries[0].metadata, "m");
    assert_eq!(entries[0].statuses, sent.receipts);
    let received = sandbox.received().await.unwrap();
    assert_eq!(received, [entries[1].clone()]);
    sandbox.shutdown().await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    assert_eq!(sandbox.timeline().await.unwrap(), entries);
    sandbox.reset().await.unwrap();
    assert!(sandbox.timeline().await.unwrap().is_empty());
    assert!(sandbox.events_sent().await.unwrap().is_empty());
}

#[tokio::test]
async fn events_follow_a_merged_contact() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    let kept = api.contact(&[("SMS", NUMBER)]).await;
    api.post(
        "events:send",
        event_request(&app, "RCS", json!({"composing_event": {}})),
    )
    .await
    .ok();
    sandbox.handset(&app, "RCS", NUMBER).types().await.unwrap();
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let gone = sandbox.timeline().await.unwrap()[0].contact_id.clone();
    let merge = json!({"source_id": gone, "strategy": "MERGE"});
    api.post(&format!("contacts/{kept}:merge"), merge)
        .await
        .ok();
    let entries = sandbox.timeline().await.unwrap();
    assert_eq!(entries.len(), 2);
    assert!(
        entries.iter().all(|entry| entry.contact_id == kept),
        "{entries:?}"
    );
}

#[tokio::test]
async fn an_event_without_a_channel_is_listed_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let id = api
        .post(
            "events:send",
            event_request(&app, "SMS", json!({"composing_event": {}})),
        )
        .await
        .ok()["event_id"]
        .clone();
    sandbox
        .wait_for_event(id.as_str().unwrap(), SOON)
        .await
        .unwrap();
    let entry = sandbox
        .wait_for_entry(SOON, |entry| json!(entry.id) == id)
        .await
        .unwrap();
    assert_eq!(entry.statuses[0].status.as_str(), "FAILED");
    assert_eq!(
        (entry.contact_id.as_str(), entry.conversation_id.as_str()),
        ("", "")
    );
}

#[tokio::test]
async fn it_is_shown_in_parts() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let control = Control::of(&sandbox);
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, "http://127.0.0.1:9/", &["MESSAGE_INBOUND"])
        .await;
    let person = sandbox.handset(&app, "SMS", NUMBER);
    for text in ["a", "b", "c", "d", "e"] {
        person.says(text).await.unwrap();
    }
    for (list, key) in [("timeline", "entries"), ("callbacks", "callbacks")] {
        let all = control.get(list).await.ok();
        assert_eq!(all[key].as_array().unwrap().len(), 5);
        let (mut found, mut next) = (Vec::new(), json!(0));
        for expected in [2, 2, 1, 0] {
            let part = control
                .get(&format!("{list}?limit=2&after={next}"))
                .await
                .ok();
            let items = part[key].as_array().unwrap();
            assert_eq!(items.len(), expected, "{list}");
            found.extend(items.iter().map(|item| item["id"].clone()));
            next = part["next"].clone();
        }
        assert_eq!(next, all["next"]);
        let ids: Vec<Value> = all[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].clone())
            .collect();
        assert_eq!(found, ids);
        control
            .get(&format!("{list}?limit=0"))
            .await
            .invalid(&["limit"]);
    }
    let directions = control.get("timeline").await.ok();
    assert_eq!(directions["entries"][0]["direction"], "TO_APP");
}

#[tokio::test]
async fn a_generation_ends_with_a_reset_or_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let mut generations = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
        let control = Control::of(&sandbox);
        let generation = async || {
            control.get("state").await.ok()["generation"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let first = generation().await;
        assert_eq!(generation().await, first);
        control.post("reset", json!({})).await.ok();
        generations.extend([first, generation().await]);
        sandbox.shutdown().await;
    }
    let mut different = generations.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 4, "{generations:?}");
}
