//! Keeps the client's own credentials out of what it tells, when a server sends them back.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

/// What replaces a credential.
const MASKED: &str = "[masked]";

/// Shorter credentials cannot be told from other text.
const SHORTEST: usize = 4;

/// The credentials that a request carried in its `Authorization` header.
#[derive(Clone, Debug)]
pub(crate) struct Mask(HeaderValue);

impl Mask {
    pub(crate) fn of(authorization: &HeaderValue) -> Self {
        Self(authorization.clone())
    }

    /// The token, or the secret of a key and the form in which it is sent.
    fn credentials(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let text = self.0.to_str().unwrap_or_default();
        let (scheme, sent) = text.split_once(' ').unwrap_or_default();
        let secret = (scheme == "Basic").then(|| secret(sent)).flatten();
        [Some(Cow::Borrowed(sent)), secret.map(Cow::Owned)]
            .into_iter()
            .flatten()
            .filter(|credential| credential.len() >= SHORTEST)
    }

    /// The text without credentials.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for credential in self.credentials() {
            if masked.contains(&*credential) {
                masked = Cow::Owned(masked.replace(&*credential, MASKED));
            }
        }
        masked
    }

    /// Takes the credentials out of a text.
    pub(crate) fn cover(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.text(text) {
            *text = masked;
        }
    }

    /// Takes the credentials out of every value of the headers.
    pub(crate) fn headers(&self, headers: &mut HeaderMap) {
        if self.credentials().next().is_none() {
            return;
        }
        for value in headers.values_mut() {
            let Ok(text) = value.to_str() else { continue };
            if let Cow::Owned(masked) = self.text(text) {
                *value = HeaderValue::try_from(masked)
                    .unwrap_or_else(|_| HeaderValue::from_static(MASKED));
            }
        }
    }

    /// Takes the credentials out of every text and every key of a JSON value.
    pub(crate) fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.cover(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            Value::Object(fields) => {
                let all = std::mem::take(fields).into_iter();
                fields.extend(all.map(|(mut key, mut item)| {
                    self.cover(&mut key);
                    self.json(&mut item);
                    (key, item)
                }));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The secret in what Basic sends.
fn secret(sent: &str) -> Option<String> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(sent).ok()?).ok()?;
    Some(pair.split_once(':')?.1.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::basic_header;

    #[test]
    fn a_key_is_masked_as_it_is_and_as_it_is_sent() {
        let header = basic_header("the-key", "the:secret").unwrap();
        let mask = Mask::of(&header);
        let sent = header.to_str().unwrap();
        let shown = mask.text(sent).into_owned();
        assert_eq!(shown, "Basic [masked]");
        assert_eq!(mask.text("the:secret of the-key"), "[masked] of the-key");
        assert!(!format!("{mask:?}").contains("secret"));
    }

    #[test]
    fn json_is_masked_in_depth_and_in_its_keys() {
        let mask = Mask::of(&HeaderValue::from_static("Bearer t0ken"));
        let mut value = json!({"at0kenb": [{"x": "t0ken t0ken"}, 1, null]});
        mask.json(&mut value);
        assert_eq!(
            value,
            json!({"a[masked]b": [{"x": "[masked] [masked]"}, 1, null]})
        );
    }

    #[test]
    fn what_is_too_short_to_be_a_credential_is_left_alone() {
        for header in ["Bearer abc", "Bearer ", "odd"] {
            let mask = Mask::of(&HeaderValue::from_static(header));
            assert_eq!(mask.text("abc odd"), "abc odd", "{header}");
        }
    }
}
