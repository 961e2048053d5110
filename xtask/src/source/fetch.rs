//! Downloads a document over HTTP.

use std::{error::Error, time::Duration};

use anyhow::{Context, Result, anyhow, bail, ensure};
use reqwest::{
    Client, Response, StatusCode, Version,
    header::{
        ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderName, IF_NONE_MATCH, TRANSFER_ENCODING,
    },
    redirect::Policy,
};
use url::Url;

use super::{
    address::{check, is_loopback, refusal_of_redirect, shown},
    snapshot::{Snapshot, too_large},
    sources::is_etag,
};

/// Limits of size and time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FetchLimits {
    /// The most bytes of a document; 16 MiB by default.
    pub max_bytes: usize,
    /// The timeout for connecting, including name lookup and TLS; 10 s by default.
    pub connect: Duration,
    /// The timeout for the response, and for each next piece of the body; 15 s by default.
    pub idle: Duration,
    /// The timeout for one document, including redirects; 120 s by default.
    pub total: Duration,
    /// The most redirects to follow; 3 by default.
    pub max_redirects: usize,
}

impl Default for FetchLimits {
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

/// A document that has passed every check, and the `ETag` to send the next time.
pub(super) type Fetched = (Snapshot, Option<String>);

/// Downloads the document at `url`; `None` if it still has the ETag `etag`.
///
/// It runs its own runtime, so it must not be called from async code.
pub(super) fn fetch(
    url: &Url,
    etag: Option<&str>,
    limits: &FetchLimits,
) -> Result<Option<Fetched>> {
    check(url)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("tokio: cannot start the runtime")?;
    let outcome = runtime
        .block_on(async { tokio::time::timeout(limits.total, download(url, etag, limits)).await });
    // A name lookup that hangs must not delay the exit.
    runtime.shutdown_background();
    let Some((bytes, etag)) =
        outcome.map_err(|_| stalled(url, "the download as a whole", limits.total))??
    else {
        return Ok(None);
    };
    Ok(Some((Snapshot::intake(&bytes, &shown(url))?, etag)))
}

type Body = (Vec<u8>, Option<String>);

/// Returns the body and its ETag; `None` if the server has nothing newer.
async fn download(url: &Url, etag: Option<&str>, limits: &FetchLimits) -> Result<Option<Body>> {
    let mut request = client(url, limits)
        .context("the HTTP client cannot be used")?
        .get(url.clone())
        .header(ACCEPT_ENCODING, "identity");
    if let Some(etag) = etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    let response = request
        .send()
        .await
        .map_err(|error| no_answer(error, url, limits))?;
    match response.status() {
        StatusCode::OK => read_body(response, limits).await.map(Some),
        StatusCode::NOT_MODIFIED if etag.is_some() => Ok(None),
        status => bail!(
            "{}: the server answered {}; {}",
            shown(response.url()),
            status.as_u16(),
            remedy_of_status(status.as_u16())
        ),
    }
}

fn client(url: &Url, limits: &FetchLimits) -> reqwest::Result<Client> {
    let max = limits.max_redirects;
    let mut client = Client::builder()
        .user_agent(concat!(
            "sinch-conversation-xtask/",
            env!("CARGO_PKG_VERSION")
        ))
        .redirect(Policy::custom(move |attempt| {
            let from = attempt.previous().last().unwrap_or(attempt.url());
            match refusal_of_redirect(from, attempt.url()) {
                Some(refusal) => attempt.error(refusal),
                None if attempt.previous().len() > max => {
                    attempt.error("too many redirects in a row")
                }
                None => attempt.follow(),
            }
        }))
        .referer(false)
        .connect_timeout(limits.connect)
        .read_timeout(limits.idle)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    if is_loopback(url) {
        client = client.no_proxy();
    }
    client.build()
}

async fn read_body(mut response: Response, limits: &FetchLimits) -> Result<Body> {
    let url = response.url().clone();
    check_head(&response, &shown(&url))?;
    let too_large = || too_large(&shown(&url), limits.max_bytes);
    let max = u64::try_from(limits.max_bytes).unwrap_or(u64::MAX);
    if response.content_length().is_some_and(|length| length > max) {
        return Err(too_large());
    }
    // Without an ETag, the next pull downloads the document again.
    let etag = text_of(&response, &ETAG).filter(|etag| is_etag(etag));
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limits.max_bytes.saturating_sub(bytes.len()) => {
                return Err(too_large());
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok((bytes, etag)),
            Err(error) if error.is_timeout() => {
                return Err(stalled(
                    &url,
                    "waiting for more of the document",
                    limits.idle,
                ));
            }
            Err(error) => bail!(
                "{}: the document was cut short after {} bytes: {}; try again",
                shown(&url),
                bytes.len(),
                reason(error)
            ),
        }
    }
}

/// Refuses a body that is encoded, or whose end could not be detected, before reading it.
fn check_head(response: &Response, url: &str) -> Result<()> {
    if let Some(encoding) = text_of(response, &CONTENT_ENCODING) {
        ensure!(
            encoding.eq_ignore_ascii_case("identity"),
            "{url}: the answer is encoded as {encoding}, which was not asked for; download it and use --from with the file"
        );
    }
    let is_framed = response.version() >= Version::HTTP_2
        || response.content_length().is_some()
        || response.headers().contains_key(TRANSFER_ENCODING);
    ensure!(
        is_framed,
        "{url}: the answer does not say where it ends, so it may be cut short; download it and use --from with the file"
    );
    Ok(())
}

fn text_of(response: &Response, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

fn remedy_of_status(status: u16) -> &'static str {
    match status {
        301 | 302 | 303 | 307 | 308 => {
            "its redirect names no usable address: put the document's final address in spec/sources.toml"
        }
        404 | 410 => {
            "the document may have moved: correct the address (`url` in spec/sources.toml)"
        }
        401 | 403 => "the document is not public at this address: use --from with a file",
        429 | 500..=599 => "try again later",
        _ => "expected 200: check the address (`url` in spec/sources.toml)",
    }
}

/// Describes a request without a response: a refused redirect, a timeout, or no connection.
fn no_answer(error: reqwest::Error, url: &Url, limits: &FetchLimits) -> anyhow::Error {
    let url = error.url().unwrap_or(url).clone();
    let shown = shown(&url);
    if error.is_timeout() && error.is_connect() {
        stalled(&url, "connecting", limits.connect)
    } else if error.is_timeout() {
        stalled(&url, "waiting for the answer", limits.idle)
    } else if error.is_redirect() {
        anyhow!(
            "{shown}: its redirect is not followed: {}; put the document's final address in spec/sources.toml",
            reason(error)
        )
    } else {
        anyhow!(
            "{shown}: no answer: {}; check the address and the network, then try again",
            reason(error)
        )
    }
}

fn stalled(url: &Url, phase: &str, limit: Duration) -> anyhow::Error {
    anyhow!(
        "{}: {phase} took more than {limit:?}; try again later, or use --from with a file",
        shown(url)
    )
}

/// Returns the innermost cause: the outer messages add little and repeat the address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
