//! A request whose body is read on demand, so a request that is refused for another reason gets its response before
//! `100 Continue`.

use axum::body::{Body, HttpBody};
use axum::http::HeaderValue;
use axum::http::request::Parts;

use super::body::{self, Announced, Bodies, Received};
use crate::api::error::ApiError;

pub(crate) struct Incoming {
    pub(crate) parts: Parts,
    body: Option<Body>,
    preloaded: Option<Result<Received, ApiError>>,
    /// Whether the client may still be sending a body.
    is_open: bool,
}

impl Incoming {
    pub(crate) fn new(parts: Parts, body: Body) -> Self {
        Self {
            is_open: body::is_large(&parts.headers),
            parts,
            body: Some(body),
            preloaded: None,
        }
    }

    /// Returns the normalised path.
    pub(crate) fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// Returns whether there is a body, as far as the headers tell.
    pub(crate) fn has_body(&self) -> bool {
        self.body.as_ref().is_some_and(|body| !body.is_end_stream())
    }

    /// Reads the body, unless the headers rule it out. It can be read once.
    pub(crate) async fn read(&mut self, bodies: &Bodies) -> Result<Received, ApiError> {
        if let Some(preloaded) = self.preloaded.take() {
            return preloaded;
        }
        let announced = Announced::by(&self.parts.headers)?;
        let body = self.body.take().unwrap_or_default();
        let received = bodies.read(announced, body).await?;
        self.is_open = false;
        Ok(received)
    }

    /// Reads the body ahead of [`read`](Self::read), and returns what arrived.
    pub(crate) async fn preload(&mut self, bodies: &Bodies) -> &[u8] {
        let read = self.read(bodies).await;
        match self.preloaded.insert(read) {
            Ok(received) => &received.bytes,
            Err(_) => &[],
        }
    }

    /// Returns the value of `connection` in the response: after a body that was not read, the client must not reuse the
    /// connection.
    pub(crate) fn farewell(&self) -> Option<HeaderValue> {
        self.is_open.then(|| HeaderValue::from_static("close"))
    }
}
