//! The Batch API, on its own host.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use serde_json::{Value, json};
use sinch_conversation::error::ErrorKind;
use sinch_conversation::message::{Card, Carousel, Text};
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::resources::{BatchRecipient, SendBatch};
use sinch_conversation::types::{
    BatchStatus, ChannelIdentity, ConsentsListType, ContactCreateRequest, ContactLanguage,
};
use sinch_conversation::{BatchId, Channel, Client, ContactId, Service, Timestamp, raw};
use sinch_conversation_raw::OperationId as Id;

use crate::requests::{app, body, line};
use crate::server::{Act, Server};
use crate::{always, builder, client, first, from_now, good, violations};

fn id() -> BatchId {
    BatchId::new("01BATCH").unwrap()
}

fn send(client: &Client) -> SendBatch {
    client.app(app()).send_batch(Text::new("Hi ${name}"))
}

fn fields(error: &sinch_conversation::Error) -> Vec<&str> {
    error
        .violations()
        .iter()
        .map(|one| one.field.as_str())
        .collect()
}

async fn accepting() -> Server {
    let answer = json!({"batch_id": "01BATCH", "send_after": "2025-01-02T03:05:00Z"});
    always(Act::reply(200, answer)).await
}

#[tokio::test]
async fn a_batch_as_the_api_documents_it() {
    let server = accepting().await;
    let tomorrow = from_now(24 * 3600);
    let ada = BatchRecipient::new(Recipient::identities([whatsapp("+1"), sms("+1")]))
        .parameter("name", "Ada")
        .message_metadata("table", "4")
        .conversation_metadata("guest", "yes");
    let sent = send(&client(&server))
        .recipients([ada])
        .recipients([sms("+2")])
        .send_after(tomorrow.clone())
        .batch_metadata("evening", "2025-11-30")
        .message_metadata("kind", "table")
        .conversation_metadata("season", "winter")
        .channel_priority([Channel::WhatsApp, Channel::Sms])
        .ttl(Duration::from_secs(86400))
        .callback_url("https://example.com/receipts")
        .correlation_id("evening-7")
        .dispatch_only()
        .channel_property("SMS_SENDER", "Osteria")
        .await
        .unwrap();
    assert_eq!(sent.batch_id, id());
    assert_eq!(sent.send_after.unwrap().as_str(), "2025-01-02T03:05:00Z");
    assert_eq!(line(&server), "POST /v1/projects/the-project/messages");
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "message": {"text_message": {"text": "Hi ${name}"}},
            "recipient_and_params": [
                {
                    "recipient": {"identified_by": {"channel_identities": [
                        {"channel": "WHATSAPP", "identity": "+1"},
                        {"channel": "SMS", "identity": "+1"},
                    ]}},
                    "parameters": {"name": "Ada"},
                    "message_metadata": {"table": "4"},
                    "conversation_metadata": {"guest": "yes"},
                },
                {"recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": "+2"}]}}},
            ],
            "send_after": tomorrow.as_str(),
            "batch_metadata": {"evening": "2025-11-30"},
            "message_metadata": {"kind": "table"},
            "conversation_metadata": {"season": "winter"},
            "channel_priority_order": ["WHATSAPP", "SMS"],
            "ttl": "86400s",
            "callback_url": "https://example.com/receipts",
            "correlation_id": "evening-7",
            "processing_strategy": "DISPATCH_ONLY",
            "channel_properties": {"SMS_SENDER": "Osteria"},
        })
    );
}

#[tokio::test]
async fn the_times_of_a_batch_have_one_type() {
    let server = accepting().await;
    let client = client(&server);
    let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
    let batch = send(&client).recipients([sms("+46700000001")]);
    let sent = batch.send_after(in_an_hour).await.unwrap();
    assert_eq!(
        body(&server)["send_after"],
        Timestamp::from(in_an_hour).as_str()
    );
    let departure = UNIX_EPOCH + Duration::from_secs(1_735_787_100);
    let stated = sent.send_after.unwrap();
    assert_eq!(SystemTime::try_from(&stated).unwrap(), departure);
    let status = raw::batch::batch_get_batch_status("the-project", "01BATCH");
    let status = client.execute(status).await.unwrap();
    assert_eq!(status.send_after, Some(stated));
}

#[tokio::test]
async fn every_violation_of_a_batch_is_named() {
    let server = accepting().await;
    let client = client(&server);
    let someone = BatchRecipient::new(sms("+1")).message_metadata("_batch_id", "mine");
    let error = client
        .batches()
        .send(app(), Carousel::new(vec![Card::new("card"); 11]))
        .recipients([someone, BatchRecipient::new(Recipient::identities([]))])
        .conversation_metadata("_batch_id", "mine")
        .send_after(from_now(7 * 24 * 3600 + 60))
        .ttl(Duration::from_secs(2))
        .await
        .unwrap_err();
    assert_eq!(
        fields(&error),
        [
            "recipient_and_params[0].message_metadata._batch_id",
            "recipient_and_params[1].recipient.identified_by.channel_identities",
            "message.carousel_message.cards",
            "ttl",
            "conversation_metadata._batch_id",
            "send_after",
        ]
    );
    assert_eq!(error.operation(), Some(Id::BatchSendBatch.as_str()));
    assert_eq!(
        violations(&send(&client).validate().unwrap_err()),
        ["recipient_and_params: missing; give 1 to 1000"]
    );
    let many = |count: usize| (0..count).map(|number| sms(format!("+46{number}")));
    assert!(send(&client).recipients(many(1000)).validate().is_ok());
    assert_eq!(
        violations(&send(&client).recipients(many(1001)).validate().unwrap_err()),
        ["recipient_and_params: 1001 items, at most 1000 are allowed"]
    );
    let at = |seconds| {
        send(&client)
            .recipients(many(1))
            .send_after(from_now(seconds))
            .validate()
    };
    assert!(at(7 * 24 * 3600 - 60).is_ok() && at(-60).is_ok());
    let late = at(8 * 24 * 3600).unwrap_err();
    assert!(
        violations(&late)[0].ends_with(" s ahead, allowed are 0 to 604800"),
        "{late}"
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_batch_is_not_sent_twice_unless_that_is_accepted() {
    for (accepted, requests) in [(false, 1), (true, 2)] {
        let server = first(Act::Close).await;
        let mut batch = send(&client(&server)).recipients([sms("+1")]);
        if accepted {
            batch = batch.allow_duplicates();
        }
        let error = batch.await.unwrap_err();
        assert!(error.may_have_been_processed(), "{error}");
        assert_eq!(server.calls().len(), requests);
    }
}

#[tokio::test]
async fn a_batch_without_an_id_is_an_error() {
    let server = always(Act::reply(200, json!({"batch_id": ""}))).await;
    match send(&client(&server))
        .recipients([sms("+1")])
        .await
        .unwrap_err()
        .kind()
    {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "batch_id"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_batch_is_cancelled_by_its_id() {
    let server = always(Act::reply(200, "")).await;
    client(&server).batches().cancel(id()).await.unwrap();
    assert_eq!(line(&server), "DELETE /v1/projects/the-project/messages");
    assert_eq!(body(&server), json!({"batch_id": "01BATCH"}));
}

#[tokio::test]
async fn the_status_of_a_batch_is_told() {
    let status = json!({"batch_id": "01BATCH", "meta_data": {"evening": "1"}, "status": "SCHEDULED",
        "send_after": "2025-01-02 03:04", "of_tomorrow": 1});
    let server = always(Act::reply(200, &status)).await;
    let batch = client(&server).batches().status(id()).await.unwrap();
    assert_eq!(
        (batch.id(), &batch.data().status),
        (&id(), &Some(BatchStatus::Scheduled))
    );
    assert_eq!(serde_json::to_value(batch.data()).unwrap(), status);
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/messages/01BATCH"
    );
}

#[tokio::test]
async fn batches_are_found_by_their_metadata() {
    let server = always(Act::reply(
        200,
        json!([{"batch_id": "01A"}, {"batch_id": "01B"}]),
    ))
    .await;
    let batches = client(&server).batches();
    let found = batches.statuses("evening", "a&b").await.unwrap();
    let ids: Vec<_> = found.iter().map(|batch| batch.id().as_str()).collect();
    assert_eq!(ids, ["01A", "01B"]);
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/messages?metadataKey=evening&metadataValue=a%26b"
    );
    assert_eq!(
        fields(&batches.statuses("", "1").await.unwrap_err()),
        ["metadataKey"]
    );
    assert_eq!(server.calls().len(), 1);

    let server = always(Act::reply(200, json!([{"batch_id": "01A"}, {}]))).await;
    let error = client(&server)
        .batches()
        .statuses("evening", "1")
        .await
        .unwrap_err();
    match error.kind() {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "[1].batch_id"),
        other => panic!("{other:?}"),
    }
}

fn contact(channel: Channel) -> ContactCreateRequest {
    ContactCreateRequest::new(
        vec![ChannelIdentity::new(channel, "+1")],
        ContactLanguage::EnUs,
    )
}

#[tokio::test]
async fn contacts_are_created_and_deleted() {
    let server = always(Act::reply(200, "{}")).await;
    let batches = client(&server).batches();
    batches
        .create_contacts([contact(Channel::Sms)])
        .await
        .unwrap();
    assert_eq!(line(&server), "POST /v1/projects/the-project/contacts");
    assert_eq!(
        body(&server),
        json!({"contacts": [{"channel_identities": [{"channel": "SMS", "identity": "+1"}], "language": "EN_US"}]})
    );
    batches
        .delete_contacts(["01A", "01B"].map(|id| ContactId::new(id).unwrap()))
        .await
        .unwrap();
    assert_eq!(line(&server), "DELETE /v1/projects/the-project/contacts");
    assert_eq!(body(&server), json!({"contact_ids": ["01A", "01B"]}));
}

#[tokio::test]
async fn contacts_that_the_api_would_refuse_are_named() {
    let server = always(Act::reply(200, "{}")).await;
    let batches = client(&server).batches();
    let mut long = contact(Channel::Sms);
    long.metadata = Some("x".repeat(1025));
    let nowhere = ContactCreateRequest::new(Vec::new(), ContactLanguage::EnUs);
    let error = batches
        .create_contacts([long, nowhere, contact(Channel::Line)])
        .await
        .unwrap_err();
    assert_eq!(
        fields(&error),
        [
            "contacts[0].metadata",
            "contacts[1].channel_identities",
            "contacts[2].channel_identities[0].app_id",
        ]
    );
    let error = batches
        .create_contacts(vec![contact(Channel::Sms); 1001])
        .await
        .unwrap_err();
    assert_eq!(
        violations(&error),
        ["contacts: 1001 items, at most 1000 are allowed"]
    );
    let ids = |count| vec![ContactId::new("01A").unwrap(); count];
    for (count, wanted) in [
        (0, "contact_ids: missing; give 1 to 1000"),
        (1001, "contact_ids: 1001 items, at most 1000 are allowed"),
    ] {
        let error = batches.delete_contacts(ids(count)).await.unwrap_err();
        assert_eq!(violations(&error), [wanted]);
    }
    assert!(server.seen().is_empty());
    batches.delete_contacts(ids(1000)).await.unwrap();
}

#[tokio::test]
async fn people_are_put_on_consent_lists() {
    let server = accepting().await;
    let insert = || client(&server).batches().insert_consents(app());
    let batch = insert()
        .opt_out(ConsentsListType::OptOutAll, ["+1"])
        .opt_out(ConsentsListType::OptOutMarketing, ["+2", "01CONTACT"])
        .await
        .unwrap();
    assert_eq!(batch.batch_id, id());
    assert_eq!(line(&server), "POST /v1/projects/the-project/consents");
    let record = |person: &str, list: &str| -> Value {
        json!({"identification": person, "consent_type": list})
    };
    assert_eq!(
        body(&server),
        json!({
            "app_id": "01APP",
            "consent_records": [
                record("+1", "OPT_OUT_ALL"),
                record("+2", "OPT_OUT_MARKETING"),
                record("01CONTACT", "OPT_OUT_MARKETING"),
            ],
        })
    );
    assert_eq!(fields(&insert().await.unwrap_err()), ["consent_records"]);
    let nobody = insert().opt_out(ConsentsListType::OptOutAll, ["+1", ""]);
    assert_eq!(
        fields(&nobody.await.unwrap_err()),
        ["consent_records[1].identification"]
    );
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn batches_are_asked_of_their_own_host() {
    let server = accepting().await;
    let other = always(Act::reply(500, "")).await;
    let builder = builder(&other.url).endpoint(Service::Batch, &server.url);
    builder
        .build()
        .unwrap()
        .batches()
        .status(id())
        .await
        .unwrap();
    assert_eq!((server.calls().len(), server.tokens()), (1, 0));
    assert_eq!((other.calls().len(), other.tokens()), (0, 1));
}

#[tokio::test]
async fn many_recipients_go_out_in_parts_of_a_thousand() {
    let server = Server::start(|request, call| match (request.is_token(), call) {
        (true, _) => good(&request.path),
        (_, 2) => Act::reply(
            400,
            json!({"error": {"status": "INVALID_ARGUMENT", "message": "no"}}),
        ),
        _ => Act::reply(200, json!({"batch_id": "01BATCH"})),
    })
    .await;
    let people = (0..2400).map(|number| sms(format!("+467{number:08}")));
    let parts: Vec<_> = send(&client(&server))
        .recipients((0..100).map(|number| sms(format!("+468{number:08}"))))
        .parts(people)
        .collect()
        .await;
    let told: Vec<_> = parts
        .iter()
        .map(|part| (part.position, part.recipients, part.result.is_ok()))
        .collect();
    let sizes: Vec<usize> = server
        .calls()
        .iter()
        .map(|call| {
            let body: Value = serde_json::from_str(&call.body).unwrap();
            body["recipient_and_params"].as_array().unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [1000, 1000, 500]);
    let failed = told.iter().filter(|(_, _, good)| !good).count();
    assert_eq!(failed, 1, "{told:?}");
    let places: Vec<_> = told
        .iter()
        .map(|(position, count, _)| (*position, *count))
        .collect();
    assert_eq!(places, [(0, 1000), (1000, 1000), (2000, 500)]);
}
