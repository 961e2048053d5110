//! The area of the API that a type belongs to: that of the first operation that needs it.

use std::collections::HashMap;

use serde_json::Value;

use crate::{document::walk, names};

/// The area of types that no operation needs: they occur in callbacks.
pub const CALLBACKS: &str = "callbacks";

/// Returns the area of each type by name.
pub fn areas(normalised: &Value) -> HashMap<String, String> {
    let mut areas = HashMap::new();
    let documents = normalised.get("paths").and_then(Value::as_object);
    for (document, paths) in documents.into_iter().flatten() {
        for item in paths
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, item)| item)
        {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if walk::is_method(method) {
                    let area = area_of(document, operation);
                    for name in walk::reached(operation, normalised) {
                        areas.entry(name.to_owned()).or_insert_with(|| area.clone());
                    }
                }
            }
        }
    }
    areas
}

/// Returns the tag for the main document; each other document is an area of its own.
fn area_of(document: &str, operation: &Value) -> String {
    match (
        document,
        operation.pointer("/tags/0").and_then(Value::as_str),
    ) {
        ("conversation", Some(tag)) => names::module(tag),
        _ => names::module(document),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_operation_claims_a_type() {
        let normalised = json!({
            "paths": {
                "conversation": {
                    "/a": {"get": {"tags": ["Big Part"], "x": {"$ref": "#/components/schemas/A"}}},
                    "/b": {"get": {"tags": ["Other"], "x": [{"$ref": "#/components/schemas/B"}]}}
                },
                "batch": {"/c": {"get": {"tags": ["T"], "x": {"$ref": "#/components/schemas/C"}}}}
            },
            "components": {"schemas": {
                "A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {}, "C": {}, "D": {}
            }}
        });
        let areas = areas(&normalised);
        let of = |name: &str| areas.get(name).map(String::as_str);
        assert_eq!(
            (of("A"), of("B"), of("C"), of("D")),
            (Some("big_part"), Some("big_part"), Some("batch"), None)
        );
    }
}
