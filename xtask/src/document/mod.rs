//! An OpenAPI document as a JSON tree, and its parser.

mod read;
pub mod walk;

use std::fmt;

use serde_json::Value;

pub use read::{MAX_DEPTH, MAX_VALUES, parse, parse_json};

/// An error in a document: its place, what was expected there, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// The file or URL of the document.
    pub origin: String,
    /// The JSON pointer to the error; empty for the document as a whole.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
    /// What a maintainer can do.
    pub remedy: String,
}

impl DocumentError {
    /// Makes an error at a place of a document.
    pub fn new(
        origin: impl Into<String>,
        pointer: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            origin: origin.into(),
            pointer: pointer.into(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }
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

/// Appends a key to a JSON pointer, escaped as RFC 6901 requires.
pub fn pointer(base: &str, key: &str) -> String {
    format!("{base}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Returns the component that a local reference such as `#/components/schemas/App` names.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Returns how many values a value contains, itself included.
pub fn values_in(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(values_in).sum(),
        Value::Array(items) => items.iter().map(values_in).sum(),
        _ => 0,
    }
}

/// Returns the document by itself: types from other documents become objects of that name.
///
/// The content of such a type is compared in its own document.
pub fn standalone(document: &Value) -> Value {
    standalone_with(document, &|_| serde_json::json!({"type": "object"}))
}

/// Like [`standalone`], with a function that returns the replacement of each type.
pub(crate) fn standalone_with(document: &Value, type_of: &dyn Fn(&str) -> Value) -> Value {
    let mut borrowed = Vec::new();
    let mut alone = document.clone();
    localise(&mut alone, &mut borrowed);
    let schemas = alone
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    if let Some(schemas) = schemas {
        for name in borrowed {
            if !schemas.contains_key(&name) {
                let stub = type_of(&name);
                schemas.insert(name, stub);
            }
        }
    }
    alone
}

/// Makes references to other documents local, and collects the names of their targets.
fn localise(node: &mut Value, borrowed: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some((file, name)) = reference.split_once("#/components/schemas/")
                && !file.is_empty()
            {
                borrowed.push(name.to_owned());
                *reference = format!("#/components/schemas/{name}");
            }
            members
                .values_mut()
                .for_each(|child| localise(child, borrowed));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| localise(item, borrowed)),
        _ => {}
    }
}

/// An error that a pass found; the caller adds the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassError {
    /// The JSON pointer to the error.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
    /// What a maintainer can do.
    pub remedy: String,
}

impl PassError {
    /// Makes an error at a place of the document.
    pub fn new(
        pointer: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Adds the document.
    pub fn in_document(self, origin: &str) -> DocumentError {
        DocumentError::new(origin, self.pointer, self.message, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_borrowed_type_is_an_object_of_that_name() {
        let document = json!({"components": {"schemas": {
            "A": {"allOf": [{"$ref": "other.yaml#/components/schemas/B"}, {"$ref": "#/components/schemas/A"}]}
        }}});
        assert_eq!(
            standalone(&document),
            json!({"components": {"schemas": {
                "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/A"}]},
                "B": {"type": "object"}
            }}})
        );
    }
}
