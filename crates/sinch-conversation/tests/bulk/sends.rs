//! What is sent, and what is told about it.

use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use sinch_conversation::bulk::{Bulk, Progress};
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{Recipient, sms, whatsapp};
use sinch_conversation::{ContactId, ErrorKind};
use sinch_conversation_sandbox::Sandbox;
use tokio::sync::Notify;

use crate::server::{Act, Server};
use crate::{app, good, people, position, positions, willing, words};

#[tokio::test]
async fn everybody_gets_one_request_and_one_outcome() {
    const MANY: usize = 2_000;
    let server = willing().await;
    let mut outcomes = words(&server)
        .metadata("spring")
        .each(people(MANY))
        .unwrap()
        .in_order();
    for expected in 0..MANY {
        let outcome = outcomes.next().await.unwrap();
        assert_eq!(outcome.position, expected);
        assert_eq!(
            outcome.item,
            Recipient::from(whatsapp(expected.to_string()))
        );
        let id = outcome.result.unwrap().message_id;
        assert_eq!(id.as_str(), format!("01MESSAGE{expected}"));
    }
    assert!(outcomes.next().await.is_none());
    assert!(outcomes.stopped().is_none());
    assert_eq!(positions(&server), (0..MANY).collect::<Vec<_>>());
    assert!(
        server
            .calls()
            .iter()
            .all(|call| call.body.contains("spring"))
    );
    assert_eq!(server.tokens(), 1);
}

/// A server that answers the first person after it was asked for the second.
async fn second_first() -> Server {
    let second = Arc::new(Notify::new());
    Server::start_async(move |request, _| {
        let second = Arc::clone(&second);
        async move {
            if !request.is_token() {
                match position(&request) {
                    0 => second.notified().await,
                    1 => second.notify_one(),
                    _ => {}
                }
            }
            good(&request)
        }
    })
    .await
}

#[tokio::test]
async fn in_order_waits_for_the_slow_one() {
    let server = second_first().await;
    let outcomes = words(&server).each(people(3)).unwrap().in_order();
    let order: Vec<_> = outcomes.map(|outcome| outcome.position).collect().await;
    assert_eq!(order, [0, 1, 2]);
}

#[tokio::test]
async fn as_completed_does_not_wait_for_the_slow_one() {
    // The first person is never answered.
    let server = Server::start(|request, _| {
        if !request.is_token() && position(&request) == 0 {
            Act::Hang
        } else {
            good(&request)
        }
    })
    .await;
    let mut outcomes = words(&server)
        .each(people(5))
        .unwrap()
        .concurrency(2)
        .as_completed();
    for expected in 1..5 {
        assert_eq!(outcomes.next().await.unwrap().position, expected);
    }
    let checkpoint = outcomes.checkpoint();
    assert_eq!((checkpoint.next, checkpoint.open), (5, vec![0]));
}

#[tokio::test]
async fn an_error_of_one_does_not_stop_the_others() {
    let server = Server::start(|request, _| {
        if !request.is_token() && position(&request) == 3 {
            Act::reply(400, r#"{"error": {"status": "INVALID_ARGUMENT"}}"#)
        } else {
            good(&request)
        }
    })
    .await;
    let nobody = || Recipient::identities([]);
    let recipients = people(6).map(Recipient::from).chain([nobody()]);
    let outcomes = words(&server).each(recipients).unwrap().in_order();
    let failed: Vec<_> = outcomes
        .filter_map(async |outcome| Some((outcome.position, outcome.result.err()?)))
        .collect()
        .await;
    assert_eq!(failed.len(), 2);
    assert_eq!(
        (failed[0].0, failed[0].1.status().unwrap().as_u16()),
        (3, 400)
    );
    // Nobody was given at all, which is known without asking.
    assert_eq!(failed[1].0, 6);
    assert!(matches!(failed[1].1.kind(), ErrorKind::InvalidArgument(_)));
    assert_eq!(positions(&server), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_message_that_nobody_could_get_is_refused_at_once() {
    let server = willing().await;
    let error = words(&server)
        .metadata("x".repeat(1025))
        .each(people(3))
        .unwrap_err();
    let fields: Vec<_> = error.violations().iter().map(|v| &v.field).collect();
    assert_eq!(fields, ["message_metadata"]);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn each_item_may_have_a_send_of_its_own() {
    let server = willing().await;
    let app = app(&server);
    let guests = [("Ada", 0), ("Grace", 1)];
    let mut outcomes = Bulk::new(&guests, |(name, number)| {
        app.send(Text::new(format!("Welcome, {name}")))
            .to(whatsapp(number.to_string()))
    })
    .in_order();
    while let Some(outcome) = outcomes.next().await {
        outcome.result.unwrap();
        let (name, number) = outcome.item;
        let calls = server.calls();
        let call = calls.iter().find(|call| position(call) == *number);
        assert!(call.unwrap().body.contains(&format!("Welcome, {name}")));
    }
}

#[tokio::test]
async fn work_before_a_send_may_fail() {
    let server = willing().await;
    let app = app(&server);
    let ids = stream::iter(["", ".."]);
    let outcomes = Bulk::from_stream(ids, |id| {
        let (app, id) = (app.clone(), *id);
        async move { app.send(Text::new("hi")).to(ContactId::new(id)?).await }
    })
    .as_completed();
    let errors: Vec<_> = outcomes
        .map(|outcome| outcome.result.unwrap_err())
        .collect()
        .await;
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0].violations()[0].field, "contact_id");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn progress_counts_every_outcome() {
    let server = Server::start(|request, _| {
        if !request.is_token() && position(&request) % 2 == 1 {
            Act::reply(400, "{}")
        } else {
            good(&request)
        }
    })
    .await;
    let seen = Mutex::new(Vec::<Progress>::new());
    let mut outcomes = words(&server)
        .each(people(10))
        .unwrap()
        .start_at(4)
        .concurrency(2)
        .on_progress(|progress| seen.lock().unwrap().push(*progress))
        .as_completed();
    assert_eq!(outcomes.progress().remaining, Some(6));
    while outcomes.next().await.is_some() {}
    drop(outcomes);
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), 6);
    for (index, progress) in seen.iter().enumerate() {
        assert_eq!(progress.succeeded + progress.failed, index + 1);
        let told = index + 1 + progress.in_flight + progress.remaining.unwrap();
        assert_eq!(told, 6, "{progress:?}");
    }
    let last = seen.last().unwrap();
    assert_eq!((last.succeeded, last.failed, last.in_flight), (3, 3, 0));
}

#[tokio::test]
async fn neither_words_nor_addresses_are_in_debug() {
    let server = willing().await;
    let bulk = words(&server).each([sms("46700000001")]).unwrap();
    let before = format!("{bulk:?}");
    let mut outcomes = bulk.in_order();
    let outcome = outcomes.next().await.unwrap();
    // The message's id, which the test's server makes from the address, does not count.
    let text = format!("{before} {outcomes:?} {outcome:?}").replace("01MESSAGE46700000001", "");
    for secret in ["the words", "46700000001", "the-secret", "the-token"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn the_sandbox_takes_all_of_them_in() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = crate::common::client(sandbox.endpoints()).unwrap();
    let app = crate::common::app(&client).await.unwrap();
    let numbers = (0..100).map(|number| sms(format!("467000{number:05}")));
    let outcomes = app
        .send(Text::new("We open again on Monday"))
        .each_from(stream::iter(numbers))
        .unwrap()
        .as_completed();
    let ids: Vec<_> = outcomes
        .map(|outcome| outcome.result.unwrap().message_id)
        .collect()
        .await;
    assert_eq!((ids.len(), sandbox.sent().await.unwrap().len()), (100, 100));
}
