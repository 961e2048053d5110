//! Converts descriptions to Markdown that causes no warnings in rustdoc, and no doctests.

use serde_json::Value;

use super::{PassError, walk};
use crate::{document::pointer, markdown};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_object(document, &mut |place, members| {
        for key in ["description", "summary"] {
            if let Some(Value::String(text)) = members.get_mut(key) {
                let cleaned = markdown::for_rustdoc(&markdown::without_templating(text));
                if cleaned != *text {
                    touched.push(pointer(place, key));
                    *text = cleaned;
                }
            }
        }
    });
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cleans_prose_and_not_values() {
        let mut seen = json!({
            "info": {"description": "See https://a.example/x."},
            "components": {"schemas": {"A": {"type": "object", "properties": {
                "description": {"type": "string", "enum": ["<b>"], "description": "a [b]"}
            }}}}
        });
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(
            touched,
            [
                "/info/description",
                "/components/schemas/A/properties/description/description"
            ]
        );
        assert_eq!(
            seen.pointer("/components/schemas/A/properties/description"),
            Some(&json!({"type": "string", "enum": ["<b>"], "description": "a \\[b\\]"}))
        );
    }
}
