//! What is only asked: the form on a channel, the reach of somebody, who has opted out.

use futures_util::TryStreamExt;
use serde_json::json;
use sinch_conversation::error::ErrorKind;
use sinch_conversation::message::{Card, Carousel, Text};
use sinch_conversation::recipient::{Recipient, whatsapp};
use sinch_conversation::types::{AuditRecordOperation, ConsentsListType};
use sinch_conversation::{Channel, ContactId};
use sinch_conversation_raw::OperationId as Id;

use crate::requests::{app, body, line};
use crate::server::{Act, Server};
use crate::{always, client, first, good, violations};

#[tokio::test]
async fn a_message_is_put_into_the_form_of_channels() {
    let forms =
        json!({"transcoded_message": {"WHATSAPP": "{\"type\":\"text\"}", "OF_TOMORROW": "x"}});
    let server = always(Act::reply(200, forms)).await;
    let forms = client(&server)
        .transcode(app(), Text::new("hi"))
        .on([Channel::WhatsApp, Channel::Sms])
        .sender("46700000000")
        .recipient("46700000001")
        .await
        .unwrap();
    assert_eq!(forms[&Channel::WhatsApp], "{\"type\":\"text\"}");
    assert_eq!(forms[&Channel::from("OF_TOMORROW")], "x");
    assert_eq!(
        line(&server),
        "POST /v1/projects/the-project/messages:transcode"
    );
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "app_message": {"text_message": {"text": "hi"}},
            "channels": ["WHATSAPP", "SMS"],
            "from": "46700000000",
            "to": "46700000001",
        })
    );
    let cards = Carousel::new(vec![Card::new("card"); 11]);
    let error = client(&server)
        .app(app())
        .transcode(cards)
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "app_message.carousel_message.cards: 11 items, at most 10 are allowed",
            "channels: missing; say with `on` for which channels",
        ]
    );
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn somebodys_channels_are_asked_for() {
    let server = always(Act::reply(
        200,
        json!({"app_id": "01APP", "request_id": "r-1"}),
    ))
    .await;
    let asked = client(&server)
        .query_capability(app(), whatsapp("+46700000001"))
        .request_id("r-1")
        .await
        .unwrap();
    assert_eq!(asked.request_id.as_deref(), Some("r-1"));
    assert_eq!(
        line(&server),
        "POST /v1/projects/the-project/capability:query"
    );
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "recipient": {"identified_by": {"channel_identities": [
                {"channel": "WHATSAPP", "identity": "+46700000001"},
            ]}},
            "request_id": "r-1",
        })
    );
    let contact = ContactId::new("01CONTACT").unwrap();
    client(&server)
        .app(app())
        .query_capability(contact)
        .await
        .unwrap();
    assert_eq!(
        body(&server)["recipient"],
        json!({"contact_id": "01CONTACT"})
    );

    let nobody = client(&server).query_capability(app(), Recipient::identities([]));
    assert_eq!(
        nobody.await.unwrap_err().violations()[0].field,
        "recipient.identified_by.channel_identities"
    );
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn what_only_asks_is_repeated_by_itself() {
    for act in [Act::reply(500, ""), Act::Close] {
        let server = first(act.clone()).await;
        client(&server)
            .query_capability(app(), whatsapp("1"))
            .await
            .unwrap();
        assert_eq!(server.calls().len(), 2, "{act:?}");
        let server = first(act.clone()).await;
        client(&server)
            .transcode(app(), Text::new("hi"))
            .on([Channel::Sms])
            .await
            .unwrap();
        assert_eq!(server.calls().len(), 2, "{act:?}");
        let server = first(act.clone()).await;
        client(&server)
            .messages()
            .last_of_identities(["1"])
            .page()
            .await
            .unwrap();
        assert_eq!(server.calls().len(), 2, "{act:?}");
    }
}

#[tokio::test]
async fn a_consent_list_is_read_by_its_token() {
    let server = Server::start(|request, _| {
        if request.is_token() {
            Act::token("the-token")
        } else if request.path.contains("page_token") {
            Act::reply(200, json!({"identities": [{"identity": "+2"}]}))
        } else {
            Act::reply(
                200,
                json!({"identities": [{"identity": "+1"}], "next_page_token": "two"}),
            )
        }
    })
    .await;
    let list = client(&server)
        .app(app())
        .consents(ConsentsListType::OptOutMarketing);
    let people: Vec<_> = list
        .page_size(50)
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    let people: Vec<_> = people
        .iter()
        .map(|person| person.identity.as_str())
        .collect();
    assert_eq!(people, ["+1", "+2"]);
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/apps/01APP/consents/OPT_OUT_MARKETING?page_size=50&page_token=two"
    );
}

#[tokio::test]
async fn a_consent_list_that_gives_its_token_again_ends_in_an_error() {
    let answer = json!({"identities": [{"identity": "+1"}], "next_page_token": "same"});
    let server = always(Act::reply(200, answer)).await;
    let list = client(&server)
        .consents()
        .list(app(), ConsentsListType::OptOutAll);
    let error = list
        .into_stream()
        .try_collect::<Vec<_>>()
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RepeatedPage));
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn what_happened_to_an_identity_is_told() {
    let record = json!({
        "origin": "ORIGIN_MO", "operation": "OPERATION_INSERT", "list_type": "OPT_OUT_ALL",
        "project_id": "p", "app_id": "01APP", "datetime": "2025-01-02T03:04:05Z",
    });
    let answer = json!({"identity": {"identity": "+46700000001"}, "audit_records": [record]});
    let server = always(Act::reply(200, answer)).await;
    let audit = client(&server)
        .consents()
        .audit(app(), "+46700000001")
        .await
        .unwrap();
    let records = audit.audit_records.unwrap();
    assert_eq!(records[0].operation, AuditRecordOperation::OperationInsert);
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/apps/01APP/consents/identities/+46700000001"
    );
}

#[tokio::test]
async fn nothing_in_a_consent_path_reaches_another_route() {
    let server = always(Act::reply(200, "{}")).await;
    let consents = client(&server).consents();
    for text in ["", ".", "..", "a/b"] {
        let error = consents.audit(app(), text).await.unwrap_err();
        assert_eq!(error.violations()[0].field, "identity", "{text:?}");
        assert_eq!(
            error.operation(),
            Some(Id::ConsentsGetConsentsAuditRecords.as_str())
        );
        let list = consents
            .list(app(), ConsentsListType::from(text))
            .page_size(51);
        let error = list.page().await.unwrap_err();
        let fields: Vec<_> = error
            .violations()
            .iter()
            .map(|one| one.field.as_str())
            .collect();
        assert_eq!(fields, ["list_type", "page_size"], "{text:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn consents_are_paged_by_number_where_the_server_gives_no_token() {
    let server = Server::start(|request, _| {
        let answer = match request.path.split("page_number=").nth(1) {
            Some("0") => json!({"identities": [{"identity": "+1"}, {"identity": "+2"}]}),
            Some("1") => json!({"identities": [{"identity": "+3"}]}),
            Some(_) => json!({"identities": []}),
            None => return good(&request.path),
        };
        Act::reply(200, answer)
    })
    .await;
    let list = client(&server)
        .consents()
        .list(app(), ConsentsListType::OptOutAll);
    let people: Vec<_> = list
        .page_number(0)
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    let people: Vec<_> = people
        .iter()
        .map(|person| person.identity.as_str())
        .collect();
    assert_eq!(people, ["+1", "+2", "+3"]);
    assert_eq!(server.calls().len(), 3);
}
