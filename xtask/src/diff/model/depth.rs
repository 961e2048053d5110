//! How deep a document is nested: bounded, so that whatever walks it by recursion comes back.

use serde_json::Value;

use crate::document::{self, DocumentError};

/// Published documents stay below 40.
const MAX_DEPTH: usize = 128;

/// Refuses a document that is nested too deep.
pub(super) fn check(document: &Value, origin: &str) -> Result<(), DocumentError> {
    let mut waiting = vec![(document, String::new(), 0)];
    while let Some((value, pointer, depth)) = waiting.pop() {
        if depth > MAX_DEPTH {
            return Err(DocumentError {
                origin: origin.to_owned(),
                pointer,
                message: format!("expected at most {MAX_DEPTH} levels of nesting, found more"),
                remedy: "move the inner schemas to components".to_owned(),
            });
        }
        let inner = |key: &str| document::pointer(&pointer, key);
        match value {
            Value::Object(object) => waiting.extend(
                object
                    .iter()
                    .map(|(key, value)| (value, inner(key), depth + 1)),
            ),
            Value::Array(items) => waiting.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| (item, inner(&index.to_string()), depth + 1)),
            ),
            _ => {}
        }
    }
    Ok(())
}
