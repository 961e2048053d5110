//! What a response has in addition to its value: the status, the headers, the id of the request, and undocumented fields.

use serde_json::{Value, json};
use sinch_conversation::event::AppEvent;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::types::ConsentsListType;
use sinch_conversation::{AppId, CallOptions, Channel, Client};

use crate::coverage::{calls, edits};
use crate::server::{Act, Server};
use crate::{builder, good, message_id, text};

/// An answer that every operation can read, with an undocumented field.
pub(crate) fn any_answer(path: &str) -> Value {
    if path.contains("metadataKey") {
        return json!([{"batch_id": "01BATCH"}]);
    }
    json!({
        "id": "01ID", "message_id": "01MESSAGE", "event_id": "01EVENT", "batch_id": "01BATCH",
        "target": "https://example.com", "processing_mode": "DISPATCH",
        "channel_identity": {"channel": "SMS", "identity": "46700000001"}, "estimated_cost": {"amount": "0.01"},
    })
}

async fn server() -> Server {
    Server::start(|request, _| match request.is_token() {
        true => good(&request.path),
        false => Act::reply(202, any_answer(&request.path)).with("x-request-id", "request-7"),
    })
    .await
}

async fn client(server: &Server) -> Client {
    builder(&server.url).build().unwrap()
}

#[tokio::test]
async fn every_operation_tells_the_head_of_its_answer() {
    let server = server().await;
    let client = client(&server).await;
    for (id, call) in calls().into_iter().chain(edits()) {
        let head = call(client.clone(), CallOptions::default()).await;
        let head = head.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(
            (head.status.as_u16(), head.request_id()),
            (202, Some("request-7")),
            "{id}"
        );
        assert_eq!(head.headers["content-type"], "application/json", "{id}");
    }
}

#[tokio::test]
async fn an_answer_keeps_the_fields_that_this_crate_does_not_know() {
    let server = server().await;
    let client = client(&server).await;
    let app = || AppId::new("01APP").unwrap();
    let cost = |extra: &sinch_conversation_raw::wire::JsonObject| {
        extra["estimated_cost"]["amount"].clone()
    };

    assert_eq!(cost(&text(&client).await.unwrap().extra), "0.01");
    let event = client.events().send(app(), AppEvent::composing());
    assert_eq!(cost(&event.to(sms("+1")).await.unwrap().extra), "0.01");
    let batch = client.app(app()).send_batch(Text::new("hi"));
    let batch = batch.recipients([sms("+46700000001")]).await.unwrap();
    assert_eq!(cost(&batch.extra), "0.01");
    let consents = client.batches().insert_consents(app());
    let consents = consents.opt_out(ConsentsListType::OptOutAll, ["+1"]).await;
    assert_eq!(cost(&consents.unwrap().extra), "0.01");
    let forms = client.transcode(app(), Text::new("hi")).on([Channel::Sms]);
    assert_eq!(cost(&forms.await.unwrap().extra), "0.01");
    assert_eq!(
        cost(&client.apps().list().page().await.unwrap().extra),
        "0.01"
    );
    assert_eq!(
        cost(&client.templates().list().page().await.unwrap().extra),
        "0.01"
    );
    assert_eq!(
        cost(&client.messages().list().page().await.unwrap().extra),
        "0.01"
    );
    assert_eq!(
        cost(&client.webhooks().list(app()).page().await.unwrap().extra),
        "0.01"
    );
}

#[tokio::test]
async fn an_edit_that_changes_nothing_has_the_head_of_what_it_read() {
    let server = server().await;
    let client = client(&server).await;
    let contact = sinch_conversation::ContactId::new("01CONTACT").unwrap();
    let unchanged = client
        .contacts()
        .edit(contact, |_| {})
        .with_response()
        .await;
    assert_eq!(unchanged.unwrap().request_id(), Some("request-7"));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn headers_that_repeat_the_token_are_masked() {
    let server = Server::start(|request, _| match request.is_token() {
        true => good(&request.path),
        false => good(&request.path).with("x-echo", "saw Bearer the-token"),
    })
    .await;
    let message = client(&server).await.messages().get(message_id());
    let message = message.with_response().await.unwrap();
    assert_eq!(*message.id(), message_id());
    assert_eq!(message.headers["x-echo"], "saw Bearer [masked]");
}
