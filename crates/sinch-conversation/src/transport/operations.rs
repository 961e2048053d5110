//! Every operation against a server that fails once: how many requests it sees.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use sinch_conversation_raw::{OPERATIONS, Operation};

use super::CallOptions;
use crate::client::{Client, http_defaults};
use crate::transport::RetryPolicy;
use server::{Act, Server};

#[path = "../../tests/support/server.rs"]
#[allow(dead_code, unreachable_pub)]
mod server;

/// How many requests the server saw.
async fn requests(
    http: &reqwest::Client,
    operation: &'static Operation,
    act: Act,
    options: CallOptions,
) -> usize {
    let server = Server::start(move |_, number| match number {
        0 => act.clone(),
        _ => Act::reply(200, "{}"),
    })
    .await;
    let client = Client::builder()
        .project("the-project")
        .basic_auth("the-key", "the-secret")
        .endpoints(&server.url)
        .http_client(http.clone())
        .retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap();
    let call = client.with_options(options).call(operation.id);
    let outcome = call.try_out(&operation.path.replace(['{', '}'], "")).await;
    let seen = server.seen().len();
    assert_eq!(outcome.is_ok(), seen == 2, "{}", operation.id);
    seen
}

#[tokio::test]
async fn a_fault_that_leaves_the_outcome_open_is_followed_by_what_the_class_allows() {
    let http = http_defaults().build().unwrap();
    for act in [Act::reply(500, "{}"), Act::Reset, Act::Cut] {
        for operation in OPERATIONS {
            let seen = requests(&http, operation, act.clone(), CallOptions::default()).await;
            let expected = if operation.idempotent { 2 } else { 1 };
            assert_eq!(seen, expected, "{} {act:?}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_followed_by_a_second_request_whatever_the_operation() {
    let http = http_defaults().build().unwrap();
    for operation in OPERATIONS {
        let busy = Act::reply(503, "{}");
        let seen = requests(&http, operation, busy, CallOptions::default()).await;
        assert_eq!(seen, 2, "{}", operation.id);
        let accepted = CallOptions::default().allow_duplicates();
        let seen = requests(&http, operation, Act::reply(500, "{}"), accepted).await;
        assert_eq!(seen, 2, "{}", operation.id);
        let unknown = Act::reply(501, "{}");
        let seen = requests(&http, operation, unknown, CallOptions::default()).await;
        assert_eq!(seen, 1, "{}", operation.id);
    }
}
