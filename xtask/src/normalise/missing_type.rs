//! Adds a missing `type`: a schema with `properties` is an object, and one with string `enum` values is a string.

use serde_json::{Value, json};

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        if schema.contains_key("type") {
            return;
        }
        let implied = if schema.contains_key("properties") {
            "object"
        } else if has_string_values(schema.get("enum")) {
            "string"
        } else {
            return;
        };
        schema.insert("type".to_owned(), json!(implied));
        touched.push(format!("{place} -> {implied}"));
    });
    Ok(touched)
}

fn has_string_values(values: Option<&Value>) -> bool {
    values
        .and_then(Value::as_array)
        .is_some_and(|values| values.iter().all(Value::is_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_the_implied_type() {
        let mut seen = json!({"components": {"schemas": {
            "A": {"properties": {"b": {"enum": ["X"]}, "c": {"description": "free"}}}
        }}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(
            seen.pointer("/components/schemas/A/type"),
            Some(&json!("object"))
        );
        assert_eq!(
            seen.pointer("/components/schemas/A/properties/b/type"),
            Some(&json!("string"))
        );
        assert_eq!(
            seen.pointer("/components/schemas/A/properties/c/type"),
            None
        );
        assert_eq!(touched.len(), 2);
    }
}
