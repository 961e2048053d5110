//! Removes examples, code samples, vendor extensions and external documentation; a title is prose.

use serde_json::Value;

use super::{PassError, walk};
use crate::document::pointer;

/// Extensions that our own overlays use for what OpenAPI cannot express.
const OURS: &[&str] = &[
    "x-bare",
    "x-final-values",
    "x-further-limits",
    "x-idempotent",
    "x-open",
    "x-rust-name",
    "x-rust-variants",
    "x-same-as",
    "x-selected-by",
    "x-triggers",
    "x-unverified",
];

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_object(document, &mut |place, members| {
        members.retain(|key, _| {
            let is_sample = matches!(key.as_str(), "example" | "examples" | "externalDocs")
                || (key.starts_with("x-") && !OURS.contains(&key.as_str()));
            if is_sample {
                touched.push(pointer(place, key));
            }
            !is_sample
        });
    });
    walk::each_schema(document, &mut |_, schema| {
        if let (Some(title), false) = (
            schema.shift_remove("title"),
            schema.contains_key("description"),
        ) {
            schema.insert("description".to_owned(), title);
        }
    });
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn drops_samples_and_keeps_properties_of_that_name() {
        let mut seen = json!({"components": {"schemas": {"A": {
            "title": "a", "example": 1, "x-codeSamples": [{"lang": "curl"}], "x-rust-name": "B",
            "properties": {"example": {"type": "string", "examples": ["x"]}, "title": {"type": "string"}}
        }}}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(
            seen,
            json!({"components": {"schemas": {"A": {
                "x-rust-name": "B", "description": "a",
                "properties": {"example": {"type": "string"}, "title": {"type": "string"}}
            }}}})
        );
        assert_eq!(
            touched,
            [
                "/components/schemas/A/example",
                "/components/schemas/A/x-codeSamples",
                "/components/schemas/A/properties/example/examples"
            ]
        );
    }
}
