//! Access keys from a provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sinch_conversation::auth::{AccessKey, ProviderError};
use sinch_conversation::error::{AuthError, AuthProblem, ErrorKind};
use sinch_conversation::{Client, ClientBuilder, Error, RetryPolicy};

use crate::server::{Act, Server};
use crate::{good, jump, message_id, text};

fn auth(error: &Error) -> &AuthError {
    match error.kind() {
        ErrorKind::Auth(auth) => auth,
        other => panic!("{other:?}"),
    }
}

/// Issues tokens for the named key only.
async fn takes(key: &'static str) -> Server {
    Server::start(move |request, _| {
        if !request.is_token() {
            return good(&request.path);
        }
        let basic = BASE64_STANDARD.encode(format!("{key}:secret of {key}"));
        match request.header("authorization") == Some(&format!("Basic {basic}")) {
            true => Act::token("the-token"),
            false => Act::reply(401, r#"{"error": "invalid_client"}"#),
        }
    })
    .await
}

fn builder(server: &Server) -> ClientBuilder {
    crate::builder(&server.url).retry(RetryPolicy::never())
}

/// A client whose provider returns the keys one after another, then always the last; and how often it was asked.
fn client(server: &Server, keys: &'static [&'static str]) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let provider = move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let key = keys[number.min(keys.len() - 1)];
        async move { Ok(AccessKey::new(key, format!("secret of {key}"))) }
    };
    let client = builder(server).credentials(provider).build().unwrap();
    (client, asked)
}

#[tokio::test]
async fn a_key_is_asked_for_when_it_is_needed_and_kept() {
    let server = takes("new").await;
    let (client, asked) = client(&server, &["new"]);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    text(&client).await.unwrap();
    jump(3601).await;
    client.messages().get(message_id()).await.unwrap();
    assert_eq!((asked.load(Ordering::SeqCst), server.tokens()), (1, 2));
}

#[tokio::test]
async fn the_provider_is_asked_again_once_when_its_key_is_refused() {
    let server = takes("new").await;
    let (client, asked) = client(&server, &["old", "new"]);
    text(&client).await.unwrap();
    assert_eq!((asked.load(Ordering::SeqCst), server.tokens()), (2, 2));
}

#[tokio::test]
async fn a_refused_key_is_not_tried_twice() {
    let server = takes("new").await;
    let (client, asked) = client(&server, &["old"]);
    for _ in 0..20 {
        let error = text(&client).await.unwrap_err();
        assert_eq!(auth(&error).problem, AuthProblem::InvalidClient);
    }
    assert_eq!((asked.load(Ordering::SeqCst), server.tokens()), (2, 1));
}

#[tokio::test]
async fn a_second_refusal_ends_the_call_and_the_next_one_asks_first() {
    let server = takes("new").await;
    let (client, asked) = client(&server, &["old", "older", "new"]);
    text(&client).await.unwrap_err();
    assert_eq!((asked.load(Ordering::SeqCst), server.tokens()), (2, 2));
    jump(6).await;
    text(&client).await.unwrap();
    assert_eq!((asked.load(Ordering::SeqCst), server.tokens()), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_at_the_same_time_ask_once() {
    let server = takes("new").await;
    let (client, asked) = client(&server, &["new"]);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let client = client.clone();
        tasks.spawn(async move { client.messages().get(message_id()).await });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!((asked.load(Ordering::SeqCst), server.tokens()), (1, 1));
}

#[tokio::test]
async fn the_failure_of_a_provider_is_the_source_and_is_not_shown() {
    let server = takes("new").await;
    let client = builder(&server)
        .credentials(|| async { Err::<AccessKey, ProviderError>("the vault says hush".into()) })
        .build()
        .unwrap();
    let error = text(&client).await.unwrap_err();
    assert_eq!(auth(&error).problem, AuthProblem::Provider);
    assert!(error.is_retryable() && !error.may_have_been_processed());
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the vault says hush");
    let shown = format!("{error} {error:?} {client:?}");
    assert!(!shown.contains("hush"), "{shown}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_key_that_no_header_can_hold_is_an_error_of_the_provider() {
    let server = takes("new").await;
    for (id, secret) in [("", "s"), ("a:b", "s"), ("key", "")] {
        let client = builder(&server)
            .credentials(move || async move { Ok(AccessKey::new(id, secret)) })
            .build()
            .unwrap();
        let error = text(&client).await.unwrap_err();
        assert_eq!(auth(&error).problem, AuthProblem::Provider, "{id}");
    }
}

#[tokio::test]
async fn a_provider_that_panics_fails_the_call_and_not_the_client() {
    let server = takes("new").await;
    let asked = AtomicUsize::new(0);
    let provider = move || {
        assert!(asked.fetch_add(1, Ordering::SeqCst) > 0, "on purpose");
        async { Ok(AccessKey::new("new", "secret of new")) }
    };
    let client = builder(&server).credentials(provider).build().unwrap();
    let error = text(&client).await.unwrap_err();
    assert_eq!(auth(&error).problem, AuthProblem::Provider);
    text(&client).await.unwrap();
}

#[test]
fn a_key_does_not_show_its_secret() {
    let shown = format!("{:?}", AccessKey::new("the id", "hush"));
    assert!(
        shown.contains("the id") && !shown.contains("hush"),
        "{shown}"
    );
}
