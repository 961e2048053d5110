//! Request bodies: read within limits of size, time and memory, and decoded.

use std::error::Error;
use std::io::Read;
use std::iter::successors;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING};
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::api::error::ApiError;

/// The most bytes of a decoded body, enough for a batch of a thousand recipients with parameters.
pub(crate) const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// A body of more bytes needs a permit.
const SMALL: usize = 64 * 1024;
/// The most such bodies in memory at the same time.
const LARGE: usize = 16;

/// Reads bodies.
pub(crate) struct Bodies {
    within: Duration,
    large: Arc<Semaphore>,
}

/// A body that was read.
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    /// Held while the body may be in memory.
    _permit: Option<OwnedSemaphorePermit>,
}

/// What the headers say about the body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Announced {
    encoding: Encoding,
    /// 0 if the headers do not say it.
    length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Deflate,
}

impl Announced {
    /// Refuses a body that the headers alone rule out.
    pub(crate) fn by(headers: &HeaderMap) -> Result<Self, ApiError> {
        let length = declared_length(headers).unwrap_or_default();
        if length > BODY_LIMIT {
            return Err(ApiError::too_large(BODY_LIMIT));
        }
        let encoding = encoding(headers)?;
        Ok(Self { encoding, length })
    }
}

impl Bodies {
    /// `within` is the time that a client has for a body.
    pub(crate) fn new(within: Duration) -> Self {
        Self {
            within,
            large: Arc::new(Semaphore::new(LARGE)),
        }
    }

    /// Reads a body. A large one waits while too many are in memory.
    pub(crate) async fn read(
        &self,
        announced: Announced,
        body: Body,
    ) -> Result<Received, ApiError> {
        let reading = self.collect(announced, body.into_data_stream());
        match timeout(self.within, reading).await {
            Ok(received) => received,
            Err(_) => Err(ApiError::too_slow(self.within)),
        }
    }

    async fn collect(
        &self,
        announced: Announced,
        mut body: BodyDataStream,
    ) -> Result<Received, ApiError> {
        let mut bytes = Vec::new();
        let mut permit = None;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| unreadable(&error))?;
            let length = bytes.len() + chunk.len();
            if length > BODY_LIMIT {
                return Err(ApiError::too_large(BODY_LIMIT));
            }
            if length > SMALL && permit.is_none() {
                permit = self.permit().await;
                bytes.reserve_exact(announced.length.saturating_sub(bytes.len()));
            }
            bytes.extend_from_slice(&chunk);
        }
        if announced.encoding != Encoding::Identity && !bytes.is_empty() {
            if permit.is_none() {
                permit = self.permit().await;
            }
            bytes = decode(announced.encoding, &bytes)?;
        }
        Ok(Received {
            bytes: Bytes::from(bytes),
            _permit: permit,
        })
    }

    /// Never returns `None`: the semaphore is not closed.
    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.large).acquire_owned().await.ok()
    }
}

/// Returns whether the client may still be sending a body that is not read: the connection cannot be reused then.
pub(crate) fn is_large(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
        || headers.contains_key(EXPECT)
        || declared_length(headers).is_some_and(|length| length > SMALL)
}

/// Returns the `content-length`, which hyper has validated.
fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Returns the encoding of the body, of which there may be one.
fn encoding(headers: &HeaderMap) -> Result<Encoding, ApiError> {
    let mut found = Encoding::Identity;
    for value in headers.get_all(CONTENT_ENCODING) {
        let names = value.to_str().map_err(|_| ApiError::unknown_encoding())?;
        for name in names.split(',').map(str::trim) {
            let next = match name.to_ascii_lowercase().as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Encoding::Gzip,
                "deflate" => Encoding::Deflate,
                _ => return Err(ApiError::unknown_encoding()),
            };
            if found != Encoding::Identity {
                return Err(ApiError::unknown_encoding());
            }
            found = next;
        }
    }
    Ok(found)
}

fn decode(encoding: Encoding, bytes: &[u8]) -> Result<Vec<u8>, ApiError> {
    match encoding {
        Encoding::Identity => Ok(bytes.to_vec()),
        Encoding::Gzip => inflate(MultiGzDecoder::new(bytes)),
        Encoding::Deflate => {
            let mut decoder = ZlibDecoder::new(bytes);
            let decoded = inflate(&mut decoder)?;
            if decoder.into_inner().is_empty() {
                Ok(decoded)
            } else {
                Err(broken())
            }
        }
    }
}

/// Decodes a body up to the limit.
fn inflate(decoder: impl Read) -> Result<Vec<u8>, ApiError> {
    let mut decoded = Vec::new();
    let most = u64::try_from(BODY_LIMIT).map_or(u64::MAX, |limit| limit + 1);
    let read = decoder.take(most).read_to_end(&mut decoded);
    read.map_err(|_| broken())?;
    if decoded.len() > BODY_LIMIT {
        return Err(ApiError::too_large(BODY_LIMIT));
    }
    Ok(decoded)
}

fn broken() -> ApiError {
    ApiError::invalid(
        "",
        "the body is incomplete, or not encoded as the headers say",
    )
}

/// Describes why a body could not be read.
fn unreadable(error: &axum::Error) -> ApiError {
    let mut causes = successors(error.source(), |cause| (*cause).source());
    if causes.any(|cause| cause.is::<hyper::Error>()) {
        broken()
    } else {
        ApiError::internal(error.to_string())
    }
}
