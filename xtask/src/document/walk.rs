//! Visits every schema of a document.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{PassError, pointer};

/// A JSON object of the document.
pub type Node = Map<String, Value>;

/// Calls `visit` for each schema with its JSON pointer, outer schemas first.
pub fn each_schema(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Node)) {
    each_root(document, "", false, &mut |place, schema| {
        descend(schema, place, visit);
    });
}

/// Visits each schema until one is invalid, and collects the places that were touched.
pub fn try_schemas(
    document: &mut Value,
    mut visit: impl FnMut(&str, &mut Node, &mut Vec<String>) -> Result<(), PassError>,
) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    let mut outcome = Ok(());
    each_schema(document, &mut |place, schema| {
        if outcome.is_ok() {
            outcome = visit(place, schema, &mut touched);
        }
    });
    outcome.map(|()| touched)
}

/// Visits each object that is not a map of names, such as `properties`.
pub fn each_object(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Node)) {
    fn go(node: &mut Value, place: &str, is_named: bool, visit: &mut dyn FnMut(&str, &mut Node)) {
        match node {
            Value::Object(members) => {
                if !is_named {
                    visit(place, members);
                }
                for (key, child) in members.iter_mut() {
                    let names_inside = !is_named && holds_names(key);
                    go(child, &pointer(place, key), names_inside, visit);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    go(item, &format!("{place}/{index}"), false, visit);
                }
            }
            _ => {}
        }
    }
    go(document, "", false, visit);
}

fn holds_names(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "schemas"
            | "responses"
            | "parameters"
            | "requestBodies"
            | "paths"
            | "mapping"
    )
}

/// Finds the places that hold a schema: components, and `schema` of parameters and media types.
fn each_root(
    node: &mut Value,
    place: &str,
    holds_schemas: bool,
    found: &mut dyn FnMut(&str, &mut Value),
) {
    match node {
        Value::Object(members) => {
            for (key, child) in members.iter_mut() {
                let place_of_child = pointer(place, key);
                if holds_schemas || key == "schema" {
                    found(&place_of_child, child);
                } else {
                    let schemas = key == "schemas" && place.ends_with("/components");
                    each_root(child, &place_of_child, schemas, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                each_root(item, &pointer(place, &index.to_string()), false, found);
            }
        }
        _ => {}
    }
}

fn descend(schema: &mut Value, place: &str, visit: &mut dyn FnMut(&str, &mut Node)) {
    let Value::Object(node) = schema else { return };
    visit(place, node);
    for (key, child) in node.iter_mut() {
        let place = pointer(place, key);
        match (key.as_str(), child) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties.iter_mut() {
                    descend(property, &pointer(&place, name), visit);
                }
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => {
                for (index, part) in parts.iter_mut().enumerate() {
                    descend(part, &pointer(&place, &index.to_string()), visit);
                }
            }
            ("items" | "additionalProperties" | "not", child) => descend(child, &place, visit),
            _ => {}
        }
    }
}

/// Visits the operations of a document with their JSON pointers.
pub fn each_operation(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Node)) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for (path, item) in paths.iter_mut() {
        let Value::Object(item) = item else { continue };
        for (method, operation) in item.iter_mut() {
            let place = pointer(&pointer("/paths", path), method);
            if let (true, Value::Object(operation)) = (is_method(method), operation) {
                visit(&place, operation);
            }
        }
    }
}

/// Visits the request bodies of a merged document.
pub fn each_body<'a>(normalised: &'a Value, visit: &mut dyn FnMut(&'a Value)) {
    let documents = normalised.get("paths").and_then(Value::as_object);
    let members = |node: &'a Value| node.as_object().into_iter().flatten();
    let items = documents
        .into_iter()
        .flatten()
        .flat_map(|(_, document)| members(document));
    let operations = items
        .flat_map(|(_, item)| members(item))
        .filter(|(method, _)| is_method(method));
    operations
        .filter_map(|(_, operation)| operation.get("requestBody"))
        .for_each(visit);
}

/// Returns whether a key of a path item names an HTTP method.
pub fn is_method(key: &str) -> bool {
    matches!(
        key,
        "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace"
    )
}

/// Returns the named schemas of the document.
pub fn components(document: &mut Value) -> Option<&mut Node> {
    document.pointer_mut("/components/schemas")?.as_object_mut()
}

/// Returns the component that `$ref` of a schema names, if the schema is a plain reference.
pub fn referenced(schema: &Value) -> Option<&str> {
    schema
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// Visits each reference with its place and target, except below the skipped keys.
pub fn each_reference<'a>(
    node: &'a Value,
    place: &str,
    left_out: &[&str],
    visit: &mut dyn FnMut(&str, &'a Value, &'a str),
) {
    match node {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                visit(place, node, target);
            }
            let members = members.iter();
            for (key, child) in members.filter(|(key, _)| !left_out.contains(&key.as_str())) {
                each_reference(child, &pointer(place, key), left_out, visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_reference(item, &format!("{place}/{index}"), left_out, visit);
            }
        }
        _ => {}
    }
}

/// Returns the components that a node refers to, directly or through others.
pub fn reached<'a>(node: &'a Value, document: &'a Value) -> impl Iterator<Item = &'a str> {
    let schemas = document.pointer("/components/schemas");
    let mut waiting = vec![node];
    let mut found = HashSet::new();
    std::iter::from_fn(move || {
        while let Some(node) = waiting.pop() {
            match node {
                Value::Object(members) => waiting.extend(members.values()),
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
            if let Some(name) = referenced(node)
                && found.insert(name)
            {
                waiting.extend(schemas.and_then(|schemas| schemas.get(name)));
                return Some(name);
            }
        }
        None
    })
}

/// Makes a reference to a component.
pub fn reference_to(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
}
