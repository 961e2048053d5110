//! Converts OpenAPI 3.1 to 3.0, which the generator needs.

use serde_json::{Value, json};

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    let version = document
        .get("openapi")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !version.starts_with("3.1") {
        return Ok(touched);
    }
    document["openapi"] = json!("3.0.3");
    if let Some(document) = document.as_object_mut() {
        document.shift_remove("webhooks");
        document.shift_remove("jsonSchemaDialect");
    }
    walk::each_schema(document, &mut |place, schema| {
        let before = schema.clone();
        single_type(schema);
        constant(schema);
        nullable_alternative(schema);
        if *schema != before {
            touched.push(place.to_owned());
        }
    });
    Ok(touched)
}

/// Reduces a list of types to one; `null` can be dropped, as every field may be `null`.
fn single_type(schema: &mut walk::Node) {
    let Some(Value::Array(types)) = schema.get("type") else {
        return;
    };
    let named: Vec<Value> = types.iter().filter(|it| *it != "null").cloned().collect();
    match named.as_slice() {
        [only] => {
            schema.insert("type".to_owned(), only.clone());
        }
        _ => {
            schema.shift_remove("type");
        }
    }
}

fn constant(schema: &mut walk::Node) {
    if let Some(value) = schema.shift_remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
}

fn nullable_alternative(schema: &mut walk::Node) {
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(members)) = schema.get_mut(key) else {
            continue;
        };
        let before = members.len();
        members.retain(|member| member.get("type") != Some(&json!("null")));
        if let (true, [only]) = (members.len() < before, members.as_slice()) {
            let only = only.clone();
            schema.shift_remove(key);
            schema.insert("allOf".to_owned(), json!([only]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_3_0_alone() {
        let before =
            json!({"openapi": "3.0.2", "components": {"schemas": {"A": {"type": "string"}}}});
        let mut seen = before.clone();
        assert!(apply(&mut seen).expect("no faults").is_empty());
        assert_eq!(seen, before);
    }

    #[test]
    fn rewrites_types_constants_and_null() {
        let mut seen = json!({"openapi": "3.1.0", "webhooks": {}, "components": {"schemas": {
            "A": {"type": ["object"]},
            "B": {"type": ["string", "null"], "const": "X"},
            "C": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}
        }}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(touched.len(), 3);
        assert_eq!(
            seen,
            json!({"openapi": "3.0.3", "components": {"schemas": {
                "A": {"type": "object"},
                "B": {"type": "string", "enum": ["X"]},
                "C": {"allOf": [{"$ref": "#/components/schemas/A"}]}
            }}})
        );
    }
}
