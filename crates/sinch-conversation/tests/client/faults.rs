//! Every fault, for every class of calls: what comes of it, and how many requests the server saw.

use std::time::Duration;

use serde_json::json;
use sinch_conversation::error::{AuthProblem, ErrorKind, TimeLimit};
use sinch_conversation::{Client, Error, Service, Timeouts};

use crate::server::{Act, Unread, closed_port};
use crate::{always, builder, client, first, good, message_id, text};

/// A call that represents its class.
#[derive(Clone, Copy, Debug)]
enum Class {
    /// A GET: doing it twice does no harm.
    Read,
    /// A POST that creates something.
    Create,
    /// A POST that sends.
    Send,
    /// A POST that sends, by a caller who accepts duplicates.
    SendAgain,
}

impl Class {
    const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Send, Self::SendAgain];

    /// Whether the call is repeated when it may have been carried out.
    fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::SendAgain)
    }

    async fn call(self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Read => client.messages().get(message_id()).await.map(drop),
            Self::Create => client.apps().create("Reservations").await.map(drop),
            Self::Send => text(client).await.map(drop),
            Self::SendAgain => text(client).allow_duplicates().await.map(drop),
        }
    }
}

/// What a fault in the first answer leads to, when all later ones are good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Policy {
    /// Repeated, whatever the call.
    Repeat,
    /// Repeated when that does no harm.
    RepeatIfHarmless,
    /// The end.
    Final,
}

pub(crate) fn faults() -> Vec<(Act, Policy)> {
    use Policy::{Final, Repeat, RepeatIfHarmless};
    let page = "<html><body>Bad gateway</body></html>";
    let html = |status| Act::reply(status, page).with("content-type", "text/html");
    let retry_info = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0s"}]}});
    vec![
        (Act::reply(401, ""), Repeat),
        (Act::reply(401, r#"{"error": "token expired"}"#), Repeat),
        (Act::reply(429, ""), Repeat),
        (Act::reply(429, "{}").with("Retry-After", 0), Repeat),
        (
            Act::reply(429, "{}").with("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"),
            Repeat,
        ),
        (Act::reply(429, retry_info), Repeat),
        (Act::reply(503, "{}"), Repeat),
        (html(503), Repeat),
        (Act::reply(408, ""), RepeatIfHarmless),
        (Act::reply(500, "{}"), RepeatIfHarmless),
        (html(502), RepeatIfHarmless),
        (Act::reply(504, ""), RepeatIfHarmless),
        (Act::Close, RepeatIfHarmless),
        (Act::Reset, RepeatIfHarmless),
        (Act::Cut, RepeatIfHarmless),
        (Act::Garbage, RepeatIfHarmless),
        (Act::Hang, RepeatIfHarmless),
        (Act::Stall, RepeatIfHarmless),
        (html(200), Final),
        (Act::reply(200, ""), Final),
        (Act::reply(200, "[]"), Final),
        (Act::reply(200, "[".repeat(100_000)), Final),
        (endless(200), Final),
        (endless(400), Final),
        (endless(500), RepeatIfHarmless),
        (Act::Echo { status: 200 }, Final),
        (Act::Echo { status: 403 }, Final),
        (Act::reply(302, "").with("Location", "/elsewhere"), Final),
        (Act::reply(400, "{}"), Final),
        (Act::reply(403, "{}"), Final),
        (Act::reply(404, html_text()), Final),
        (Act::reply(501, "{}"), Final),
    ]
}

fn endless(status: u16) -> Act {
    Act::Endless {
        status,
        text: r#"{"messages": ["#,
    }
}

fn html_text() -> &'static str {
    "<html><body>Not found</body></html>"
}

/// Only a server that does not finish needs a client that does not wait for it, or that does not read so much.
pub(crate) fn client_for(act: &Act, url: &str) -> Client {
    match act {
        Act::Endless { .. } => builder(url).max_response_size(1 << 20).build().unwrap(),
        Act::Hang | Act::Stall => builder(url)
            .timeouts(Timeouts::default().attempt(Duration::from_secs(1)))
            .build()
            .unwrap(),
        _ => builder(url).build().unwrap(),
    }
}

#[tokio::test]
async fn one_fault_leads_to_exactly_the_requests_that_the_policy_allows() {
    for (act, policy) in faults() {
        for class in Class::ALL {
            let server = first(act.clone()).await;
            let result = class.call(&client_for(&act, &server.url)).await;
            let repeated = match policy {
                Policy::Repeat => true,
                Policy::RepeatIfHarmless => class.is_repeatable(),
                Policy::Final => false,
            };
            let requests = if repeated { 2 } else { 1 };
            assert_eq!(server.calls().len(), requests, "{class:?} {act:?}");
            assert_eq!(result.is_ok(), repeated, "{class:?} {act:?}: {result:?}");
            if let Err(error) = result {
                assert_eq!(error.attempts(), 1, "{class:?} {act:?}");
                let refused = error
                    .status()
                    .is_some_and(|status| status.is_client_error() && status != 408);
                assert_eq!(
                    error.may_have_been_processed(),
                    !refused,
                    "{class:?} {act:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_lasting_fault_ends_after_the_attempts_that_the_policy_allows() {
    for (act, policy) in faults() {
        if matches!(act, Act::Hang | Act::Stall) {
            continue;
        }
        for class in Class::ALL {
            let server = always(act.clone()).await;
            let error = class
                .call(&client_for(&act, &server.url))
                .await
                .unwrap_err();
            let requests = match (policy, error.status().map(|status| status.as_u16())) {
                // One new token, and that is refused as well.
                (_, Some(401)) => 2,
                (Policy::Repeat, _) => 4,
                (Policy::RepeatIfHarmless, _) if class.is_repeatable() => 4,
                _ => 1,
            };
            assert_eq!(server.calls().len(), requests, "{class:?} {act:?}");
            assert_eq!(error.attempts() as usize, requests, "{class:?} {act:?}");
        }
    }
}

#[tokio::test]
async fn a_reset_before_the_request_was_read_is_unclear_to_the_client() {
    let tokens = always(Act::reply(500, "")).await;
    for class in Class::ALL {
        let api = Unread::start(1, good).await;
        let client = builder(&tokens.url)
            .endpoint(Service::Conversation, &api.url)
            .build()
            .unwrap();
        let result = class.call(&client).await;
        match class.is_repeatable() {
            true => {
                result.unwrap();
                assert_eq!(api.connections(), 2, "{class:?}");
            }
            false => {
                let error = result.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Disconnected));
                assert!(error.may_have_been_processed());
                assert_eq!((error.attempts(), api.connections()), (1, 1), "{class:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_whatever_the_call() {
    let tokens = always(Act::reply(500, "")).await;
    for class in Class::ALL {
        let client = builder(&tokens.url)
            .endpoint(Service::Conversation, closed_port().await)
            .build()
            .unwrap();
        let error = class.call(&client).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect), "{error:?}");
        assert_eq!(error.attempts(), 4, "{class:?}");
        assert!(!error.may_have_been_processed());
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_whatever_the_call() {
    for class in Class::ALL {
        let api = always(Act::reply(200, "{}")).await;
        let client = builder(&api.url)
            .endpoint(Service::Auth, closed_port().await)
            .build()
            .unwrap();
        let error = class.call(&client).await.unwrap_err();
        match error.kind() {
            ErrorKind::Auth(auth) => assert_eq!(auth.problem, AuthProblem::Unreachable),
            other => panic!("{other:?}"),
        }
        assert_eq!((error.attempts(), api.seen().len()), (0, 0), "{class:?}");
    }
}

#[tokio::test]
async fn the_error_of_a_fault_names_its_kind() {
    let kind = async |act: Act| {
        let server = always(act.clone()).await;
        let error = text(&client_for(&act, &server.url)).await.unwrap_err();
        error.kind().clone()
    };
    for act in [Act::Close, Act::Reset, Act::Cut, Act::Garbage] {
        assert!(
            matches!(kind(act.clone()).await, ErrorKind::Disconnected),
            "{act:?}"
        );
    }
    for act in [Act::Hang, Act::Stall] {
        assert!(
            matches!(
                kind(act.clone()).await,
                ErrorKind::Timeout(TimeLimit::Attempt)
            ),
            "{act:?}"
        );
    }
    let page = Act::reply(200, html_text()).with("content-type", "text/html");
    assert!(matches!(kind(page).await, ErrorKind::Decode(_)));
    assert!(matches!(kind(Act::reply(501, "")).await, ErrorKind::Api(_)));
}

#[tokio::test]
async fn a_pause_named_in_the_details_counts_like_the_header() {
    let details = json!({"error": {"details": [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3600s"}]}});
    for status in [429, 503] {
        let server = always(Act::reply(status, &details)).await;
        let error = text(&client(&server)).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
        assert_eq!((error.attempts(), server.calls().len()), (1, 1));
    }
}
