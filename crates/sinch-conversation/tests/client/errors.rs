//! What an error tells: which kind it is, and why there was no connection.

use std::time::Duration;

use sinch_conversation::client::http_defaults;
use sinch_conversation::reqwest::Proxy;
use sinch_conversation::{CallOptions, Client, Error, RetryPolicy, Service};

#[cfg(feature = "rustls")]
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::server::{Act, Server, closed_port};
use crate::{always, builder, client, good, text};

/// Not found, rate limited, time limit, connection, argument.
fn kinds(error: &Error) -> [bool; 5] {
    [
        error.is_not_found(),
        error.is_rate_limited(),
        error.is_timeout(),
        error.is_connect(),
        error.is_invalid_argument(),
    ]
}

#[tokio::test]
async fn each_kind_of_error_is_known_by_one_question() {
    let once = || CallOptions::default().retry(RetryPolicy::never());
    let mut errors = Vec::new();
    for status in [404, 429] {
        let server = always(Act::reply(status, "{}")).await;
        errors.push(
            text(&client(&server))
                .with_options(once())
                .await
                .unwrap_err(),
        );
    }
    let slow = always(Act::Hang).await;
    let soon = once().attempt_timeout(Duration::from_millis(50));
    errors.push(text(&client(&slow)).with_options(soon).await.unwrap_err());
    let nowhere = builder(&slow.url).endpoint(Service::Conversation, closed_port().await);
    errors.push(text(&nowhere.build().unwrap()).await.unwrap_err());
    let empty = client(&slow)
        .messages()
        .update_metadata(crate::message_id(), "x".repeat(2000));
    errors.push(empty.await.unwrap_err());
    for (place, error) in errors.iter().enumerate() {
        let expected = std::array::from_fn(|kind| kind == place);
        assert_eq!(kinds(error), expected, "{error}");
    }

    let busy = Server::start(|_, _| Act::reply(429, "").with("Retry-After", 3600)).await;
    let error = text(&client(&busy)).await.unwrap_err();
    assert!(
        error.is_rate_limited() && error.retry_after().is_some(),
        "{error}"
    );
}

async fn unconnected(url: &str) -> String {
    let tokens = Server::start(|request, _| good(&request.path)).await;
    let client = builder(&tokens.url)
        .danger_allow_http_host("nowhere.invalid")
        .endpoint(Service::Conversation, url)
        .retry(RetryPolicy::never());
    let error = text(&client.build().unwrap()).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let shown = error.to_string();
    let cause = shown.strip_prefix("Messages_SendMessage: no connection to the API: ");
    cause.unwrap_or_else(|| panic!("{shown}")).to_owned()
}

#[tokio::test]
async fn a_failed_connection_says_why() {
    let refused = unconnected(&closed_port().await).await;
    assert!(refused.contains("refused"), "{refused}");
    let unknown = unconnected("http://nowhere.invalid").await;
    assert!(unknown.contains("dns error"), "{unknown}");
    assert!(!unknown.contains("client error"), "{unknown}");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_failed_handshake_says_why() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let cause = unconnected(&format!("https://{address}")).await;
    plain.abort();
    assert!(cause.contains("InvalidContentType"), "{cause}");
}

#[tokio::test]
async fn a_token_host_that_cannot_be_reached_says_why() {
    let client = builder("http://127.0.0.1:9").endpoint(Service::Auth, closed_port().await);
    let error = text(&client.build().unwrap()).await.unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.contains("the token host could not be reached or failed: "),
        "{shown}"
    );
    assert!(shown.contains("refused"), "{shown}");
}

#[tokio::test]
async fn the_password_of_a_proxy_is_not_shown() {
    let proxy = closed_port()
        .await
        .replace("http://", "http://someone:hush@");
    let http = http_defaults().proxy(Proxy::all(&proxy).unwrap());
    let client: Client = builder("http://127.0.0.1:9")
        .basic_auth("the-key", "the-secret")
        .http_client(http.build().unwrap())
        .build()
        .unwrap();
    let error = text(&client).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(
        !shown.contains("hush") && !shown.contains("someone"),
        "{shown}"
    );
}
