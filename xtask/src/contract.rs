//! What a request may hold, for the sandbox: the parameters and the body of each operation as JSON Schema 2020-12.
//!
//! Made from the same normalised document as the raw crate. Prose goes, and so does what the server alone sets.
//! Alternatives are written so that a fault inside the chosen one is reported at its own place, and `oneOf` fails only
//! when none or several are chosen.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::normalise::{
    unions::{Alternative, Holds, Select, Union},
    walk::{self, Node, referenced},
};

/// The dialect of the schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keys of a schema that stay as they are.
const KEPT: &[&str] = &["type", "enum", "format"];

/// The contract as text, an operation or a definition a line.
pub fn text(normalised: &Value) -> String {
    let operations = operations(normalised);
    let definitions = definitions(normalised, &operations);
    let operations = lines(operations.iter().map(|(id, value)| (id.as_str(), value)));
    let definitions = lines(
        definitions
            .iter()
            .map(|(name, value)| (name.as_str(), value)),
    );
    format!(
        "{{\n\"$schema\": {},\n\"operations\": {{\n{operations}\n}},\n\"$defs\": {{\n{definitions}\n}}\n}}\n",
        json!(DIALECT)
    )
}

fn lines<'a>(members: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let lines: Vec<String> = members
        .map(|(name, value)| format!("{}: {value}", json!(name)))
        .collect();
    lines.join(",\n")
}

/// The operations in the order of the documents.
fn operations(normalised: &Value) -> Vec<(String, Value)> {
    let documents = normalised.get("paths").and_then(Value::as_object);
    let items = documents
        .into_iter()
        .flat_map(|documents| documents.values())
        .filter_map(Value::as_object)
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object);
    items
        .flat_map(|item| {
            let shared = item.get("parameters");
            item.iter()
                .filter(|(method, _)| walk::is_method(method))
                .filter_map(move |(_, operation)| {
                    let id = operation.get("operationId")?.as_str()?;
                    Some((id.to_owned(), one_operation(operation, shared)))
                })
        })
        .collect()
}

fn one_operation(operation: &Value, shared: Option<&Value>) -> Value {
    let parameters: Vec<Value> = [shared, operation.get("parameters")]
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .map(parameter)
        .collect();
    json!({"parameters": parameters, "body": operation.get("requestBody").map(body)})
}

fn parameter(parameter: &Value) -> Value {
    json!({
        "name": parameter.get("name"),
        "in": parameter.get("in"),
        "required": is_true(parameter.get("required")),
        "schema": parameter.get("schema").map_or_else(|| json!({}), schema),
    })
}

fn body(body: &Value) -> Value {
    let published = body.pointer("/content/application~1json/schema");
    let mut schema = published.map_or_else(|| json!({}), schema);
    if let (Some(required), Some(schema)) = (body.get("x-required"), schema.as_object_mut()) {
        schema.insert("required".to_owned(), required.clone());
    }
    json!({"required": is_true(body.get("required")), "schema": schema})
}

fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

/// The definitions that the operations reach, by name.
fn definitions(normalised: &Value, operations: &[(String, Value)]) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<String> = Vec::new();
    for (_, operation) in operations {
        mentioned(operation, &mut waiting);
    }
    while let Some(name) = waiting.pop() {
        if found.contains_key(&name) {
            continue;
        }
        let pointer = format!("/components/schemas/{name}");
        let written = normalised
            .pointer(&pointer)
            .map_or_else(|| json!({}), schema);
        mentioned(&written, &mut waiting);
        found.insert(name, written);
    }
    found
}

fn mentioned(node: &Value, found: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            found.extend(
                reference
                    .and_then(|it| it.strip_prefix("#/$defs/"))
                    .map(str::to_owned),
            );
            members.values().for_each(|child| mentioned(child, found));
        }
        Value::Array(items) => items.iter().for_each(|item| mentioned(item, found)),
        _ => {}
    }
}

/// A schema of the normalised document as JSON Schema.
fn schema(published: &Value) -> Value {
    if let Some(name) = referenced(published) {
        return reference_to(name);
    }
    if let Some(union) = Union::of(published) {
        return alternatives(&union);
    }
    let Some(published) = published.as_object() else {
        return json!({});
    };
    let mut written = Node::new();
    let open = is_true(published.get("x-open"));
    for (key, value) in published {
        if open && key == "enum" {
            continue;
        }
        if KEPT.contains(&key.as_str()) {
            written.insert(key.clone(), value.clone());
        }
    }
    widths(&mut written);
    if let Some(Value::Object(limits)) = published.get("x-limits") {
        written.extend(limits.clone());
    }
    if let Some(only) = published.get("x-const") {
        written.insert("const".to_owned(), only.clone());
    }
    if let Some(items) = published.get("items") {
        written.insert("items".to_owned(), schema(items));
    }
    if let Some(values @ Value::Object(_)) = published.get("additionalProperties") {
        written.insert("additionalProperties".to_owned(), schema(values));
    }
    members(published, &mut written);
    if let Some(name) = published.get("x-alternatives").and_then(referenced) {
        written.insert("$ref".to_owned(), json!(format!("#/$defs/{name}")));
    }
    Value::Object(written)
}

fn reference_to(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// Formats that are widths of numbers: 32 bits are a range, 64 bits are all there is.
fn widths(written: &mut Node) {
    match written.get("format").and_then(Value::as_str) {
        Some("int32") => {
            written.insert("minimum".to_owned(), json!(i32::MIN));
            written.insert("maximum".to_owned(), json!(i32::MAX));
        }
        Some("int64" | "double") => {}
        _ => return,
    }
    written.shift_remove("format");
}

/// The properties that a caller may set, and those of them that have to be there.
fn members(published: &Node, written: &mut Node) {
    let Some(Value::Object(properties)) = published.get("properties") else {
        return;
    };
    let settable: Map<String, Value> = properties
        .iter()
        .filter(|(_, property)| !is_true(property.get("readOnly")))
        .map(|(name, property)| (name.clone(), schema(property)))
        .collect();
    let required: Vec<&Value> = published
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|name| {
            name.as_str()
                .is_some_and(|name| settable.contains_key(name))
        })
        .collect();
    if !required.is_empty() {
        written.insert("required".to_owned(), json!(required));
    }
    if !settable.is_empty() {
        written.insert("properties".to_owned(), Value::Object(settable));
    }
}

fn alternatives(union: &Union) -> Value {
    match &union.select {
        Select::Key => by_key(&union.alternatives),
        Select::Tag { property } => by_word(union, property, &[property], |alternative| {
            schema(alternative.holds.schema())
        }),
        Select::Sibling { property, content } => by_word(
            union,
            property,
            &[property, content],
            |alternative| json!({"properties": {content.as_str(): schema(alternative.holds.schema())}}),
        ),
    }
}

/// One of several keys has to be there.
fn by_key(alternatives: &[Alternative]) -> Value {
    let mut values = Node::new();
    let mut wholes = Node::new();
    let mut choices = Vec::new();
    for alternative in alternatives {
        let mark = alternative.mark.clone();
        choices.push(json!({"required": [mark]}));
        match &alternative.holds {
            Holds::Value(value) => values.insert(mark, schema(value)),
            Holds::Whole(whole) => wholes.insert(mark, schema(whole)),
        };
    }
    let mut written = Node::new();
    written.insert("type".to_owned(), json!("object"));
    for (key, members) in [("properties", values), ("dependentSchemas", wholes)] {
        if !members.is_empty() {
            written.insert(key.to_owned(), Value::Object(members));
        }
    }
    written.insert("oneOf".to_owned(), Value::Array(choices));
    Value::Object(written)
}

/// A word says which alternative it is.
fn by_word(
    union: &Union,
    tag: &str,
    required: &[&String],
    then: impl Fn(&Alternative) -> Value,
) -> Value {
    let words: Vec<&str> = union
        .alternatives
        .iter()
        .map(|alternative| alternative.mark.as_str())
        .collect();
    let cases: Vec<Value> = union
        .alternatives
        .iter()
        .map(|alternative| {
            json!({
                "if": {"properties": {tag: {"const": alternative.mark}}, "required": [tag]},
                "then": then(alternative),
            })
        })
        .collect();
    json!({
        "type": "object",
        "required": required,
        "properties": {tag: {"type": "string", "enum": words}},
        "allOf": cases,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(operation: Value, schemas: Value) -> Value {
        let normalised = json!({
            "paths": {"doc": {"/a": {"post": operation}}},
            "components": {"schemas": schemas},
        });
        let text = text(&normalised);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn definition(published: Value) -> Value {
        let operation = json!({"operationId": "Op", "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
        }});
        let contract = contract(operation, json!({"A": published}));
        contract.pointer("/$defs/A").cloned().unwrap_or_default()
    }

    #[test]
    fn holds_parameters_and_bodies_and_what_they_reach() {
        let seen = contract(
            json!({
                "operationId": "Op",
                "parameters": [{"name": "id", "in": "path", "required": true, "description": "p",
                    "schema": {"type": "string", "x-limits": {"maxLength": 8}}}],
                "requestBody": {"required": true, "x-required": ["name"], "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/A"}
                }}},
                "responses": {"200": {"schema": {"$ref": "#/components/schemas/Answer"}}}
            }),
            json!({
                "A": {"type": "object", "description": "d", "properties": {
                    "b": {"type": "array", "items": {"$ref": "#/components/schemas/B"}}
                }},
                "B": {"type": "string", "enum": ["X"], "description": "d"},
                "Answer": {"type": "object"}
            }),
        );
        assert_eq!(
            seen,
            json!({
                "$schema": DIALECT,
                "operations": {"Op": {
                    "parameters": [{"name": "id", "in": "path", "required": true,
                        "schema": {"type": "string", "maxLength": 8}}],
                    "body": {"required": true, "schema": {"$ref": "#/$defs/A", "required": ["name"]}}
                }},
                "$defs": {
                    "A": {"type": "object", "properties": {"b": {"type": "array", "items": {"$ref": "#/$defs/B"}}}},
                    "B": {"type": "string", "enum": ["X"]}
                }
            })
        );
    }

    #[test]
    fn an_operation_a_line_and_a_definition_a_line() {
        let normalised = json!({
            "paths": {"doc": {"/a": {"get": {"operationId": "A"}, "put": {"operationId": "B", "requestBody": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/C"}}}
            }}}}},
            "components": {"schemas": {"C": {"type": "string"}}},
        });
        let text = text(&normalised);
        let starts: Vec<&str> = text
            .lines()
            .map(|line| line.split(':').next().unwrap_or_default())
            .collect();
        assert_eq!(
            starts,
            [
                "{",
                "\"$schema\"",
                "\"operations\"",
                "\"A\"",
                "\"B\"",
                "},",
                "\"$defs\"",
                "\"C\"",
                "}",
                "}"
            ]
        );
    }

    #[test]
    fn what_the_server_sets_is_not_asked_for() {
        assert_eq!(
            definition(
                json!({"type": "object", "required": ["id", "name"], "properties": {
                    "id": {"type": "string", "readOnly": true}, "name": {"type": "string"}
                }})
            ),
            json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}})
        );
    }

    #[test]
    fn a_width_is_a_range_unless_the_document_has_a_closer_one() {
        assert_eq!(
            definition(json!({"type": "integer", "format": "int32", "x-limits": {"minimum": 3}})),
            json!({"type": "integer", "minimum": 3, "maximum": i32::MAX})
        );
        assert_eq!(
            definition(json!({"type": "integer", "format": "int64"})),
            json!({"type": "integer"})
        );
    }

    #[test]
    fn alternatives_report_at_their_own_place() {
        let by_key = json!({"x-union": {"alternatives": [
            {"variant": "A", "mark": "a", "whole": false, "schema": {"type": "string"}},
            {"variant": "B", "mark": "b", "whole": true, "schema": {"$ref": "#/components/schemas/B"}}
        ]}});
        assert_eq!(
            definition(by_key),
            json!({"type": "object",
                "properties": {"a": {"type": "string"}},
                "dependentSchemas": {"b": {"$ref": "#/$defs/B"}},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}]})
        );
        let by_sibling = json!({"x-union": {"tag": "kind", "content": "value", "alternatives": [
            {"variant": "A", "mark": "A", "whole": false, "schema": {"type": "string"}}
        ]}});
        assert_eq!(
            definition(by_sibling),
            json!({"type": "object", "required": ["kind", "value"],
            "properties": {"kind": {"type": "string", "enum": ["A"]}},
            "allOf": [{
                "if": {"properties": {"kind": {"const": "A"}}, "required": ["kind"]},
                "then": {"properties": {"value": {"type": "string"}}}
            }]})
        );
    }
}
