//! Requests of the raw crate, sent through the client.

use serde_json::json;
use sinch_conversation::error::ErrorKind;
use sinch_conversation::raw::{batch, conversation};
use sinch_conversation::types::{
    AppMessage, CancelBatchRequest, RecipientBase, RecipientRequest, SendMessageRequest,
    TextMessage,
};
use sinch_conversation_raw::OperationId as Id;

use crate::requests::{body, line};
use crate::server::Act;
use crate::{always, client, first};

fn greeting() -> SendMessageRequest {
    let recipient = RecipientRequest::new(RecipientBase::ContactId("01C".to_owned()));
    SendMessageRequest::new("01APP", AppMessage::new(TextMessage::new("hi")), recipient)
}

#[tokio::test]
async fn a_request_goes_out_with_the_token_and_is_retried_as_its_operation_allows() {
    let server = first(Act::reply(500, "{}")).await;
    let request = conversation::messages_get_message("the-project", "01M", None);
    client(&server).execute(request).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.len(), 2, "a read is retried");
    assert_eq!(line(&server), "GET /v1/projects/the-project/messages/01M");

    let server = first(Act::reply(500, "{}")).await;
    let request = conversation::messages_send_message("the-project", &greeting());
    let error = client(&server).execute(request).await.unwrap_err();
    assert_eq!(server.calls().len(), 1, "a send is not");
    assert!(error.may_have_been_processed());
    assert_eq!(error.operation(), Some(Id::MessagesSendMessage.as_str()));
    assert_eq!(
        body(&server),
        json!({"app_id": "01APP", "message": {"text_message": {"text": "hi"}}, "recipient": {"contact_id": "01C"}})
    );
}

#[tokio::test]
async fn an_answer_comes_as_it_is_with_its_head() {
    let answer = json!({"message_id": "01M", "estimated_cost": 0.5});
    let server = always(Act::reply(200, answer).with("x-request-id", "r-1")).await;
    let request = conversation::messages_send_message("the-project", &greeting());
    let sent = client(&server)
        .execute(request)
        .with_response()
        .await
        .unwrap();
    assert_eq!(sent.request_id(), Some("r-1"));
    assert_eq!(sent.message_id.as_deref(), Some("01M"));
    assert_eq!(sent.extra["estimated_cost"], 0.5);

    // A success that says all there is has any body or none.
    let server = always(Act::reply(200, "not JSON")).await;
    let request = batch::batch_cancel_batch("the-project", &CancelBatchRequest::default());
    client(&server).execute(request).await.unwrap();
}

#[tokio::test]
async fn an_answer_of_another_form_names_the_place() {
    let server = always(Act::reply(200, json!({"id": 5}))).await;
    let request = conversation::app_get_app("the-project", "01APP");
    let error = client(&server).execute(request).await.unwrap_err();
    match error.kind() {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "id"),
        other => panic!("{other:?}"),
    }
}
