//! Why a signature does not hold: what usually happens to a body or a secret on its way is undone, and tried.

use std::time::Duration;

use serde_json::Value;
use sinch_conversation::webhook::{Verifier, VerifyError};

use super::file::SignedFile;

/// Returns the reason, with the cause where it can be found.
pub(super) fn reason(error: &VerifyError, file: &SignedFile, secret: &str) -> String {
    match error {
        VerifyError::MissingHeader(_) => {
            format!("{error}; a webhook without a secret has no signature")
        }
        VerifyError::Mismatch => match cause(file, secret) {
            Some(cause) => cause.to_owned(),
            None => format!(
                "{error}: another secret, or a body that was changed; the signature is for the bytes as they came, before \
                 anything parses them"
            ),
        },
        _ => error.to_string(),
    }
}

fn cause(file: &SignedFile, secret: &str) -> Option<&'static str> {
    let holds = |secret: &str, body: &[u8]| {
        let verifier = Verifier::new([secret]).ok();
        let verifier = verifier.map(|it| it.window(Duration::from_secs(u64::MAX)));
        verifier.is_some_and(|it| it.verify(file.pairs(), body).is_ok())
    };
    let body = &file.body;
    if holds(secret.trim(), body) {
        return Some("the secret has white space around it that does not belong to it");
    }
    for (changed, cause) in changes(body) {
        if holds(secret, &changed) {
            return Some(cause);
        }
    }
    None
}

/// Returns the bodies that this one may have been.
fn changes(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut changes = Vec::new();
    let trimmed = body.trim_ascii();
    changes.push((
        trimmed.to_vec(),
        "the body has got white space at its end or its beginning, such as a newline of an editor",
    ));
    let unix: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\r').collect();
    changes.push((unix, "the line ends of the body have become CR LF"));
    if let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf") {
        changes.push((rest.to_vec(), "the body has got a byte order mark"));
    }
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        let parsed =
            "the body was parsed and written again: sign and verify the bytes as they came";
        changes.push((json.to_string().into_bytes(), parsed));
        changes.push((compact(body), parsed));
        changes.push((format!("{json:#}").into_bytes(), parsed));
        if let Value::String(inner) = json {
            changes.push((
                inner.into_bytes(),
                "the body is quoted: it is a JSON string of JSON",
            ));
        }
    }
    changes
}

/// Removes white space outside of strings, in the order of the fields.
fn compact(body: &[u8]) -> Vec<u8> {
    let (mut in_string, mut is_escaped) = (false, false);
    let mut compact = Vec::with_capacity(body.len());
    for byte in body.iter().copied() {
        if in_string || !byte.is_ascii_whitespace() {
            compact.push(byte);
        }
        match byte {
            b'"' if !is_escaped => in_string = !in_string,
            _ => {}
        }
        is_escaped = in_string && byte == b'\\' && !is_escaped;
    }
    compact
}
