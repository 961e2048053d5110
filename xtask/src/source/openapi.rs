//! Whether a tree is an OpenAPI document that the later stages can read.

use serde_json::Value;

use super::error::SourceError;
use crate::{
    document::{DocumentError, pointer},
    markdown::is_hidden,
};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Characters of a version or licence.
const SHORT: usize = 100;

/// What a document says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The version of OpenAPI: 3.0.x or 3.1.x.
    pub openapi: String,
    /// `info.version`.
    pub version: String,
    /// `info.license.name`, where the document has one.
    pub licence: Option<String>,
    /// The number of operations under `paths`.
    pub operations: usize,
}

/// Checks that `document` is OpenAPI 3.0 or 3.1 and has at least one operation; `origin` is its file or URL.
///
/// # Errors
/// [`SourceError::NotOpenApi`] or [`SourceError::NoOperations`], with a pointer to the fault.
pub fn check_openapi(document: &Value, origin: &str) -> Result<Facts, SourceError> {
    let fault = |pointer: &str, message: String, remedy: &str| DocumentError {
        origin: origin.to_owned(),
        pointer: pointer.to_owned(),
        message,
        remedy: remedy.to_owned(),
    };
    let root = document.as_object().ok_or_else(|| {
        SourceError::NotOpenApi(fault(
            "",
            format!("expected an OpenAPI document, found {}", kind(document)),
            "give the address or the file of the document itself",
        ))
    })?;
    if let Some(version) = root.get("swagger") {
        return Err(SourceError::NotOpenApi(fault(
            "/swagger",
            format!(
                "expected OpenAPI 3.0 or 3.1, found Swagger {}",
                bare(version)
            ),
            "convert the document to OpenAPI 3 first",
        )));
    }
    let openapi = root
        .get("openapi")
        .and_then(Value::as_str)
        .filter(|version| is_supported(version))
        .ok_or_else(|| {
            SourceError::NotOpenApi(fault(
                "/openapi",
                format!(
                    "expected a text such as \"3.0.2\" or \"3.1.0\", found {}",
                    root.get("openapi")
                        .map_or_else(|| "nothing".to_owned(), bare)
                ),
                "give an OpenAPI document of version 3.0 or 3.1",
            ))
        })?;
    let short_text = |pointer: &str| {
        let text = document.pointer(pointer).and_then(Value::as_str);
        text.filter(|text| is_short(text)).ok_or_else(|| {
            SourceError::NotOpenApi(fault(
                pointer,
                format!("expected a text of at most {SHORT} visible characters"),
                "correct it: spec/sources.toml keeps it",
            ))
        })
    };
    let version = short_text("/info/version")?;
    let operations = count_operations(root.get("paths"));
    if operations == 0 {
        return Err(SourceError::NoOperations(fault(
            &pointer("", "paths"),
            "expected at least one operation, found none".to_owned(),
            "check that this is the whole document",
        )));
    }
    let licence = match document.pointer("/info/license/name") {
        Some(_) => Some(short_text("/info/license/name")?),
        None => None,
    };
    Ok(Facts {
        openapi: openapi.to_owned(),
        version: version.to_owned(),
        licence: licence.map(str::to_owned),
        operations,
    })
}

/// Whether a text can stand in the list of documents.
fn is_short(text: &str) -> bool {
    text.chars().count() <= SHORT && !text.chars().any(is_hidden)
}

fn count_operations(paths: Option<&Value>) -> usize {
    paths
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|paths| paths.values())
        .map(|item| {
            METHODS
                .iter()
                .filter(|method| item.get(method).is_some_and(Value::is_object))
                .count()
        })
        .sum()
}

/// `3.0` or `3.1`, a dot and digits.
fn is_supported(version: &str) -> bool {
    ["3.0.", "3.1."]
        .iter()
        .filter_map(|prefix| version.strip_prefix(prefix))
        .any(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A value as a message shows it: no more than one short line.
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
            assert_eq!(
                (facts.openapi.as_str(), facts.version.as_str()),
                (version, "7")
            );
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
        let mut all = document(json!("3.0.0"));
        let item: Value = METHODS
            .iter()
            .map(|method| ((*method).to_owned(), json!({})))
            .chain([
                ("parameters".to_owned(), json!({})),
                ("x-get".to_owned(), json!({})),
            ])
            .collect::<serde_json::Map<_, _>>()
            .into();
        *all.pointer_mut("/paths/~1a").unwrap() = item;
        assert_eq!(check_openapi(&all, "x").unwrap().operations, 8);
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
            assert!(matches!(error, SourceError::NoOperations(_)), "{error}");
        }
    }
}
