//! The headers of a signature among all headers of a request.

use http::HeaderName;

use super::VerifyError;

pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("x-sinch-webhook-signature");
pub(super) const NONCE: HeaderName = HeaderName::from_static("x-sinch-webhook-signature-nonce");
pub(super) const TIMESTAMP: HeaderName =
    HeaderName::from_static("x-sinch-webhook-signature-timestamp");
pub(super) const ALGORITHM: HeaderName =
    HeaderName::from_static("x-sinch-webhook-signature-algorithm");

/// The value of one header, or why there is not exactly one.
enum Slot<V> {
    Missing,
    Single(V),
    Repeated,
}

/// The headers of a signature, in the order of the constants.
pub(super) struct SignatureHeaders<V> {
    signature: Slot<V>,
    nonce: Slot<V>,
    timestamp: Slot<V>,
    algorithm: Slot<V>,
}

impl<V: AsRef<[u8]>> SignatureHeaders<V> {
    /// Picks the headers out of those of a request. Names are case-insensitive.
    pub(super) fn find<N: AsRef<str>>(headers: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut found = Self {
            signature: Slot::Missing,
            nonce: Slot::Missing,
            timestamp: Slot::Missing,
            algorithm: Slot::Missing,
        };
        for (name, value) in headers {
            if let Some(slot) = found.slot_mut(name.as_ref()) {
                slot.add(value);
            }
        }
        found
    }

    fn slot_mut(&mut self, name: &str) -> Option<&mut Slot<V>> {
        let is = |known: &HeaderName| name.eq_ignore_ascii_case(known.as_str());
        if is(&SIGNATURE) {
            Some(&mut self.signature)
        } else if is(&NONCE) {
            Some(&mut self.nonce)
        } else if is(&TIMESTAMP) {
            Some(&mut self.timestamp)
        } else if is(&ALGORITHM) {
            Some(&mut self.algorithm)
        } else {
            None
        }
    }

    pub(super) fn signature(&self) -> Result<&str, VerifyError> {
        self.signature.text(SIGNATURE)
    }

    pub(super) fn nonce(&self) -> Result<&str, VerifyError> {
        self.nonce.text(NONCE)
    }

    pub(super) fn timestamp(&self) -> Result<&str, VerifyError> {
        self.timestamp.text(TIMESTAMP)
    }

    pub(super) fn algorithm(&self) -> Result<&str, VerifyError> {
        self.algorithm.text(ALGORITHM)
    }
}

impl<V: AsRef<[u8]>> Slot<V> {
    fn add(&mut self, value: V) {
        *self = match self {
            Self::Missing => Self::Single(value),
            Self::Single(_) | Self::Repeated => Self::Repeated,
        };
    }

    fn text(&self, name: HeaderName) -> Result<&str, VerifyError> {
        match self {
            Self::Missing => Err(VerifyError::MissingHeader(name)),
            Self::Repeated => Err(VerifyError::AmbiguousHeader(name)),
            Self::Single(value) => {
                visible(value.as_ref()).ok_or(VerifyError::AmbiguousHeader(name))
            }
        }
    }
}

/// The text of a header's value, which is ASCII without control characters.
fn visible(value: &[u8]) -> Option<&str> {
    let is_text = |byte: &u8| *byte == b'\t' || (b' '..=b'~').contains(byte);
    if !value.iter().all(is_text) {
        return None;
    }
    std::str::from_utf8(value).ok()
}
