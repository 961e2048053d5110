//! What requests may contain, for the sandbox: the parameters and the body of each operation as JSON Schema 2020-12.
//!
//! It is made from the same normalised documents as the raw crate, without prose and without what only the server sets.
//! Alternatives are written so that an error inside the selected one is reported at its own path, and `oneOf` fails
//! only if none or several are selected.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::{Value, json};

use crate::{
    document::walk::Node,
    model::{Alternative, Body, Field, Form, Model, Operation, Schema},
    normalise::unions::Select,
};

/// The dialect of the schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Returns the contract as JSON, one line per operation and definition.
pub fn text(model: &Model) -> String {
    let operations: Vec<(&str, Value)> = model.operations.iter().map(operation).collect();
    let definitions = definitions(model, &operations);
    let operations = lines(operations.iter().map(|(id, value)| (*id, value)));
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

fn operation(operation: &Operation) -> (&str, Value) {
    let parameters = operation.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.is_required,
            "schema": schema(&parameter.schema),
        })
    });
    let parameters: Vec<Value> = parameters.collect();
    let body = operation.body.as_ref().map(body);
    (
        &operation.id,
        json!({"parameters": parameters, "body": body}),
    )
}

fn body(body: &Body) -> Value {
    let mut schema = schema(&body.schema);
    if let (false, Some(schema)) = (body.required.is_empty(), schema.as_object_mut()) {
        schema.insert("required".to_owned(), json!(body.required));
    }
    json!({"required": body.is_required, "schema": schema})
}

/// Returns the definitions that the operations use, by name.
fn definitions(model: &Model, operations: &[(&str, Value)]) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<String> = Vec::new();
    for (_, operation) in operations {
        mentioned(operation, &mut waiting);
    }
    while let Some(name) = waiting.pop() {
        if let Entry::Vacant(entry) = found.entry(name) {
            let published = model.types.get(entry.key());
            let written = published.map_or_else(|| json!({}), schema);
            mentioned(&written, &mut waiting);
            entry.insert(written);
        }
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

/// Converts a type to JSON Schema.
fn schema(published: &Schema) -> Value {
    let mut written = Node::new();
    match &published.form {
        Form::Named(name) => return reference_to(name),
        Form::Union(select, alternatives) => return choice(select, alternatives),
        Form::Anything => {}
        Form::Scalar(kind, format) => scalar(kind, format.as_deref(), &mut written),
        Form::List(items) => {
            written.insert("type".to_owned(), json!("array"));
            written.insert("items".to_owned(), schema(items));
        }
        Form::Map(values) => {
            written.insert("type".to_owned(), json!("object"));
            written.insert("additionalProperties".to_owned(), schema(values));
        }
        Form::Object(fields, union) => {
            written.insert("type".to_owned(), json!("object"));
            members(fields, &mut written);
            let union = union.as_deref().map(reference_to);
            written.extend(
                union
                    .as_ref()
                    .and_then(Value::as_object)
                    .cloned()
                    .unwrap_or_default(),
            );
        }
        Form::Enum(values) => {
            written.insert("type".to_owned(), json!("string"));
            if !published.notes.is_open {
                written.insert("enum".to_owned(), json!(values));
            }
        }
    }
    written.extend(published.notes.limits.clone());
    if let Some(only) = &published.notes.constant {
        written.insert("const".to_owned(), only.clone());
    }
    Value::Object(written)
}

fn reference_to(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// Adds the range of a numeric format: 32 bits need one, 64 bits are the range of an integer anyway.
fn scalar(kind: &str, format: Option<&str>, written: &mut Node) {
    written.insert("type".to_owned(), json!(kind));
    match format {
        Some("int32") => {
            written.insert("minimum".to_owned(), json!(i32::MIN));
            written.insert("maximum".to_owned(), json!(i32::MAX));
        }
        None | Some("int64" | "double") => {}
        Some(format) => {
            written.insert("format".to_owned(), json!(format));
        }
    }
}

/// Adds the properties that a caller may set, and the required ones.
fn members(fields: &[Field], written: &mut Node) {
    let settable = || {
        fields
            .iter()
            .filter(|field| !field.schema.notes.is_read_only)
    };
    let required = settable().filter(|field| field.is_required);
    let required: Vec<&str> = required.map(|field| field.key.as_str()).collect();
    let properties: Node = settable()
        .map(|field| (field.key.clone(), schema(&field.schema)))
        .collect();
    if !required.is_empty() {
        written.insert("required".to_owned(), json!(required));
    }
    if !properties.is_empty() {
        written.insert("properties".to_owned(), Value::Object(properties));
    }
}

fn choice(select: &Select, alternatives: &[Alternative]) -> Value {
    match select {
        Select::Key => by_key(alternatives),
        Select::Tag { property } => by_word(alternatives, property, &[property], |alternative| {
            schema(&alternative.schema)
        }),
        Select::Sibling { property, content } => by_word(
            alternatives,
            property,
            &[property, content],
            |alternative| json!({"properties": {content.as_str(): schema(&alternative.schema)}}),
        ),
    }
}

/// Requires exactly one of several keys.
fn by_key(alternatives: &[Alternative]) -> Value {
    let mut values = Node::new();
    let mut wholes = Node::new();
    let mut choices = Vec::new();
    for alternative in alternatives {
        let mark = alternative.mark.clone();
        choices.push(json!({"required": [mark]}));
        let members = match alternative.is_whole {
            true => &mut wholes,
            false => &mut values,
        };
        members.insert(mark, schema(&alternative.schema));
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

/// Selects the alternative by the value of a property.
fn by_word(
    alternatives: &[Alternative],
    tag: &str,
    required: &[&String],
    then: impl Fn(&Alternative) -> Value,
) -> Value {
    let words: Vec<&str> = alternatives.iter().map(|it| it.mark.as_str()).collect();
    let cases = alternatives.iter().map(|alternative| {
        json!({
            "if": {"properties": {tag: {"const": alternative.mark}}, "required": [tag]},
            "then": then(alternative),
        })
    });
    let cases: Vec<Value> = cases.collect();
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
        let text = text(&Model::read(&normalised));
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
        let text = text(&Model::read(&normalised));
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
