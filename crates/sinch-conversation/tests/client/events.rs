//! Events: sent, got, listed and deleted.

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use sinch_conversation::error::ErrorKind;
use sinch_conversation::event::AppEvent;
use sinch_conversation::recipient::whatsapp;
use sinch_conversation::types::AgentType;
use sinch_conversation::{Channel, ContactId, ConversationId, EventId};

use crate::requests::{app, body, line};
use crate::server::{Act, Server};
use crate::{always, client, first, violations};

fn id() -> EventId {
    EventId::new("01EVENT").unwrap()
}

fn stored(id: &str) -> Value {
    json!({
        "id": id,
        "app_event": {"composing_event": {}},
        "channel_identity": {"channel": "WHATSAPP", "identity": "1"},
        "processing_mode": "CONVERSATION",
        "of_tomorrow": true,
    })
}

async fn accepting() -> Server {
    let answer = json!({"event_id": "01EVENT", "accepted_time": "2025-01-02T03:04:05Z"});
    always(Act::reply(200, answer)).await
}

#[tokio::test]
async fn an_event_is_sent_as_the_official_sdks_send_it() {
    let server = accepting().await;
    let sent = client(&server)
        .app(app())
        .send_event(AppEvent::composing())
        .to(whatsapp("+46700000001"))
        .channel(Channel::WhatsApp)
        .callback_url("https://example.com/receipts")
        .metadata("typing")
        .high_priority()
        .await
        .unwrap();
    assert_eq!(sent.event_id, id());
    assert_eq!(sent.accepted_time.unwrap().as_str(), "2025-01-02T03:04:05Z");
    assert_eq!(line(&server), "POST /v1/projects/the-project/events:send");
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "recipient": {"identified_by": {"channel_identities": [
                {"channel": "WHATSAPP", "identity": "+46700000001"},
            ]}},
            "event": {"composing_event": {}},
            "channel_priority_order": ["WHATSAPP"],
            "callback_url": "https://example.com/receipts",
            "event_metadata": "typing",
            "queue": "HIGH_PRIORITY",
        })
    );
}

#[tokio::test]
async fn every_kind_of_event_has_the_form_that_the_api_documents() {
    let agent = json!({"agent": {"type": "HUMAN", "display_name": "Ada"}});
    let kinds = [
        (AppEvent::composing(), json!({"composing_event": {}})),
        (
            AppEvent::composing_end(),
            json!({"composing_end_event": {}}),
        ),
        (AppEvent::read_message(), json!({"read_message_event": {}})),
        (
            AppEvent::comment_reply("thanks"),
            json!({"comment_reply_event": {"text": "thanks"}}),
        ),
        (
            AppEvent::agent_joined(AgentType::Human, "Ada"),
            json!({"agent_joined_event": agent}),
        ),
        (
            AppEvent::agent_left(AgentType::Human, "Ada"),
            json!({"agent_left_event": agent}),
        ),
        (
            AppEvent::generic([("order", 7)]),
            json!({"generic_event": {"payload": {"order": 7}}}),
        ),
    ];
    let server = accepting().await;
    for (event, wanted) in kinds {
        let contact = ContactId::new("01CONTACT").unwrap();
        client(&server)
            .events()
            .send(app(), event)
            .to(contact)
            .await
            .unwrap();
        assert_eq!(
            body(&server),
            json!({
                "app_id": "01APP",
                "recipient": {"contact_id": "01CONTACT"},
                "event": wanted,
            })
        );
    }
}

#[tokio::test]
async fn an_event_for_nobody_is_refused() {
    let server = accepting().await;
    let error = client(&server)
        .events()
        .send(app(), AppEvent::composing())
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        ["recipient: missing; say with `to` whom the message is for"]
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_event_is_not_sent_twice_unless_that_is_accepted() {
    for (accepted, requests) in [(false, 1), (true, 2)] {
        let server = first(Act::Close).await;
        let mut event = client(&server)
            .events()
            .send(app(), AppEvent::composing())
            .to(whatsapp("1"));
        if accepted {
            event = event.allow_duplicates();
        }
        let error = event.await.unwrap_err();
        assert!(error.may_have_been_processed(), "{error}");
        assert_eq!(server.calls().len(), requests);
    }
}

#[tokio::test]
async fn an_event_without_an_id_is_an_error() {
    let server = always(Act::reply(200, "{}")).await;
    let event = client(&server)
        .events()
        .send(app(), AppEvent::composing())
        .to(whatsapp("1"));
    match event.await.unwrap_err().kind() {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "event_id"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_event_is_got_and_deleted() {
    let server = always(Act::reply(200, stored("01EVENT"))).await;
    let events = client(&server).events();
    let event = events.get(id()).await.unwrap();
    assert_eq!(*event.id(), id());
    assert_eq!(
        serde_json::to_value(event.data()).unwrap(),
        stored("01EVENT")
    );
    assert_eq!(line(&server), "GET /v1/projects/the-project/events/01EVENT");
    events.delete(id()).await.unwrap();
    assert_eq!(
        line(&server),
        "DELETE /v1/projects/the-project/events/01EVENT"
    );
}

#[tokio::test]
async fn events_are_listed_page_by_page() {
    let server = Server::start(|request, _| {
        if request.is_token() {
            Act::token("the-token")
        } else if request.path.contains("page_token") {
            Act::reply(
                200,
                json!({"events": [stored("01B")], "next_page_token": ""}),
            )
        } else {
            Act::reply(
                200,
                json!({"events": [stored("01A")], "next_page_token": "two"}),
            )
        }
    })
    .await;
    let list = client(&server)
        .events()
        .list()
        .contact(ContactId::new("01CONTACT").unwrap())
        .conversation(ConversationId::new("01CONVERSATION").unwrap())
        .page_size(20);
    let ids: Vec<_> = list
        .into_stream()
        .map_ok(|event| event.id().to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["01A", "01B"]);
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/events\
         ?contact_id=01CONTACT&conversation_id=01CONVERSATION&page_size=20&page_token=two"
    );
    let error = client(&server)
        .events()
        .list()
        .page_size(21)
        .page()
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "conversation_id: missing; say with `conversation` or `contact` whose events to list",
            "page_size: 21, allowed are 1 to 20",
        ]
    );
    assert_eq!(server.calls().len(), 2);
}
