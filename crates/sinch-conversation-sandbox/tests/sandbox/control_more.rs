//! Faults, requests and recipients over `/_sandbox/`.

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_sandbox::Sandbox;

use crate::support::{self, Answer, Api, Control, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Control) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let control = Control::of(&sandbox);
    (sandbox, api, control)
}

async fn clear_faults(control: &Control) -> Answer {
    support::send(control.request(Method::DELETE, "faults")).await
}

fn act(app: &str, channel: &str, name: &str, what: Value) -> Value {
    json!({"app_id": app, "channel": channel, "identity": NUMBER, name: what})
}

#[tokio::test]
async fn faults_are_injected_listed_and_cleared() {
    let (_sandbox, api, control) = start().await;
    let busy =
        json!({"operation": Id::AppListApps.as_str(), "status": 503, "retry_after": 2, "times": 2});
    let id = control.post("faults", busy).await.ok()["id"].clone();
    let slow = json!({"operation": "*", "delay_ms": 1, "times": 0});
    control.post("faults", slow).await.ok();
    let answer = api.get("apps").await;
    assert_eq!(answer.headers["retry-after"], "2");
    answer.refused(503, "UNAVAILABLE");
    let listed = control.get("faults").await.ok();
    let faults = listed["faults"].as_array().unwrap();
    assert_eq!(
        (
            &faults[0]["id"],
            &faults[0]["remaining"],
            &faults[0]["applied"]
        ),
        (&id, &json!(1), &json!(1))
    );
    assert_eq!(
        (&faults[1]["operation"], &faults[1]["left"]),
        (&json!("*"), &Value::Null)
    );
    assert_eq!(clear_faults(&control).await.ok(), json!({}));
    assert_eq!(control.get("faults").await.ok(), json!({"faults": []}));
    api.get("apps").await.ok();
}

#[tokio::test]
async fn an_impossible_fault_is_refused() {
    let (_sandbox, _, control) = start().await;
    for (body, field) in [
        (json!({"status": 503}), ""),
        (
            json!({"operation": "App_ListApp", "status": 503}),
            "operation",
        ),
        (json!({"operation": "*"}), "status"),
        (json!({"operation": "*", "status": 99}), "status"),
        (json!({"operation": "*", "status": 70_000}), "status"),
        (
            json!({"operation": "*", "status": 503, "reset": true}),
            "status",
        ),
        (json!({"operation": "*", "cut_body": 5_000_000}), "cut_body"),
        (
            json!({"operation": "*", "status": 503, "phase": "never"}),
            "phase",
        ),
        (json!({"operation": "*", "status": 503, "time": 3}), "time"),
    ] {
        control.post("faults", body).await.invalid(&[field]);
    }
    assert_eq!(control.get("faults").await.ok(), json!({"faults": []}));
}

#[tokio::test]
async fn requests_are_listed_after_a_known_one() {
    let (_sandbox, api, control) = start().await;
    let fault = json!({"operation": Id::AppListApps.as_str(), "status": 503});
    control.post("faults", fault).await.ok();
    api.get("apps").await.refused(503, "UNAVAILABLE");
    api.get("apps/nothing?x=1").await.refused(404, "NOT_FOUND");
    let shown = control.get("requests").await.ok();
    let requests = shown["requests"].as_array().unwrap();
    let operations: Vec<&Value> = requests.iter().map(|it| &it["operation"]).collect();
    assert_eq!(
        operations,
        [
            "OAuth_Token",
            Id::AppListApps.as_str(),
            Id::AppGetApp.as_str()
        ]
    );
    assert_eq!(requests[1]["fault"]["status"], 503);
    let last = &requests[2];
    assert_eq!(
        (&last["method"], &last["status"], &last["problem"]["status"]),
        (&json!("GET"), &json!(404), &json!("NOT_FOUND"))
    );
    assert!(
        last["path"]
            .as_str()
            .unwrap()
            .ends_with("/apps/nothing?x=1")
    );
    let next = &shown["next"];
    assert_eq!(next, &last["id"]);
    let none = control.get(&format!("requests?after={next}")).await.ok();
    assert_eq!(none, json!({"requests": [], "next": next, "more": false}));
    let one = control.get("requests?after=1&limit=1").await.ok();
    assert_eq!(
        (&one["requests"], &one["next"]),
        (&json!([requests[1]]), &json!(2))
    );
    control.get("requests?after=-5").await.ok();
    control.get("requests?after=x").await.invalid(&["after"]);
    for limit in ["0", "-1", "x", "99999999999"] {
        let path = format!("requests?limit={limit}");
        control.get(&path).await.invalid(&["limit"]);
    }
}

#[tokio::test]
async fn a_stream_reports_requests_that_change_nothing() {
    let (sandbox, api, control) = start().await;
    let mut stream = control.request(Method::GET, "events").send().await.unwrap();
    let mut text = String::new();
    let mut told = async |times: usize| {
        while text.matches("event: change").count() < times {
            let chunk = stream.chunk().await.unwrap().unwrap();
            text += std::str::from_utf8(&chunk).unwrap();
        }
    };
    told(1).await;
    for times in 2..5 {
        api.get("apps/nothing").await.refused(404, "NOT_FOUND");
        told(times).await;
    }
    sandbox.shutdown().await;
    while stream.chunk().await.unwrap().is_some() {}
}

#[tokio::test]
async fn people_opt_out_where_consents_are_managed() {
    let (sandbox, api, control) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let receiver = Receiver::start().await;
    api.webhook(&app, &receiver.url, &["OPT_OUT", "OPT_IN"])
        .await;
    let primary = json!({"app_id": app, "mode": "PRIMARY"});
    assert_eq!(
        control.post("consent_management", primary).await.ok(),
        json!({})
    );
    for (name, list, said) in [
        ("opt_out", "ALL", "STOP"),
        ("opt_in", "ALL", "START"),
        ("opt_out", "MARKETING", "STOP MARKETING"),
        ("opt_in", "NOTIFICATION", "START NOTIFICATION"),
    ] {
        let done = control
            .post("handset", act(&app, "SMS", name, json!(list)))
            .await
            .ok();
        let received = sandbox.received().await.unwrap();
        let last = received.last().unwrap();
        assert_eq!(done["message_id"], json!(last.id));
        assert_eq!(last.message, Some(json!({"text_message": {"text": said}})));
    }
    let told = receiver.wait_for(3).await;
    assert!(told[0].json()["opt_out_notification"].is_object());
    assert!(told[1].json()["opt_in_notification"].is_object());
    control
        .post("handset", act(&app, "SMS", "opt_out", json!("EVERYTHING")))
        .await
        .invalid(&["opt_out"]);
    let nobody = json!({"app_id": "nobody", "mode": "OFF"});
    control
        .post("consent_management", nobody)
        .await
        .refused(404, "NOT_FOUND");
    let tertiary = json!({"app_id": app, "mode": "TERTIARY"});
    control
        .post("consent_management", tertiary)
        .await
        .invalid(&["mode"]);
}

#[tokio::test]
async fn people_have_profiles_and_capabilities() {
    let (_sandbox, api, control) = start().await;
    let app = api.app("CONVERSATION", &["MESSENGER", "RCS"]).await;
    let receiver = Receiver::start().await;
    api.webhook(&app, &receiver.url, &["CAPABILITY"]).await;
    let profile = json!({"channel": "MESSENGER", "identity": NUMBER, "name": "Åsa"});
    control.post("profiles", profile).await.ok();
    let recipient = |channel: &str| json!({"identified_by": {"channel_identities": [{"channel": channel, "identity": NUMBER}]}});
    let ask = json!({"app_id": app, "channel": "MESSENGER", "recipient": recipient("MESSENGER")});
    let found = api.post("contacts:getChannelProfile", ask).await.ok();
    assert_eq!(found["profile_name"], "Åsa");

    let query = json!({"app_id": app, "recipient": recipient("RCS")});
    for (number, (able, expected)) in [
        (json!({"status": "FULL"}), "CAPABILITY_FULL"),
        (
            json!({"status": "NONE", "identity": NUMBER}),
            "NO_CAPABILITY",
        ),
        (
            json!({"status": "PARTIAL", "identity": NUMBER, "capabilities": ["RICHCARD"]}),
            "CAPABILITY_PARTIAL",
        ),
        (
            json!({"status": "UNKNOWN", "identity": NUMBER}),
            "CAPABILITY_UNKNOWN",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut able = able;
        able["channel"] = json!("RCS");
        control.post("capabilities", able).await.ok();
        api.post("capability:query", query.clone()).await.ok();
        let told = receiver.wait_for(number + 1).await[number].json();
        assert_eq!(
            told["capability_notification"]["capability_status"],
            expected
        );
    }
    for (path, body, field) in [
        (
            "profiles",
            json!({"channel": "SMOKE", "identity": "1", "name": ""}),
            "channel",
        ),
        (
            "profiles",
            json!({"channel": "SMS", "identity": "", "name": ""}),
            "identity",
        ),
        (
            "capabilities",
            json!({"channel": "SMS", "status": "HALF"}),
            "status",
        ),
        (
            "capabilities",
            json!({"channel": "SMS", "status": "PARTIAL"}),
            "capabilities",
        ),
        (
            "capabilities",
            json!({"channel": "SMS", "status": "FULL", "capabilities": []}),
            "capabilities",
        ),
        (
            "capabilities",
            json!({"channel": "SMOKE", "status": "FULL"}),
            "channel",
        ),
        (
            "capabilities",
            json!({"channel": "SMS", "status": "FULL", "identity": ""}),
            "identity",
        ),
    ] {
        control.post(path, body).await.invalid(&[field]);
    }
}

#[tokio::test]
async fn channels_fall_silent_and_fail_for_a_while() {
    let (sandbox, api, control) = start().await;
    let app = api.app("DISPATCH", &["SMS", "RCS"]).await;
    control.post("channels/SMS:silence", json!({})).await.ok();
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(control.statuses(&id).await, ["QUEUED_ON_CHANNEL"]);
    control.post("channels/SMS:restore", json!({})).await.ok();
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);

    let fail = json!({"reason": "CHANNEL_FAILURE", "temporary": true, "times": 1});
    control.post("channels/RCS:fail", fail).await.ok();
    let id = api.send_text(&app, &[("RCS", NUMBER)], "x").await;
    sandbox.advance_clock(std::time::Duration::from_secs(60));
    let sent = sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    control
        .post("channels/SMOKE:silence", json!({}))
        .await
        .invalid(&["channel"]);
}

#[tokio::test]
async fn the_handset_raises_events_and_replies() {
    let (sandbox, api, control) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    let receiver = Receiver::start().await;
    api.webhook(&app, &receiver.url, &["EVENT_INBOUND"]).await;
    let sent = api.send_text(&app, &[("WHATSAPP", NUMBER)], "x").await;
    sandbox.wait_for_delivery(&sent, SOON).await.unwrap();
    let reaction = json!({"reaction_event": {"emoji": "👍", "action": "REACTION_ACTION_REACT", "message_id": sent}});
    for (number, (name, event)) in [
        ("contact_event", json!({"composing_event": {}})),
        ("contact_message_event", reaction.clone()),
    ]
    .into_iter()
    .enumerate()
    {
        let done = control
            .post("handset", act(&app, "WHATSAPP", name, event.clone()))
            .await
            .ok();
        let told = receiver.wait_for(number + 1).await[number].json();
        assert_eq!(told["event"]["id"], done["event_id"]);
        assert_eq!(told["event"][name], event);
    }
    let place = json!({"latitude": 59.3, "longitude": 18.1});
    control
        .post("handset", act(&app, "WHATSAPP", "location", place.clone()))
        .await
        .ok();
    let reply = json!({"message_id": sent, "text": "Yes"});
    control
        .post("handset", act(&app, "WHATSAPP", "reply_to", reply.clone()))
        .await
        .ok();
    let received = control.get("received").await.ok();
    let messages = received["messages"].as_array().unwrap();
    assert_eq!(
        messages[0]["message"]["location_message"]["coordinates"],
        place
    );
    assert_eq!(
        messages[1]["message"]["reply_to"]["message_id"],
        json!(sent)
    );

    // A message that was not delivered cannot be answered.
    control
        .post("channels/WHATSAPP:silence", json!({}))
        .await
        .ok();
    let lost = api.send_text(&app, &[("WHATSAPP", NUMBER)], "x").await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    for (channel, name, what, field) in [
        (
            "WHATSAPP",
            "contact_event",
            json!({"smoke_event": {}}),
            "contact_event",
        ),
        ("WHATSAPP", "contact_event", json!(5), "contact_event"),
        (
            "WHATSAPP",
            "contact_message_event",
            json!({"reaction_event": {}}),
            "contact_message_event.reaction_event.emoji",
        ),
        ("SMS", "contact_message_event", reaction, "channel"),
        ("WHATSAPP", "location", json!({"latitude": 1}), "location"),
        (
            "WHATSAPP",
            "location",
            json!({"latitude": "1", "longitude": 1}),
            "location.latitude",
        ),
        (
            "WHATSAPP",
            "reply_to",
            json!({"message_id": lost, "text": "?"}),
            "reply_to",
        ),
        ("WHATSAPP", "read", json!(lost), "read"),
    ] {
        control
            .post("handset", act(&app, channel, name, what))
            .await
            .invalid(&[field]);
    }
    let unknown = act(
        &app,
        "WHATSAPP",
        "reply_to",
        json!({"message_id": "nothing", "text": "?"}),
    );
    control
        .post("handset", unknown)
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn events_that_apps_sent_are_shown() {
    let (sandbox, api, control) = start().await;
    let app = api.app("DISPATCH", &["RCS"]).await;
    let mut request = text_request(&app, &[("RCS", NUMBER)], "");
    request.as_object_mut().unwrap().remove("message");
    request["event"] = json!({"composing_event": {}});
    request["event_metadata"] = json!("m");
    let id = api.post("events:send", request).await.ok()["event_id"].clone();
    sandbox
        .wait_for_event(id.as_str().unwrap(), SOON)
        .await
        .unwrap();
    let shown = control.get("sent_events").await.ok();
    let event = &shown["events"][0];
    assert_eq!(
        (
            &event["id"],
            &event["event"],
            &event["status"],
            &event["event_metadata"]
        ),
        (
            &id,
            &json!({"composing_event": {}}),
            &json!("DELIVERED"),
            &json!("m")
        )
    );
    assert_eq!(event["statuses"][1]["channel"], "RCS");
    assert_eq!(event.as_object().unwrap().len(), 11);
}
