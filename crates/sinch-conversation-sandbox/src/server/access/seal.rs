//! Signed opaque texts for clients to return unchanged, such as page tokens. Each is valid for one purpose.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;

use super::token::mac;

/// How many bytes of the signature are kept.
const SIGNATURE: usize = 16;

/// Encodes and signs a text.
pub(super) fn seal(key: &[u8], purpose: &str, text: &str) -> String {
    let mut sealed = Vec::with_capacity(SIGNATURE + text.len());
    if let Some(mac) = mac(key, &signed(purpose, text)) {
        let signature = mac.finalize().into_bytes();
        sealed.extend(signature.into_iter().take(SIGNATURE));
    }
    sealed.extend_from_slice(text.as_bytes());
    URL_SAFE_NO_PAD.encode(sealed)
}

/// The text that was sealed with this key for this purpose; `None` for anything else.
pub(super) fn open(key: &[u8], purpose: &str, sealed: &str) -> Option<String> {
    let mut signature = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let text = signature.get(SIGNATURE..)?.to_vec();
    signature.truncate(SIGNATURE);
    let text = String::from_utf8(text).ok()?;
    mac(key, &signed(purpose, &text))?
        .verify_truncated_left(&signature)
        .ok()?;
    Some(text)
}

/// No access token is signed over a text with a line break.
fn signed(purpose: &str, text: &str) -> String {
    format!("{purpose}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_comes_back_for_its_purpose_only() {
        for text in ["", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "å\n1 2"] {
            let sealed = seal(b"key", "list", text);
            assert_eq!(open(b"key", "list", &sealed).as_deref(), Some(text));
            assert_eq!(open(b"other", "list", &sealed), None);
            assert_eq!(open(b"key", "other", &sealed), None);
        }
    }

    #[test]
    fn what_was_not_sealed_is_refused() {
        let sealed = seal(b"key", "list", "text");
        let (head, _) = sealed.split_at(sealed.len() - 2);
        for forged in ["", "AA", "%", head, &format!("{sealed}AA")] {
            assert_eq!(open(b"key", "list", forged), None, "{forged}");
        }
    }
}
