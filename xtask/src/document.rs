//! An OpenAPI document as a tree of JSON, and how it is read.

use std::fmt;

use serde_json::Value;

/// A fault in a document: where it is, what was expected there, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// File or URL of the document.
    pub origin: String,
    /// JSON pointer to the fault; empty for the document as a whole.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
    /// What a maintainer can do.
    pub remedy: String,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}#{}: {}; {}",
            self.origin, self.pointer, self.message, self.remedy
        )
    }
}

impl std::error::Error for DocumentError {}

/// Reads YAML or JSON (which is YAML) into a tree that keeps the order of keys.
pub fn parse(text: &str, origin: &str) -> Result<Value, DocumentError> {
    serde_norway::from_str(text).map_err(|error| DocumentError {
        origin: origin.to_owned(),
        pointer: String::new(),
        message: format!("expected YAML or JSON, but {error}"),
        remedy: "check the file at that line".to_owned(),
    })
}

/// Joins a JSON pointer and one more key, escaped as RFC 6901 asks.
pub fn pointer(base: &str, key: &str) -> String {
    format!("{base}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The component that a local reference such as `#/components/schemas/App` names.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}
