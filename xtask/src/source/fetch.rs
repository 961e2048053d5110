//! One document over HTTP.

use std::{error::Error, time::Duration};

use reqwest::{
    Client, Response, StatusCode, Version,
    header::{
        ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, IF_NONE_MATCH, LOCATION,
        TRANSFER_ENCODING,
    },
    redirect::Policy,
};
use url::Url;

use super::{
    address::{check, is_loopback, next_hop, shown},
    error::{Phase, Refusal, SourceError},
    snapshot::Snapshot,
    sources::is_etag,
};

/// How much is read and how long is waited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest document, in bytes. 16 MiB.
    pub max_bytes: usize,
    /// The longest wait for a connection, name lookup and TLS included. 10 s.
    pub connect: Duration,
    /// The longest wait for the answer, and for each next piece of the body. 15 s.
    pub idle: Duration,
    /// The longest time for one document, redirects included. 120 s.
    pub total: Duration,
    /// The most redirects that are followed. 3.
    pub max_redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            total: Duration::from_secs(120),
            max_redirects: 3,
        }
    }
}

/// What a download came to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Fetched {
    /// The server has the version that the ETag names.
    Unchanged,
    /// A document that has passed every check.
    #[non_exhaustive]
    Document {
        /// The document as it is kept.
        snapshot: Snapshot,
        /// The `ETag` of the answer, to be sent the next time.
        etag: Option<String>,
    },
}

/// Downloads the document at `url`, unless it is still the one that `etag` names.
///
/// Runs its own runtime: not to be called from async code.
///
/// # Errors
/// [`SourceError`] for a refused address, a failed or cut download, or a document that is not taken in.
pub fn fetch(url: &Url, etag: Option<&str>, limits: &Limits) -> Result<Fetched, SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SourceError::io("tokio", "start the runtime", error))?;
    let outcome = runtime
        .block_on(async { tokio::time::timeout(limits.total, download(url, etag, limits)).await });
    // A name lookup that hangs must not hold up the end.
    runtime.shutdown_background();
    match outcome {
        Err(_) => Err(stalled(url, Phase::Whole, limits)),
        Ok(Err(error)) => Err(error),
        Ok(Ok(None)) => Ok(Fetched::Unchanged),
        Ok(Ok(Some((bytes, etag)))) => Ok(Fetched::Document {
            snapshot: Snapshot::intake(&bytes, &shown(url))?,
            etag,
        }),
    }
}

type Body = (Vec<u8>, Option<String>);

/// The body and its ETag; `None` when the server has nothing newer.
async fn download(
    start: &Url,
    etag: Option<&str>,
    limits: &Limits,
) -> Result<Option<Body>, SourceError> {
    check(start)?;
    let mut url = start.clone();
    for _ in 0..=limits.max_redirects {
        let response = ask(&url, etag, limits).await?;
        match response.status() {
            StatusCode::OK => return read_body(response, &url, limits).await.map(Some),
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(None),
            status if is_redirect(status) => {
                let location = text_of(response.headers(), &LOCATION);
                url = next_hop(&url, location.as_deref()).map_err(|refusal| {
                    SourceError::Redirect {
                        url: shown(&url),
                        refusal,
                    }
                })?;
            }
            status => {
                return Err(SourceError::Status {
                    url: shown(&url),
                    status: status.as_u16(),
                });
            }
        }
    }
    Err(SourceError::Redirect {
        url: shown(start),
        refusal: Refusal::TooMany,
    })
}

/// Sends one request. Redirects are left to the caller, who checks each of them.
async fn ask(url: &Url, etag: Option<&str>, limits: &Limits) -> Result<Response, SourceError> {
    let failed = |error| transport_error(error, url, Phase::Answer, limits);
    let mut client = Client::builder()
        .user_agent(concat!(
            "sinch-conversation-xtask/",
            env!("CARGO_PKG_VERSION")
        ))
        .redirect(Policy::none())
        .connect_timeout(limits.connect)
        .read_timeout(limits.idle)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    if is_loopback(url) {
        client = client.no_proxy();
    }
    let mut request = client
        .build()
        .map_err(failed)?
        .get(url.clone())
        .header(ACCEPT_ENCODING, "identity");
    if let Some(etag) = etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    request.send().await.map_err(failed)
}

async fn read_body(
    mut response: Response,
    url: &Url,
    limits: &Limits,
) -> Result<Body, SourceError> {
    check_head(&response, url)?;
    let too_large = || SourceError::TooLarge {
        origin: shown(url),
        limit: limits.max_bytes,
    };
    let max = u64::try_from(limits.max_bytes).unwrap_or(u64::MAX);
    if response.content_length().is_some_and(|length| length > max) {
        return Err(too_large());
    }
    // Without one, the next pull downloads the document again.
    let etag = text_of(response.headers(), &ETAG).filter(|etag| is_etag(etag));
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limits.max_bytes.saturating_sub(bytes.len()) => {
                return Err(too_large());
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok((bytes, etag)),
            Err(error) if error.is_timeout() => return Err(stalled(url, Phase::Body, limits)),
            Err(error) => {
                return Err(SourceError::CutShort {
                    url: shown(url),
                    received: bytes.len(),
                    reason: reason(error),
                });
            }
        }
    }
}

/// Refuses a body that could not be read, or whose end could not be told, before reading it.
fn check_head(response: &Response, url: &Url) -> Result<(), SourceError> {
    let headers = response.headers();
    if let Some(encoding) = text_of(headers, &CONTENT_ENCODING)
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return Err(SourceError::Encoded {
            url: shown(url),
            encoding,
        });
    }
    let framed = response.version() >= Version::HTTP_2
        || response.content_length().is_some()
        || headers.contains_key(TRANSFER_ENCODING);
    if framed {
        Ok(())
    } else {
        Err(SourceError::Unframed { url: shown(url) })
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn transport_error(error: reqwest::Error, url: &Url, phase: Phase, limits: &Limits) -> SourceError {
    if error.is_timeout() {
        let phase = if error.is_connect() {
            Phase::Connect
        } else {
            phase
        };
        return stalled(url, phase, limits);
    }
    SourceError::NoAnswer {
        url: shown(url),
        reason: reason(error),
    }
}

fn stalled(url: &Url, phase: Phase, limits: &Limits) -> SourceError {
    let limit = match phase {
        Phase::Connect => limits.connect,
        Phase::Answer | Phase::Body => limits.idle,
        Phase::Whole => limits.total,
    };
    SourceError::Stalled {
        url: shown(url),
        phase,
        limit,
    }
}

/// The innermost cause: the client's own words around it say little and repeat the address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
