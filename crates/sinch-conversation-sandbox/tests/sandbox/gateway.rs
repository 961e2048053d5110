//! Requests in other forms that a protobuf gateway accepts: camelCase, numbers in quotes, numbers for enum values, and
//! the spellings of booleans in a query.

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, text_request};

async fn start() -> (Sandbox, Api, String) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    (sandbox, api, app)
}

#[tokio::test]
async fn a_send_in_camel_case_loses_nothing() {
    let (sandbox, api, app) = start().await;
    let id = api
        .send(json!({
            "appId": app,
            "recipient": {"identifiedBy": {"channelIdentities": [{"channel": "SMS", "identity": "461"}]}},
            "message": {"choiceMessage": {"textMessage": {"text": "Where?"}, "choices": [
                {"textMessage": {"text": "Inside"}, "postbackData": {"tableNumber": 1}}]}},
            "messageMetadata": "meta",
            "conversationMetadata": {"tableNumber": 4, "table_number": 5},
            "correlationId": "corr",
            "channelPriorityOrder": ["SMS"],
        }))
        .await;
    let sent = sandbox.sent_message(&id).await.unwrap();
    assert_eq!(sent.message_metadata, "meta");
    assert_eq!(sent.correlation_id, "corr");
    let stored = api.get(&format!("messages/{id}")).await.ok();
    assert_eq!(
        stored["app_message"],
        json!({"choice_message": {"text_message": {"text": "Where?"}, "choices": [
            {"text_message": {"text": "Inside"}, "postback_data": {"tableNumber": 1}}]}})
    );
    // The content of metadata belongs to the caller.
    let conversation = stored["conversation_id"].as_str().unwrap();
    let conversation = api.get(&format!("conversations/{conversation}")).await.ok();
    assert_eq!(
        conversation["metadata_json"],
        json!({"tableNumber": 4, "table_number": 5})
    );
}

#[tokio::test]
async fn an_event_in_camel_case() {
    let (_sandbox, api, app) = start().await;
    for event in [
        json!({"appEvent": {"agentJoinedEvent": {"agent": {"displayName": "A"}}}}),
        json!({"agentJoinedEvent": {"agent": {"displayName": "A"}}}),
    ] {
        let body = json!({"appId": app, "event": event,
            "recipient": {"identifiedBy": {"channelIdentities": [{"channel": "RCS", "identity": "461"}]}}});
        let sent = api.post("events:send", body).await.ok();
        let stored = api
            .get(&format!("events/{}", sent["event_id"].as_str().unwrap()))
            .await
            .ok();
        assert_eq!(
            stored["app_event"],
            json!({"agent_joined_event": {"agent": {"display_name": "A"}}})
        );
    }
}

#[tokio::test]
async fn a_field_given_twice_is_refused() {
    let (_sandbox, api, app) = start().await;
    let mut request = text_request(&app, &[("SMS", "461")], "Hi");
    request["message_metadata"] = json!("one");
    request["messageMetadata"] = json!("two");
    request["message"]["text_message"]["text"] = json!("Hi");
    let error = api
        .post("messages:send", request.clone())
        .await
        .refused(400, "INVALID_ARGUMENT");
    assert_eq!(
        error["details"][0]["field_violations"],
        json!([{"field": "message_metadata",
            "description": "is given twice, the second time as messageMetadata: give it once"}])
    );
    request.as_object_mut().unwrap().remove("messageMetadata");
    let recipient = &mut request["recipient"]["identified_by"];
    recipient["channelIdentities"] = recipient["channel_identities"].clone();
    request["message"]["textMessage"] = json!({"text": "Ho"});
    let answer = api.post("messages:send", request).await;
    answer.invalid(&[
        "message.text_message",
        "recipient.identified_by.channel_identities",
    ]);
    api.get("contacts?page_size=1&pageSize=2")
        .await
        .invalid(&["page_size"]);
}

#[tokio::test]
async fn unknown_names_are_ignored_in_either_form() {
    let (_sandbox, api, app) = start().await;
    let mut request = text_request(&app, &[("SMS", "461")], "Hi");
    request["messageMetaData"] = json!("misspelt");
    request["message_meta_data"] = json!("misspelt");
    let id = api.send(request).await;
    let stored = api.get(&format!("messages/{id}")).await.ok();
    assert_eq!(stored["metadata"], "");
}

#[tokio::test]
async fn numbers_may_be_in_quotes() {
    let (_sandbox, api, app) = start().await;
    let path = format!("apps/{app}");
    for days in [json!("30"), json!(30.0), json!("30.0"), json!("3e1")] {
        let body = json!({"retention_policy": {"ttl_days": days}});
        let changed = api.patch(&path, body).await.ok();
        assert_eq!(changed["retention_policy"]["ttl_days"], json!(30), "{days}");
        api.patch(&path, json!({"retention_policy": {"ttl_days": 7}}))
            .await
            .ok();
    }
    for days in ["", " 30", "30 ", "+30", "0x1e", "30.5", "thirty", "null"] {
        let body = json!({"retention_policy": {"ttl_days": days}});
        api.patch(&path, body)
            .await
            .invalid(&["retention_policy.ttl_days"]);
    }
    let body = json!({"retention_policy": {"ttl_days": "3651"}});
    api.patch(&path, body)
        .await
        .invalid(&["retention_policy.ttl_days"]);

    let location = json!({"title": "Here", "coordinates": {"latitude": "55.5", "longitude": "-1"}});
    let mut request = text_request(&app, &[("SMS", "461")], "Hi");
    request["message"] = json!({"location_message": location});
    let id = api.send(request.clone()).await;
    let stored = api.get(&format!("messages/{id}")).await.ok();
    assert_eq!(
        stored["app_message"]["location_message"]["coordinates"]["latitude"],
        json!(55.5)
    );
    // A string must be a string.
    request["message"] = json!({"text_message": {"text": 5}});
    let answer = api.post("messages:send", request).await;
    answer.invalid(&["message.text_message.text"]);
}

#[tokio::test]
async fn for_enum_values_only_0_is_known() {
    let (_sandbox, api, app) = start().await;
    let mut request = text_request(&app, &[("SMS", "461")], "Hi");
    request["queue"] = json!(0);
    request["message_content_type"] = json!(0);
    api.send(request.clone()).await;
    request["queue"] = json!(1);
    let error = api
        .post("messages:send", request.clone())
        .await
        .refused(400, "INVALID_ARGUMENT");
    assert_eq!(
        error["details"][0]["field_violations"],
        json!([{"field": "queue", "description": "expected one of NORMAL_PRIORITY, HIGH_PRIORITY, \
            found the number 1: the numbers of enum values are not documented"}])
    );
    request["queue"] = Value::Null;
    request["channel_priority_order"] = json!([0]);
    let answer = api.post("messages:send", request.clone()).await;
    answer.invalid(&["channel_priority_order[0]"]);
    request["channel_priority_order"] = Value::Null;
    let identity = &mut request["recipient"]["identified_by"]["channel_identities"][0];
    identity["channel"] = json!(0);
    let answer = api.post("messages:send", request).await;
    answer.invalid(&["recipient.identified_by.channel_identities[0].channel"]);
}

#[tokio::test]
async fn queries_in_camel_case_and_with_other_flags() {
    let (_sandbox, api, app) = start().await;
    for number in ["461", "462"] {
        let contact = api.contact(&[("SMS", number)]).await;
        let (_, path) = api.conversation(&app, &contact, json!({})).await;
        if number == "461" {
            let stop = api.post(&format!("{path}:stop"), json!({})).await;
            stop.ok();
        }
    }
    let count = async |query: &str| {
        let found = api.get(&format!("conversations?{query}")).await.ok();
        found["conversations"].as_array().unwrap().len()
    };
    for (flag, expected) in [
        ("true", 1),
        ("True", 1),
        ("TRUE", 1),
        ("t", 1),
        ("T", 1),
        ("1", 1),
    ] {
        let query = format!("appId={app}&only_active={flag}");
        assert_eq!(count(&query).await, expected, "{flag}");
    }
    for flag in ["false", "False", "FALSE", "f", "F", "0"] {
        let query = format!("app_id={app}&onlyActive={flag}");
        assert_eq!(count(&query).await, 1, "{flag}");
        let query = format!("messages?onlyRecipientOriginated={flag}");
        api.get(&query).await.ok();
    }
    assert_eq!(count(&format!("appId={app}&pageSize=1")).await, 1);
    for flag in ["yes", "on", "2", "tr"] {
        api.get(&format!("conversations?app_id={app}&only_active={flag}"))
            .await
            .invalid(&["only_active"]);
    }
}
