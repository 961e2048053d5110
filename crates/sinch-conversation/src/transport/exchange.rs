//! One request and its whole answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use super::Failure;

/// The largest answer that is read, in bytes. A page of a thousand messages is a few million.
const LARGEST_BODY: usize = 64 << 20;

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// No complete answer.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    pub(crate) failure: Failure,
    /// The cause, without the address; `None` when it was a limit of this client.
    pub(crate) source: Option<Arc<reqwest::Error>>,
}

/// Sends the request and reads the answer to its end, within the limit.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    limit: Duration,
) -> Result<Answer, Lost> {
    match tokio::time::timeout(limit, read(client, request)).await {
        Ok(answer) => answer,
        Err(_) => Err(Lost {
            failure: Failure::Timeout,
            source: None,
        }),
    }
}

async fn read(client: &reqwest::Client, request: reqwest::Request) -> Result<Answer, Lost> {
    let mut response = client.execute(request).await?;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Lost {
                failure: Failure::TooLarge,
                source: None,
            });
        }
        body.extend_from_slice(&chunk);
    }
    let headers = std::mem::take(response.headers_mut());
    Ok(Answer {
        status: response.status(),
        headers,
        body: body.freeze(),
    })
}

impl From<reqwest::Error> for Lost {
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
