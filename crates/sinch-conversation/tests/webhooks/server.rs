//! A receiver behind axum on a real socket, and ways to talk to it.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use http::HeaderMap;
use serde_json::Value;
use sinch_conversation::webhook::{Event, Receiver, VerifiedEvent, Verifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Without an id, so that only the same nonce makes it the same event.
pub(crate) const GOOD: &[u8] = br#"{"app_id": "01A", "project_id": "p", "message_delivery_report":
    {"message_id": "", "status": "DELIVERED"}}"#;

#[derive(Clone)]
struct Desk {
    receiver: Receiver,
    seen: UnboundedSender<Event>,
}

impl FromRef<Desk> for Receiver {
    fn from_ref(desk: &Desk) -> Self {
        desk.receiver.clone()
    }
}

/// A receiver on a port of its own. An event that says `"busy"` cannot be processed.
pub(crate) struct Server {
    client: reqwest::Client,
    pub(crate) address: String,
    events: UnboundedReceiver<Event>,
}

async fn take_in(State(desk): State<Desk>, event: VerifiedEvent) -> StatusCode {
    desk.seen.send(event.event().clone()).unwrap();
    if event.event().correlation_id() == Some("busy") {
        event.abandon().await.unwrap();
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    event.done().await.unwrap();
    StatusCode::ACCEPTED
}

impl Server {
    pub(crate) async fn start(receiver: Receiver) -> Self {
        let (seen, events) = unbounded_channel();
        let router = Router::new()
            .route("/sinch", post(take_in))
            .with_state(Desk { receiver, seen });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            client: client(),
            address,
            events,
        }
    }

    /// The status; the answer to what is refused is empty.
    pub(crate) async fn post(&self, headers: HeaderMap, body: &[u8]) -> u16 {
        let request = self
            .client
            .post(format!("http://{}/sinch", self.address))
            .headers(headers)
            .body(body.to_vec());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.text().await.unwrap(), "");
        status
    }

    /// What the handler has seen, in all.
    pub(crate) fn seen(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.events.try_recv().ok())
            .map(|event| event.raw().clone())
            .collect()
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(["hush"]).unwrap()
}

pub(crate) async fn server() -> Server {
    Server::start(Receiver::new(verifier())).await
}

/// A request as bytes, with the headers of a signature and one more.
pub(crate) fn request(signature: &HeaderMap, header: &str, body: &[u8]) -> Vec<u8> {
    let mut head = format!("POST /sinch HTTP/1.1\r\nhost: desk\r\n{header}\r\n");
    for (name, value) in signature {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// Sends the bytes and returns the status of the response.
pub(crate) async fn exchange(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[9..]).into_owned()
}
