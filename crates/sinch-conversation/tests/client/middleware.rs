//! Middlewares around each attempt.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sinch_conversation::error::{ErrorKind, TimeLimit};
use sinch_conversation::middleware::{
    AttemptError, AttemptFuture, AttemptRequest, AttemptResponse, Middleware, Next,
};
use sinch_conversation::{CallOptions, Client, RetryPolicy};

use crate::server::{Act, Server};
use crate::{always, builder, first, good, text};

const SEND: &str = "Messages_SendMessage";

fn with(server: &Server, middleware: impl Middleware) -> Client {
    builder(&server.url).middleware(middleware).build().unwrap()
}

/// Keeps what it sees of each attempt.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Middleware for Seen {
    fn handle(&self, request: AttemptRequest, next: Next) -> AttemptFuture<'_> {
        Box::pin(async move {
            let (method, path) = (request.method(), request.url().path());
            let head = format!(
                "{} {} {method} {path}",
                request.operation(),
                request.attempt()
            );
            let body = serde_json::from_slice::<serde_json::Value>(request.body()).unwrap();
            let response = next.run(request).await?;
            let text = String::from_utf8_lossy(&response.body).into_owned();
            self.add(format!(
                "{head} {}: {} {text}",
                body["app_id"],
                response.status.as_u16()
            ));
            Ok(response)
        })
    }
}

#[tokio::test]
async fn a_middleware_sees_every_attempt_and_no_request_for_a_token() {
    let server = first(Act::reply(503, "busy")).await;
    let seen = Seen::default();
    text(&with(&server, seen.clone())).await.unwrap();
    let path = "POST /v1/projects/the-project/messages:send \"01APP\"";
    let answered = r#"{"message_id":"01MESSAGE","accepted_time":"2025-01-02T03:04:05Z"}"#;
    let mut lines = seen.lines();
    // The order of the members is not ours.
    let last: Vec<_> = lines
        .pop()
        .unwrap()
        .splitn(2, "200 ")
        .map(str::to_owned)
        .collect();
    assert_eq!(last[0], format!("{SEND} 2 {path}: "));
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&last[1]), value(answered));
    assert_eq!(lines, [format!("{SEND} 1 {path}: 503 busy")]);
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn headers_that_a_middleware_sets_are_sent() {
    let server = first(Act::reply(503, "{}")).await;
    let client = with(
        &server,
        |mut request: AttemptRequest, next: Next| async move {
            assert!(request.headers()["authorization"].is_sensitive());
            let number = request.attempt().into();
            request.headers_mut().append("x-attempt", number);
            next.run(request).await
        },
    );
    text(&client).await.unwrap();
    let sent: Vec<_> = server
        .calls()
        .iter()
        .map(|call| call.header("x-attempt").map(str::to_owned))
        .collect();
    assert_eq!(sent, [Some("1".to_owned()), Some("2".to_owned())]);
}

#[tokio::test]
async fn middlewares_run_in_the_order_in_which_they_were_added() {
    let server = Server::start(|request, _| good(&request.path)).await;
    let order = Seen::default();
    let mark = |name: &'static str| {
        let order = order.clone();
        move |request: AttemptRequest, next: Next| {
            let order = order.clone();
            async move {
                order.add(format!("{name} before"));
                let result = next.run(request).await;
                order.add(format!("{name} after"));
                result
            }
        }
    };
    let builder = builder(&server.url).middleware(mark("outer"));
    let client = builder.middleware(mark("inner")).build().unwrap();
    text(&client).await.unwrap();
    assert_eq!(
        order.lines(),
        ["outer before", "inner before", "inner after", "outer after"]
    );
}

#[tokio::test]
async fn a_send_that_went_out_is_not_repeated_because_a_middleware_denies_it() {
    let server = Server::start(|request, _| good(&request.path)).await;
    let client = with(&server, |request: AttemptRequest, next: Next| async move {
        let _ = next.run(request).await;
        Err(AttemptError::connect())
    });
    let error = text(&client).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Disconnected), "{error}");
    assert!(error.may_have_been_processed());
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_response_that_a_middleware_makes_up_is_judged_like_one_of_the_api() {
    let server = Server::start(|request, _| good(&request.path)).await;
    let client = with(&server, |request: AttemptRequest, next: Next| async move {
        match request.attempt() {
            1 => Ok(AttemptResponse::new(503.try_into().unwrap(), "")),
            2 => Err(AttemptError::connect()),
            _ => next.run(request).await,
        }
    });
    text(&client).await.unwrap();
    assert_eq!(server.calls().len(), 1);

    let offline = with(&server, |_, _| async {
        Ok(AttemptResponse::new(
            200.try_into().unwrap(),
            r#"{"message_id": "01MADE"}"#,
        ))
    });
    assert_eq!(text(&offline).await.unwrap().message_id.as_str(), "01MADE");
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_send_is_not_retried_after_a_failure_that_leaves_its_outcome_open() {
    let server = Server::start(|request, _| good(&request.path)).await;
    for (failure, kind) in [
        (AttemptError::disconnected(), "Disconnected"),
        (AttemptError::timeout(), "Timeout(Attempt)"),
    ] {
        let client = with(&server, move |_, _| {
            let failure = failure.clone();
            async move { Err(failure) }
        });
        let error = text(&client).await.unwrap_err();
        assert_eq!(
            (format!("{:?}", error.kind()).as_str(), error.attempts()),
            (kind, 1)
        );
        assert!(error.may_have_been_processed());
    }
    assert_eq!(server.calls().len(), 0);
}

#[derive(Debug)]
struct Refused(&'static str);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused by us")
    }
}

impl std::error::Error for Refused {}

#[tokio::test]
async fn the_error_of_a_middleware_ends_the_call_and_is_its_source() {
    let server = Server::start(|request, _| good(&request.path)).await;
    for sends in [false, true] {
        let client = with(
            &server,
            move |request: AttemptRequest, next: Next| async move {
                if sends {
                    next.run(request).await?;
                }
                Err::<AttemptResponse, _>(AttemptError::new(Refused("hush")))
            },
        );
        let error = text(&client).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Middleware), "{error:?}");
        assert_eq!((error.attempts(), error.is_retryable()), (1, false));
        assert_eq!(error.may_have_been_processed(), sends);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.downcast_ref::<Refused>().unwrap().0, "hush");
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("hush"), "{shown}");
    }
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn the_time_of_a_middleware_counts_towards_the_attempt() {
    let server = always(Act::reply(200, "{}")).await;
    let client = with(&server, |_, _| std::future::pending());
    let options = CallOptions::default().retry(RetryPolicy::never());
    let options = options.attempt_timeout(Duration::from_millis(50));
    let error = text(&client).with_options(options).await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Timeout(TimeLimit::Attempt)),
        "{error:?}"
    );
}

#[tokio::test]
async fn debug_shows_no_credential_and_no_content() {
    let server = Server::start(|request, _| match request.is_token() {
        true => good(&request.path),
        false => good(&request.path).with("x-echo", "hush"),
    })
    .await;
    let shown = Seen::default();
    let keep = shown.clone();
    let client = with(&server, move |mut request: AttemptRequest, next: Next| {
        let shown = keep.clone();
        async move {
            request
                .headers_mut()
                .insert("x-key", "hush".parse().unwrap());
            shown.add(format!("{request:?} {request:#?} {next:?}"));
            let response = next.run(request).await?;
            shown.add(format!("{response:?} {response:#?}"));
            Ok(response)
        }
    });
    text(&client).await.unwrap();
    let text = format!("{:?} {client:?}", shown.lines());
    for expected in [SEND, "authorization", "x-key", "x-echo", "POST"] {
        assert!(text.contains(expected), "{expected} is missing: {text}");
    }
    for secret in [
        "the-token",
        "hush",
        "the words",
        "46700000001",
        "01MESSAGE",
        "the-project/",
    ] {
        assert!(!text.contains(secret), "`{secret}` in: {text}");
    }
}
