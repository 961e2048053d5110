//! Settings for single calls and for the connections.

use std::time::Duration;

use sinch_conversation::client::http_defaults;
use sinch_conversation::error::{ErrorKind, TimeLimit};
use sinch_conversation::{CallOptions, Client, Error, RetryPolicy, raw};

use crate::server::{Act, Server};
use crate::{always, builder, client, first, good, message_id, text};

const AGENT: &str = concat!("sinch-conversation-rust/", env!("CARGO_PKG_VERSION"));

fn options() -> CallOptions {
    CallOptions::default()
}

async fn read(client: &Client) -> Result<(), Error> {
    client.messages().get(message_id()).await.map(drop)
}

#[tokio::test]
async fn any_call_can_be_made_with_another_retry_policy() {
    let server = always(Act::reply(503, "{}")).await;
    let client = client(&server);
    let once = client.with_options(options().retry(RetryPolicy::never()));
    assert_eq!(read(&once).await.unwrap_err().attempts(), 1);
    assert_eq!(text(&once).await.unwrap_err().attempts(), 1);
    let list = once.messages().list().page().await;
    assert_eq!(list.unwrap_err().attempts(), 1);
    assert_eq!(read(&client).await.unwrap_err().attempts(), 4);
}

#[tokio::test]
async fn any_call_can_be_made_with_other_time_limits() {
    let limit = |error: Error| match error.kind() {
        ErrorKind::Timeout(limit) => *limit,
        other => panic!("{other:?}"),
    };
    let server = always(Act::Hang).await;
    let client = client(&server);
    let soon = Duration::from_millis(300);
    let short = client.with_options(options().timeout(soon));
    assert_eq!(limit(read(&short).await.unwrap_err()), TimeLimit::Call);
    let short = client.with_options(options().attempt_timeout(soon).retry(RetryPolicy::never()));
    assert_eq!(limit(read(&short).await.unwrap_err()), TimeLimit::Attempt);
}

#[tokio::test]
async fn any_call_can_accept_duplicates() {
    let server = first(Act::reply(500, "{}")).await;
    let client = client(&server).with_options(options().allow_duplicates());
    client.apps().create("Reservations").await.unwrap();
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn options_add_up_and_the_nearest_counts() {
    let server = Server::start(|request, number| match number {
        _ if request.is_token() => good(&request.path),
        0..3 => Act::reply(500, "{}"),
        _ => Act::Hang,
    })
    .await;
    let client = client(&server)
        .with_options(options().allow_duplicates().retry(RetryPolicy::never()))
        .with_options(options().retry(crate::at_once().max_attempts(3)));
    assert_eq!(text(&client).await.unwrap_err().attempts(), 3);
    let hasty = text(&client).timeout(Duration::ZERO).await.unwrap_err();
    assert!(matches!(hasty.kind(), ErrorKind::Timeout(TimeLimit::Call)));
}

#[tokio::test]
async fn a_header_of_the_caller_goes_out_with_each_attempt_of_every_call() {
    let server = Server::start(|request, number| match number {
        _ if request.is_token() => good(&request.path),
        0 => Act::reply(503, "{}"),
        _ => good(&request.path),
    })
    .await;
    let traced = options().header("traceparent", "outer").unwrap();
    let traced = traced.header("x-tenant", "blue").unwrap();
    let client = client(&server).with_options(traced);
    let inner = client.with_options(options().header("Traceparent", "inner").unwrap());
    text(&client).await.unwrap();
    read(&inner).await.unwrap();
    let request = raw::conversation::messages_get_message("the-project", "01M", None);
    inner.execute(request).await.unwrap();
    let seen: Vec<_> = server
        .calls()
        .iter()
        .map(|call| ["traceparent", "x-tenant"].map(|name| call.header(name).unwrap().to_owned()))
        .collect();
    // Each path fails once.
    let (outer, inner) = (["outer", "blue"], ["inner", "blue"]);
    assert_eq!(seen, [outer, outer, inner, inner, inner, inner]);
    let tokens = server
        .seen()
        .into_iter()
        .filter(|request| request.is_token());
    for request in tokens {
        assert_eq!(request.header("traceparent"), None);
    }
}

#[test]
fn a_header_that_is_not_the_callers_to_set_is_refused() {
    for name in [
        "Authorization",
        "proxy-authorization",
        "HOST",
        "Content-Type",
        "content-length",
        "Transfer-Encoding",
        "connection",
        "accept",
        "Accept-Encoding",
        "user-agent",
        "If-None-Match",
    ] {
        let error = options().header(name, "hush").unwrap_err();
        let shown = format!("{error} {error:?}");
        assert_eq!(
            error.violations()[0].field,
            format!("header {}", name.to_lowercase())
        );
        assert!(
            shown.contains("left out") && !shown.contains("hush"),
            "{shown}"
        );
    }
    for (name, value) in [("a b", "x"), ("", "x"), ("x-a", "hush\r\nhost: b")] {
        let error = options().header(name, value).unwrap_err();
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn a_client_with_options_shares_the_token() {
    let server = Server::start(|request, _| good(&request.path)).await;
    let client = client(&server);
    read(&client).await.unwrap();
    read(&client.with_options(options().retry(RetryPolicy::never())))
        .await
        .unwrap();
    assert_eq!((server.tokens(), server.calls().len()), (1, 2));
}

#[tokio::test]
async fn every_request_names_the_client() {
    for (name, expected) in [
        (None, AGENT.to_owned()),
        (Some("tables/1.2"), format!("{AGENT} tables/1.2")),
        (Some(""), AGENT.to_owned()),
    ] {
        let server = Server::start(|request, _| good(&request.path)).await;
        let builder = builder(&server.url);
        let builder = match name {
            Some(name) => builder.user_agent(name),
            None => builder,
        };
        read(&builder.build().unwrap()).await.unwrap();
        let agents: Vec<_> = server
            .seen()
            .iter()
            .map(|request| request.header("user-agent").map(str::to_owned))
            .collect();
        assert_eq!(agents, [Some(expected.clone()), Some(expected)]);
    }
}

#[test]
fn a_name_that_no_header_can_hold_is_refused() {
    let error = builder("http://127.0.0.1:9").user_agent("a\nb").build();
    assert_eq!(error.unwrap_err().violations()[0].field, "user_agent");
}

#[tokio::test]
async fn every_request_goes_through_the_given_http_client() {
    let server = Server::start(|request, _| good(&request.path)).await;
    let mut headers = http::HeaderMap::new();
    headers.insert("x-gateway", "the gateway".parse().unwrap());
    let http = http_defaults().default_headers(headers).build().unwrap();
    let client = builder(&server.url).http_client(http).build().unwrap();
    text(&client).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for request in seen {
        assert_eq!(request.header("x-gateway"), Some("the gateway"));
        assert_eq!(request.header("user-agent"), Some(AGENT));
    }
}

#[tokio::test]
async fn requests_go_through_a_proxy() {
    // To a proxy the whole address is said, not only the path.
    let proxy = Server::start(|request, _| good(&request.path)).await;
    let http = http_defaults()
        .proxy(sinch_conversation::reqwest::Proxy::all(&proxy.url).unwrap())
        .build()
        .unwrap();
    let client = builder("http://127.0.0.1:9")
        .basic_auth("the-key", "the-secret")
        .http_client(http)
        .build()
        .unwrap();
    text(&client).await.unwrap();
    assert_eq!(
        proxy.seen()[0].path,
        "http://127.0.0.1:9/v1/projects/the-project/messages:send"
    );
}

#[tokio::test]
async fn the_defaults_for_connections_do_not_follow_redirects() {
    let server = always(Act::reply(307, "").with("Location", "/elsewhere")).await;
    let client = builder(&server.url)
        .http_client(http_defaults().build().unwrap())
        .build()
        .unwrap();
    assert_eq!(text(&client).await.unwrap_err().status().unwrap(), 307);
    assert_eq!(server.calls().len(), 1);
}
