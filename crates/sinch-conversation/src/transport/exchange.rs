//! One request and its whole response.

use std::future::Future;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use super::{AttemptError, AttemptResponse, Failure};

/// The most that is read of a response that is not a success, and of one that holds a token, in bytes.
pub(crate) const SMALL_BODY: usize = 64 << 10;

/// Sends the request and reads the response to its end, until the time is over. Of a success at most `largest` bytes
/// are read.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    end: Instant,
    largest: usize,
) -> Result<AttemptResponse, AttemptError> {
    within(end, pin!(send(client, request, largest))).await
}

/// The result of an attempt, or [`Failure::Timeout`] when the time is over before.
pub(super) async fn within(
    end: Instant,
    attempt: impl Future<Output = Result<AttemptResponse, AttemptError>>,
) -> Result<AttemptResponse, AttemptError> {
    match tokio::time::timeout_at(end, attempt).await {
        Ok(result) => result,
        Err(_) => Err(AttemptError::of(Failure::Timeout)),
    }
}

/// As [`exchange`], without an end.
pub(super) async fn send(
    client: &reqwest::Client,
    request: reqwest::Request,
    largest: usize,
) -> Result<AttemptResponse, AttemptError> {
    let mut response = client.execute(request).await?;
    let status = response.status();
    let body = match status.is_success() {
        true => body(&mut response, largest)
            .await?
            .ok_or_else(|| AttemptError::of(Failure::TooLarge))?,
        // The status says enough, and half of a JSON document says nothing.
        false => body(&mut response, SMALL_BODY).await?.unwrap_or_default(),
    };
    let headers = std::mem::take(response.headers_mut());
    Ok(AttemptResponse {
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
