//! Everything that a test in Rust can cause and wait for, over HTTP.

use serde_json::{Value, json};
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_sandbox::Sandbox;

use crate::events::{request as event_request, typing};
use crate::support::{Api, Control, Receiver};

const NUMBER: &str = "46701234567";

struct Stage {
    sandbox: Sandbox,
    api: Api,
    control: Control,
    receiver: Receiver,
    app: String,
}

impl Stage {
    async fn new(channel: &str, triggers: &[&str]) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let api = Api::of(&sandbox).await;
        let app = api.app("CONVERSATION", &[channel]).await;
        let receiver = Receiver::start().await;
        api.webhook(&app, &receiver.url, triggers).await;
        Self {
            control: Control::of(&sandbox),
            sandbox,
            api,
            receiver,
            app,
        }
    }

    fn by(&self, channel: &str, what: Value) -> Value {
        let mut act = json!({"app_id": self.app, "channel": channel, "identity": NUMBER});
        act.as_object_mut()
            .unwrap()
            .extend(what.as_object().unwrap().clone());
        act
    }

    async fn act(&self, channel: &str, what: Value) -> Value {
        self.control
            .post("handset", self.by(channel, what))
            .await
            .ok()
    }

    async fn callback(&self, count: usize) -> Value {
        self.receiver.wait_for(count).await[count - 1].json()
    }
}

#[tokio::test]
async fn what_the_api_has_no_form_for() {
    let stage = Stage::new("WHATSAPP", &["UNSUPPORTED"]).await;
    let done = stage
        .act("WHATSAPP", json!({"unsupported": {"sticker": [1, 2]}}))
        .await;
    let callback = stage.callback(1).await;
    let unsupported = &callback["unsupported_callback"];
    assert_eq!(unsupported["id"], done["event_id"]);
    assert_eq!(unsupported["payload"], r#"{"sticker":[1,2]}"#);
}

#[tokio::test]
async fn events_of_a_channel_and_stored_records() {
    let triggers = ["CHANNEL_EVENT", "RECORD_NOTIFICATION"];
    let stage = Stage::new("WHATSAPP", &triggers).await;
    let event_request = json!({
        "app_id": stage.app, "event_type": "WHATS_APP_QUALITY_RATING_CHANGED",
        "additional_data": {"quality_rating": "RED"},
    });
    let post = async |path: &str, body: Value| stage.control.post(path, body).await;
    post("channels/WHATSAPP:event", event_request.clone())
        .await
        .ok();
    let callback = stage.callback(1).await;
    let event = &callback["channel_event_notification"]["channel_event"];
    assert_eq!(event["channel"], "WHATSAPP");
    assert_eq!(event["event_type"], event_request["event_type"]);
    assert_eq!(event["additional_data"], event_request["additional_data"]);
    post("channels/SMS:event", event_request.clone())
        .await
        .invalid(&["channel"]);
    post("channels/NONE:event", event_request)
        .await
        .invalid(&["channel"]);

    let sent = stage
        .api
        .send_text(&stage.app, &[("WHATSAPP", NUMBER)], "x")
        .await;
    post(&format!("sent/{sent}:record"), json!({})).await.ok();
    let callback = stage.callback(2).await;
    assert_eq!(callback["record_notification"]["entity_id"], json!(sent));
    post("sent/none:record", json!({}))
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn every_action_of_a_person() {
    let stage = Stage::new("WHATSAPP", &["EVENT_INBOUND", "MESSAGE_INBOUND"]).await;
    let sent = stage
        .api
        .send_text(&stage.app, &[("WHATSAPP", NUMBER)], "x")
        .await;
    stage
        .control
        .post("wait", json!({"for": {"message_id": sent}}))
        .await
        .ok();
    let mut count = 0;
    for (what, expected) in [
        (
            json!({"typing": true}),
            "/event/contact_event/composing_event",
        ),
        (
            json!({"typing": false}),
            "/event/contact_event/composing_end_event",
        ),
        (
            json!({"reaction": {"message_id": sent, "emoji": "👍"}}),
            "/event/contact_message_event/reaction_event",
        ),
        (
            json!({"unreaction": {"message_id": sent, "emoji": "👍"}}),
            "/event/contact_message_event/reaction_event",
        ),
    ] {
        let done = stage.act("WHATSAPP", what.clone()).await;
        count += 1;
        let callback = stage.callback(count).await;
        assert!(callback.pointer(expected).is_some(), "{what}: {callback}");
        assert_eq!(callback["event"]["id"], done["event_id"]);
    }
    let urls = json!(["https://example.com/a.png", "https://example.com/b.png"]);
    let done = stage.act("WHATSAPP", json!({"attachments": urls})).await;
    assert_eq!(done["message_ids"].as_array().unwrap().len(), 2);

    for (what, field) in [
        (json!({"typing": "yes"}), "typing"),
        (json!({"reaction": {"message_id": sent}}), "reaction"),
        (json!({"attachments": "x"}), "attachments"),
        (json!({"comment": "only Instagram has them"}), "channel"),
        (
            json!({"choice": {"message_id": sent, "index": 0, "text": "x"}}),
            "choice",
        ),
    ] {
        let answer = stage
            .control
            .post("handset", stage.by("WHATSAPP", what))
            .await;
        answer.invalid(&[field]);
    }
    let instagram = Stage::new("INSTAGRAM", &["EVENT_INBOUND"]).await;
    instagram.act("INSTAGRAM", json!({"comment": "Nice"})).await;
    let callback = instagram.callback(1).await;
    assert_eq!(
        callback["event"]["contact_event"]["comment_event"]["text"],
        "Nice"
    );
}

#[tokio::test]
async fn a_choice_is_found_by_its_text() {
    let stage = Stage::new("WHATSAPP", &["MESSAGE_INBOUND"]).await;
    let mut request = crate::support::text_request(&stage.app, &[("WHATSAPP", NUMBER)], "");
    request["message"] = json!({"choice_message": {
        "text_message": {"text": "When?"},
        "choices": [{"text_message": {"text": "At six"}}, {"text_message": {"text": "At seven"}}],
    }});
    let sent = stage.api.send(request).await;
    stage
        .control
        .post("wait", json!({"for": {"message_id": sent}}))
        .await
        .ok();
    let choice = json!({"choice": {"message_id": sent, "text": "At seven"}});
    stage.act("WHATSAPP", choice).await;
    let callback = stage.callback(1).await;
    let chosen = &callback["message"]["contact_message"]["choice_response_message"];
    assert_eq!(chosen["postback_data"], format!("{sent}_At seven"));
}

#[tokio::test]
async fn every_condition_can_be_waited_for() {
    let stage = Stage::new("WHATSAPP", &[]).await;
    let to = [("WHATSAPP", NUMBER)];
    let wait = async |awaited: Value| {
        let body = json!({"for": awaited, "within_ms": 60_000});
        stage.control.post("wait", body).await
    };
    let event = crate::events::send(&stage.api, event_request(&stage.app, &to, typing())).await;
    let found = wait(json!({"event_id": event})).await.ok();
    assert_eq!(
        (&found["id"], &found["status"]),
        (&json!(event), &json!("DELIVERED"))
    );
    let same = stage
        .control
        .get(&format!("sent_events/{event}"))
        .await
        .ok();
    assert_eq!(same, found);
    wait(json!({"event_id": "none"}))
        .await
        .refused(404, "NOT_FOUND");

    let entry = json!({"entry": {"kind": "received", "identity": NUMBER, "channel": "WHATSAPP", "app_id": stage.app}});
    let (found, said) = tokio::join!(wait(entry), async {
        stage.act("WHATSAPP", json!({"text": "Hello"})).await
    });
    let found = found.ok();
    assert_eq!(found["id"], said["message_id"]);
    let next = json!({"for": {"entry": {"after": found["seq"]}}, "within_ms": 1});
    stage
        .control
        .post("wait", next)
        .await
        .refused(408, "DEADLINE_EXCEEDED");

    let request =
        json!({"request": {"operation": Id::AppGetApp.as_str(), "status": 404, "method": "GET"}});
    let (found, _) = tokio::join!(wait(request), stage.api.get("apps/none"));
    let found = found.ok();
    assert_eq!(
        found["path"],
        format!("/v1/projects/{}/apps/none", stage.api.project)
    );
    for wrong in [
        json!({"request": {"state": 4}}),
        json!({"entry": {"kind": "heard"}}),
        json!({"event_id": 5}),
    ] {
        let error = wait(wrong).await.refused(400, "INVALID_ARGUMENT");
        assert!(error.to_string().contains("for"), "{error}");
    }
}

#[tokio::test]
async fn the_log_of_requests_is_cleared() {
    let stage = Stage::new("SMS", &[]).await;
    assert!(!stage.sandbox.requests().is_empty());
    let clear = stage.control.request(reqwest::Method::DELETE, "requests");
    crate::support::send(clear).await.ok();
    assert_eq!(stage.sandbox.requests(), []);
}
