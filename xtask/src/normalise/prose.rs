//! Descriptions become Markdown that rustdoc takes without a warning and runs nothing of.

use serde_json::Value;

use super::Fault;
use crate::{document::pointer, markdown};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, Fault> {
    let mut touched = Vec::new();
    clean(document, "", false, &mut touched);
    Ok(touched)
}

/// `named` is true where keys are names given by the document: a property may be called `description`.
fn clean(node: &mut Value, place: &str, named: bool, touched: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            for (key, child) in members.iter_mut() {
                let place = pointer(place, key);
                match child {
                    Value::String(text)
                        if !named && matches!(key.as_str(), "description" | "summary") =>
                    {
                        let text_alone = markdown::without_templating(text);
                        let cleaned = markdown::for_rustdoc(&text_alone);
                        if cleaned != *text {
                            touched.push(place);
                            *text = cleaned;
                        }
                    }
                    child => {
                        let names_inside =
                            !named && matches!(key.as_str(), "properties" | "schemas" | "mapping");
                        clean(child, &place, names_inside, touched);
                    }
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                clean(item, &format!("{place}/{index}"), false, touched);
            }
        }
        _ => {}
    }
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
