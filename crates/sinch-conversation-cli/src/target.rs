//! The program under test: its address, and posting callbacks to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sinch_conversation::client::http_defaults;
use sinch_conversation::reqwest::{self, Url};
use sinch_conversation::webhook::Verifier;

use crate::error::{Exit, Failure};

/// How long a target may take for its answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes of an answer that are read.
const LONGEST: usize = 4096;

/// Reads the address of a target: a URL, or `localhost:3000/path`, or only a port.
pub(crate) fn target(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let url = match (text.parse::<u16>(), text.contains("://")) {
        (Ok(port), _) => format!("http://127.0.0.1:{port}/"),
        (_, true) => text.to_owned(),
        (_, false) => format!("http://{text}"),
    };
    let url: Option<Url> = url.parse().ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| "expected an address, such as http://localhost:3000/sinch".to_owned())
}

/// Posts callbacks.
pub(crate) struct Poster {
    http: reqwest::Client,
}

/// The answer of a target.
pub(crate) struct TargetAnswer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

impl Poster {
    /// # Errors
    ///
    /// There is no TLS.
    pub(crate) fn new() -> Result<Self, Failure> {
        let http = http_defaults().timeout(TIMEOUT).build();
        let failed = |error| Failure::new(Exit::Failed, format!("no HTTP client: {error}"));
        Ok(Self {
            http: http.map_err(failed)?,
        })
    }

    /// Posts a body with headers, and returns the answer, whatever its status.
    ///
    /// # Errors
    ///
    /// There is no answer.
    pub(crate) async fn post(
        &self,
        target: &Url,
        headers: &BTreeMap<String, String>,
        body: &str,
    ) -> Result<TargetAnswer, String> {
        let start = Instant::now();
        let request = self.http.post(target.clone()).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        let mut response = request.send().await.map_err(reason)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while bytes.len() < LONGEST
            && let Some(chunk) = response.chunk().await.map_err(reason)?
        {
            bytes.extend_from_slice(&chunk);
        }
        bytes.truncate(LONGEST);
        Ok(TargetAnswer {
            status,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            took: start.elapsed(),
        })
    }

    /// Whether an address answers at all.
    pub(crate) async fn reaches(&self, url: Url) -> bool {
        self.http.get(url).send().await.is_ok()
    }
}

impl TargetAnswer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the answer as data.
    pub(crate) fn data(&self, target: &Url) -> Value {
        json!({
            "to": target.as_str(),
            "status": self.status,
            "took_ms": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "body": self.body,
        })
    }
}

/// Returns the headers of a callback that is signed now with a secret.
///
/// # Errors
///
/// The secret is empty.
pub(crate) fn signed(secret: &str, body: &str) -> Result<BTreeMap<String, String>, Failure> {
    let headers = Verifier::new([secret])?.sign_for_test(body.as_bytes());
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let mut headers: BTreeMap<String, String> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect();
    headers.insert("content-type".to_owned(), "application/json".to_owned());
    Ok(headers)
}

/// Returns the innermost cause: the outer ones repeat the address.
fn reason(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", TIMEOUT.as_secs());
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
