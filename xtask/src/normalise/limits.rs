//! Moves lengths, counts and ranges from the types to their documentation; `x-limits` keeps them for code that checks
//! requests.

use serde_json::{Map, Value, json};

use super::{PassError, walk};
use crate::markdown::code;

const LIMITS: &[(&str, &str)] = &[
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("pattern", "of the form {}"),
    ("multipleOf", "a multiple of {}"),
    ("minProperties", "at least {} members"),
    ("maxProperties", "at most {} members"),
];

const SILENT: &[&str] = &["uniqueItems", "exclusiveMinimum", "exclusiveMaximum"];

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        let mut told = Vec::new();
        let mut kept = Map::new();
        for (key, sentence) in LIMITS {
            if let Some(limit) = schema.shift_remove(*key) {
                kept.insert((*key).to_owned(), limit.clone());
                let shown = limit.as_str().map_or_else(|| limit.to_string(), code);
                told.push(sentence.replace("{}", &shown));
                touched.push(format!("{place} {key} {shown}"));
            }
        }
        for key in SILENT {
            if let Some(limit) = schema.shift_remove(*key) {
                kept.insert((*key).to_owned(), limit);
                touched.push(format!("{place} {key}"));
            }
        }
        if !kept.is_empty() {
            schema.insert("x-limits".to_owned(), Value::Object(kept));
        }
        if !told.is_empty() {
            let before = schema
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let limit = format!("Limit: {}.", told.join(", "));
            let after = if before.is_empty() {
                limit
            } else {
                format!("{before}\n\n{limit}")
            };
            schema.insert("description".to_owned(), json!(after));
        }
    });
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_limits_into_the_documentation() {
        let mut seen = json!({"components": {"schemas": {"A": {
            "type": "object", "properties": {
                "name": {"type": "string", "maxLength": 8, "description": "A label."},
                "rate": {"type": "integer", "minimum": 0, "maximum": 100}
            }
        }}}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(touched.len(), 3);
        assert_eq!(
            seen.pointer("/components/schemas/A/properties"),
            Some(&json!({
                "name": {"type": "string", "x-limits": {"maxLength": 8},
                    "description": "A label.\n\nLimit: at most 8 characters."},
                "rate": {"type": "integer", "x-limits": {"minimum": 0, "maximum": 100},
                    "description": "Limit: at least 0, at most 100."}
            }))
        );
    }
}
