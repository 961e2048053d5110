//! Removes names from `required` that are not properties.

use serde_json::Value;

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        let known: Vec<String> = schema
            .get("properties")
            .and_then(Value::as_object)
            .map(|properties| properties.keys().cloned().collect())
            .unwrap_or_default();
        let Some(Value::Array(required)) = schema.get_mut("required") else {
            return;
        };
        required.retain(|name| {
            let exists = name
                .as_str()
                .is_some_and(|name| known.iter().any(|it| it == name));
            if !exists {
                touched.push(format!("{place} {name}"));
            }
            exists
        });
        if required.is_empty() {
            schema.shift_remove("required");
        }
    });
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keeps_what_exists() {
        let mut seen = json!({"components": {"schemas": {
            "A": {"type": "object", "required": ["a", "b"], "properties": {"a": {}}},
            "B": {"type": "object", "required": ["c"]}
        }}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(
            touched,
            ["/components/schemas/A \"b\"", "/components/schemas/B \"c\""]
        );
        assert_eq!(
            seen.pointer("/components/schemas/A/required"),
            Some(&json!(["a"]))
        );
        assert_eq!(seen.pointer("/components/schemas/B/required"), None);
    }
}
