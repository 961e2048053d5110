//! The rate limit, over sockets. How permits are spread is tested next to the limiter, on a manual clock.

use std::future::IntoFuture;
use std::time::Duration;

use sinch_conversation::error::{ErrorKind, TimeLimit};
use sinch_conversation::{Client, RateLimit};

use crate::server::{Act, Server};
use crate::{always, builder, first, good, jump, message_id, text, until};

const HOUR: Duration = Duration::from_secs(3600);

async fn server() -> Server {
    Server::start(|request, _| good(&request.path)).await
}

/// One request an hour, and calls that wait for days.
fn slow(server: &Server) -> Client {
    builder(&server.url)
        .rate_limit(RateLimit::every(HOUR))
        .timeouts(sinch_conversation::Timeouts::default().call(100 * HOUR))
        .build()
        .unwrap()
}

/// Lets everything happen that does not wait for the clock.
async fn settle() {
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn calls_take_turns_in_their_order() {
    let server = server().await;
    let client = slow(&server);
    let mut calls = Vec::new();
    for number in 0..4 {
        let send = text(&client).correlation_id(format!("call {number}"));
        calls.push(tokio::spawn(send.into_future()));
        settle().await;
    }
    for sent in 1..=4 {
        assert_eq!(server.calls().len(), sent);
        jump(3600).await;
        let server = &server;
        if sent < 4 {
            until(move || server.calls().len() > sent).await;
            settle().await;
        }
    }
    for (number, call) in calls.into_iter().enumerate() {
        call.await.unwrap().unwrap();
        assert!(
            server.calls()[number]
                .body
                .contains(&format!("call {number}"))
        );
    }
    assert_eq!(server.tokens(), 4, "a token lasts an hour");
}

#[tokio::test]
async fn clones_and_their_options_share_the_turns() {
    let server = server().await;
    let client = slow(&server);
    text(&client).await.unwrap();
    let quick = sinch_conversation::CallOptions::default().timeout(HOUR / 2);
    let error = client
        .clone()
        .with_options(quick)
        .messages()
        .get(message_id())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(TimeLimit::Call)));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_call_whose_turn_comes_too_late_fails_without_a_request() {
    let server = server().await;
    let client = slow(&server);
    text(&client).await.unwrap();
    let error = text(&client).timeout(HOUR / 2).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(TimeLimit::Call)));
    assert_eq!((error.attempts(), server.calls().len()), (0, 1));
    assert!(error.is_retryable() && !error.may_have_been_processed());
}

#[tokio::test]
async fn a_call_dropped_while_it_waits_gives_its_turn_back() {
    let server = server().await;
    let client = slow(&server);
    text(&client).await.unwrap();
    let given_up = tokio::spawn(text(&client).into_future());
    settle().await;
    given_up.abort();
    given_up.await.unwrap_err();
    let next = tokio::spawn(text(&client).into_future());
    settle().await;
    assert_eq!(server.calls().len(), 1);
    jump(3600).await;
    next.await.unwrap().unwrap();
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_repetition_waits_for_its_turn_and_says_what_happened_before() {
    let server = first(Act::reply(503, "{}")).await;
    let client = slow(&server);
    let error = text(&client).timeout(HOUR / 2).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!((error.attempts(), server.calls().len()), (1, 1));
}

#[tokio::test]
async fn without_a_limit_nobody_waits() {
    let server = always(good("messages/1")).await;
    let client = builder(&server.url)
        .rate_limit(RateLimit::every(HOUR))
        .rate_limit(RateLimit::off())
        .build()
        .unwrap();
    for _ in 0..20 {
        client.messages().get(message_id()).await.unwrap();
    }
    assert_eq!(server.calls().len(), 20);
}

#[test]
fn limits_that_make_no_sense_are_refused() {
    let field = |limit| {
        let error = builder("http://127.0.0.1:9").rate_limit(limit).build();
        error.unwrap_err().violations()[0].to_string()
    };
    assert_eq!(
        field(RateLimit::per_second(0)),
        "rate_limit: 0 a second, allowed are 1 to 1000000"
    );
    assert!(field(RateLimit::per_second(1_000_001)).starts_with("rate_limit"));
    assert!(field(RateLimit::every(Duration::ZERO)).starts_with("rate_limit"));
    assert!(field(RateLimit::every(Duration::MAX)).starts_with("rate_limit"));
    for limit in [
        RateLimit::default(),
        RateLimit::per_second(1),
        RateLimit::per_second(1_000_000),
        RateLimit::every(Duration::from_secs(24 * 3600)),
    ] {
        builder("http://127.0.0.1:9")
            .rate_limit(limit)
            .build()
            .unwrap();
    }
}
