//! What the client's answers mean for rows, against the sandbox.

use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Recipient, sms};
use sinch_conversation::webhook::Event;
use sinch_conversation::{AppId, ContactId};
use sinch_conversation_outbox::store::Receipt;
use sinch_conversation_outbox::{
    ClientSender, Clock, Evidence, InvalidMessage, NewRow, Reply, RowId, Sender, SystemClock,
};
use sinch_conversation_sandbox::{InjectedFault, Sandbox};
use std::time::Duration;

use crate::api;

const SEND: &str = "Messages_SendMessage";

fn id() -> RowId {
    RowId::random(SystemClock.now())
}

async fn send(sandbox: &Sandbox, id: RowId) -> Reply {
    let client = api::client(sandbox.endpoints());
    let row = api::row(&client, api::APP, 1);
    ClientSender::new(&client).send(id, row.request).await
}

#[tokio::test]
async fn a_row_is_sent_with_its_id_and_its_receipt_names_it() {
    let sandbox = api::sandbox().await;
    let id = id();
    let Reply::Accepted { message_id } = send(&sandbox, id).await else {
        panic!("not accepted");
    };
    let message = message_id.unwrap();
    let sent = sandbox
        .wait_for_delivery(&message, Duration::from_secs(120))
        .await
        .unwrap();
    assert_eq!(sent.correlation_id, id.to_string());
    let callbacks = sandbox.callbacks().await.unwrap();
    let receipts = callbacks.iter().map(|callback| {
        let event = Event::from_slice(callback.body.as_bytes()).unwrap();
        Receipt::from_event(&event).unwrap()
    });
    let receipts: Vec<_> = receipts.collect();
    let expected = |evidence| Receipt {
        row: Some(id),
        message_id: Some(message.clone()),
        evidence,
        reason: None,
    };
    assert_eq!(
        receipts,
        [expected(Evidence::Accepted), expected(Evidence::Delivered)]
    );
}

#[tokio::test]
async fn a_failed_delivery_says_why() {
    let sandbox = api::sandbox().await;
    sandbox.fail_channel("SMS", "RECIPIENT_NOT_REACHABLE");
    let id = id();
    assert!(matches!(send(&sandbox, id).await, Reply::Accepted { .. }));
    sandbox
        .wait_until_quiet(Duration::from_secs(120))
        .await
        .unwrap();
    let callbacks = sandbox.callbacks().await.unwrap();
    let last = Event::from_slice(callbacks.last().unwrap().body.as_bytes()).unwrap();
    let receipt = Receipt::from_event(&last).unwrap();
    assert_eq!(
        (receipt.row, receipt.evidence),
        (Some(id), Evidence::Failed)
    );
    let reason = receipt.reason.unwrap();
    assert!(reason.starts_with("RECIPIENT_NOT_REACHABLE"), "{reason}");
}

#[tokio::test]
async fn what_was_not_processed_is_told_from_what_may_have_been() {
    let sandbox = api::sandbox().await;
    let faults = [
        InjectedFault::status(SEND, 503).retry_after(7),
        InjectedFault::status(SEND, 429),
        InjectedFault::status(SEND, 500),
        InjectedFault::reset(SEND),
        InjectedFault::reset(SEND).after_performing(),
        InjectedFault::status(SEND, 400),
        InjectedFault::status(SEND, 403),
    ];
    let mut replies = Vec::new();
    for fault in faults {
        sandbox.inject(fault).unwrap();
        replies.push(send(&sandbox, id()).await);
        assert!(sandbox.faults().is_empty());
    }
    let pause = Some(Duration::from_secs(7));
    assert!(
        matches!(&replies[0], Reply::NotProcessed { retry_after, .. } if *retry_after == pause)
    );
    assert!(
        matches!(replies[1], Reply::Throttled { .. }),
        "{:?}",
        replies[1]
    );
    for unknown in &replies[2..5] {
        assert!(matches!(unknown, Reply::Unknown { .. }), "{unknown:?}");
    }
    assert!(
        matches!(replies[5], Reply::Refused { .. }),
        "{:?}",
        replies[5]
    );
    assert!(
        matches!(replies[6], Reply::Fatal { .. }),
        "{:?}",
        replies[6]
    );
    // One request each, and one of them was performed.
    let requests = sandbox.requests().into_iter();
    let sends = requests.filter(|request| request.operation == Some(SEND));
    assert_eq!(sends.count(), 7);
    assert_eq!(sandbox.sent().await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_connection_means_not_processed() {
    let sandbox = api::sandbox().await;
    let at = sandbox.endpoints();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    // The token host is there, and a kept connection that the other side closed would be another case.
    let client = api::client_at([at.project_id(), &nobody, at.auth()], at.key_secret());
    let row = api::row(&client, api::APP, 1);
    let reply = ClientSender::new(&client).send(id(), row.request).await;
    assert!(matches!(reply, Reply::NotProcessed { .. }), "{reply:?}");
    assert_eq!(sandbox.requests().len(), 1, "the token's");
}

#[tokio::test]
async fn a_wrong_key_and_a_missing_app_are_everybodys_fault() {
    let sandbox = api::sandbox().await;
    let at = sandbox.endpoints();
    let wrong = api::client_at([at.project_id(), at.conversation(), at.auth()], "wrong");
    let row = api::row(&wrong, api::APP, 1);
    let reply = ClientSender::new(&wrong).send(id(), row.request).await;
    assert!(matches!(reply, Reply::Fatal { .. }), "{reply:?}");

    let client = api::client(at);
    let row = api::row(&client, "01E9DQJFPWGZ2T05XTVZAD0BY0", 1);
    let reply = ClientSender::new(&client).send(id(), row.request).await;
    assert!(matches!(reply, Reply::Fatal { .. }), "{reply:?}");
}

#[tokio::test]
async fn a_404_of_a_row_alone_refuses_the_row() {
    let sandbox = api::sandbox().await;
    sandbox.inject(InjectedFault::status(SEND, 404)).unwrap();
    let reply = send(&sandbox, id()).await;
    assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
}

#[tokio::test]
async fn a_row_that_holds_no_request_is_refused() {
    let sandbox = api::sandbox().await;
    let sender = ClientSender::new(&api::client(sandbox.endpoints()));
    let reply = sender.send(id(), "no JSON".to_owned()).await;
    assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn messages_that_cannot_be_rows_are_refused_before_they_are_stored() {
    let sandbox = api::sandbox().await;
    let app = api::client(sandbox.endpoints()).app(AppId::new(api::APP).unwrap());
    let message = app.send(Text::new("hi")).to(sms("+46700000001"));
    let refused = NewRow::from_message(&message.clone().correlation_id("mine"));
    assert!(matches!(refused, Err(InvalidMessage::HasCorrelationId)));
    let refused = NewRow::from_message(&message.metadata("x".repeat(1025)));
    assert!(matches!(refused, Err(InvalidMessage::Invalid(_))));
    let contact = Recipient::contact(ContactId::new("01C").unwrap());
    let row = NewRow::from_message(&app.send(Text::new("hi")).to(contact)).unwrap();
    assert!(!format!("{row:?}").contains("01C"), "{row:?}");
}

#[test]
fn other_callbacks_prove_that_a_row_was_accepted() {
    let row = id();
    let body = format!(
        r#"{{"app_id": "01A", "correlation_id": "{row}", "message": {{"id": "01INBOUND"}}}}"#
    );
    let event = Event::from_slice(body.as_bytes()).unwrap();
    let receipt = Receipt::from_event(&event).unwrap();
    assert_eq!(
        (receipt.row, receipt.evidence),
        (Some(row), Evidence::Accepted)
    );
    // That is the id of the contact's message.
    assert_eq!(receipt.message_id, None);
    let body = body.replace(&row.to_string(), "an id of somebody else");
    let event = Event::from_slice(body.as_bytes()).unwrap();
    assert_eq!(Receipt::from_event(&event), None);
}
