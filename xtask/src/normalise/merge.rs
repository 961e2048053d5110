//! Merges several documents into one namespace of types.
//!
//! A schema that two documents define under one name is one type, and so is one that an overlay declares the same as
//! another (`x-same-as`). If they differ, the type has the properties, values and alternatives of both and requires
//! what both require; if they contradict each other, that is an error.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    PassError, references,
    walk::{self, Node, reference_to, referenced},
};
use crate::document::{DocumentError, pointer};

/// Keys that do not change a type; the first document that has one takes precedence.
const PROSE: &[&str] = &[
    "description",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-default",
    "x-final-values",
    "x-further-limits",
    "x-limits",
    "x-unverified",
    "discriminator",
];

/// Merges normalised documents (name, origin, tree) in this order. Paths stay separate: `/paths/<document>/<path>`.
pub fn merge(
    documents: Vec<(String, String, Value)>,
) -> Result<(Value, Vec<String>), DocumentError> {
    let mut schemas = Node::new();
    let mut paths = Node::new();
    let mut info = Node::new();
    let mut touched = Vec::new();
    for (name, origin, mut document) in documents {
        let same = same_as(&mut document, &schemas).map_err(|fault| fault.in_document(&origin))?;
        for (other, known) in &same {
            redirect(&mut document, other, known);
        }
        let incoming = document.pointer_mut("/components/schemas").map(Value::take);
        for (mut key, schema) in incoming.and_then(into_object).unwrap_or_default() {
            let place = pointer("/components/schemas", &key);
            if let Some(known) = same.get(&key) {
                touched.push(format!("{key} is {known}"));
                schemas.insert(key, reference_to(known));
                key = known.clone();
            }
            match schemas.get_mut(&key) {
                None => {
                    schemas.insert(key, schema);
                }
                Some(known) => {
                    if unite(known, schema, &place).map_err(|fault| fault.in_document(&origin))? {
                        touched.push(format!("{key} (differs in {name})"));
                    }
                }
            }
        }
        for (store, key) in [(&mut paths, "paths"), (&mut info, "info")] {
            store.insert(
                name.clone(),
                document.get_mut(key).map(Value::take).unwrap_or_default(),
            );
        }
    }
    let merged = json!({"info": info, "paths": paths, "components": {"schemas": schemas}});
    references::check(&merged).map_err(|fault| fault.in_document("all documents"))?;
    Ok((merged, touched))
}

/// Removes the schemas that an overlay declares the same as one of an earlier document, which describes them.
fn same_as(document: &mut Value, known: &Node) -> Result<BTreeMap<String, String>, PassError> {
    let mut same = BTreeMap::new();
    for (name, schema) in walk::components(document).into_iter().flatten() {
        let Some(schema) = schema.as_object_mut() else {
            continue;
        };
        let Some(said) = schema.shift_remove("x-same-as") else {
            continue;
        };
        schema.shift_remove("description");
        let target = said.as_str().filter(|target| known.contains_key(*target));
        let target = target.ok_or_else(|| PassError {
            pointer: pointer(&pointer("/components/schemas", name), "x-same-as"),
            message: format!("expected the name of a schema of a document before it, found {said}"),
            remedy: "correct the overlay that sets it".to_owned(),
        })?;
        same.insert(name.clone(), target.to_owned());
    }
    Ok(same)
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// Extends `known` to both schemas. Returns whether they differed.
fn unite(known: &mut Value, other: Value, place: &str) -> Result<bool, PassError> {
    match (known, other) {
        (Value::Object(known), Value::Object(other)) => {
            let mut differs = unite_required(known, &other);
            for (key, value) in other {
                let place = pointer(place, &key);
                differs |= match known.get_mut(&key) {
                    _ if key == "required" => false,
                    Some(_) if PROSE.contains(&key.as_str()) => false,
                    Some(mine) if key == "enum" => unite_enum(mine, value),
                    Some(mine) if key == "oneOf" => unite_alternatives(mine, value, &place)?,
                    Some(mine) => unite(mine, value, &place)?,
                    None if PROSE.contains(&key.as_str()) => {
                        known.insert(key, value);
                        false
                    }
                    None => {
                        known.insert(key, value);
                        true
                    }
                };
            }
            Ok(differs)
        }
        (Value::Array(known), Value::Array(other)) if known.len() == other.len() => {
            let mut differs = false;
            for (index, (mine, theirs)) in known.iter_mut().zip(other).enumerate() {
                differs |= unite(mine, theirs, &format!("{place}/{index}"))?;
            }
            Ok(differs)
        }
        (known, other) if *known == other => Ok(false),
        (known, other) => Err(PassError {
            pointer: place.to_owned(),
            message: format!("expected {known} as in the document before it, found {other}"),
            remedy:
                "make the documents agree with an overlay, or give the schema another x-rust-name"
                    .to_owned(),
        }),
    }
}

fn unite_required(known: &mut Node, other: &Node) -> bool {
    let names = |node: &Node| -> Vec<Value> {
        node.get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let (mine, theirs) = (names(known), names(other));
    let both: Vec<Value> = mine
        .iter()
        .filter(|name| theirs.contains(name))
        .cloned()
        .collect();
    let differs = both.len() != mine.len() || both.len() != theirs.len();
    if both.is_empty() {
        known.shift_remove("required");
    } else {
        known.insert("required".to_owned(), Value::Array(both));
    }
    differs
}

fn unite_enum(known: &mut Value, other: Value) -> bool {
    let (Some(known), Value::Array(other)) = (known.as_array_mut(), other) else {
        return false;
    };
    let before = known.len();
    let same = other.iter().all(|value| known.contains(value)) && other.len() == before;
    for value in other {
        if !known.contains(&value) {
            known.push(value);
        }
    }
    !same
}

/// Merges the alternatives of both; one that both have is merged like any schema.
fn unite_alternatives(known: &mut Value, other: Value, place: &str) -> Result<bool, PassError> {
    let (Some(known), Value::Array(other)) = (known.as_array_mut(), other) else {
        return Ok(false);
    };
    let mut differs = known.len() != other.len();
    for (index, alternative) in other.into_iter().enumerate() {
        match known
            .iter_mut()
            .find(|mine| is_same_alternative(mine, &alternative))
        {
            Some(mine) => differs |= unite(mine, alternative, &format!("{place}/{index}"))?,
            None => {
                known.push(alternative);
                differs = true;
            }
        }
    }
    Ok(differs)
}

/// Compares references by their target, and inline objects by the fields of the one that has fewer.
fn is_same_alternative(one: &Value, other: &Value) -> bool {
    let fields = |schema: &Value| schema.get("properties").and_then(Value::as_object).cloned();
    match (fields(one), fields(other)) {
        (Some(one), Some(other)) => {
            one.keys().all(|key| other.contains_key(key))
                || other.keys().all(|key| one.contains_key(key))
        }
        _ => one.get("$ref") == other.get("$ref"),
    }
}

/// Replaces every reference to one component by a reference to another.
fn redirect(node: &mut Value, from: &str, to: &str) {
    if referenced(node) == Some(from) {
        let description = node.get("description").cloned();
        *node = reference_to(to);
        if let (Some(description), Some(node)) = (description, node.as_object_mut()) {
            node.insert("description".to_owned(), description);
        }
    }
    match node {
        Value::Object(members) => members
            .values_mut()
            .for_each(|child| redirect(child, from, to)),
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, from, to)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(schema: Value) -> Value {
        json!({"paths": {}, "components": {"schemas": {"A": schema}}})
    }

    fn both(a: Value, b: Value) -> Result<(Value, Vec<String>), DocumentError> {
        merge(vec![
            ("one".to_owned(), "spec/one.yaml".to_owned(), document(a)),
            ("two".to_owned(), "spec/two.yaml".to_owned(), document(b)),
        ])
    }

    #[test]
    fn prose_makes_no_difference() {
        let (merged, touched) = both(
            json!({"type": "object", "description": "first", "x-limits": {"maxProperties": 1}}),
            json!({"description": "second", "x-limits": {"maxProperties": 2}, "type": "object"}),
        )
        .expect("the same");
        assert!(touched.is_empty());
        assert_eq!(
            merged.pointer("/components/schemas/A/description"),
            Some(&json!("first"))
        );
    }

    #[test]
    fn unites_properties_and_enum_values() {
        let (merged, touched) = both(
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string", "enum": ["X"]}}}),
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "enum": ["Y"]}, "c": {}}}),
        )
        .expect("they agree");
        assert_eq!(touched, ["A (differs in two)"]);
        assert_eq!(
            merged.pointer("/components/schemas/A"),
            Some(&json!({"type": "object", "required": ["a"], "properties": {
                "a": {"type": "string", "enum": ["X", "Y"]}, "c": {}
            }}))
        );
    }

    #[test]
    fn unites_alternatives() {
        let one_of = |keys: &[&str]| -> Value {
            let alternatives: Vec<Value> = keys
                .iter()
                .map(|key| json!({"type": "object", "properties": {*key: {}}}))
                .collect();
            json!({ "oneOf": alternatives })
        };
        let (merged, touched) = both(one_of(&["a", "b"]), one_of(&["c", "a"])).expect("they agree");
        assert_eq!(touched, ["A (differs in two)"]);
        assert_eq!(
            merged.pointer("/components/schemas/A"),
            Some(&one_of(&["a", "b", "c"]))
        );
    }

    #[test]
    fn a_type_that_two_documents_name_differently() {
        let named = |name: &str, schema: Value| {
            let origin = format!("spec/{name}.yaml");
            let tree = json!({"paths": {}, "components": {"schemas": {name: schema,
                "User": {"type": "object", "properties": {name: reference_to(name)}}}}});
            (name.to_owned(), origin, tree)
        };
        let same = |target: &str| json!({"type": "string", "enum": ["Y"], "x-same-as": target});
        let one = || named("One", json!({"type": "string", "enum": ["X"]}));
        let (merged, touched) = merge(vec![one(), named("Two", same("One"))]).expect("they agree");
        assert_eq!(
            touched,
            [
                "Two is One",
                "One (differs in Two)",
                "User (differs in Two)"
            ]
        );
        assert_eq!(
            merged.pointer("/components/schemas"),
            Some(&json!({
                "One": {"type": "string", "enum": ["X", "Y"]},
                "User": {"type": "object", "properties": {
                    "One": reference_to("One"), "Two": reference_to("One")}},
                "Two": reference_to("One"),
            }))
        );
        let fault = merge(vec![one(), named("Two", same("Three"))]).expect_err("no Three");
        assert_eq!(fault.pointer, "/components/schemas/Two/x-same-as");
    }

    #[test]
    fn refuses_a_contradiction() {
        let fault =
            both(json!({"type": "string"}), json!({"type": "integer"})).expect_err("not one type");
        assert_eq!(
            (fault.origin.as_str(), fault.pointer.as_str()),
            ("spec/two.yaml", "/components/schemas/A/type")
        );
    }
}
