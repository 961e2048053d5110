//! Several documents become one namespace of types.
//!
//! A schema that two documents define under one name is one type. Where they differ it has the properties of both and
//! requires what both require; where they contradict each other there is no such type, and that is a fault.

use serde_json::{Map, Value, json};

use super::{
    Fault,
    walk::{Node, reference_to, referenced},
};
use crate::document::{DocumentError, pointer};

/// Keys that do not change what a type is; the first document that says something is heard.
const PROSE: &[&str] = &[
    "description",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-further-limits",
    "x-limits",
    "x-unverified",
    "discriminator",
];

/// Puts normalised documents (name, origin, tree) together, in the order given. Paths stay apart: `/paths/<document>/<path>`.
pub fn merge(
    documents: Vec<(String, String, Value)>,
) -> Result<(Value, Vec<String>), DocumentError> {
    let mut schemas = Node::new();
    let mut paths = Node::new();
    let mut info = Node::new();
    let mut touched = Vec::new();
    for (name, origin, mut document) in documents {
        let incoming = document.pointer_mut("/components/schemas").map(Value::take);
        for (key, schema) in incoming.and_then(into_object).unwrap_or_default() {
            match schemas.get_mut(&key) {
                None => {
                    schemas.insert(key, schema);
                }
                Some(known) => {
                    let place = format!("/components/schemas/{key}");
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
    check_references(&merged)?;
    Ok((merged, touched))
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// Makes `known` mean both schemas; true if they were not the same.
fn unite(known: &mut Value, other: Value, place: &str) -> Result<bool, Fault> {
    match (known, other) {
        (Value::Object(known), Value::Object(other)) => {
            let mut differs = unite_required(known, &other);
            for (key, value) in other {
                let place = pointer(place, &key);
                differs |= match known.get_mut(&key) {
                    _ if key == "required" => false,
                    Some(_) if PROSE.contains(&key.as_str()) => false,
                    Some(mine) if key == "enum" => unite_enum(mine, value),
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
        (known, other) => Err(Fault {
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

/// A reference that leads nowhere is a fault of the documents, found before the generator would trip over it.
fn check_references(document: &Value) -> Result<(), DocumentError> {
    fn check(node: &Value, place: &str, whole: &Value) -> Result<(), DocumentError> {
        let is_schema = |name: &str| {
            let schemas = whole.pointer("/components/schemas");
            schemas.is_some_and(|schemas| schemas.get(name).is_some())
        };
        if let Some(Value::String(reference)) = node.get("$ref")
            && !referenced(node).is_some_and(is_schema)
        {
            return Err(DocumentError {
                origin: "all documents".to_owned(),
                pointer: place.to_owned(),
                message: format!("expected a reference to a schema by its name, found {reference}"),
                remedy: "define that schema with an overlay, or report the document".to_owned(),
            });
        }
        match node {
            Value::Object(members) => members
                .iter()
                .try_for_each(|(key, child)| check(child, &pointer(place, key), whole)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| check(item, &format!("{place}/{index}"), whole)),
            _ => Ok(()),
        }
    }
    check(document, "", document)
}

/// Replaces every reference to one component by a reference to another.
pub(super) fn redirect(node: &mut Value, from: &str, to: &str) {
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
    fn refuses_a_contradiction() {
        let fault =
            both(json!({"type": "string"}), json!({"type": "integer"})).expect_err("not one type");
        assert_eq!(
            (fault.origin.as_str(), fault.pointer.as_str()),
            ("spec/two.yaml", "/components/schemas/A/type")
        );
    }

    #[test]
    fn refuses_a_dangling_reference() {
        let fault = both(
            json!({"$ref": "#/components/schemas/B"}),
            json!({"$ref": "#/components/schemas/B"}),
        )
        .expect_err("no B");
        assert_eq!(fault.pointer, "/components/schemas/A");
    }
}
