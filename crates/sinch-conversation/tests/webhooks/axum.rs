//! The extractor over real sockets: who gets which status, and what the handler gets to see.

use std::num::NonZeroUsize;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::routing::post;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sinch_conversation::webhook::{MemoryEvents, Receiver, VerifiedEvent, Verifier};
use tokio::net::TcpListener;

use crate::server::{GOOD, Server, client, exchange, request, server, verifier};

const NAMES: [&str; 4] = [
    "x-sinch-webhook-signature",
    "x-sinch-webhook-signature-nonce",
    "x-sinch-webhook-signature-timestamp",
    "x-sinch-webhook-signature-algorithm",
];
#[tokio::test]
async fn a_good_callback_reaches_the_handler_as_it_came() {
    let mut server = server().await;
    let headers = verifier().sign_for_test(GOOD);
    assert_eq!(server.post(headers, GOOD).await, 202);
    let sent: Value = serde_json::from_slice(GOOD).unwrap();
    assert_eq!(server.seen(), [sent]);
}

#[tokio::test]
async fn a_kind_of_tomorrow_is_an_event() {
    let mut server = server().await;
    let body = json!({"app_id": "a", "project_id": "p", "of_tomorrow": {"x": [1]}});
    let bytes = body.to_string().into_bytes();
    let headers = verifier().sign_for_test(&bytes);
    assert_eq!(server.post(headers, &bytes).await, 202);
    assert_eq!(server.seen(), [body]);
}

#[tokio::test]
async fn a_receiver_alone_is_state_enough() {
    let router = Router::new()
        .route(
            "/",
            post(|event: VerifiedEvent| async move { event.signed().nonce.clone() }),
        )
        .with_state(Receiver::new(verifier()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let headers = verifier().sign_for_test_at(GOOD, "nonce-7", SystemTime::now());
    let request = client().post(url).headers(headers).body(GOOD);
    let response = request.send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "nonce-7");
}

#[tokio::test]
async fn a_wrong_secret_is_401() {
    let mut server = server().await;
    let headers = Verifier::new(["other"]).unwrap().sign_for_test(GOOD);
    assert_eq!(server.post(headers, GOOD).await, 401);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn both_secrets_are_good_while_one_replaces_the_other() {
    let both = Verifier::new(["new", "hush"]).unwrap();
    let server = Server::start(Receiver::new(both)).await;
    for secret in ["hush", "new"] {
        let headers = Verifier::new([secret]).unwrap().sign_for_test(GOOD);
        assert_eq!(server.post(headers, GOOD).await, 202, "{secret}");
    }
}

#[tokio::test]
async fn a_changed_body_is_401_even_when_it_is_the_same_json() {
    let mut server = server().await;
    let headers = verifier().sign_for_test(GOOD);
    let value: Value = serde_json::from_slice(GOOD).unwrap();
    let rewritten = value.to_string().into_bytes();
    assert_eq!(server.post(headers, &rewritten).await, 401);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_replayed_callback_is_200_and_not_handled_again() {
    let mut server = server().await;
    let headers = verifier().sign_for_test(GOOD);
    assert_eq!(server.post(headers.clone(), GOOD).await, 202);
    assert_eq!(server.post(headers.clone(), GOOD).await, 200);
    assert_eq!(server.post(headers, GOOD).await, 200);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_event_that_is_delivered_again_is_200_and_not_handled_again() {
    let mut server = server().await;
    let body = br#"{"app_id": "a", "project_id": "p", "message": {"id": "01M"}}"#;
    assert_eq!(server.post(verifier().sign_for_test(body), body).await, 202);
    // Another nonce each time.
    assert_eq!(server.post(verifier().sign_for_test(body), body).await, 200);
    let other = br#"{"app_id": "a", "project_id": "p", "message": {"id": "02M"}}"#;
    assert_eq!(
        server.post(verifier().sign_for_test(other), other).await,
        202
    );
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn of_many_at_once_with_the_same_nonce_one_is_handled() {
    let mut server = server().await;
    let headers = verifier().sign_for_test(GOOD);
    let answers = (0..20).map(|_| server.post(headers.clone(), GOOD));
    let statuses = futures_util::future::join_all(answers).await;
    let accepted = statuses.iter().filter(|status| **status == 202);
    assert_eq!(accepted.count(), 1, "{statuses:?}");
    // 503 while the first is being handled.
    assert!(
        statuses
            .iter()
            .all(|status| [200, 202, 503].contains(status))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_the_handler_abandoned_can_come_again() {
    let mut server = server().await;
    let body = br#"{"app_id": "a", "project_id": "p", "correlation_id": "busy", "message": {}}"#;
    let headers = verifier().sign_for_test(body);
    assert_eq!(server.post(headers.clone(), body).await, 503);
    assert_eq!(server.post(headers, body).await, 503);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn another_time_than_now_is_401() {
    let mut server = server().await;
    let hour = Duration::from_secs(3600);
    for (nonce, at) in [
        ("old", SystemTime::now() - hour),
        ("early", SystemTime::now() + hour),
    ] {
        let headers = verifier().sign_for_test_at(GOOD, nonce, at);
        assert_eq!(server.post(headers, GOOD).await, 401, "{nonce}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_missing_header_is_401() {
    let mut server = server().await;
    assert_eq!(server.post(HeaderMap::new(), GOOD).await, 401);
    for name in NAMES {
        let mut headers = verifier().sign_for_test(GOOD);
        headers.remove(name);
        assert_eq!(server.post(headers, GOOD).await, 401, "{name}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_header_that_is_not_text_is_401() {
    let mut server = server().await;
    for name in NAMES {
        let mut headers = verifier().sign_for_test(GOOD);
        headers.insert(name, HeaderValue::from_bytes(b"\xff\xfe\x80").unwrap());
        assert_eq!(server.post(headers, GOOD).await, 401, "{name}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_signed_body_that_is_not_json_is_400_and_can_come_again() {
    let mut server = server().await;
    for body in [b"{\"app_id\"".as_slice(), b"", b"\xff\xfe", b"{} {}"] {
        let headers = verifier().sign_for_test(body);
        assert_eq!(server.post(headers.clone(), body).await, 400);
        assert_eq!(server.post(headers, body).await, 400);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let receiver = Receiver::new(verifier()).body_limit(GOOD.len());
    let mut server = Server::start(receiver).await;
    let longer = [GOOD, b" "].concat();
    let headers = verifier().sign_for_test(&longer);
    assert_eq!(server.post(headers, &longer).await, 413);
    assert!(server.seen().is_empty());
    let headers = verifier().sign_for_test(GOOD);
    assert_eq!(server.post(headers, GOOD).await, 202);
}

#[tokio::test]
async fn the_limit_is_one_mebibyte_unless_set() {
    let server = server().await;
    let mut body = GOOD.to_vec();
    body.resize(1024 * 1024, b' ');
    let headers = verifier().sign_for_test(&body);
    assert_eq!(server.post(headers, &body).await, 202);
    let announced = request(
        &verifier().sign_for_test(b""),
        "content-length: 1048577",
        b"",
    );
    assert_eq!(exchange(&server.address, &announced).await, "413");
}

#[tokio::test]
async fn a_body_that_announces_no_length_is_counted() {
    let receiver = Receiver::new(verifier()).body_limit(8);
    let server = Server::start(receiver).await;
    let forged = Verifier::new(["other"]).unwrap().sign_for_test(b"");
    let chunked = |body| request(&forged, "transfer-encoding: chunked", body);
    let short = chunked(b"4\r\n1234\r\n0\r\n\r\n");
    assert_eq!(exchange(&server.address, &short).await, "401");
    let long = chunked(b"4\r\n1234\r\n5\r\n12345\r\n");
    assert_eq!(exchange(&server.address, &long).await, "413");
}

#[tokio::test]
async fn a_full_store_is_503_and_the_callback_is_not_handled() {
    let events = MemoryEvents::new().capacity(NonZeroUsize::MIN);
    let receiver = Receiver::new(verifier()).events(events.clone());
    let mut server = Server::start(receiver).await;
    let first = verifier().sign_for_test(GOOD);
    assert_eq!(server.post(first.clone(), GOOD).await, 202);
    let second = verifier().sign_for_test(GOOD);
    assert_eq!(server.post(second, GOOD).await, 503);
    assert_eq!(server.post(first, GOOD).await, 200);
    assert_eq!((server.seen().len(), events.len()), (1, 1));
}
