//! Reading, changing and writing back: what is sent, what is kept, and what is refused.

mod apps;
mod contacts;
mod conversations;

use serde_json::{Value, json};
use sinch_conversation::ContactId;
use sinch_conversation_raw::OperationId as Id;

use crate::server::{Act, Server};
use crate::{client, good};

/// Answers a GET with what is stored and a PATCH with something else, so that the two can be told apart.
async fn holding(stored: Value) -> Server {
    let mut changed = stored.clone();
    changed["id"] = json!("01CHANGED");
    Server::start(move |request, _| match request.method.as_str() {
        "GET" => Act::reply(200, &stored),
        "PATCH" => Act::reply(200, &changed),
        _ => good(&request.path),
    })
    .await
}

/// The one PATCH that the server saw after the one GET: path without the query, query, body.
fn patch(server: &Server) -> (String, String, Value) {
    let calls = server.calls();
    let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(methods, ["GET", "PATCH"]);
    let (path, query) = calls[1]
        .path
        .split_once('?')
        .unwrap_or((&calls[1].path, ""));
    let body = serde_json::from_str(&calls[1].body).unwrap();
    (path.to_owned(), query.to_owned(), body)
}

fn violations(error: &sinch_conversation::Error) -> Vec<String> {
    error.violations().iter().map(ToString::to_string).collect()
}

fn contact_id() -> ContactId {
    ContactId::new("01CONTACT").unwrap()
}

fn contact() -> Value {
    json!({
        "id": "01CONTACT",
        "display_name": "Ada",
        "email": "",
        "language": "UNSPECIFIED",
        "channel_identities": [
            {"channel": "SMS", "identity": "46700000001", "app_id": "", "verified": true},
            {"channel": "MESSENGER", "identity": "77", "app_id": "01APP"},
        ],
        "channel_priority": ["SMS"],
        "score": 12,
    })
}

#[tokio::test]
async fn what_cannot_be_read_is_not_changed() {
    let server = Server::start(|request, _| {
        if request.is_token() {
            return good(&request.path);
        }
        Act::reply(
            404,
            json!({"error": {"code": 404, "message": "gone", "status": "NOT_FOUND"}}),
        )
    })
    .await;
    let error = client(&server)
        .contacts()
        .edit(contact_id(), |_| panic!("there is nothing to change"))
        .await
        .unwrap_err();
    assert_eq!(error.operation(), Some(Id::ContactGetContact.as_str()));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_repeated() {
    let server = Server::start(|request, number| match request.method.as_str() {
        "PATCH" if number == 0 => Act::Close,
        "GET" | "PATCH" => Act::reply(200, contact()),
        _ => good(&request.path),
    })
    .await;
    client(&server)
        .contacts()
        .edit(contact_id(), |contact| contact.email = None)
        .await
        .unwrap();
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[1].body, calls[2].body);
    assert_eq!(calls[1].body, "{}");
    assert!(calls[2].path.ends_with("?update_mask=email"));
}
