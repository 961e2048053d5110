//! Examples, code samples, vendor extensions and external documentation go; a title is prose.

use serde_json::{Map, Value};

use super::{Fault, walk};

/// Extensions that our own overlays use to say what OpenAPI cannot.
const OURS: &[&str] = &[
    "x-bare",
    "x-further-limits",
    "x-idempotent",
    "x-open",
    "x-rust-name",
    "x-selected-by",
    "x-triggers",
    "x-unverified",
];

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, Fault> {
    let mut touched = Vec::new();
    strip(document, "", false, &mut touched);
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

/// `named` is true where keys are names given by the document, such as those of properties.
fn strip(node: &mut Value, place: &str, named: bool, touched: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            if !named {
                drop_samples(members, place, touched);
            }
            for (key, child) in members.iter_mut() {
                let names_inside = !named && holds_names(key);
                strip(
                    child,
                    &crate::document::pointer(place, key),
                    names_inside,
                    touched,
                );
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                strip(item, &format!("{place}/{index}"), false, touched);
            }
        }
        _ => {}
    }
}

fn drop_samples(members: &mut Map<String, Value>, place: &str, touched: &mut Vec<String>) {
    members.retain(|key, _| {
        let sample = matches!(key.as_str(), "example" | "examples" | "externalDocs")
            || (key.starts_with("x-") && !OURS.contains(&key.as_str()));
        if sample {
            touched.push(crate::document::pointer(place, key));
        }
        !sample
    });
}

fn holds_names(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "schemas"
            | "responses"
            | "parameters"
            | "requestBodies"
            | "paths"
            | "mapping"
    )
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
