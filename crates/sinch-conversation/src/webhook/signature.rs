//! The signature of callbacks: HMAC-SHA256 over `body.nonce.timestamp` with the webhook's secret.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

use super::headers::{ALGORITHM, NONCE, SIGNATURE, SignatureHeaders, TIMESTAMP};
use crate::error::{Error, InvalidArgument, Problem};

/// The one algorithm that the API uses.
const HMAC_SHA256: &str = "HmacSHA256";

/// How far a callback's time may be from now by default.
const WINDOW: Duration = Duration::from_secs(300);

/// Checks the signature of callbacks.
///
/// The signature covers the raw bytes of the body: check it before anything parses or changes them. Several
/// secrets are accepted at the same time, so that a secret can be replaced without losing callbacks.
///
/// Headers are pairs of a name and a value: a reference to an `http::HeaderMap` of any version, or what another web
/// framework has. Other headers among them are ignored.
///
/// Callbacks that were received before are accepted again until their time leaves the window.
/// [`Receiver`](super::Receiver) refuses them.
///
/// ```
/// use sinch_conversation::webhook::Verifier;
///
/// let verifier = Verifier::new(["old secret", "new secret"])?;
/// let body = br#"{"app_id": "01A", "project_id": "p", "message": {"id": "01M"}}"#;
/// let headers = verifier.sign_for_test(body);
/// let event = verifier.event(&headers, body).expect("a signed callback");
/// assert_eq!(event.trigger().as_str(), "MESSAGE_INBOUND");
///
/// // Without `http`:
/// let pairs = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
/// assert!(verifier.verify(pairs, body).is_ok());
/// # Ok::<(), sinch_conversation::Error>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    /// One keyed state for each secret, the first one also used by `sign_for_test`.
    keys: Vec<Hmac<Sha256>>,
    window: Duration,
}

/// The content of headers that were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// The nonce: unique for each request.
    pub nonce: String,
    /// When the request was signed, in seconds since 1970.
    pub timestamp: u64,
}

/// Why a callback was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A header of the signature is missing. Callbacks of a webhook without a secret have none of them.
    #[error("the header `{0}` is missing")]
    MissingHeader(HeaderName),
    /// A header of the signature is present more than once, or is not text.
    #[error("the header `{0}` is not a single text")]
    AmbiguousHeader(HeaderName),
    /// The algorithm is not `HmacSHA256`.
    #[error("the signature's algorithm is not HmacSHA256")]
    UnknownAlgorithm,
    /// The timestamp is not a number of seconds.
    #[error("the signature's timestamp is not a number of seconds")]
    BadTimestamp,
    /// The timestamp is too far from now. The callback is old, or one of the two clocks is wrong. The signature was not
    /// checked.
    #[error(
        "the callback was signed {apart} s away from now, more than the {window} s that are allowed"
    )]
    #[non_exhaustive]
    OutsideWindow {
        /// The distance in seconds.
        apart: u64,
        /// The maximum, in seconds.
        window: u64,
    },
    /// The signature is not that of this body with one of the secrets.
    #[error("the signature does not match the body and the secrets")]
    Mismatch,
}

impl Verifier {
    /// Creates a verifier that accepts callbacks signed with any of the secrets.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) without a secret, or with an empty one, which
    /// anybody could sign with.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let keys = secrets
            .into_iter()
            .map(|secret| keyed(secret.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(missing_secret().into());
        }
        Ok(Self {
            keys,
            window: WINDOW,
        })
    }

    /// Sets how far a callback's time may be from now, in the past and in the future. 300 s by default.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    pub(super) fn allowed_age(&self) -> Duration {
        self.window
    }

    /// Checks a callback against the clock of this machine.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] says which check failed. Answer such a callback with 401 and keep the reason for the log.
    pub fn verify<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &[u8],
    ) -> Result<Signed, VerifyError> {
        self.verify_at(headers, body, SystemTime::now())
    }

    /// Checks a callback as if it arrived at `now`; for callbacks from a queue, with the time of their arrival.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use sinch_conversation::webhook::Verifier;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let verifier = Verifier::new(["the secret of the webhook"])?.window(Duration::from_secs(60));
    /// let (body, arrived) = (b"{}", SystemTime::now() - Duration::from_secs(3600));
    /// let headers = verifier.sign_for_test_at(body, "a nonce", arrived);
    ///
    /// let signed = verifier.verify_at(&headers, body, arrived)?;
    /// assert_eq!(signed.nonce, "a nonce");
    /// assert!(verifier.verify(&headers, body).is_err(), "an hour later");
    /// # assert!(verifier.verify_headers(&headers).is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_at<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Signed, VerifyError> {
        let headers = SignatureHeaders::find(headers);
        let signature = Signature::read(&headers)?;
        self.check_window(signature.seconds, now)?;
        if !self.keys.iter().any(|key| signature.matches(key, body)) {
            return Err(VerifyError::Mismatch);
        }
        Ok(Signed {
            nonce: signature.nonce.to_owned(),
            timestamp: signature.seconds,
        })
    }

    /// Checks the headers before the body is read: that those of a signature are present and well-formed, and that
    /// their time is within the window. Saves reading the body of a callback that would be refused.
    ///
    /// Anybody can write such headers: [`verify`](Self::verify) still has to follow.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_headers<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), VerifyError> {
        let headers = SignatureHeaders::find(headers);
        let signature = Signature::read(&headers)?;
        self.check_window(signature.seconds, SystemTime::now())
    }

    fn check_window(&self, timestamp: u64, now: SystemTime) -> Result<(), VerifyError> {
        let apart = unix_seconds(now).abs_diff(timestamp);
        let window = self.window.as_secs();
        if apart > window {
            Err(VerifyError::OutsideWindow { apart, window })
        } else {
            Ok(())
        }
    }

    /// Signs a body as the API would do now, with the first secret, and returns the headers. For tests of a receiver.
    pub fn sign_for_test(&self, body: &[u8]) -> HeaderMap {
        let nonce = format!("TEST{:022X}", fastrand::u64(..));
        self.sign_for_test_at(body, &nonce, SystemTime::now())
    }

    /// Signs a body as [`sign_for_test`](Self::sign_for_test) does, with a given nonce and time.
    pub fn sign_for_test_at(&self, body: &[u8], nonce: &str, at: SystemTime) -> HeaderMap {
        let timestamp = unix_seconds(at).to_string();
        let signature = self
            .keys
            .first()
            .map(|key| code(key, body, nonce, &timestamp).finalize().into_bytes());
        let signature = BASE64_STANDARD.encode(signature.unwrap_or_default());
        let fields = [
            (SIGNATURE, signature.as_str()),
            (NONCE, nonce),
            (TIMESTAMP, timestamp.as_str()),
            (ALGORITHM, HMAC_SHA256),
        ];
        let text = |value| HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
        fields
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &format_args!("{} hidden", self.keys.len()))
            .field("window", &self.window)
            .finish()
    }
}

fn missing_secret() -> InvalidArgument {
    let remedy = "pass the secret that the webhook was created with";
    InvalidArgument::one("secret", Problem::Missing { remedy })
}

fn keyed(secret: &str) -> Result<Hmac<Sha256>, InvalidArgument> {
    if secret.is_empty() {
        return Err(missing_secret());
    }
    Hmac::new_from_slice(secret.as_bytes()).map_err(|_| missing_secret())
}

/// The code over `body.nonce.timestamp`.
fn code(key: &Hmac<Sha256>, body: &[u8], nonce: &str, timestamp: &str) -> Hmac<Sha256> {
    let parts = [body, b".", nonce.as_bytes(), b".", timestamp.as_bytes()];
    parts
        .into_iter()
        .fold(key.clone(), |code, part| code.chain_update(part))
}

/// The headers of a signature, parsed.
struct Signature<'a> {
    mac: Vec<u8>,
    nonce: &'a str,
    timestamp: &'a str,
    /// The timestamp as a number.
    seconds: u64,
}

impl<'a> Signature<'a> {
    fn read<V: AsRef<[u8]>>(headers: &'a SignatureHeaders<V>) -> Result<Self, VerifyError> {
        let (mac, nonce) = (headers.signature()?, headers.nonce()?);
        let timestamp = headers.timestamp()?;
        if headers.algorithm()? != HMAC_SHA256 {
            return Err(VerifyError::UnknownAlgorithm);
        }
        let mac = BASE64_STANDARD
            .decode(mac)
            .map_err(|_| VerifyError::Mismatch)?;
        if mac.len() != Sha256::output_size() {
            return Err(VerifyError::Mismatch);
        }
        Ok(Self {
            mac,
            nonce,
            timestamp,
            seconds: seconds(timestamp).ok_or(VerifyError::BadTimestamp)?,
        })
    }

    /// Compares in constant time.
    fn matches(&self, key: &Hmac<Sha256>, body: &[u8]) -> bool {
        code(key, body, self.nonce, self.timestamp)
            .verify_slice(&self.mac)
            .is_ok()
    }
}

/// Digits only: the parser of the number type also accepts a sign.
fn seconds(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
