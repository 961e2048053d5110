//! Parses and checks the body of a request.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;
use sinch_conversation_raw::Operation;

use super::proto_json::{self, Nulls};
use super::{Body, tolerated, violations};
use crate::api::call::{Checked, Request};
use crate::model::check::Violation;

/// Parses the body of a request and brings it into the form of the document.
pub(super) fn read(
    document: &Value,
    rules: &Body,
    request: &Request<Bytes>,
    headers: &HeaderMap,
) -> Result<Checked, Vec<Violation>> {
    if request.body.is_empty() && !rules.required {
        return Ok(Checked::default());
    }
    let mut found: Vec<Violation> = content_type(headers).err().into_iter().collect();
    match parse(&request.body) {
        Ok(body) => match conform(document, rules, request.operation, body) {
            Ok(checked) if found.is_empty() => return Ok(checked),
            Ok(_) => {}
            Err(further) => found.extend(further),
        },
        Err(description) => found.push(Violation::new("", description)),
    }
    Err(found)
}

/// Rewrites a body into the form of the document, or returns its violations.
fn conform(
    document: &Value,
    rules: &Body,
    operation: &Operation,
    mut body: Value,
) -> Result<Checked, Vec<Violation>> {
    let schema = document.pointer(&rules.schema).unwrap_or(&Value::Null);
    let rewrite = |nulls, body: &mut Value| proto_json::rewrite(document, schema, nulls, body);
    let mut patch = None;
    if operation.method == "PATCH" {
        // This pass finds the same violations again.
        rewrite(Nulls::Kept, &mut body);
        patch = Some(body.clone());
    }
    let mut found = rewrite(Nulls::Dropped, &mut body);
    let wrapper = tolerated::unwrap(operation.id, &mut body);
    if found.is_empty() && wrapper.is_some() {
        found = rewrite(Nulls::Dropped, &mut body);
    }
    // Looking for errors takes several times as long as finding that there are none.
    if found.is_empty() && !rules.validator.is_valid(&body) {
        let errors = rules.validator.iter_errors(&body);
        let refused = errors.filter(|error| !tolerated::passes(operation.id, error));
        found = violations::of(document, refused).collect();
    }
    match wrapper {
        _ if found.is_empty() => Ok(Checked { body, patch }),
        None => Err(found),
        Some(wrapper) => Err(found.into_iter().map(|it| wrapper.rename(it)).collect()),
    }
}

/// Accepts `application/json`, the documented type of every body, and formats based on it.
fn content_type(headers: &HeaderMap) -> Result<(), Violation> {
    let wrong = |found: &str| {
        Violation::new(
            "content-type",
            format!("expected application/json, found {found}"),
        )
    };
    let value = headers.get(CONTENT_TYPE).ok_or_else(|| wrong("none"))?;
    let text = value.to_str().map_err(|_| wrong("unreadable text"))?;
    let media_type = text.split(';').next().unwrap_or_default().trim();
    let lower = media_type.to_ascii_lowercase();
    let is_json = lower == "application/json"
        || (lower.starts_with("application/") && lower.ends_with("+json"));
    if is_json {
        Ok(())
    } else {
        Err(wrong(&violations::quoted(media_type)))
    }
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    if bytes.is_empty() {
        return Err("a body is required".to_owned());
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("the body is not UTF-8 at byte {}", error.valid_up_to()))?;
    serde_json::from_str(text).map_err(|error| {
        // The parser stops at a depth of 128, and its error has no variant for that.
        let reason = error.to_string();
        if reason.starts_with("recursion limit") {
            "the body is nested more than 128 levels deep".to_owned()
        } else {
            format!("the body is not valid JSON: {reason}")
        }
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accepts(content_type_header: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_str(content_type_header).unwrap(),
        );
        content_type(&headers).is_ok()
    }

    #[test]
    fn json_in_all_its_names() {
        assert!(accepts("application/json"));
        assert!(accepts("Application/JSON; charset=utf-8"));
        assert!(accepts("application/merge-patch+json"));
        assert!(!accepts("text/plain"));
        assert!(!accepts("application/jsonp"));
        assert!(!accepts(""));
        assert!(content_type(&HeaderMap::new()).is_err());
    }

    #[test]
    fn says_why_it_is_not_json() {
        let deep = "[".repeat(200);
        for (bytes, reason) in [
            (&b""[..], "a body is required"),
            (b"{\"a\":\"\xff\"}", "the body is not UTF-8 at byte 6"),
            (
                deep.as_bytes(),
                "the body is nested more than 128 levels deep",
            ),
        ] {
            assert_eq!(parse(bytes).unwrap_err(), reason);
        }
        assert!(
            parse(b"{")
                .unwrap_err()
                .starts_with("the body is not valid JSON: ")
        );
    }
}
