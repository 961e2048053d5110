//! Removes formats that would change decoded values; integers without a format get 64 bits.

use serde_json::{Value, json};

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        let kind = schema.get("type").and_then(Value::as_str);
        let format = schema.get("format").and_then(Value::as_str);
        let wanted = match (kind, format) {
            (Some("integer"), None) => Some("int64"),
            (Some("number"), Some("double")) => return,
            (Some("number"), _) => Some("double"),
            (_, None | Some("date-time" | "password" | "int32" | "int64")) => return,
            (_, Some(_)) => None,
        };
        touched.push(format!(
            "{place} {} -> {}",
            format.unwrap_or("none"),
            wanted.unwrap_or("none")
        ));
        match wanted {
            Some(wanted) => schema.insert("format".to_owned(), json!(wanted)),
            None => schema.shift_remove("format"),
        };
    });
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_and_drops() {
        let mut seen = json!({"components": {"schemas": {
            "F": {"type": "number", "format": "float"}, "I": {"type": "integer"},
            "B": {"type": "string", "format": "byte"}, "T": {"type": "string", "format": "date-time"},
            "S": {"type": "integer", "format": "int32"}
        }}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(touched.len(), 3);
        assert_eq!(
            seen.pointer("/components/schemas"),
            Some(&json!({
                "F": {"type": "number", "format": "double"}, "I": {"type": "integer", "format": "int64"},
                "B": {"type": "string"}, "T": {"type": "string", "format": "date-time"},
                "S": {"type": "integer", "format": "int32"}
            }))
        );
    }
}
