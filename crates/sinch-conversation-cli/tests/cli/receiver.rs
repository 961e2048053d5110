//! A program under test: an HTTP server that notes what is posted to it.

use std::sync::mpsc::{Receiver, Sender, channel};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use sinch_conversation::webhook::{Verifier, VerifyError};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::running::SOON;

/// A request that was posted.
pub(crate) struct Posted {
    pub(crate) path: String,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The server.
pub(crate) struct Target {
    pub(crate) url: String,
    posted: Receiver<Posted>,
}

impl Target {
    /// Starts one that answers with a status and `thanks`.
    pub(crate) fn start(runtime: &Runtime, status: u16) -> Self {
        let (sender, posted) = channel();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let routes = Router::new().fallback(note).with_state((sender, status));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { url, posted }
    }

    pub(crate) fn next(&self) -> Posted {
        self.posted.recv_timeout(SOON).unwrap()
    }

    pub(crate) fn is_untouched(&self) -> bool {
        self.posted.try_recv().is_err()
    }
}

impl Posted {
    /// Whether the signature is that of this secret.
    pub(crate) fn verify(&self, secret: &str) -> Result<(), VerifyError> {
        let verifier = Verifier::new([secret]).unwrap();
        verifier.verify(&self.headers, &self.body).map(drop)
    }
}

async fn note(
    State((sender, status)): State<(Sender<Posted>, StatusCode)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let path = uri.path().to_owned();
    // The test may have ended.
    let _ = sender.send(Posted {
        path,
        headers,
        body,
    });
    (status, "thanks")
}
