//! Removes secrets from what is shown. Requests and responses are handled as text: a body that is not JSON or was cut
//! off reveals nothing either, and the rest stays byte for byte.

use std::borrow::Cow;

use serde_json::Value;
use sinch_conversation_raw::SECRET_FIELDS;
use url::{Url, form_urlencoded};

/// The replacement of a secret.
pub(crate) const HIDDEN: &str = "***";

/// Fields of the token endpoint that hold secrets; the documents name those of the API.
const OF_TOKENS: &[&str] = &["access_token", "client_assertion", "refresh_token"];

/// Returns whether the field with this name holds a secret.
pub(crate) fn is_secret(field: &str) -> bool {
    let mut secrets = OF_TOKENS.iter().chain(SECRET_FIELDS);
    secrets.any(|secret| secret.eq_ignore_ascii_case(field))
}

/// Redacts a body: JSON, also malformed, or a form.
pub(crate) fn body(text: &str) -> String {
    match text.trim_start().bytes().next() {
        Some(b'{' | b'[' | b'"') => json(text),
        _ => json(&form(text)),
    }
}

/// Redacts a path with its query.
pub(crate) fn path(text: &str) -> String {
    match text.split_once('?') {
        Some((path, query)) => format!("{path}?{}", form(query)),
        None => text.to_owned(),
    }
}

/// Returns a URL without password and query, which may be secret.
pub(crate) fn url(target: &str) -> String {
    let Ok(mut url) = Url::parse(target) else {
        return "(not a URL)".to_owned();
    };
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// The fields of channel credentials that are not secret. Any other may be, also those that no document names.
const OPEN: [&str; 5] = [
    "channel",
    "channel_known_id",
    "claimed_identity",
    "description",
    "status",
];

/// Replaces secrets of an app by `***`.
pub(crate) fn app(app: &mut Value) {
    let Value::Object(app) = app else { return };
    for credentials in app
        .get_mut("channel_credentials")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        mask(credentials);
    }
    if let Some(settings) = app.get_mut("callback_settings") {
        mask(settings);
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::String(text) if !text.is_empty() => *text = HIDDEN.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => {
            let closed = members
                .iter_mut()
                .filter(|(name, _)| !OPEN.contains(&name.as_str()));
            closed.for_each(|(_, value)| mask(value));
        }
        _ => {}
    }
}

/// Redacts `name=value` pairs.
fn form(text: &str) -> String {
    let pairs: Vec<Cow<'_, str>> = text.split('&').map(pair).collect();
    pairs.join("&")
}

fn pair(text: &str) -> Cow<'_, str> {
    let Some((name, _)) = text.split_once('=') else {
        return Cow::Borrowed(text);
    };
    let secret = form_urlencoded::parse(name.as_bytes())
        .next()
        .is_some_and(|(name, _)| is_secret(name.trim()));
    if secret {
        Cow::Owned(format!("{name}={HIDDEN}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Redacts the value behind each `"secret":`.
fn json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, found) = rest.split_at(at);
        shown.push_str(before);
        let (name, after) = found.split_at(string_end(found));
        shown.push_str(name);
        rest = after;
        let Some(value) = value_of(name, after) else {
            continue;
        };
        let (colon, value) = after.split_at(after.len() - value.len());
        shown.push_str(colon);
        shown.extend(["\"", HIDDEN, "\""]);
        rest = value.split_at(value_end(value)).1;
    }
    shown.push_str(rest);
    shown
}

/// Returns what follows the colon behind `name`, if its value is a secret.
fn value_of<'a>(name: &str, after: &'a str) -> Option<&'a str> {
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let plain = name.trim_matches('"');
    let secret = if plain.contains('\\') {
        serde_json::from_str::<String>(name).is_ok_and(|name| is_secret(&name))
    } else {
        is_secret(plain)
    };
    (secret && !value.is_empty()).then_some(value)
}

/// Returns the end of the string that `text` begins with.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the end of the value that `text` begins with.
fn value_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at += string_end(text.get(at..).unwrap_or_default());
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + depth,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_values_and_leaves_the_rest_as_it_is() {
        for (given, shown) in [
            (
                r#"{ "secret" : "abc", "a":1 }"#,
                r#"{ "secret" : "***", "a":1 }"#,
            ),
            (r#"{"token":"a\"b","b":2}"#, r#"{"token":"***","b":2}"#),
            (
                r#"[{"password":7},{"PASSWORD":null}]"#,
                r#"[{"password":"***"},{"PASSWORD":"***"}]"#,
            ),
            (
                r#"{"secret":{"a":["}"],"b":{}},"c":3}"#,
                r#"{"secret":"***","c":3}"#,
            ),
            (
                r#"{"client\u005fsecret":"abc"}"#,
                r#"{"client\u005fsecret":"***"}"#,
            ),
            (r#"{"text":"\"secret\": 1"}"#, r#"{"text":"\"secret\": 1"}"#),
            (r#"{"text":"secret"}"#, r#"{"text":"secret"}"#),
            // Cut off, or not JSON at all.
            (r#"{"secret":"ab"#, r#"{"secret":"***""#),
            (r#"{"secret":"ab\"#, r#"{"secret":"***""#),
            (r#"{"secret":{"a":"b"#, r#"{"secret":"***""#),
            (r#"{"secret""#, r#"{"secret""#),
            (r#"{"secret": "#, r#"{"secret": "#),
            (r#"so "secret": x, y"#, r#"so "secret": "***", y"#),
            ("\"\"\"", "\"\"\""),
            ("", ""),
        ] {
            assert_eq!(body(given), shown, "{given}");
        }
    }

    #[test]
    fn hides_values_of_forms_and_queries() {
        assert_eq!(
            body("grant_type=x&client_secret=a%26b&client_id=k"),
            "grant_type=x&client_secret=***&client_id=k"
        );
        assert_eq!(body("client%5Fsecret=a"), "client%5Fsecret=***");
        assert_eq!(
            path("/v1/x?access_token=a&page_size=3"),
            "/v1/x?access_token=***&page_size=3"
        );
        assert_eq!(path("/v1/secret=a"), "/v1/secret=a");
    }
}
