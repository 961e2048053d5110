//! Generated operations against a real socket: what goes out, and what comes back of an answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use serde_json::json;
use sinch_conversation_raw::{
    Direct, Error, OPERATIONS, Operation, Transport, TransportFuture, batch, conversation,
    take_transport_error, template, types::*, wire::Timestamp,
};
use sinch_conversation_tests::{published, server::Server};

fn client(server: &Server) -> conversation::Client {
    conversation::Client::new_with_client(&server.url, reqwest::Client::new(), Arc::new(Direct))
}

#[tokio::test]
async fn a_body_goes_out_as_json_and_nothing_else_is_added() {
    let server = Server::answering("200 OK", r#"{"message_id": "M", "later": 1}"#).await;
    let message = AppMessage::new(TextMessage::new("hi"));
    let recipient = RecipientRequest::new(RecipientBase::ContactId("C".to_owned()));
    let body = SendMessageRequest::new("A", message, recipient);
    let sent = client(&server)
        .messages_send_message("p 1", &body)
        .await
        .expect("sent")
        .into_inner();
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
    let since = Timestamp::parse("2025-11-30T10:00:00+02:00").expect("a moment");
    client(&server)
        .messages_list_messages(
            "p",
            None,
            Some(&ConversationChannel::Whatsapp),
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
        )
        .await
        .expect("listed");
    assert_eq!(
        server.request().line,
        "GET /v1/projects/p/messages?channel=WHATSAPP&channel_identity=%2B46%26page_size%3D9\
         &only_recipient_originated=true&page_size=5&start_time=2025-11-30T10%3A00%3A00%2B02%3A00"
    );

    let server = Server::answering("200 OK", "{}").await;
    client(&server)
        .contact_get_contact("p", "a/../b?c#d%")
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
        .webhooks_update_webhook("p", "W", Some("target,triggers"), &webhook)
        .await
        .expect("updated");
    assert_eq!(
        server.request().line,
        "PATCH /v1/projects/p/webhooks/W?update_mask=target%2Ctriggers"
    );

    let server = Server::answering("200 OK", "{}").await;
    client(&server)
        .conversation_stop_active_conversation("p", "C")
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
    let client =
        batch::Client::new_with_client(&server.url, reqwest::Client::new(), Arc::new(Direct));
    let mut body = CancelBatchRequest::default();
    body.batch_id = Some("B".to_owned());
    client
        .batch_cancel_batch("p", &body)
        .await
        .expect("cancelled");
    assert_eq!(server.request().line, "DELETE /v1/projects/p/messages");
    assert_eq!(server.request().body, json!({"batch_id": "B"}));
}

#[tokio::test]
async fn templates_have_a_client_of_their_own() {
    let server = Server::answering("201 Created", r#"{"id": "T", "version": 1}"#).await;
    let client =
        template::Client::new_with_client(&server.url, reqwest::Client::new(), Arc::new(Direct));
    let created = client
        .templates_v2_create_template("p", &V2Template::default())
        .await
        .expect("any 2XX is success");
    assert_eq!(created.version, Some(1));
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
            .app_get_app("p", "A")
            .await
            .expect_err("an error");
        let Error::ErrorResponse(response) = error else {
            panic!("{error:?}");
        };
        assert!(status.starts_with(response.status().as_str()));
        assert_eq!(
            response
                .error
                .as_ref()
                .and_then(|error| error.message.as_deref()),
            Some("m")
        );
    }
}

/// Keeps the operation and fails.
#[derive(Debug, Default)]
struct Refusing(Mutex<Vec<&'static str>>);

#[derive(Debug, PartialEq, Eq)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl Transport for Refusing {
    fn execute<'a>(
        &'a self,
        _client: &'a reqwest::Client,
        _request: reqwest::Request,
        operation: &'static Operation,
    ) -> TransportFuture<'a> {
        self.0
            .lock()
            .expect("no panic while locked")
            .push(operation.id);
        Box::pin(async { Err(Refused.into()) })
    }
}

#[tokio::test]
async fn the_error_of_a_transport_comes_out_as_it_was() {
    let refusing = Arc::new(Refusing::default());
    let client = conversation::Client::new_with_client(
        "http://127.0.0.1:1",
        reqwest::Client::new(),
        refusing.clone(),
    );
    let mut error = client
        .messages_get_message("p", "M", None)
        .await
        .expect_err("refused");
    let taken = take_transport_error(&mut error).expect("it is the transport's");
    assert_eq!(taken.downcast_ref::<Refused>(), Some(&Refused));
    assert!(
        take_transport_error(&mut error).is_none(),
        "it can be taken once"
    );
    assert_eq!(
        *refusing.0.lock().expect("no panic while locked"),
        ["Messages_GetMessage"]
    );
}

#[test]
fn the_table_has_each_operation_of_the_documents_once() {
    let mut listed: Vec<_> = OPERATIONS
        .iter()
        .map(|operation| (operation.document, operation.id))
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
