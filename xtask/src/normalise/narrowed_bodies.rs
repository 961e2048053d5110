//! Replaces a request body that refers to a type and only requires more of its fields by that type; `x-required` keeps
//! the names of the fields for code that checks requests.

use serde_json::{Value, json};

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_operation(document, &mut |place, operation| {
        let Some(body) = operation.get_mut("requestBody") else {
            return;
        };
        let Some(schema) = body.pointer_mut("/content/application~1json/schema") else {
            return;
        };
        if let Some((reference, required)) = narrowed(schema) {
            touched.push(format!("{place} requires {}", required.join(", ")));
            *schema = json!({ "$ref": reference });
            body["x-required"] = json!(required);
        }
    });
    Ok(touched)
}

/// Returns the reference and the additional required names of a schema that says nothing else.
fn narrowed(schema: &Value) -> Option<(String, Vec<String>)> {
    let parts = match schema.get("allOf") {
        Some(Value::Array(parts)) => parts.iter().collect(),
        _ => vec![schema],
    };
    let mut reference = None;
    let mut required = Vec::new();
    for part in parts {
        for (key, value) in part.as_object()? {
            match key.as_str() {
                "$ref" if reference.is_none() => reference = Some(value.as_str()?.to_owned()),
                "required" => required.extend(
                    value
                        .as_array()?
                        .iter()
                        .filter_map(Value::as_str)
                        .map(str::to_owned),
                ),
                "type" if value == "object" => {}
                _ => return None,
            }
        }
    }
    Some((reference?, required)).filter(|(_, required)| !required.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(schema: Value) -> Value {
        json!({"paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}}})
    }

    #[test]
    fn sees_both_ways_of_narrowing() {
        let plain = body(json!({"$ref": "#/components/schemas/A"}));
        for narrowed in [
            json!({"$ref": "#/components/schemas/A", "required": ["id"]}),
            json!({"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "required": ["id"]}]}),
        ] {
            let mut seen = body(narrowed);
            assert_eq!(
                apply(&mut seen).expect("no faults"),
                ["/paths/~1a/post requires id"]
            );
            let body = seen.pointer_mut("/paths/~1a/post/requestBody").unwrap();
            assert_eq!(
                body.as_object_mut().unwrap().shift_remove("x-required"),
                Some(json!(["id"]))
            );
            assert_eq!(seen, plain);
        }
    }

    #[test]
    fn leaves_a_body_that_adds_properties() {
        let extended = body(json!({"allOf": [
            {"$ref": "#/components/schemas/A"},
            {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}
        ]}));
        let mut seen = extended.clone();
        assert!(apply(&mut seen).expect("no faults").is_empty());
        assert_eq!(seen, extended);
    }
}
