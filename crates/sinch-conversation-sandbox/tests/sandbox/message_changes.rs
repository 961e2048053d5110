//! Stored messages: removing them, changing their metadata, and the latest one of several recipients.

use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, SOON, each, text_request};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

/// Creates an app in DISPATCH mode that keeps its messages.
async fn keeping_app(api: &Api) -> String {
    let app = api.app("DISPATCH", &["SMS", "RCS"]).await;
    let body = json!({"dispatch_retention_policy": {"ttl_days": 7}});
    api.patch(&format!("apps/{app}"), body).await.ok();
    app
}

#[tokio::test]
async fn a_message_is_removed_and_its_conversation_stays() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let inbound = sandbox.handset(&app, "SMS", "461").says("x").await.unwrap();
    let path = format!("messages/{inbound}");
    let message = api.get(&path).await.ok();
    api.delete(&format!("{path}?messages_source=DISPATCH_SOURCE"))
        .await
        .refused(404, "NOT_FOUND");
    assert_eq!(api.delete(&path).await.ok(), json!({}));
    api.get(&path).await.refused(404, "NOT_FOUND");
    api.delete(&path).await.refused(404, "NOT_FOUND");
    assert_eq!(api.get("messages").await.ok()["messages"], json!([]));
    let id = message["conversation_id"].as_str().unwrap();
    api.get(&format!("conversations/{id}")).await.ok();

    let app = keeping_app(&api).await;
    let sent = api.send_text(&app, &[("SMS", "461")], "x").await;
    let path = format!("messages/{sent}");
    api.delete(&path).await.refused(404, "NOT_FOUND");
    let path = format!("{path}?messages_source=DISPATCH_SOURCE");
    api.get(&path).await.ok();
    api.delete(&path).await.ok();
    api.get(&path).await.refused(404, "NOT_FOUND");
    api.delete(&format!("messages/{sent}?messages_source=X"))
        .await
        .invalid(&["messages_source"]);
}

#[tokio::test]
async fn a_deleted_message_is_delivered_and_stays_deleted() {
    let pause = Duration::from_secs(600);
    let builder = Sandbox::builder().receipt_interval(pause);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    sandbox.fail_next("SMS", "CHANNEL_FAILURE");
    let both = [("SMS", "461"), ("RCS", "461")];
    let id = api.send_text(&app, &both, "x").await;
    api.delete(&format!("messages/{id}")).await.ok();
    for status in ["SWITCHING_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED"] {
        sandbox.advance_clock(pause);
        sandbox.wait_for_status(&id, status, SOON).await.unwrap();
    }
    api.get(&format!("messages/{id}"))
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn metadata_of_a_message_is_replaced() {
    let pause = Duration::from_secs(600);
    let builder = Sandbox::builder().receipt_interval(pause);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    sandbox.fail_next("SMS", "CHANNEL_FAILURE");
    let mut request = text_request(&app, &[("SMS", "461"), ("RCS", "461")], "x");
    request["message_metadata"] = json!("old");
    let id = api.send(request).await;
    let path = format!("messages/{id}");
    let mut expected = api.get(&path).await.ok();
    let body = json!({"metadata": "new", "direction": "TO_APP", "injected": true});
    let changed = api.patch(&path, body).await.ok();
    expected["metadata"] = json!("new");
    assert_eq!(changed, expected);
    assert_eq!(api.get(&path).await.ok(), expected);

    // The next channel and the receipts keep it.
    for status in ["SWITCHING_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED"] {
        sandbox.advance_clock(pause);
        sandbox.wait_for_status(&id, status, SOON).await.unwrap();
    }
    let stored = api.get(&path).await.ok();
    assert_eq!(stored["metadata"], "new");
    assert_eq!(stored["channel_identity"]["channel"], "RCS");
    receiver.wait_for(3).await;
    let bodies = receiver.bodies();
    assert_eq!(
        each(&bodies, "/message_delivery_report/metadata"),
        ["new"; 3]
    );

    let inbound = sandbox.handset(&app, "SMS", "461").says("x").await.unwrap();
    let body = json!({"metadata": ""});
    let changed = api.patch(&format!("messages/{inbound}"), body).await.ok();
    assert_eq!(changed["metadata"], "");
    api.patch(&path, json!({"metadata": "é".repeat(1024)}))
        .await
        .ok();
    api.patch(&path, json!({"metadata": "é".repeat(1025)}))
        .await
        .invalid(&["metadata"]);
    api.patch(&path, json!({})).await.invalid(&["metadata"]);
    api.patch(&format!("messages/{MISSING}"), json!({"metadata": "x"}))
        .await
        .refused(404, "NOT_FOUND");
    let dispatched = format!("{path}?messages_source=DISPATCH_SOURCE");
    api.patch(&dispatched, json!({"metadata": "x"}))
        .await
        .invalid(&["messages_source"]);
}

async fn latest(api: &Api, body: Value) -> Value {
    api.post("messages:fetch-last-message", body).await.ok()
}

/// Returns the texts of the listed messages, from either side.
fn texts(list: &Value) -> Vec<String> {
    let messages = list["messages"].as_array().unwrap().iter();
    let text = |message: &Value| {
        let kind = ["app_message", "contact_message"].map(|key| &message[key]["text_message"]);
        let found = kind.iter().find_map(|text| text["text"].as_str());
        found.unwrap().to_owned()
    };
    messages.map(text).collect()
}

#[tokio::test]
async fn the_latest_message_of_each_is_found() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let other = api.app("CONVERSATION", &["SMS"]).await;
    let mut contacts = Vec::new();
    for (app, channel, number, text) in [
        (&app, "SMS", "461", "one"),
        (&app, "SMS", "462", "two"),
        (&app, "RCS", "461", "three"),
        (&other, "SMS", "461", "four"),
    ] {
        let mut request = text_request(app, &[(channel, number)], text);
        request["message_metadata"] = json!("m");
        let id = api.send(request).await;
        let message = api.get(&format!("messages/{id}")).await.ok();
        contacts.push(message["contact_id"].clone());
    }
    let person = sandbox.handset(&app, "SMS", "462");
    let answer = person.says("five").await.unwrap();
    let answer = api.get(&format!("messages/{answer}")).await.ok();

    let by_identity = async |filters: Value| {
        let mut body = json!({"channel_identities": ["462", "+461", "463", "461"]});
        let filters = filters.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(filters);
        texts(&latest(&api, body).await)
    };
    assert_eq!(by_identity(json!({})).await, ["five", "four"]);
    assert_eq!(by_identity(json!({"app_id": app})).await, ["five", "three"]);
    let sms = json!({"app_id": app, "channel": "SMS"});
    assert_eq!(by_identity(sms).await, ["five", "one"]);
    let sent = json!({"direction": "TO_CONTACT"});
    assert_eq!(by_identity(sent).await, ["two", "four"]);
    let time = &answer["accept_time"];
    let before = json!({"end_time": time});
    assert_eq!(by_identity(before).await, ["two", "four"]);
    assert!(by_identity(json!({"start_time": time})).await.is_empty());

    let ids = [&contacts[2], &contacts[0], &contacts[1]];
    let body = json!({"contact_ids": ids, "view": "WITHOUT_METADATA"});
    let found = latest(&api, body).await;
    assert_eq!(texts(&found), ["three", "four", "five"]);
    assert_eq!(found["next_page_token"], "");
    assert!(found["messages"][0].get("metadata").is_none());
    let found = latest(&api, json!({"contact_ids": ids})).await;
    let id = found["messages"][0]["id"].as_str().unwrap();
    let message = api.get(&format!("messages/{id}")).await.ok();
    assert_eq!(found["messages"][0], message);
    assert_eq!(message["metadata"], "m");
    let nobody = latest(&api, json!({"contact_ids": [MISSING]})).await;
    assert_eq!(nobody, json!({"messages": [], "next_page_token": ""}));
}

#[tokio::test]
async fn latest_messages_of_dispatch_mode_are_apart() {
    let (_sandbox, api) = start().await;
    let app = keeping_app(&api).await;
    api.send_text(&app, &[("SMS", "461")], "first").await;
    api.send_text(&app, &[("SMS", "461")], "second").await;
    let body = json!({"channel_identities": ["461"]});
    assert_eq!(latest(&api, body.clone()).await["messages"], json!([]));
    let mut body = body;
    body["messages_source"] = json!("DISPATCH_SOURCE");
    assert_eq!(texts(&latest(&api, body).await), ["second"]);
}

#[tokio::test]
async fn recipients_of_latest_messages_are_named_in_one_way() {
    let (_sandbox, api) = start().await;
    let path = "messages:fetch-last-message";
    let identities = json!(["461"]);
    for (body, field) in [
        (json!({}), "channel_identities"),
        (
            json!({"channel_identities": [], "contact_ids": []}),
            "channel_identities",
        ),
        (
            json!({"channel_identities": identities, "contact_ids": [MISSING]}),
            "contact_ids",
        ),
        (
            json!({"contact_ids": [MISSING], "messages_source": "DISPATCH_SOURCE"}),
            "contact_ids",
        ),
        (
            json!({"channel_identities": identities, "channel": "FAX"}),
            "channel",
        ),
        (
            json!({"channel_identities": identities, "page_size": 1001}),
            "page_size",
        ),
        (
            json!({"channel_identities": identities, "page_size": -1}),
            "page_size",
        ),
        (
            json!({"channel_identities": identities, "page_token": "%"}),
            "page_token",
        ),
        (
            json!({"channel_identities": identities, "page_token": "eA"}),
            "page_token",
        ),
        (
            json!({"channel_identities": identities, "start_time": "2026-01-02T00:00:00Z",
                "end_time": "2026-01-01T00:00:00Z"}),
            "start_time",
        ),
    ] {
        api.post(path, body).await.invalid(&[field]);
    }
}

#[tokio::test]
async fn latest_messages_are_paged_while_others_arrive() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    // Every third has never written.
    let people: Vec<String> = (100..133).map(|number| number.to_string()).collect();
    let silent = |index: usize| index % 3 == 1;
    for (index, person) in people.iter().enumerate() {
        if !silent(index) {
            let person = sandbox.handset(&app, "SMS", person);
            person.says("hello").await.unwrap();
        }
    }
    let expected: Vec<&String> = (people.iter().enumerate())
        .filter_map(|(index, person)| (!silent(index)).then_some(person))
        .collect();
    for size in [1, 6, 11, 1000] {
        let mut body = json!({"channel_identities": people, "page_size": size});
        let mut found = Vec::new();
        loop {
            let page = latest(&api, body.clone()).await;
            let messages = page["messages"].as_array().unwrap();
            found.extend(messages.iter().cloned());
            if page["next_page_token"] == "" {
                break;
            }
            assert_eq!(messages.len(), size);
            body["page_token"] = page["next_page_token"].clone();
            for person in [&people[0], &people[32], &people[15]] {
                let person = sandbox.handset(&app, "SMS", person);
                person.says("again").await.unwrap();
            }
        }
        assert_eq!(each(&found, "/channel_identity/identity"), expected);
    }
    let page = latest(&api, json!({"channel_identities": people})).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 10);
}
