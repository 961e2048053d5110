//! One request and its whole answer.

use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::Failure;

/// The most that is read of an answer that is not a success, and of one that holds a token, in bytes.
pub(crate) const SMALL_BODY: usize = 64 << 10;

/// A complete answer. The body of an error that is longer than [`SMALL_BODY`] is left out.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// No complete answer.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeError {
    pub(crate) failure: Failure,
    /// The cause, without the address; `None` when it was a limit of this client.
    pub(crate) source: Option<Arc<reqwest::Error>>,
}

/// Sends the request and reads the answer to its end, until the time is over. Of a success at most `largest` bytes
/// are read.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    end: Instant,
    largest: usize,
) -> Result<Answer, ExchangeError> {
    let read = pin!(read(client, request, largest));
    match tokio::time::timeout_at(end, read).await {
        Ok(answer) => answer,
        Err(_) => Err(ExchangeError::limit(Failure::Timeout)),
    }
}

async fn read(
    client: &reqwest::Client,
    request: reqwest::Request,
    largest: usize,
) -> Result<Answer, ExchangeError> {
    let mut response = client.execute(request).await?;
    let status = response.status();
    let body = match status.is_success() {
        true => body(&mut response, largest)
            .await?
            .ok_or_else(|| ExchangeError::limit(Failure::TooLarge))?,
        // The status says enough, and half of a JSON document says nothing.
        false => body(&mut response, SMALL_BODY).await?.unwrap_or_default(),
    };
    let headers = std::mem::take(response.headers_mut());
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// The body; `None`, without reading on, when it is longer than `largest` bytes.
async fn body(response: &mut reqwest::Response, largest: usize) -> reqwest::Result<Option<Bytes>> {
    let announced = response.content_length();
    if announced.is_some_and(|length| length > largest as u64) {
        return Ok(None);
    }
    // Most bodies come in one piece, which needs no copy.
    let (mut piece, mut body) = (Bytes::new(), BytesMut::new());
    while let Some(chunk) = response.chunk().await? {
        if piece.len() + body.len() + chunk.len() > largest {
            return Ok(None);
        }
        body.extend_from_slice(&piece);
        piece = chunk;
    }
    if body.is_empty() {
        return Ok(Some(piece));
    }
    body.extend_from_slice(&piece);
    Ok(Some(body.freeze()))
}

impl ExchangeError {
    /// The time was over, or the answer too long.
    fn limit(failure: Failure) -> Self {
        Self {
            failure,
            source: None,
        }
    }
}

impl From<reqwest::Error> for ExchangeError {
    fn from(error: reqwest::Error) -> Self {
        let failure = if error.is_connect() {
            Failure::Connect
        } else if error.is_timeout() {
            Failure::Timeout
        } else {
            Failure::Disconnected
        };
        // The address holds ids and query values.
        Self {
            failure,
            source: Some(Arc::new(error.without_url())),
        }
    }
}
