//! Runs that end early, and go on later.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use sinch_conversation::bulk::{self, Bulk, Outcome, Outcomes, StopCause};
use sinch_conversation::error::AuthProblem;
use sinch_conversation::recipient::Recipient;
use sinch_conversation::{Error, ErrorKind};

use crate::server::{Act, Server};
use crate::{people, positions, refusing, until, willing, words};

async fn rest<'a, T: Send + 'a, O: Send + 'static>(
    outcomes: &mut Outcomes<'a, T, O>,
) -> Vec<Outcome<T, O>> {
    let mut rest = Vec::new();
    while let Some(outcome) = outcomes.next().await {
        rest.push(outcome);
    }
    rest
}

#[tokio::test]
async fn a_stopped_run_is_drained_and_goes_on_where_it_was() {
    let server = willing().await;
    let mut outcomes = words(&server)
        .each(people(30))
        .unwrap()
        .concurrency(4)
        .as_completed();
    for _ in 0..5 {
        outcomes.next().await.unwrap().result.unwrap();
    }
    outcomes.stop_handle().stop();
    let drained = rest(&mut outcomes).await.len();
    let checkpoint = outcomes.checkpoint();
    assert!(checkpoint.open.is_empty());
    assert_eq!(checkpoint.next, 5 + drained);
    assert!(checkpoint.next < 30);
    assert!(matches!(outcomes.stopped(), Some(StopCause::Asked)));
    assert_eq!(positions(&server), (0..checkpoint.next).collect::<Vec<_>>());

    let mut outcomes = words(&server)
        .each(people(30))
        .unwrap()
        .start_at(checkpoint.next)
        .in_order();
    let rest = rest(&mut outcomes).await;
    assert_eq!(rest[0].position, checkpoint.next);
    assert_eq!(
        rest[0].item,
        Recipient::from(crate::whatsapp(checkpoint.next.to_string()))
    );
    assert_eq!(positions(&server), (0..30).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stop_reaches_a_reader_who_waits_for_the_next_item() {
    let mut outcomes =
        Bulk::from_stream(stream::pending::<u8>(), |_| async { Ok::<_, Error>(()) }).in_order();
    let stop_handle = outcomes.stop_handle();
    let stop = async move {
        tokio::task::yield_now().await;
        stop_handle.stop();
    };
    let both = async { tokio::join!(outcomes.next(), stop) };
    let (end, ()) = tokio::time::timeout(Duration::from_secs(120), both)
        .await
        .unwrap();
    assert!(end.is_none());
}

#[tokio::test]
async fn what_was_under_way_when_it_was_dropped_is_known() {
    let server = Server::start(|request, _| {
        if request.is_token() {
            crate::good(&request)
        } else {
            Act::Hang
        }
    })
    .await;
    let mut outcomes = words(&server)
        .each(people(10))
        .unwrap()
        .concurrency(3)
        .as_completed();
    tokio::select! {
        outcome = outcomes.next() => panic!("{outcome:?}"),
        () = until(|| server.calls().len() == 3) => {}
    }
    let checkpoint = outcomes.checkpoint();
    assert_eq!((checkpoint.next, checkpoint.open), (3, vec![0, 1, 2]));
}

#[tokio::test]
async fn dropping_ends_the_sends_under_way() {
    let alive = Arc::new(());
    let work = Arc::clone(&alive);
    let mut outcomes = Bulk::new(0..10, move |_| {
        let work = Arc::clone(&work);
        async move {
            let _work = work;
            std::future::pending::<Result<(), Error>>().await
        }
    })
    .concurrency(3)
    .in_order();
    tokio::select! {
        outcome = outcomes.next() => panic!("{outcome:?}"),
        () = until(|| Arc::strong_count(&alive) == 5) => {}
    }
    drop(outcomes);
    until(|| Arc::strong_count(&alive) == 1).await;
}

#[tokio::test]
async fn an_account_without_credit_stops_the_run() {
    let server = refusing(403, "BILLING_CREDIT_LIMIT_BREACHED").await;
    let mut outcomes = words(&server)
        .each(people(1000))
        .unwrap()
        .concurrency(3)
        .as_completed();
    let told = rest(&mut outcomes).await;
    assert_eq!((told.len(), server.calls().len()), (3, 3));
    let Some(StopCause::Error {
        position, error, ..
    }) = outcomes.stopped()
    else {
        panic!("{outcomes:?}");
    };
    assert_eq!(*position, told[0].position);
    assert!(error.to_string().contains("BILLING_CREDIT_LIMIT_BREACHED"));
    assert!(bulk::is_fatal(error));
    let checkpoint = outcomes.checkpoint();
    assert_eq!((checkpoint.next, checkpoint.open.len()), (3, 0));
}

#[tokio::test]
async fn a_wrong_key_stops_the_run_before_anything_is_sent() {
    let server = Server::start(|_, _| Act::reply(401, r#"{"error": "invalid_client"}"#)).await;
    let mut outcomes = words(&server)
        .each(people(1000))
        .unwrap()
        .concurrency(3)
        .in_order();
    let told = rest(&mut outcomes).await;
    assert_eq!(told.len(), 3);
    assert!(server.calls().is_empty());
    let Some(StopCause::Error {
        position: 0, error, ..
    }) = outcomes.stopped()
    else {
        panic!("{outcomes:?}");
    };
    let ErrorKind::Auth(auth) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(auth.problem, AuthProblem::InvalidClient);
}

#[tokio::test]
async fn what_may_pass_or_be_about_one_person_does_not_stop_the_run() {
    for status in [400, 404, 429, 500, 503] {
        let server = refusing(status, "no").await;
        let mut outcomes = words(&server)
            .each(people(20))
            .unwrap()
            .concurrency(2)
            .as_completed();
        assert_eq!(rest(&mut outcomes).await.len(), 20, "{status}");
        assert!(outcomes.stopped().is_none());
    }
}

#[tokio::test]
async fn the_caller_may_say_what_stops_the_run() {
    let server = refusing(403, "no").await;
    let mut outcomes = words(&server)
        .each(people(20))
        .unwrap()
        .stop_on(|_| false)
        .in_order();
    assert_eq!(rest(&mut outcomes).await.len(), 20);

    let server = refusing(500, "no").await;
    let mut failures = 0;
    let mut outcomes = words(&server)
        .each(people(20))
        .unwrap()
        .concurrency(1)
        .stop_on(move |_| {
            failures += 1;
            failures == 7
        })
        .in_order();
    assert_eq!(rest(&mut outcomes).await.len(), 7);
    assert_eq!(outcomes.checkpoint().next, 7);
}
