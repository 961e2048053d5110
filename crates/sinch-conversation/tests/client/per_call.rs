//! Options of single calls: every call and every builder takes them, and they reach its requests alone.

use serde_json::{Value, json};
use sinch_conversation::CallOptions;

use crate::coverage::{calls, edits};
use crate::responses::any_answer;
use crate::server::{Act, Request, Server};
use crate::{always, client, good, message_id, text};

async fn server() -> Server {
    Server::start(|request, _| match request.is_token() {
        true => good(&request.path),
        false => Act::reply(200, any_answer(&request.path)),
    })
    .await
}

fn options() -> CallOptions {
    CallOptions::default()
}

fn all_kinds() -> CallOptions {
    let options = options().header("traceparent", "this call").unwrap();
    options
        .query("later", "ä b")
        .body_field("new", json!({"a": [1]}))
}

fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap_or_default()
}

#[tokio::test]
async fn every_operation_takes_headers_parameters_and_fields() {
    let server = server().await;
    let client = client(&server);
    for (id, call) in calls().into_iter().chain(edits()) {
        let before = server.calls().len();
        let called = call(client.clone(), all_kinds()).await;
        called.unwrap_or_else(|error| panic!("{id}: {error}"));
        let requests = server.calls().split_off(before);
        assert!(!requests.is_empty(), "{id}");
        for request in requests {
            assert_eq!(request.header("traceparent"), Some("this call"), "{id}");
            let (_, query) = request.path.split_once('?').unwrap();
            assert!(
                query.split('&').any(|pair| pair == "later=%C3%A4+b"),
                "{id}: {query}"
            );
            if !request.body.is_empty() {
                assert_eq!(body(&request)["new"], json!({"a": [1]}), "{id}");
            }
        }
    }
}

#[tokio::test]
async fn the_options_of_a_call_are_not_those_of_the_next() {
    let server = server().await;
    let client = client(&server);
    text(&client).with_options(all_kinds()).await.unwrap();
    text(&client).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls[1].header("traceparent"), None);
    assert!(!calls[1].path.contains('?'));
    assert_eq!(body(&calls[1])["new"], Value::Null);
}

#[tokio::test]
async fn options_of_a_call_go_before_those_of_its_client() {
    let server = server().await;
    let base = options()
        .header("x-a", "client")
        .unwrap()
        .header("x-b", "client")
        .unwrap();
    let base = base
        .query("q", "client")
        .body_field("f", 1)
        .body_field("g", 1);
    let client = client(&server).with_options(base);
    let own = options()
        .header("x-a", "call")
        .unwrap()
        .query("q", "call")
        .body_field("f", 2);
    text(&client).with_options(own.clone()).await.unwrap();
    client
        .messages()
        .get(message_id())
        .with_options(own)
        .await
        .unwrap();
    for request in server.calls() {
        assert_eq!(
            (request.header("x-a"), request.header("x-b")),
            (Some("call"), Some("client"))
        );
        assert!(
            request.path.ends_with("q=client&q=call"),
            "{}",
            request.path
        );
    }
    let sent = body(&server.calls()[0]);
    assert_eq!((&sent["f"], &sent["g"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_field_leaves_the_text_of_the_others_as_it_is() {
    let server = always(Act::reply(200, json!({"message_id": "01M"}))).await;
    let client = client(&server);
    text(&client).await.unwrap();
    let metadata = text(&client).metadata("before");
    metadata
        .with_options(options().body_field("message_metadata", "after"))
        .await
        .unwrap();
    let (plain, changed) = (body(&server.calls()[0]), body(&server.calls()[1]));
    assert_eq!(changed["message_metadata"], "after");
    for field in ["app_id", "message", "recipient"] {
        assert_eq!(changed[field], plain[field], "{field}");
    }
}

#[test]
fn debug_shows_names_and_no_values() {
    let shown = format!("{:?}", all_kinds());
    assert!(shown.contains("traceparent") && shown.contains("later") && shown.contains("new"));
    assert!(
        !shown.contains("this call") && !shown.contains("ä b") && !shown.contains("[1]"),
        "{shown}"
    );
}
