//! Unwraps a property that is sent without its published wrapper object; `x-bare` names the wrapper's only key.

use serde_json::Value;

use super::{
    PassError,
    walk::{self, Node, reference_to, referenced},
};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let Some(known) = walk::components(document).map(|schemas| schemas.clone()) else {
        return Ok(Vec::new());
    };
    walk::try_schemas(document, |place, schema, touched| {
        let Some(key) = schema.get("x-bare").and_then(Value::as_str) else {
            return Ok(());
        };
        let inner = inside(schema, key, &known).ok_or_else(|| {
            let message = format!(
                "expected a reference to an object whose only key is {key}, with a type of its own"
            );
            PassError::new(place, message, "correct the overlay that sets x-bare")
        })?;
        touched.push(format!("{place} -> {inner}"));
        if let Value::Object(reference) = reference_to(&inner) {
            schema.extend(reference);
        }
        Ok(())
    })
}

/// Returns the type inside of the wrapper object.
fn inside(property: &Node, key: &str, known: &Node) -> Option<String> {
    let wrapper = referenced(&Value::Object(property.clone()))?.to_owned();
    let properties = known.get(&wrapper)?.get("properties")?.as_object()?;
    match properties.len() {
        1 => referenced(properties.get(key)?).map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(key: &str) -> Value {
        json!({"components": {"schemas": {
            "Send": {"type": "object", "properties": {
                "event": {"$ref": "#/components/schemas/Field", "x-bare": key}
            }},
            "Field": {"type": "object", "properties": {"app_event": {"$ref": "#/components/schemas/AppEvent"}}},
            "AppEvent": {"type": "object"}
        }}})
    }

    #[test]
    fn the_object_around_it_is_left_out() {
        let mut seen = document("app_event");
        assert_eq!(
            apply(&mut seen).expect("it is there"),
            ["/components/schemas/Send/properties/event -> AppEvent"]
        );
        assert_eq!(
            seen.pointer("/components/schemas/Send/properties/event"),
            Some(&json!({"$ref": "#/components/schemas/AppEvent", "x-bare": "app_event"}))
        );
    }

    #[test]
    fn a_key_that_is_not_there_is_a_fault() {
        let fault = apply(&mut document("event")).expect_err("no such key");
        assert_eq!(fault.pointer, "/components/schemas/Send/properties/event");
    }
}
