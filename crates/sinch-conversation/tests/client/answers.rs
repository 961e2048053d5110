//! What becomes of the API's answers, the odd ones included.

use serde_json::json;
use sinch_conversation::error::{DecodeFailure, ErrorKind};
use sinch_conversation::middleware::AttemptResponse;
use sinch_conversation::reqwest::StatusCode;
use sinch_conversation::{
    AppId, Client, ClientBuilder, ContactId, Error, ErrorKind as Kind, Region, RetryPolicy,
    Service, TemplateId,
};
use sinch_conversation_raw::OperationId as Id;

use crate::server::Act;
use crate::{always, builder, client, message_id, text};

async fn send_error(act: Act) -> Error {
    let server = always(act).await;
    let client = builder(&server.url)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    text(&client).await.unwrap_err()
}

async fn decode_error(act: Act) -> DecodeFailure {
    match send_error(act).await.kind() {
        ErrorKind::Decode(failure) => failure.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_send_gives_the_id_and_the_time() {
    let answer = json!({"message_id": "01MESSAGE", "accepted_time": "2025-01-02T03:04:05.678Z", "new_field": 1});
    let server = always(Act::reply(200, answer)).await;
    let sent = text(&client(&server)).await.unwrap();
    assert_eq!(sent.message_id, message_id());
    assert_eq!(
        sent.accepted_time.unwrap().as_str(),
        "2025-01-02T03:04:05.678Z"
    );
}

#[tokio::test]
async fn error_answers_are_read_in_every_shape() {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    let cases = [
        (400, json!({"error": {"code": 400, "message": "wrong", "status": "INVALID_ARGUMENT", "details": [1, 2]}})
            .to_string(), Some("INVALID_ARGUMENT"), "wrong", 2),
        (403, json!({"code": 403, "message": "no", "status": "PERMISSION_DENIED", "details": []}).to_string(),
            Some("PERMISSION_DENIED"), "no", 0),
        (400, json!({"error": "malformed"}).to_string(), None, "malformed", 0),
        (502, page.to_owned(), None, "", 0),
        (501, String::new(), None, "", 0),
        (404, "{\"error\": {".to_owned(), None, "", 0),
    ];
    for (status, body, code, message, details) in cases {
        let error = send_error(Act::reply(status, &body).with("x-request-id", "request-7")).await;
        let api = error.api().unwrap();
        assert_eq!(api.status, status, "{body}");
        assert_eq!(
            (api.code.as_deref(), api.message.as_str(), api.details.len()),
            (code, message, details),
            "{body}"
        );
        assert_eq!(api.request_id.as_deref(), Some("request-7"));
        assert_eq!(api.headers["x-request-id"], "request-7");
        assert_eq!(
            (error.operation(), error.attempts()),
            (Some(Id::MessagesSendMessage.as_str()), 1)
        );
        assert!(!error.to_string().contains("<html>"));
    }
}

/// A client of the European hosts, and a network in which all of them answer 404.
fn european() -> ClientBuilder {
    let client = Client::builder().project("the-project").region(Region::Eu);
    client
        .basic_auth("the-key", "the-secret")
        .middleware(|_, _| async {
            let body = r#"{"error": {"status": "NOT_FOUND", "message": "no app"}}"#;
            Ok(AttemptResponse::new(StatusCode::NOT_FOUND, body))
        })
}

#[tokio::test]
async fn a_404_hints_at_the_region_where_an_app_or_template_was_looked_for() {
    let client = european().build().unwrap();
    let error = text(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Messages_SendMessage: the API answered 404 NOT_FOUND: no app; apps and templates are only found in their own \
         region, and this client talks to `eu`"
    );
    let app = AppId::new("01APP").unwrap();
    let template = TemplateId::new("01TEMPLATE").unwrap();
    let conversations = client.conversations().list().app(&app);
    for error in [
        client.apps().get(&app).await.unwrap_err(),
        client.templates().get(&template).await.unwrap_err(),
        conversations.page().await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("`eu`"), "{error}");
    }
}

#[tokio::test]
async fn a_404_says_nothing_of_regions_where_they_are_not_the_reason() {
    let client = european().build().unwrap();
    let contact = ContactId::new("01CONTACT").unwrap();
    let custom = european().endpoint(Service::Conversation, "http://127.0.0.1:9");
    for error in [
        client.contacts().get(&contact).await.unwrap_err(),
        client.settings().get().await.unwrap_err(),
        text(&custom.build().unwrap()).await.unwrap_err(),
    ] {
        assert!(error.is_not_found());
        assert!(!error.to_string().contains("region"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_of_another_form_is_named_by_its_place() {
    let failure = decode_error(Act::reply(
        200,
        json!({"message_id": 7, "accepted_time": "now"}),
    ))
    .await;
    assert_eq!(
        (failure.path.as_str(), failure.problem.as_str()),
        ("message_id", "expected a string, found an integer")
    );
    assert_eq!(
        failure.excerpt,
        "{accepted_time:string(3),message_id:number}"
    );

    for answer in [
        json!({}),
        json!({"message_id": ""}),
        json!({"message_id": ".."}),
        json!({"message_id": "a/b"}),
    ] {
        let failure = decode_error(Act::reply(200, &answer)).await;
        assert_eq!(
            (failure.path.as_str(), failure.problem.as_str()),
            ("message_id", "expected an id"),
            "{answer}"
        );
    }
    assert_eq!(
        decode_error(Act::reply(200, "[]")).await.problem,
        "expected an object, found a list"
    );
    for body in ["", "<html>", "{\"message_id\": \"01"] {
        let failure = decode_error(Act::reply(200, body)).await;
        assert!(failure.problem.starts_with("not JSON"), "{failure:?}");
        assert_eq!(failure.excerpt, format!("{} bytes", body.len()));
    }
}

#[tokio::test]
async fn a_send_with_an_unreadable_answer_may_have_gone_out() {
    let error = send_error(Act::reply(200, "garbage")).await;
    assert!(error.may_have_been_processed() && !error.is_retryable());
    assert_eq!(
        (error.operation(), error.attempts()),
        (Some(Id::MessagesSendMessage.as_str()), 1)
    );
}

#[tokio::test]
async fn lists_are_read_to_the_last_item_and_point_to_the_next_page() {
    let page = json!({"messages": [
        {"id": "01A", "app_message": {"text_message": {"text": "hi"}}, "message_status": "READ"},
        {"id": "01B", "some_message_of_tomorrow": {"x": 1}},
    ], "next_page_token": "more"});
    let server = always(Act::reply(200, &page)).await;
    let client = client(&server);
    let messages = client.messages().list().page().await.unwrap();
    assert_eq!(messages.next.as_deref(), Some("more"));
    let ids: Vec<_> = messages
        .items
        .iter()
        .map(|message| message.id().as_str())
        .collect();
    assert_eq!(ids, ["01A", "01B"]);
    // Fields and kinds that are not known are kept.
    for (message, sent) in messages
        .items
        .iter()
        .zip(page["messages"].as_array().unwrap())
    {
        assert_eq!(&serde_json::to_value(message.data()).unwrap(), sent);
    }

    for end in [json!({"messages": [], "next_page_token": ""}), json!({})] {
        let server = always(Act::reply(200, end)).await;
        let page = crate::client(&server)
            .messages()
            .list()
            .page()
            .await
            .unwrap();
        assert!(page.items.is_empty() && page.next.is_none());
    }
}

#[tokio::test]
async fn an_item_without_an_id_is_named_by_its_place() {
    let server = always(Act::reply(
        200,
        json!({"conversations": [{"id": "01A"}, {"active": true}]}),
    ))
    .await;
    let app = client(&server).app(AppId::new("01APP").unwrap());
    let error = app.conversations().page().await.unwrap_err();
    match error.kind() {
        Kind::Decode(failure) => assert_eq!(failure.path, "conversations[1].id"),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        error.operation(),
        Some(Id::ConversationListConversations.as_str())
    );
}

#[tokio::test]
async fn the_answer_comes_from_the_service_that_was_asked() {
    let server = always(Act::reply(200, json!({"id": "01MESSAGE"}))).await;
    let other = always(Act::reply(500, "")).await;
    let client = builder(&other.url)
        .endpoint(Service::Conversation, &server.url)
        .build()
        .unwrap();
    client.messages().get(message_id()).await.unwrap();
    assert_eq!((server.calls().len(), server.tokens()), (1, 0));
    assert_eq!((other.calls().len(), other.tokens()), (0, 1));
}
