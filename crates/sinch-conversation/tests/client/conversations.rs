//! Conversations, and what is put into them.

use futures_util::TryStreamExt;
use serde_json::json;
use sinch_conversation::error::ErrorKind;
use sinch_conversation::event::AppEvent;
use sinch_conversation::message::{Card, Carousel, Text};
use sinch_conversation::recipient::{messenger, whatsapp};
use sinch_conversation::types::{ContactMessage, ProcessingMode, SortOrder, TextMessage};
use sinch_conversation::{Channel, ContactId, ConversationId};
use sinch_conversation_raw::OperationId as Id;

use crate::requests::{app, body, line};
use crate::server::{Act, Server};
use crate::{always, client, from_now, violations};

fn contact() -> ContactId {
    ContactId::new("01CONTACT").unwrap()
}

fn conversation() -> ConversationId {
    ConversationId::new("01CONVERSATION").unwrap()
}

async fn echo() -> Server {
    always(Act::reply(
        200,
        json!({"id": "01CONVERSATION", "active": true, "of_tomorrow": 1}),
    ))
    .await
}

#[tokio::test]
async fn a_conversation_is_created() {
    let server = echo().await;
    let created = client(&server)
        .conversations()
        .create(app(), contact())
        .active(true)
        .active_channel(Channel::WhatsApp)
        .metadata(json!({"table": 4}))
        .correlation_id("booking-7")
        .await
        .unwrap();
    assert_eq!(
        (created.id().clone(), created.data().active),
        (conversation(), Some(true))
    );
    assert_eq!(created.data().extra.get("of_tomorrow"), Some(&json!(1)));
    assert_eq!(line(&server), "POST /v1/projects/the-project/conversations");
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "contact_id": "01CONTACT",
            "active": true,
            "active_channel": "WHATSAPP",
            "metadata_json": {"table": 4},
            "correlation_id": "booking-7",
        })
    );
}

#[tokio::test]
async fn what_a_new_conversation_may_not_have_is_named() {
    let server = echo().await;
    let create = || client(&server).conversations().create(app(), contact());
    let error = create()
        .metadata(json!({"a": "x".repeat(2041)}))
        .correlation_id("x".repeat(129))
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "metadata_json: 2049 characters, at most 2048 are allowed",
            "correlation_id: 129 characters, at most 128 are allowed",
        ]
    );
    assert_eq!(
        error.operation(),
        Some(Id::ConversationCreateConversation.as_str())
    );
    let error = create().metadata(json!([1])).validate().unwrap_err();
    assert_eq!(
        violations(&error),
        ["metadata_json: has to be a JSON object"]
    );
    assert!(
        create()
            .metadata(json!({"a": "x".repeat(2040)}))
            .validate()
            .is_ok()
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_conversation_is_got_stopped_and_deleted() {
    let server = echo().await;
    let conversations = client(&server).conversations();
    let path = "/v1/projects/the-project/conversations/01CONVERSATION";
    assert_eq!(
        *conversations.get(conversation()).await.unwrap().id(),
        conversation()
    );
    assert_eq!(line(&server), format!("GET {path}"));
    conversations.stop(conversation()).await.unwrap();
    assert_eq!(line(&server), format!("POST {path}:stop"));
    conversations.delete(conversation()).await.unwrap();
    assert_eq!(line(&server), format!("DELETE {path}"));
    assert!(server.calls().iter().all(|request| request.body.is_empty()));
}

#[tokio::test]
async fn recent_conversations_come_with_their_last_message() {
    let server = Server::start(|request, _| {
        if request.is_token() {
            Act::token("the-token")
        } else if request.path.contains("page_token") {
            Act::reply(
                200,
                json!({"conversations": [{"conversation": {"id": "01B"}}]}),
            )
        } else {
            let one =
                json!({"conversation": {"id": "01A"}, "last_message": {"id": "01M"}, "new": 1});
            Act::reply(
                200,
                json!({"conversations": [one], "next_page_token": "a b", "total_size": 2}),
            )
        }
    })
    .await;
    let recent = client(&server).app(app()).recent_conversations();
    let recent = recent.only_active(true).order(SortOrder::Asc).page_size(50);
    let all: Vec<_> = recent.into_stream().try_collect().await.unwrap();
    let ids: Vec<_> = all.iter().map(|recent| recent.id().as_str()).collect();
    assert_eq!(ids, ["01A", "01B"]);
    let last = all[0].data().last_message.as_ref().unwrap();
    assert_eq!(last.id.as_deref(), Some("01M"));
    assert_eq!(all[0].data().extra.get("new"), Some(&json!(1)));
    assert!(all[1].data().last_message.is_none());
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/conversations:recent\
         ?app_id=01APP&only_active=true&order=ASC&page_size=50&page_token=a+b"
    );
    let error = client(&server)
        .conversations()
        .recent(app())
        .page_size(51)
        .page()
        .await;
    assert_eq!(
        violations(&error.unwrap_err()),
        ["page_size: 51, allowed are 1 to 50"]
    );
    let error = client(&server)
        .conversations()
        .list()
        .page_size(21)
        .page()
        .await;
    assert_eq!(error.unwrap_err().violations().len(), 2);
}

#[tokio::test]
async fn a_recent_conversation_without_an_id_is_named_by_its_place() {
    let answer = json!({"conversations": [{"conversation": {}}]});
    let server = always(Act::reply(200, answer)).await;
    let error = client(&server)
        .conversations()
        .recent(app())
        .page()
        .await
        .unwrap_err();
    match error.kind() {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "conversations[0].conversation.id"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_is_put_into_a_conversation() {
    let server = always(Act::reply(200, "{}")).await;
    let time = from_now(-3600);
    let inject = || {
        client(&server)
            .conversations()
            .inject_message(conversation(), contact())
    };
    inject()
        .sent(Text::new("as we said"))
        .on(whatsapp("+46700000001"))
        .accepted(time.clone())
        .metadata("by telephone")
        .processing_mode(ProcessingMode::Conversation)
        .await
        .unwrap();
    assert_eq!(
        line(&server),
        "POST /v1/projects/the-project/conversations/01CONVERSATION:inject-message"
    );
    assert_eq!(
        body(&server),
        json!({
            "accept_time": time.as_str(),
            "channel_identity": {"channel": "WHATSAPP", "identity": "+46700000001"},
            "contact_id": "01CONTACT",
            "direction": "TO_CONTACT",
            "app_message": {"text_message": {"text": "as we said"}},
            "metadata": "by telephone",
            "processing_mode": "CONVERSATION",
        })
    );
    inject()
        .received(ContactMessage::new(TextMessage::new("thanks")))
        .on(messenger("person"))
        .app(app())
        .accepted(time.clone())
        .sender_id("the-page")
        .await
        .unwrap();
    assert_eq!(
        body(&server),
        json!({
            "accept_time": time.as_str(),
            "channel_identity": {"channel": "MESSENGER", "identity": "person", "app_id": "01APP"},
            "contact_id": "01CONTACT",
            "direction": "TO_APP",
            "contact_message": {"text_message": {"text": "thanks"}},
            "sender_id": "the-page",
        })
    );
}

#[tokio::test]
async fn what_is_missing_in_an_injected_message_is_named() {
    let server = always(Act::reply(200, "{}")).await;
    let inject = || {
        client(&server)
            .conversations()
            .inject_message(conversation(), contact())
    };
    let error = inject().metadata("x".repeat(1025)).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "message: missing; give one with `sent` or `received`",
            "channel_identity: missing; give the contact's address with `on`",
            "accept_time: missing; give the time with `accepted`",
            "metadata: 1025 characters, at most 1024 are allowed",
        ]
    );
    let error = inject()
        .sent(Carousel::new(vec![Card::new("card"); 11]))
        .on(messenger(""))
        .accepted(from_now(-31 * 24 * 3600))
        .sender_id("page")
        .validate()
        .unwrap_err();
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "app_message.carousel_message.cards",
            "sender_id",
            "channel_identity.identity",
            "channel_identity.app_id",
            "accept_time",
        ]
    );
    let at = |time| {
        let message = inject().sent(Text::new("hi")).on(whatsapp("+46700000001"));
        message.accepted(time).validate()
    };
    assert!(at(from_now(-30 * 24 * 3600 + 60)).is_ok());
    assert!(at(from_now(-30 * 24 * 3600 - 60)).is_err());
    assert!(at(from_now(60)).is_err());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_event_is_put_into_a_conversation() {
    let answer = json!({"event_id": "01EVENT", "accepted_time": "2025-01-02T03:04:05Z"});
    let server = always(Act::reply(200, answer)).await;
    let time = from_now(-60);
    let inject = || {
        client(&server)
            .conversations()
            .inject_event(conversation(), AppEvent::composing_end())
    };
    let injected = inject()
        .contact(contact())
        .on(whatsapp("+46700000001"))
        .accepted(time.clone())
        .processing_mode(ProcessingMode::Conversation)
        .await
        .unwrap();
    assert_eq!(injected.event_id.as_str(), "01EVENT");
    assert_eq!(
        injected.accepted_time.unwrap().as_str(),
        "2025-01-02T03:04:05Z"
    );
    assert_eq!(
        line(&server),
        "POST /v1/projects/the-project/conversations/01CONVERSATION:inject-event"
    );
    assert_eq!(
        body(&server),
        json!({
            "app_event": {"composing_end_event": {}},
            "contact_id": "01CONTACT",
            "channel_identity": {"channel": "WHATSAPP", "identity": "+46700000001"},
            "accept_time": time.as_str(),
            "processing_mode": "CONVERSATION",
        })
    );
    let error = inject().on(messenger("person")).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "channel_identity.app_id: missing; say with `app` to which app the address belongs",
            "accept_time: missing; give the time with `accepted`",
        ]
    );
    assert_eq!(server.calls().len(), 1);
}
