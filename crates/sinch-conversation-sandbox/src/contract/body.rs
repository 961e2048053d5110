//! The body of a request: what it is written in, and what it says.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;
use sinch_conversation_raw::OperationId as Id;

use super::{Body, proto_json, tolerated, violations};
use crate::http::call::Request;
use crate::http::fault::Violation;

/// Parses the body of a request and brings it into the form of the document.
pub(super) fn read(
    document: &Value,
    rules: &Body,
    request: &Request,
    headers: &HeaderMap,
) -> Result<Value, Vec<Violation>> {
    if request.body.is_empty() && !rules.required {
        return Ok(Value::Null);
    }
    let mut found: Vec<Violation> = content_type(headers).err().into_iter().collect();
    let mut body = match parse(&request.body) {
        Ok(parsed) => parsed,
        Err(description) => {
            found.push(Violation::new("", description));
            return Err(found);
        }
    };
    found.extend(conform(document, rules, request.operation.id, &mut body));
    if found.is_empty() {
        Ok(body)
    } else {
        Err(found)
    }
}

/// Brings a body into the form of the document. Returns what is wrong with it.
fn conform(document: &Value, rules: &Body, operation: Id, body: &mut Value) -> Vec<Violation> {
    let schema = document.pointer(&rules.schema).unwrap_or(&Value::Null);
    let mut found = proto_json::rewrite(document, schema, body);
    let Some(wrapper) = tolerated::unwrap(operation, body) else {
        return validate(document, rules, operation, body, found);
    };
    if found.is_empty() {
        found = proto_json::rewrite(document, schema, body);
    }
    let found = validate(document, rules, operation, body, found);
    let renamed = found.into_iter().map(|violation| wrapper.rename(violation));
    renamed.collect()
}

/// What the schema refuses, unless something was refused before.
fn validate(
    document: &Value,
    rules: &Body,
    operation: Id,
    body: &Value,
    found: Vec<Violation>,
) -> Vec<Violation> {
    if !found.is_empty() {
        return found;
    }
    let instance = without_nulls(body);
    let errors = rules.validator.iter_errors(&instance);
    let refused = errors.filter(|error| !tolerated::passes(operation, error));
    violations::of(document, refused).collect()
}

/// The API documents `application/json` for every body; a format that builds upon it is JSON too.
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
        return Err("a body is needed".to_owned());
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("the body is not UTF-8 at byte {}", error.valid_up_to()))?;
    serde_json::from_str(text).map_err(|error| {
        // The parser stops at a depth of 128; its error has no kind for that.
        let reason = error.to_string();
        if reason.starts_with("recursion limit") {
            "the body is nested more than 128 levels deep".to_owned()
        } else {
            format!("the body is not valid JSON: {reason}")
        }
    })
}

/// A field that is `null` counts as absent.
fn without_nulls(value: &Value) -> Cow<'_, Value> {
    if !has_nulls(value) {
        return Cow::Borrowed(value);
    }
    let mut value = value.clone();
    remove_nulls(&mut value);
    Cow::Owned(value)
}

fn has_nulls(value: &Value) -> bool {
    match value {
        Value::Object(members) => members
            .values()
            .any(|member| member.is_null() || has_nulls(member)),
        Value::Array(items) => items.iter().any(has_nulls),
        _ => false,
    }
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

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
            (&b""[..], "a body is needed"),
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

    #[test]
    fn null_is_absent_in_objects_only() {
        let value = json!({"a": null, "b": [null, {"c": null, "d": 1}]});
        assert_eq!(*without_nulls(&value), json!({"b": [null, {"d": 1}]}));
    }
}
