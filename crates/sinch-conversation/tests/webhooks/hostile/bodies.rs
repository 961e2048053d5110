//! Bodies that come slowly, that are large, or that nobody should wait for.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use sinch_conversation::webhook::{Receiver, Verifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{GOOD, Server, exchange, request, verifier};

/// Longer than any of these tests takes; a receiver that waits for it is noticed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Headers of the right form, as anybody can write them.
fn forged() -> HeaderMap {
    Verifier::new(["other"]).unwrap().sign_for_test(GOOD)
}

async fn status(address: &str, request: &[u8]) -> String {
    let exchange = exchange(address, request);
    tokio::time::timeout(PATIENCE, exchange)
        .await
        .expect("an answer")
}

/// Sends the start of a callback and keeps the connection.
async fn begin(server: &Server, headers: &HeaderMap, length: usize, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let announced = format!("content-length: {length}\r\nexpect: 100-continue");
    stream
        .write_all(&request(headers, &announced, b""))
        .await
        .unwrap();
    assert_eq!(answer(&mut stream).await, "100");
    stream.write_all(body).await.unwrap();
    stream
}

/// The status of the next answer, read to the end of its head.
async fn answer(stream: &mut TcpStream) -> String {
    let read = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8_lossy(&head[9..12]).into_owned()
    };
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("an answer")
}

#[tokio::test]
async fn what_the_headers_tell_is_answered_without_the_body() {
    let receiver = Receiver::new(verifier()).body_timeout(2 * PATIENCE);
    let mut server = Server::start(receiver).await;
    let hour = Duration::from_secs(3600);
    let signed = |at| verifier().sign_for_test_at(GOOD, "n", at);
    let changed = |name: &'static str, value: &'static str| {
        let mut headers = signed(SystemTime::now());
        headers.insert(name, value.parse().unwrap());
        headers
    };
    for (what, headers) in [
        ("no signature", HeaderMap::new()),
        ("old", signed(SystemTime::now() - hour)),
        ("early", signed(SystemTime::now() + hour)),
        (
            "another algorithm",
            changed("x-sinch-webhook-signature-algorithm", "none"),
        ),
        ("not base64", changed("x-sinch-webhook-signature", "!")),
        ("too short", changed("x-sinch-webhook-signature", "AAAA")),
        (
            "no time",
            changed("x-sinch-webhook-signature-timestamp", "soon"),
        ),
    ] {
        let unsent = request(&headers, "content-length: 100000", b"");
        assert_eq!(status(&server.address, &unsent).await, "401", "{what}");
    }
    let unsent = request(&forged(), "content-length: 10000000", b"");
    assert_eq!(status(&server.address, &unsent).await, "413");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let receiver = Receiver::new(verifier()).body_timeout(Duration::from_millis(50));
    let server = Server::start(receiver).await;
    for sent in [b"".as_slice(), b"{\"app_id\""] {
        let mut stream = begin(&server, &forged(), 1000, sent).await;
        assert_eq!(answer(&mut stream).await, "503");
    }
}

#[tokio::test]
async fn a_body_that_comes_in_pieces_is_read() {
    let mut server = Server::start(Receiver::new(verifier())).await;
    let mut stream = begin(&server, &verifier().sign_for_test(GOOD), GOOD.len(), b"").await;
    for byte in GOOD {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(answer(&mut stream).await, "202");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn bodies_share_one_budget_which_comes_back() {
    let budget = GOOD.len() + 10;
    let receiver = Receiver::new(verifier())
        .body_timeout(2 * PATIENCE)
        .body_memory(budget);
    let mut server = Server::start(receiver).await;
    let address = server.address.clone();
    let post = async || {
        let good = verifier().sign_for_test(GOOD);
        let whole = request(&good, &format!("content-length: {}", GOOD.len()), GOOD);
        status(&address, &whole).await
    };
    // What the holders send, and that they are gone, reaches the receiver in its own time.
    let until = async |expected: &str| {
        let posts = async { while post().await != expected {} };
        let posts = tokio::time::timeout(PATIENCE, posts).await;
        posts.unwrap_or_else(|_| panic!("never {expected}"));
    };

    let mut holders = Vec::new();
    for _ in 0..4 {
        holders.push(begin(&server, &forged(), 100, b"123456").await);
    }
    // Two of them are more than what a callback leaves.
    until("503").await;
    drop(holders);
    until("202").await;

    server.seen();
    let larger = [GOOD, b"           "].concat();
    let headers = verifier().sign_for_test(&larger);
    assert_eq!(server.post(headers, &larger).await, 503);
    assert!(server.seen().is_empty());
    assert_eq!(post().await, "202");
}

/// Otherwise the nonces of requests that began in time and ended late would be forgotten.
#[tokio::test]
async fn the_window_is_looked_at_again_when_the_body_is_there() {
    let verifier = verifier().window(Duration::ZERO);
    let mut server = Server::start(Receiver::new(verifier.clone())).await;
    let second = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs()
    };
    let (mut stream, signed) = loop {
        let now = SystemTime::now();
        let headers = verifier.sign_for_test_at(GOOD, "n", now);
        let announced = format!("content-length: {}\r\nexpect: 100-continue", GOOD.len());
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream
            .write_all(&request(&headers, &announced, b""))
            .await
            .unwrap();
        // A second may end between signing and looking.
        if answer(&mut stream).await == "100" {
            break (stream, second(now));
        }
    };
    while second(SystemTime::now()) == signed {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stream.write_all(GOOD).await.unwrap();
    assert_eq!(answer(&mut stream).await, "401");
    assert!(server.seen().is_empty());
}
