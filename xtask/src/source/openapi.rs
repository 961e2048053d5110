//! Checks that a tree is an OpenAPI document that the later stages can read.

use serde_json::Value;

use crate::{
    document::{DocumentError, walk::is_method},
    markdown::is_hidden,
};

/// The most characters of a version or licence.
const SHORT: usize = 100;

/// The document's own metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// `info.version`.
    pub version: String,
    /// `info.license.name`, if the document has one.
    pub licence: Option<String>,
}

/// Checks that `document` is OpenAPI 3.0 or 3.1 and has at least one operation; `origin` is its file or URL.
///
/// # Errors
/// With a JSON pointer to the error.
pub fn check_openapi(document: &Value, origin: &str) -> Result<Facts, DocumentError> {
    let fault = |pointer: &str, expected: &str, found: &str, remedy: &str| {
        let message = format!("expected {expected}, found {found}");
        Err(DocumentError::new(origin, pointer, message, remedy))
    };
    if !document.is_object() {
        let remedy = "use the address or the file of the document itself";
        return fault("", "an OpenAPI document", kind(document), remedy);
    }
    if let Some(version) = document.get("swagger") {
        let found = format!("Swagger {}", bare(version));
        let remedy = "convert the document to OpenAPI 3 first";
        return fault("/swagger", "OpenAPI 3.0 or 3.1", &found, remedy);
    }
    let version = document.get("openapi").unwrap_or(&Value::Null);
    if !version.as_str().is_some_and(is_supported) {
        let remedy = "use an OpenAPI document of version 3.0 or 3.1";
        let expected = "a text such as \"3.0.2\" or \"3.1.0\"";
        return fault("/openapi", expected, &bare(version), remedy);
    }
    let short_text = |pointer: &str| match document.pointer(pointer) {
        Some(Value::String(text)) if is_short(text) => Ok(text.clone()),
        _ => Err(DocumentError::new(
            origin,
            pointer,
            format!("expected a text of at most {SHORT} visible characters"),
            "correct it: spec/sources.toml keeps it",
        )),
    };
    let version = short_text("/info/version")?;
    if !has_operation(document) {
        let remedy = "check that this is the whole document";
        return fault("/paths", "at least one operation", "none", remedy);
    }
    let licence = match document.pointer("/info/license/name") {
        Some(_) => Some(short_text("/info/license/name")?),
        None => None,
    };
    Ok(Facts { version, licence })
}

/// Returns whether a string can be stored in the list of documents.
fn is_short(text: &str) -> bool {
    text.chars().count() <= SHORT && !text.chars().any(is_hidden)
}

fn has_operation(document: &Value) -> bool {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut members = paths
        .into_iter()
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object)
        .flatten();
    members.any(|(key, value)| is_method(key) && value.is_object())
}

/// Returns whether it is `3.0` or `3.1`, a dot and digits.
fn is_supported(version: &str) -> bool {
    let patch = version
        .strip_prefix("3.0.")
        .or_else(|| version.strip_prefix("3.1."));
    patch.is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns a value for a message, as one short line at most.
fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().take(20).collect(),
        Value::Number(number) => format!("the number {number}"),
        other => kind(other).to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "plain text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(openapi: Value) -> Value {
        json!({"openapi": openapi, "info": {"title": "t", "version": "7"}, "paths": {"/a": {"get": {}}}})
    }

    #[test]
    fn versions_3_0_and_3_1_are_taken() {
        for version in ["3.0.0", "3.0.2", "3.1.0", "3.1.1"] {
            let facts = check_openapi(&document(json!(version)), "x").unwrap();
            assert_eq!(facts.version, "7");
        }
    }

    #[test]
    fn other_versions_name_the_place_and_what_was_found() {
        for (version, found) in [
            (json!("3.2.0"), "found 3.2.0"),
            (json!("3.0"), "found 3.0"),
            (json!("3.10.0"), "found 3.10.0"),
            (json!("3.0.x"), "found 3.0.x"),
            (json!(3.1), "found the number 3.1"),
            (json!(null), "found nothing"),
        ] {
            let error = check_openapi(&document(version), "x.yaml").unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("x.yaml#/openapi: "), "{text}");
            assert!(text.contains(found), "{text}");
        }
    }

    #[test]
    fn what_the_list_keeps_is_short_and_visible() {
        for (place, text) in [
            ("/info/version", "1".repeat(101)),
            ("/info/license/name", "MIT\u{202e}".to_owned()),
            ("/info/license/name", "MIT\n[[document]]".to_owned()),
        ] {
            let mut odd = document(json!("3.0.0"));
            odd["info"]["license"] = json!({"name": "MIT"});
            *odd.pointer_mut(place).unwrap() = json!(text);
            let error = check_openapi(&odd, "x").unwrap_err().to_string();
            assert!(error.starts_with(&format!("x#{place}: ")), "{error}");
        }
    }

    #[test]
    fn every_method_counts_and_nothing_else() {
        for (method, counts) in [
            ("get", true),
            ("put", true),
            ("post", true),
            ("delete", true),
            ("options", true),
            ("head", true),
            ("patch", true),
            ("trace", true),
            ("parameters", false),
            ("x-get", false),
        ] {
            let mut one = document(json!("3.0.0"));
            one["paths"] = json!({"/a": {method: {}}});
            assert_eq!(check_openapi(&one, "x").is_ok(), counts, "{method}");
        }
    }

    #[test]
    fn a_document_without_operations_is_refused() {
        for paths in [
            json!({}),
            json!(null),
            json!([]),
            json!({"/a": {"parameters": []}}),
        ] {
            let mut empty = document(json!("3.0.0"));
            *empty.pointer_mut("/paths").unwrap() = paths;
            let error = check_openapi(&empty, "x").unwrap_err();
            assert!(error.message.contains("at least one operation"), "{error}");
        }
    }
}
