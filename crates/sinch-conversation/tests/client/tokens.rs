//! Access tokens: one for all, renewed when needed, and no storms.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sinch_conversation::error::{AuthError, AuthProblem, ErrorKind};
use sinch_conversation::{Error, RetryPolicy, Service};
use sinch_conversation_raw::OperationId as Id;
use tokio::sync::Semaphore;

use crate::server::{Act, Request, Server, closed_port};
use crate::{builder, client, good, jump, message_id, text, until};

fn auth(error: &Error) -> &AuthError {
    match error.kind() {
        ErrorKind::Auth(auth) => auth,
        other => panic!("{other:?}"),
    }
}

/// Issues `token-1`, `token-2` and so on, and lets `api` answer the calls.
async fn numbered(api: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Server {
    Server::start(move |request, number| match request.is_token() {
        true => Act::token(&format!("token-{}", number + 1)),
        false => api(&request),
    })
    .await
}

/// Refuses all tokens but `token-2` and later ones.
fn refuse_the_first(request: &Request, challenge: &str) -> Act {
    match request.header("authorization") {
        Some("Bearer token-1") if challenge.is_empty() => Act::reply(401, "{}"),
        Some("Bearer token-1") => Act::reply(401, "{}").with("WWW-Authenticate", challenge),
        _ => good(&request.path),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_callers_share_one_token() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let server = Server::start_async(move |_, _| {
        let held = Arc::clone(&held);
        async move {
            held.acquire().await.unwrap().forget();
            Act::token("the-token")
        }
    })
    .await;
    // Nobody listens at the API, so that the thousand calls end as soon as they have the token.
    let client = builder(&server.url)
        .endpoint(Service::Conversation, closed_port().await)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();

    let waiting = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let (client, waiting) = (client.clone(), Arc::clone(&waiting));
        tasks.spawn(async move {
            waiting.fetch_add(1, Ordering::SeqCst);
            client.messages().get(message_id()).await
        });
    }
    while waiting.load(Ordering::SeqCst) < 1000 || server.tokens() == 0 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(1000);
    while let Some(result) = tasks.join_next().await {
        let error = result.unwrap().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect), "{error:?}");
    }
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn a_token_is_asked_for_as_documented_and_used_for_every_call() {
    let server = numbered(|request| good(&request.path)).await;
    let client = client(&server);
    client.messages().get(message_id()).await.unwrap();
    text(&client).await.unwrap();

    let seen = server.seen();
    assert_eq!(server.tokens(), 1);
    assert_eq!(
        (seen[0].method.as_str(), seen[0].path.as_str()),
        ("POST", "/oauth2/token")
    );
    assert_eq!(seen[0].body, "grant_type=client_credentials");
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    // the-key:the-secret
    assert_eq!(
        seen[0].header("authorization"),
        Some("Basic dGhlLWtleTp0aGUtc2VjcmV0")
    );
    assert!(
        seen[1..]
            .iter()
            .all(|request| request.header("authorization") == Some("Bearer token-1"))
    );
}

#[tokio::test]
async fn basic_credentials_go_along_without_a_token() {
    let server = numbered(|request| good(&request.path)).await;
    let client = builder(&server.url)
        .basic_auth("the-key", "the-secret")
        .build()
        .unwrap();
    text(&client).await.unwrap();
    assert_eq!(server.tokens(), 0);
    assert_eq!(
        server.calls()[0].header("authorization"),
        Some("Basic dGhlLWtleTp0aGUtc2VjcmV0")
    );
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_stop_the_others() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let server = Server::start_async(move |request, _| {
        let held = Arc::clone(&held);
        async move {
            if request.is_token() {
                held.acquire().await.unwrap().forget();
            }
            good(&request.path)
        }
    })
    .await;
    let client = client(&server);
    let quitter = tokio::spawn({
        let client = client.clone();
        async move { client.messages().get(message_id()).await }
    });
    while server.tokens() == 0 {
        tokio::task::yield_now().await;
    }
    quitter.abort();
    assert!(quitter.await.unwrap_err().is_cancelled());

    gate.add_permits(1);
    client.messages().get(message_id()).await.unwrap();
    assert_eq!((server.tokens(), server.calls().len()), (1, 1));
}

#[tokio::test]
async fn a_token_without_life_serves_its_caller_and_is_replaced() {
    let server = Server::start(|request, number| match request.is_token() {
        true => Act::token_for(&format!("token-{number}"), 0),
        false => good(&request.path),
    })
    .await;
    let client = client(&server);
    for _ in 0..3 {
        client.messages().get(message_id()).await.unwrap();
    }
    assert_eq!(server.tokens(), 3);
}

#[tokio::test]
async fn a_token_is_renewed_ahead_while_calls_go_on_with_the_old_one() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let server = Server::start_async(move |request, number| {
        let held = Arc::clone(&held);
        async move {
            if request.is_token() && number > 0 {
                held.acquire().await.unwrap().forget();
            }
            if request.is_token() {
                Act::token(&format!("token-{}", number + 1))
            } else {
                good(&request.path)
            }
        }
    })
    .await;
    let client = client(&server);
    let used = async || {
        client.messages().get(message_id()).await.unwrap();
        server
            .calls()
            .pop()
            .unwrap()
            .header("authorization")
            .unwrap()
            .to_owned()
    };
    assert_eq!(used().await, "Bearer token-1");
    jump(3530).await;
    assert_eq!(
        (used().await.as_str(), server.tokens()),
        ("Bearer token-1", 1)
    );

    // In the last minute the new token is asked for, and nobody waits for it.
    jump(15).await;
    assert_eq!(used().await, "Bearer token-1");
    until(|| server.tokens() == 2).await;
    assert_eq!(
        (used().await.as_str(), server.tokens()),
        ("Bearer token-1", 2)
    );

    gate.add_permits(1);
    while used().await == "Bearer token-1" {}
    assert_eq!(
        (used().await.as_str(), server.tokens()),
        ("Bearer token-2", 2)
    );
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_old_token_in_use_to_its_end() {
    let server = Server::start(|request, number| match (request.is_token(), number) {
        (true, 0) => Act::token("the-token"),
        (true, _) => Act::reply(400, r#"{"error": "invalid_request"}"#),
        _ => good(&request.path),
    })
    .await;
    let client = client(&server);
    client.messages().get(message_id()).await.unwrap();
    jump(3545).await;
    client.messages().get(message_id()).await.unwrap();
    until(|| server.tokens() == 2).await;
    for _ in 0..5 {
        client.messages().get(message_id()).await.unwrap();
    }
    assert_eq!(server.tokens(), 2);

    jump(6).await;
    client.messages().get(message_id()).await.unwrap();
    until(|| server.tokens() == 3).await;

    jump(60).await;
    let error = client.messages().get(message_id()).await.unwrap_err();
    assert_eq!(auth(&error).problem, AuthProblem::Refused);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_call_repeated() {
    let challenges = [
        "",
        "Bearer",
        r#"Bearer realm="sinch", error="invalid_token", error_description="expired""#,
        r#"Bearer error="invalid_token", error_description="Jwt expired at 2024-07-08T22:12:28Z""#,
    ];
    for challenge in challenges {
        let server = numbered(|request| refuse_the_first(request, challenge)).await;
        let client = client(&server);
        assert_eq!(
            text(&client).await.unwrap().message_id,
            message_id(),
            "{challenge}"
        );
        assert_eq!(
            (server.tokens(), server.calls().len()),
            (2, 2),
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_final() {
    let server =
        numbered(|request| refuse_the_first(request, r#"Bearer error="insufficient_scope""#)).await;
    let error = text(&client(&server)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert!(!error.may_have_been_processed() && !error.is_retryable());
    assert_eq!((server.tokens(), server.calls().len()), (1, 1));
}

#[tokio::test]
async fn a_refusal_of_every_token_ends_after_the_second() {
    let server = numbered(|_| Act::reply(401, r#"{"error": "token expired"}"#)).await;
    let error = text(&client(&server)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(
        (error.attempts(), server.tokens(), server.calls().len()),
        (2, 2, 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_refused_with_the_same_token_share_its_replacement() {
    let server =
        numbered(|request| refuse_the_first(request, "Bearer error_description=\"expired\"")).await;
    let client = client(&server);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        tasks.spawn(async move { client.messages().get(message_id()).await });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(server.tokens(), 2);
}

#[tokio::test]
async fn an_api_that_refuses_every_token_does_not_become_a_storm_on_the_token_host() {
    let server = numbered(|_| Act::reply(401, "{}")).await;
    let client = client(&server);
    let start = Instant::now();
    for _ in 0..100 {
        client.messages().get(message_id()).await.unwrap_err();
    }
    let allowed = 1 + 30 + start.elapsed().as_secs() as usize + 1;
    assert!(
        server.tokens() <= allowed,
        "{} tokens, {allowed} allowed",
        server.tokens()
    );
}

#[tokio::test]
async fn a_wrong_key_is_named_and_not_tried_again_at_once() {
    let refusal = r#"{"error": "invalid_client", "error_description": "the-secret is wrong"}"#;
    let server = Server::start(move |_, _| Act::reply(401, refusal)).await;
    let client = client(&server);
    for _ in 0..20 {
        let error = text(&client).await.unwrap_err();
        assert_eq!(auth(&error).problem, AuthProblem::InvalidClient);
        assert_eq!(auth(&error).code.as_deref(), Some("invalid_client"));
        assert!(!error.is_retryable() && !error.may_have_been_processed());
        assert_eq!(
            (error.operation(), error.attempts()),
            (Some(Id::MessagesSendMessage.as_str()), 0)
        );
    }
    assert_eq!(server.seen().len(), 1);

    jump(6).await;
    text(&client).await.unwrap_err();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_busy_token_host_is_asked_again() {
    let server = Server::start(|request, number| match (request.is_token(), number) {
        (true, 0) => Act::reply(429, "").with("Retry-After", 0),
        (true, 1) => Act::reply(503, "<html>"),
        (true, 2) => Act::Reset,
        _ => good(&request.path),
    })
    .await;
    text(&client(&server)).await.unwrap();
    assert_eq!((server.tokens(), server.calls().len()), (4, 1));
}

#[tokio::test]
async fn a_token_host_that_stays_busy_is_named() {
    let server = Server::start(|_, _| Act::reply(429, "").with("Retry-After", 3600)).await;
    let error = text(&client(&server)).await.unwrap_err();
    assert!(matches!(
        auth(&error).problem,
        AuthProblem::RateLimited { .. }
    ));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(error.is_retryable());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_token_host_that_cannot_be_reached_is_named() {
    let server = numbered(|request| good(&request.path)).await;
    let client = builder(&server.url)
        .endpoint(Service::Auth, closed_port().await)
        .build()
        .unwrap();
    let error = text(&client).await.unwrap_err();
    assert_eq!(auth(&error).problem, AuthProblem::Unreachable);
    assert!(error.is_retryable() && !error.may_have_been_processed());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_client_outlives_the_runtime_it_was_first_used_in() {
    let server = numbered(|request| good(&request.path)).await;
    let client = client(&server);
    let elsewhere = client.clone();
    let call = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        // Gives up while the token is on its way, and takes the token's task down with the runtime.
        runtime.block_on(async {
            tokio::time::timeout(Duration::ZERO, elsewhere.messages().get(message_id())).await
        })
    };
    tokio::task::spawn_blocking(call)
        .await
        .unwrap()
        .unwrap_err();
    client.messages().get(message_id()).await.unwrap();
}
