//! A property that is sent without the object around it (`x-bare` names that object's key) has the type of what is inside.

use serde_json::Value;

use super::{
    Fault,
    walk::{self, Node, reference_to, referenced},
};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, Fault> {
    let Some(known) = walk::components(document).map(|schemas| schemas.clone()) else {
        return Ok(Vec::new());
    };
    let mut touched = Vec::new();
    let mut fault = None;
    walk::each_schema(document, &mut |place, schema| {
        let Some(key) = schema.get("x-bare").and_then(Value::as_str) else {
            return;
        };
        match inside(schema, key, &known) {
            Some(inner) => {
                touched.push(format!("{place} -> {inner}"));
                schema.insert("$ref".to_owned(), reference(&inner));
            }
            None => {
                fault.get_or_insert(Fault {
                    pointer: place.to_owned(),
                    message: format!("expected a reference to an object whose only key is {key}, with a type of its own"),
                    remedy: "mend the overlay that sets x-bare".to_owned(),
                });
            }
        }
    });
    fault.map_or(Ok(touched), Err)
}

/// The type that is inside of the object that a property refers to.
fn inside(property: &Node, key: &str, known: &Node) -> Option<String> {
    let wrapper = referenced(&Value::Object(property.clone()))?.to_owned();
    let properties = known.get(&wrapper)?.get("properties")?.as_object()?;
    match properties.len() {
        1 => referenced(properties.get(key)?).map(str::to_owned),
        _ => None,
    }
}

fn reference(name: &str) -> Value {
    reference_to(name).get("$ref").cloned().unwrap_or_default()
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
