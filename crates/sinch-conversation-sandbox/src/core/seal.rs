//! Signed opaque strings that clients return unchanged, such as page tokens. Each is valid for one purpose.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many bytes of the signature are kept.
const SIGNATURE: usize = 16;

/// Seals strings with the key of the database, so that they are valid after a restart.
pub(crate) struct Seal(Vec<u8>);

impl Seal {
    pub(crate) fn new(key: Vec<u8>) -> Self {
        Self(key)
    }

    /// Encodes and signs a string.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let mut sealed = Vec::with_capacity(SIGNATURE + text.len());
        if let Some(mac) = self.mac(&signed(purpose, text)) {
            let signature = mac.finalize().into_bytes();
            sealed.extend(signature.into_iter().take(SIGNATURE));
        }
        sealed.extend_from_slice(text.as_bytes());
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Returns the string that was sealed with this key for this purpose; `None` for anything else.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let mut signature = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = signature.get(SIGNATURE..)?.to_vec();
        signature.truncate(SIGNATURE);
        let text = String::from_utf8(text).ok()?;
        self.mac(&signed(purpose, &text))?
            .verify_truncated_left(&signature)
            .ok()?;
        Some(text)
    }

    /// Returns the HMAC-SHA256 of a string with this key.
    pub(crate) fn mac(&self, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(text.as_bytes());
        Some(mac)
    }
}

/// Returns what is signed. Access tokens contain no line break, so neither can pass for the other.
fn signed(purpose: &str, text: &str) -> String {
    format!("{purpose}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Seal {
        Seal::new(b"key".to_vec())
    }

    #[test]
    fn a_sealed_text_comes_back_for_its_purpose_only() {
        for text in ["", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "å\n1 2"] {
            let sealed = key().seal("list", text);
            assert_eq!(key().open("list", &sealed).as_deref(), Some(text));
            assert_eq!(Seal::new(b"other".to_vec()).open("list", &sealed), None);
            assert_eq!(key().open("other", &sealed), None);
        }
    }

    #[test]
    fn what_was_not_sealed_is_refused() {
        let sealed = key().seal("list", "text");
        let (head, _) = sealed.split_at(sealed.len() - 2);
        for forged in ["", "AA", "%", head, &format!("{sealed}AA")] {
            assert_eq!(key().open("list", forged), None, "{forged}");
        }
    }
}
