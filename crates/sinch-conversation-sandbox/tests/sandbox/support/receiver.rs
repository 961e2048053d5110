//! A receiver of callbacks with programmable responses.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::watch;

use super::SOON;

/// A received callback.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub raw: Bytes,
    /// The status of the response.
    pub answered: u16,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn is_signed(&self) -> bool {
        self.headers
            .keys()
            .any(|name| name.as_str().starts_with("x-sinch-webhook-signature"))
    }

    /// Computes the signature as a receiver does, and compares.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let mut data = self.raw.to_vec();
        for part in ["-nonce", "-timestamp"] {
            data.push(b'.');
            data.extend_from_slice(
                self.header(&format!("x-sinch-webhook-signature{part}"))
                    .as_bytes(),
            );
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(&data);
        let expected = STANDARD.encode(mac.finalize().into_bytes());
        self.header("x-sinch-webhook-signature-algorithm") == "HmacSHA256"
            && self.header("x-sinch-webhook-signature") == expected
    }
}

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<u16>>,
    count: watch::Sender<usize>,
}

/// A server that keeps what is posted to it. It responds with 200, unless other statuses are set.
pub struct Receiver {
    shared: Arc<Shared>,
    pub url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/callbacks", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let app = Router::new().fallback(keep).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { shared, url, task }
    }

    /// Sets the statuses of the next responses.
    pub fn answer_next(&self, statuses: impl IntoIterator<Item = u16>) {
        self.shared.answers.lock().unwrap().extend(statuses);
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Waits for this many callbacks and returns all of them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut counted = self.shared.count.subscribe();
        let waited = tokio::time::timeout(SOON, counted.wait_for(|found| *found >= count)).await;
        assert!(
            waited.is_ok(),
            "waited for {count} callbacks, got {:#?}",
            self.bodies()
        );
        self.received()
    }

    /// Returns the bodies so far.
    pub fn bodies(&self) -> Vec<Value> {
        self.received().iter().map(Received::json).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    raw: Bytes,
) -> StatusCode {
    let answered = shared.answers.lock().unwrap().pop_front().unwrap_or(200);
    let path = uri.path().to_owned();
    shared.received.lock().unwrap().push(Received {
        path,
        headers,
        raw,
        answered,
    });
    shared.count.send_modify(|count| *count += 1);
    StatusCode::from_u16(answered).unwrap()
}
