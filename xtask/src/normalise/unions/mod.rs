//! Converts `oneOf` to `x-union`: how the alternatives are told apart, and what each one holds.
//!
//! In this order: by a sibling property that an overlay names in `x-selected-by`; by a property that has one fixed
//! value in each alternative; by a property that only one alternative has.

mod classify;
mod model;

use serde_json::{Value, json};

pub use model::{Alternative, Holds, Select, Union};

use super::{
    PassError,
    walk::{self, Node, reference_to, referenced},
};
use crate::{document::pointer, names::Scope};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    classify_all(document, &mut touched)?;
    select_by_sibling(document);
    give_values_room(document)?;
    require_keys(document);
    fix_constants(document);
    Ok(touched)
}

fn classify_all(document: &mut Value, touched: &mut Vec<String>) -> Result<(), PassError> {
    let Some(schemas) = walk::components(document) else {
        return Ok(());
    };
    let known = schemas.clone();
    for (name, schema) in schemas.iter_mut() {
        if schema.get("oneOf").is_none() {
            continue;
        }
        let union = classify::classify(name, schema, &known)?;
        touched.push(format!("{name}: {union}"));
        let description = schema.get("description").cloned();
        let triggers = schema.get("x-triggers").cloned();
        *schema = union.to_schema(description);
        if let (Some(triggers), Some(schema)) = (triggers, schema.as_object_mut()) {
            schema.insert("x-triggers".to_owned(), triggers);
        }
    }
    Ok(())
}

/// Combines the selecting and the selected property into one union of their object.
fn select_by_sibling(document: &mut Value) {
    let Some(schemas) = walk::components(document) else {
        return;
    };
    let selected: Vec<(String, String, String)> = schemas
        .iter()
        .filter_map(|(name, schema)| match Union::of(schema)?.select {
            Select::Sibling { property, content } => Some((name.clone(), property, content)),
            _ => None,
        })
        .collect();
    for schema in schemas.values_mut().filter_map(Value::as_object_mut) {
        for (union, property, content) in &selected {
            let holds = schema
                .get("properties")
                .and_then(|properties| properties.get(content))
                .is_some_and(|value| referenced(value) == Some(union));
            if holds {
                remove_properties(schema, &[property, content]);
                schema.insert("x-alternatives".to_owned(), reference_to(union));
            }
        }
    }
}

fn remove_properties(schema: &mut Node, names: &[&String]) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, _| !names.contains(&name));
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !names.iter().any(|gone| name == gone.as_str()));
    }
}

/// Wraps a union that is a value by itself in an object, which has room for unknown fields.
fn give_values_room(document: &mut Value) -> Result<(), PassError> {
    let mut used = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        let component =
            place.matches('/').count() == 3 && place.starts_with("/components/schemas/");
        if let (false, Some(name)) = (component, schema.get("$ref").and_then(Value::as_str)) {
            used.push(name.to_owned());
        }
    });
    let Some(schemas) = walk::components(document) else {
        return Ok(());
    };
    let mut scope = Scope::of_types(schemas)?;
    for (name, schema) in std::mem::take(schemas) {
        let reference = format!("#/components/schemas/{name}");
        let crowded = Union::of(&schema).is_some_and(|union| union.leaves_fields());
        if !crowded || !used.contains(&reference) {
            schemas.insert(name, schema);
            continue;
        }
        let place = format!(
            "{} (its alternatives)",
            pointer("/components/schemas", &name)
        );
        let kind = scope.name(&format!("{name}Kind"), &place)?;
        let mut around =
            json!({"type": "object", "properties": {}, "x-alternatives": reference_to(&kind)});
        if let (Some(description), Some(around)) =
            (schema.get("description"), around.as_object_mut())
        {
            around.insert("description".to_owned(), description.clone());
        }
        schemas.insert(name, around);
        schemas.insert(kind, schema);
    }
    Ok(())
}

/// Requires the property that identifies an alternative.
fn require_keys(document: &mut Value) {
    let Some(schemas) = walk::components(document) else {
        return;
    };
    let keys: Vec<(String, String)> = schemas
        .values()
        .filter_map(Union::of)
        .flat_map(|union| union.alternatives)
        .filter_map(|alternative| Some((alternative.component?, alternative.mark)))
        .collect();
    for (component, key) in keys {
        let Some(Value::Object(schema)) = schemas.get_mut(&component) else {
            continue;
        };
        let exists = schema
            .get("properties")
            .is_some_and(|it| it.get(&key).is_some());
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let (true, Some(required)) = (exists, required.as_array_mut())
            && !required.contains(&json!(key))
        {
            required.push(json!(key));
        }
        if schema.get("required") == Some(&json!([])) {
            schema.shift_remove("required");
        }
    }
}

/// Converts a property with only one possible value to a string that the constructor sets.
fn fix_constants(document: &mut Value) {
    walk::each_schema(document, &mut |place, schema| {
        let component =
            place.matches('/').count() == 3 && place.starts_with("/components/schemas/");
        let only = match schema
            .get("enum")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([only]) if !component => only.clone(),
            _ => return,
        };
        schema.shift_remove("enum");
        schema.insert("x-const".to_owned(), only);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(schemas: Value) -> Value {
        let mut seen = json!({"paths": {}, "components": {"schemas": schemas}});
        apply(&mut seen).expect("alternatives can be told apart");
        seen.pointer("/components/schemas")
            .cloned()
            .expect("schemas")
    }

    #[test]
    fn a_union_as_a_value_gets_room() {
        let schemas = run(json!({
            "Item": {"description": "i", "oneOf": [{"type": "object", "properties": {"a": {}}}]},
            "List": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
        }));
        assert_eq!(
            schemas.pointer("/Item"),
            Some(
                &json!({"type": "object", "properties": {}, "x-alternatives": reference_to("ItemKind"), "description": "i"})
            )
        );
        assert!(schemas.pointer("/ItemKind/x-union").is_some());
    }

    #[test]
    fn a_sibling_selects() {
        let schemas = run(json!({
            "Flow": {"type": "object", "properties": {"id": {}}},
            "Specific": {"type": "object", "required": ["type", "message"], "properties": {
                "type": {"type": "string"}, "message": {"$ref": "#/components/schemas/SpecificMessage"}
            }},
            "SpecificMessage": {
                "oneOf": [{"$ref": "#/components/schemas/Flow"}],
                "x-selected-by": {"property": "type", "content": "message", "values": {"FLOWS": "#/components/schemas/Flow"}}
            }
        }));
        assert_eq!(
            schemas.pointer("/Specific"),
            Some(&json!({"type": "object", "required": [], "properties": {},
                "x-alternatives": reference_to("SpecificMessage")}))
        );
    }

    #[test]
    fn the_key_is_required_and_constants_are_filled_in() {
        let schemas = run(json!({
            "Any": {"oneOf": [{"$ref": "#/components/schemas/Text"}, {"$ref": "#/components/schemas/Card"}]},
            "Text": {"type": "object", "properties": {"text_message": {}}},
            "Card": {"type": "object", "properties": {"card_message": {}}},
            "Fixed": {"type": "object", "properties": {"direction": {"type": "string", "enum": ["TO_APP"]}}}
        }));
        assert_eq!(
            schemas.pointer("/Text/required"),
            Some(&json!(["text_message"]))
        );
        assert_eq!(
            schemas.pointer("/Fixed/properties/direction"),
            Some(&json!({"type": "string", "x-const": "TO_APP"}))
        );
    }
}
