//! What is done with messages that are there.

use serde_json::json;
use sinch_conversation::types::{ConversationDirection, ConversationMessagesView, MessageSource};
use sinch_conversation::{Channel, ContactId, Timestamp};

use crate::requests::{app, body, line};
use crate::server::Act;
use crate::{always, client, message_id, violations};

fn contact(id: &str) -> ContactId {
    ContactId::new(id).unwrap()
}

#[tokio::test]
async fn a_message_is_deleted_from_the_store_of_its_mode() {
    let server = always(Act::reply(200, "{}")).await;
    let messages = client(&server).messages();
    messages.delete(message_id()).await.unwrap();
    assert_eq!(
        line(&server),
        "DELETE /v1/projects/the-project/messages/01MESSAGE?messages_source=CONVERSATION_SOURCE"
    );
    let dispatched = MessageSource::DispatchSource;
    messages
        .delete_from(message_id(), dispatched)
        .await
        .unwrap();
    assert_eq!(
        line(&server),
        "DELETE /v1/projects/the-project/messages/01MESSAGE?messages_source=DISPATCH_SOURCE"
    );
    assert_eq!(server.calls()[1].body, "");
}

#[tokio::test]
async fn a_deletion_needs_no_answer_but_its_status() {
    for answer in ["", "{}", "<html>"] {
        let server = always(Act::reply(200, answer)).await;
        client(&server)
            .messages()
            .delete(message_id())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_metadata_of_a_message_is_replaced() {
    let server = always(Act::reply(
        200,
        json!({"id": "01MESSAGE", "metadata": "table 4"}),
    ))
    .await;
    let messages = client(&server).messages();
    let message = messages
        .update_metadata(message_id(), "table 4")
        .await
        .unwrap();
    assert_eq!(*message.id(), message_id());
    assert_eq!(
        line(&server),
        "PATCH /v1/projects/the-project/messages/01MESSAGE"
    );
    assert_eq!(body(&server), json!({"metadata": "table 4"}));

    let update = messages.update_metadata(message_id(), "");
    update.source(MessageSource::DispatchSource).await.unwrap();
    assert_eq!(
        line(&server),
        "PATCH /v1/projects/the-project/messages/01MESSAGE?messages_source=DISPATCH_SOURCE"
    );
    let long = messages.update_metadata(message_id(), "ä".repeat(1025));
    assert_eq!(
        violations(&long.await.unwrap_err()),
        ["metadata: 1025 characters, at most 1024 are allowed"]
    );
    assert!(
        messages
            .update_metadata(message_id(), "ä".repeat(1024))
            .validate()
            .is_ok()
    );
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn the_last_messages_of_people_are_listed() {
    let answer = json!({"messages": [{"id": "01A"}], "next_page_token": "more"});
    let server = always(Act::reply(200, answer)).await;
    let messages = client(&server).messages();
    let page = messages
        .last_of_identities(["+46700000001", "+46700000002"])
        .app(app())
        .channel(Channel::WhatsApp)
        .direction(ConversationDirection::ToApp)
        .start(Timestamp::parse("2025-01-02T03:04:05Z").unwrap())
        .end(Timestamp::parse("2025-02-02T03:04:05Z").unwrap())
        .source(MessageSource::DispatchSource)
        .view(ConversationMessagesView::WithoutMetadata)
        .page_size(1000)
        .page_token("token")
        .page()
        .await
        .unwrap();
    assert_eq!(
        (page.items[0].id().as_str(), page.next.as_deref()),
        ("01A", Some("more"))
    );
    assert_eq!(
        line(&server),
        "POST /v1/projects/the-project/messages:fetch-last-message"
    );
    assert_eq!(
        body(&server),
        json!({
            "channel_identities": ["+46700000001", "+46700000002"],
            "app_id": "01APP",
            "channel": "WHATSAPP",
            "direction": "TO_APP",
            "start_time": "2025-01-02T03:04:05Z",
            "end_time": "2025-02-02T03:04:05Z",
            "messages_source": "DISPATCH_SOURCE",
            "view": "WITHOUT_METADATA",
            "page_size": 1000,
            "page_token": "token",
        })
    );
    messages
        .last_of_contacts([contact("01A"), contact("01B")])
        .page()
        .await
        .unwrap();
    assert_eq!(body(&server), json!({"contact_ids": ["01A", "01B"]}));
}

#[tokio::test]
async fn the_pages_of_last_messages_are_followed_by_the_token_in_the_body() {
    use futures_util::TryStreamExt;

    let server = crate::Server::start(|request, number| match number {
        _ if request.is_token() => Act::token("the-token"),
        0 => Act::reply(
            200,
            json!({"messages": [{"id": "01A"}], "next_page_token": "two"}),
        ),
        _ => Act::reply(200, json!({"messages": [{"id": "01B"}]})),
    })
    .await;
    let all = client(&server)
        .messages()
        .last_of_identities(["+46700000001"])
        .into_stream();
    let ids: Vec<_> = all
        .map_ok(|message| message.id().to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["01A", "01B"]);
    assert_eq!(
        body(&server),
        json!({"channel_identities": ["+46700000001"], "page_token": "two"})
    );
}

#[tokio::test]
async fn lists_that_cannot_be_are_refused() {
    let server = always(Act::reply(200, "{}")).await;
    let messages = client(&server).messages();
    let nobody: [ContactId; 0] = [];
    let error = messages
        .last_of_contacts(nobody)
        .page_size(0)
        .page()
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "contact_ids: missing; give at least one contact",
            "page_size: 0, allowed are 1 to 1000",
        ]
    );
    let error = messages
        .last_of_contacts([contact("01A")])
        .source(MessageSource::DispatchSource)
        .page()
        .await
        .unwrap_err();
    assert_eq!(error.violations()[0].field, "messages_source");
    let none: [&str; 0] = [];
    let error = messages.last_of_identities(none).page().await.unwrap_err();
    assert_eq!(error.violations()[0].field, "channel_identities");
    let error = messages.list().page_size(1001).page().await.unwrap_err();
    assert_eq!(
        violations(&error),
        ["page_size: 1001, allowed are 1 to 1000"]
    );
    assert!(server.seen().is_empty());
}
