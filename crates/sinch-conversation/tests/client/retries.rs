//! What is repeated, what is not, and that nothing is sent twice.

use std::future::IntoFuture;
use std::time::Duration;

use sinch_conversation::error::{ErrorKind, TimeLimit};
use sinch_conversation::{Client, Error, RetryPolicy, Timeouts};
use sinch_conversation_raw::OperationId as Id;

use crate::server::{Act, Server, closed_port};
use crate::{always, builder, client, first, jump, message_id, text, until};

/// Failures after which it is not known whether the API did what it was asked.
fn unclear() -> Vec<Act> {
    let page = "<html><body>Bad gateway</body></html>";
    vec![
        Act::reply(500, "{}"),
        Act::reply(502, page).with("content-type", "text/html"),
        Act::reply(504, ""),
        Act::Close,
        Act::Reset,
        Act::Cut,
        Act::Hang,
    ]
}

/// Failures after which it is known that the API did nothing.
fn clear() -> Vec<Act> {
    vec![
        Act::reply(429, "{}"),
        Act::reply(429, "").with("Retry-After", 0),
        Act::reply(503, "{}"),
    ]
}

fn impatient() -> Timeouts {
    Timeouts::default().attempt(Duration::from_secs(1))
}

/// Only a server that never answers needs a client that does not wait for it.
fn client_for(act: &Act, server: &Server) -> Client {
    match act {
        Act::Hang => builder(&server.url).timeouts(impatient()).build().unwrap(),
        _ => client(server),
    }
}

#[tokio::test]
async fn a_read_is_repeated_after_every_passing_failure() {
    for act in [unclear(), clear()].concat() {
        let server = first(act.clone()).await;
        let client = client_for(&act, &server);
        let message = client.messages().get(message_id()).await;
        assert_eq!(*message.unwrap().id(), message_id(), "{act:?}");
        assert_eq!(server.calls().len(), 2, "{act:?}");
    }
}

#[tokio::test]
async fn a_send_is_never_repeated_when_it_may_have_gone_out() {
    for act in unclear() {
        let server = first(act.clone()).await;
        let client = client_for(&act, &server);
        let error = text(&client).await.unwrap_err();
        assert_eq!(server.calls().len(), 1, "{act:?}");
        assert!(
            error.may_have_been_processed() && error.is_retryable(),
            "{act:?}: {error:?}"
        );
        assert_eq!(
            (error.operation(), error.attempts()),
            (Some(Id::MessagesSendMessage.as_str()), 1)
        );
    }
}

#[tokio::test]
async fn a_send_is_repeated_when_it_surely_did_not_go_out() {
    for act in clear() {
        let server = first(act.clone()).await;
        assert_eq!(
            text(&client(&server)).await.unwrap().message_id,
            message_id(),
            "{act:?}"
        );
        assert_eq!(server.calls().len(), 2, "{act:?}");
        assert_eq!(server.calls()[0].body, server.calls()[1].body);
    }
}

#[tokio::test]
async fn a_send_is_repeated_when_duplicates_are_acceptable() {
    for act in unclear() {
        let server = first(act.clone()).await;
        let client = client_for(&act, &server);
        let sent = text(&client).allow_duplicates().await;
        assert_eq!(sent.unwrap().message_id, message_id(), "{act:?}");
        assert_eq!(server.calls().len(), 2, "{act:?}");
    }
}

#[tokio::test]
async fn other_answers_are_final() {
    for status in [301, 307, 400, 403, 404, 409, 501] {
        let server = always(Act::reply(status, "{}").with("Location", "/elsewhere")).await;
        let client = client(&server);
        for error in [
            client.messages().get(message_id()).await.unwrap_err(),
            text(&client).await.unwrap_err(),
        ] {
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(error.attempts(), 1);
            assert!(!error.is_retryable(), "{status}");
        }
        assert_eq!(server.calls().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn attempts_are_limited_and_counted() {
    let server = always(Act::reply(503, "{}")).await;
    let error = text(&client(&server)).await.unwrap_err();
    assert_eq!((error.attempts(), server.calls().len()), (4, 4));
    assert_eq!(error.status().unwrap(), 503);
    assert!(error.is_retryable() && !error.may_have_been_processed());
    assert!(error.to_string().ends_with("(after 4 attempts)"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_for_a_send_too() {
    let server = always(Act::reply(200, "{}")).await;
    let client = builder(&server.url)
        .endpoint(
            sinch_conversation::Service::Conversation,
            closed_port().await,
        )
        .build()
        .unwrap();
    let error = text(&client).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect));
    assert_eq!(error.attempts(), 4);
    assert!(error.is_retryable() && !error.may_have_been_processed());
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn an_unclear_attempt_is_not_forgotten_over_later_ones() {
    let server = Server::start(|request, number| match (request.is_token(), number) {
        (true, _) => Act::token("the-token"),
        (false, 0) => Act::Reset,
        _ => Act::reply(429, "{}"),
    })
    .await;
    let error = text(&client(&server)).allow_duplicates().await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.attempts()),
        (429, 4)
    );
    assert!(error.may_have_been_processed());
}

#[tokio::test]
async fn the_pause_that_the_api_names_is_kept() {
    let server = first(Act::reply(503, "").with("Retry-After", 30)).await;
    let send = tokio::spawn(text(&client(&server)).into_future());
    until(|| server.calls().len() == 1).await;
    // Now the client reads the answer and goes to sleep.
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    jump(25).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(server.calls().len(), 1);
    jump(6).await;
    send.await.unwrap().unwrap();
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_long_retry_after_is_handed_to_the_caller() {
    // The date is one that passed: it asks for no pause, so that the call is repeated to its end.
    let cases = [
        ("3600", 1, Some(3600)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 1, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 4, Some(0)),
    ];
    for (header, attempts, wait) in cases {
        let server = always(Act::reply(429, "{}").with("Retry-After", header)).await;
        let error = text(&client(&server)).await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{header}");
        let asked = error.retry_after().expect("a pause");
        match wait {
            Some(seconds) => assert_eq!(asked.as_secs(), seconds, "{header}"),
            None => assert!(asked > Duration::from_secs(3600 * 24 * 365), "{header}"),
        }
        assert!(matches!(error.kind(), ErrorKind::RateLimited { .. }));
    }
}

#[tokio::test]
async fn a_pause_that_does_not_fit_the_call_ends_it_with_the_last_answer() {
    let server = always(Act::reply(429, "{}").with("Retry-After", 30)).await;
    let error = text(&client(&server))
        .timeout(Duration::from_secs(20))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RateLimited { .. }));
    assert_eq!((error.attempts(), server.calls().len()), (1, 1));
}

#[tokio::test]
async fn no_length_of_time_is_too_long() {
    let endless = Timeouts::default()
        .connect(Duration::MAX)
        .attempt(Duration::MAX)
        .call(Duration::MAX);
    let patient = RetryPolicy::default()
        .backoff(Duration::MAX, Duration::MAX)
        .max_retry_after(Duration::MAX);
    let server = always(Act::reply(429, "{}").with("Retry-After", u64::MAX)).await;
    let client = builder(&server.url)
        .timeouts(endless)
        .retry(patient)
        .build()
        .unwrap();
    let error = text(&client).timeout(Duration::MAX).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RateLimited { .. }));
}

#[tokio::test]
async fn time_limits_are_told_apart() {
    let limit = |error: Error| match error.kind() {
        ErrorKind::Timeout(limit) => (*limit, error.may_have_been_processed()),
        other => panic!("{other:?}"),
    };
    let server = always(Act::Hang).await;
    let impatient = builder(&server.url).timeouts(impatient()).build().unwrap();
    assert_eq!(
        limit(text(&impatient).await.unwrap_err()),
        (TimeLimit::Attempt, true)
    );

    let patient = client(&server);
    let before = server.calls().len();
    let send = text(&patient).timeout(Duration::from_secs(25));
    let send = tokio::spawn(send.into_future());
    until(|| server.calls().len() > before).await;
    jump(26).await;
    assert_eq!(
        limit(send.await.unwrap().unwrap_err()),
        (TimeLimit::Call, true)
    );
}

#[tokio::test]
async fn what_is_called_retryable_is_what_the_client_repeats_itself() {
    for status in (400..600).filter(|status| *status != 401) {
        let server = always(Act::reply(status, "{}")).await;
        let error = client(&server).messages().get(message_id()).await;
        let error = error.unwrap_err();
        assert_eq!(error.is_retryable(), error.attempts() > 1, "{status}");

        // The token host is repeated after the same failures.
        let server = Server::start(move |_, _| Act::reply(status, "{}")).await;
        let error = text(&client(&server)).await.unwrap_err();
        assert_eq!(error.is_retryable(), server.tokens() > 1, "token {status}");
    }
}
