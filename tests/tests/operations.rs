//! Generated operations over a real socket: the requests, and the decoded responses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::HashSet;

use serde_json::json;
use sinch_conversation_raw::{
    Direct, Document, Error, OPERATIONS, OperationId, batch, conversation, template,
    types::*,
    wire::{JsonError, Timestamp},
};
use sinch_conversation_tests::{published, server::Server};

fn client(server: &Server) -> Direct {
    Direct::new(reqwest::Client::new(), &server.url)
}

#[tokio::test]
async fn a_body_goes_out_as_json_and_nothing_else_is_added() {
    let server = Server::answering("200 OK", r#"{"message_id": "M", "later": 1}"#).await;
    let message = AppMessage::new(TextMessage::new("hi"));
    let recipient = RecipientRequest::new(RecipientBase::ContactId("C".to_owned()));
    let body = SendMessageRequest::new("A", message, recipient);
    let sent = client(&server)
        .send(conversation::messages_send_message("p 1", &body))
        .await
        .expect("sent")
        .body;
    assert_eq!(sent.message_id.as_deref(), Some("M"));
    assert_eq!(sent.extra["later"], 1);
    let request = server.request();
    assert_eq!(request.line, "POST /v1/projects/p%201/messages:send");
    assert_eq!(
        request.body,
        json!({"app_id": "A", "message": {"text_message": {"text": "hi"}}, "recipient": {"contact_id": "C"}})
    );
    assert!(
        !request
            .headers
            .iter()
            .any(|line| line.starts_with("api-version")),
        "{:?}",
        request.headers
    );
}

#[tokio::test]
async fn query_values_and_path_values_stay_one_value() {
    let server = Server::answering("200 OK", "{}").await;
    let since = Timestamp::parse("2025-11-30T10:00:00+02:00").expect("a time");
    client(&server)
        .send(conversation::messages_list_messages(
            "p",
            None,
            Some(&ConversationChannel::WhatsApp),
            Some("+46&page_size=9"),
            None,
            None,
            None,
            None,
            None,
            Some(true),
            Some(5),
            None,
            Some(&since),
            None,
        ))
        .await
        .expect("listed");
    assert_eq!(
        server.request().line,
        "GET /v1/projects/p/messages?channel=WHATSAPP&channel_identity=%2B46%26page_size%3D9\
         &only_recipient_originated=true&page_size=5&start_time=2025-11-30T10%3A00%3A00%2B02%3A00"
    );

    let server = Server::answering("200 OK", "{}").await;
    client(&server)
        .send(conversation::contact_get_contact("p", "a/../b?c#d%"))
        .await
        .expect("got");
    assert_eq!(
        server.request().line,
        "GET /v1/projects/p/contacts/a%2F..%2Fb%3Fc%23d%25"
    );
}

#[tokio::test]
async fn a_mask_is_one_value_and_a_path_may_go_on_after_an_id() {
    let server = Server::answering("200 OK", r#"{"target": "https://a.example"}"#).await;
    let webhook = Webhook::new("https://a.example");
    client(&server)
        .send(conversation::webhooks_update_webhook(
            "p",
            "W",
            Some("target,triggers"),
            &webhook,
        ))
        .await
        .expect("updated");
    assert_eq!(
        server.request().line,
        "PATCH /v1/projects/p/webhooks/W?update_mask=target%2Ctriggers"
    );

    let server = Server::answering("200 OK", "{}").await;
    client(&server)
        .send(conversation::conversation_stop_active_conversation(
            "p", "C",
        ))
        .await
        .expect("stopped");
    assert_eq!(
        server.request().line,
        "POST /v1/projects/p/conversations/C:stop"
    );
}

#[tokio::test]
async fn a_delete_may_have_a_body() {
    let server = Server::answering("200 OK", "").await;
    let mut body = CancelBatchRequest::default();
    body.batch_id = Some("B".to_owned());
    client(&server)
        .send(batch::batch_cancel_batch("p", &body))
        .await
        .expect("cancelled");
    assert_eq!(server.request().line, "DELETE /v1/projects/p/messages");
    assert_eq!(server.request().body, json!({"batch_id": "B"}));
}

#[tokio::test]
async fn templates_have_a_client_of_their_own() {
    let server = Server::answering("201 Created", r#"{"id": "T", "version": 1}"#).await;
    let created = client(&server)
        .send(template::templates_v2_create_template(
            "p",
            &V2Template::default(),
        ))
        .await
        .expect("any 2XX is success");
    assert_eq!(created.body.version, Some(1));
}

#[tokio::test]
async fn every_error_status_has_the_one_error_type() {
    for status in [
        "400 Bad Request",
        "404 Not Found",
        "429 Too Many Requests",
        "503 Service Unavailable",
    ] {
        let server = Server::answering(
            status,
            r#"{"error": {"code": 1, "status": "S", "message": "m"}}"#,
        )
        .await;
        let error = client(&server)
            .send(conversation::app_get_app("p", "A"))
            .await
            .expect_err("an error");
        let Error::Api {
            status: seen,
            error,
            ..
        } = error
        else {
            panic!("{error:?}");
        };
        assert!(status.starts_with(seen.as_str()));
        assert_eq!(
            error.error.and_then(|error| error.message).as_deref(),
            Some("m")
        );
    }
}

#[tokio::test]
async fn a_success_of_another_form_says_where() {
    let server = Server::answering("200 OK", r#"{"messages": [{"id": 5}]}"#).await;
    let request = conversation::messages_list_messages(
        "p", None, None, None, None, None, None, None, None, None, None, None, None, None,
    );
    match client(&server).send(request).await {
        Err(Error::Decode(JsonError::Form(error))) => assert_eq!(error.path(), "messages[0].id"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_a_value_that_any_client_can_send() {
    let request = conversation::messages_get_message("p", "M", None);
    assert_eq!(request.operation().id, OperationId::MessagesGetMessage);
    assert_eq!(request.operation().document, Document::Conversation);
    assert_eq!(request.path_and_query(), "/v1/projects/p/messages/M");
    assert_eq!(request.body(), None);
    let read = request.decode(br#"{"id": "M"}"#).expect("a message");
    assert_eq!(read.id.as_deref(), Some("M"));
    assert!(!format!("{request:?}").contains("projects"), "{request:?}");
}

#[test]
fn an_operation_has_its_published_id() {
    for operation in OPERATIONS {
        assert_eq!(operation.id.as_str().parse(), Ok(operation.id));
        assert_eq!(operation.id.operation(), *operation);
    }
    let unknown = "Messages_Fly".parse::<OperationId>().expect_err("unknown");
    assert_eq!(
        unknown.to_string(),
        "no operation has the id \"Messages_Fly\""
    );
}

#[test]
fn the_table_has_each_operation_of_the_documents_once() {
    let mut listed: Vec<_> = OPERATIONS
        .iter()
        .map(|operation| (operation.document.as_str(), operation.id.as_str()))
        .collect();
    let mut documented: Vec<_> = published::operation_ids().collect();
    listed.sort_unstable();
    documented.sort_unstable();
    assert_eq!(listed, documented);
    let functions: HashSet<&str> = OPERATIONS
        .iter()
        .map(|operation| operation.function)
        .collect();
    assert_eq!(functions.len(), OPERATIONS.len());
    assert!(
        OPERATIONS
            .iter()
            .all(|operation| operation.path.contains("/projects/{project_id}"))
    );
}
