//! Replaces `allOf` around a single reference, inside a type, by the reference.

use serde_json::{Map, Value};

use super::{PassError, walk};

/// Keys that do not change the type.
const PROSE: &[&str] = &[
    "description",
    "readOnly",
    "writeOnly",
    "deprecated",
    "nullable",
    "x-default",
];

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        if is_component(place) {
            return;
        }
        if let Some(plain) = plain_reference(schema) {
            touched.push(place.to_owned());
            *schema = plain;
        }
    });
    Ok(touched)
}

/// Returns whether it is a named schema, which keeps its name and is not replaced.
fn is_component(place: &str) -> bool {
    place
        .strip_prefix("/components/schemas/")
        .is_some_and(|rest| !rest.contains('/'))
}

fn plain_reference(schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    let parts = schema.get("allOf")?.as_array()?;
    let bare = |node: &Map<String, Value>| {
        node.iter().all(|(key, value)| {
            PROSE.contains(&key.as_str()) || key == "allOf" || (key == "type" && value == "object")
        })
    };
    let mut plain = Map::new();
    let mut description = schema.get("description").cloned();
    for part in parts {
        let part = part.as_object()?;
        match part.get("$ref") {
            Some(reference) if plain.is_empty() => {
                plain.insert("$ref".to_owned(), reference.clone());
            }
            None if bare(part) && !part.contains_key("allOf") => {
                description = description.or_else(|| part.get("description").cloned());
            }
            _ => return None,
        }
    }
    if plain.is_empty() || !bare(schema) {
        return None;
    }
    if let Some(description) = description {
        plain.insert("description".to_owned(), description);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unwraps_properties_and_not_components() {
        let wrapped = json!({"type": "object", "allOf": [{"description": "said here"}, {"$ref": "#/components/schemas/B"}]});
        let mut seen = json!({"components": {"schemas": {
            "A": {"type": "object", "properties": {"b": wrapped}},
            "B": wrapped,
            "C": {"type": "object", "properties": {"d": {"allOf": [
                {"$ref": "#/components/schemas/B"}, {"type": "object", "properties": {"x": {}}}
            ]}}}
        }}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(touched, ["/components/schemas/A/properties/b"]);
        assert_eq!(
            seen.pointer("/components/schemas/A/properties/b"),
            Some(&json!({"$ref": "#/components/schemas/B", "description": "said here"}))
        );
    }
}
