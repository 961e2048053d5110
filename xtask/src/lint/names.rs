//! Names that the generator would give twice.

use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::document::{Document, Edge, SchemaAt};
use super::{Note, Rule};
use crate::document;
use crate::markdown::code;

pub(super) const TITLE: Rule = Rule {
    name: "title-like-component",
    why: "An inline schema is named after its title; with a component of that name, a field can get the other's type, \
          or the crate does not compile.",
    check: title,
};

pub(super) const OPERATION_ID: Rule = Rule {
    name: "duplicate-operation-id",
    why: "Two operations with one id would be two functions with one name.",
    check: operation_id,
};

pub(super) const COLLISION: Rule = Rule {
    name: "name-collision",
    why: "Names that differ only in case or separators become one Rust name.",
    check: collision,
};

fn title(document: &Document<'_>) -> Vec<Note> {
    let components: BTreeMap<String, &str> = components(document)
        .map(|component| (component.key.to_pascal_case(), component.key.as_str()))
        .collect();
    document
        .schemas
        .iter()
        .filter(|schema| becomes_a_type(schema))
        .filter_map(|schema| {
            let title = schema.value.get("title")?.as_str()?;
            let component = components.get(&title.to_pascal_case())?;
            let message = format!("title {}, component {}", code(title), code(component));
            Some(Note::new(&schema.pointer, message))
        })
        .collect()
}

/// A component has its own name, a part of an `allOf` is merged, and a plain string or list needs no type.
fn becomes_a_type(schema: &SchemaAt<'_>) -> bool {
    const SHAPING: [&str; 5] = ["properties", "enum", "oneOf", "anyOf", "allOf"];
    !matches!(schema.edge, Edge::Component | Edge::Base)
        && SHAPING.iter().any(|key| schema.value.contains_key(*key))
}

fn components<'d>(document: &'d Document<'_>) -> impl Iterator<Item = &'d SchemaAt<'d>> {
    document
        .schemas
        .iter()
        .filter(|schema| schema.edge == Edge::Component)
}

fn operation_id(document: &Document<'_>) -> Vec<Note> {
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    let mut notes = Vec::new();
    for operation in &document.operations {
        let Some(id) = operation.value.get("operationId").and_then(Value::as_str) else {
            continue;
        };
        match known.get(id) {
            Some(first) => {
                let message = format!("{} is also the id of {}", code(id), code(first));
                notes.push(Note::new(&operation.pointer, message));
            }
            None => {
                known.insert(id, &operation.pointer);
            }
        }
    }
    notes
}

fn collision(document: &Document<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let names = components(document).map(|component| component.key.as_str());
    for (_, name, other) in collisions(names, str::to_pascal_case) {
        let pointer = document::pointer("/components/schemas", name);
        notes.push(Note::new(pointer, both(name, other)));
    }
    let ids = document
        .operations
        .iter()
        .filter_map(|operation| operation.value.get("operationId")?.as_str());
    for (position, id, other) in collisions(ids, str::to_snake_case) {
        if let Some(operation) = document.operations.get(position) {
            notes.push(Note::new(&operation.pointer, both(id, other)));
        }
    }
    for schema in &document.schemas {
        let fields = schema.value.get("properties").and_then(Value::as_object);
        let fields = fields.into_iter().flatten().map(|(name, _)| name.as_str());
        for (_, name, other) in collisions(fields, str::to_snake_case) {
            let pointer = format!("{}/properties", schema.pointer);
            notes.push(Note::new(
                document::pointer(&pointer, name),
                both(name, other),
            ));
        }
        let values = schema.value.get("enum").and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        for (_, value, other) in collisions(values, str::to_pascal_case) {
            let pointer = format!("{}/enum", schema.pointer);
            notes.push(Note::new(pointer, both(value, other)));
        }
    }
    notes
}

/// The names, with their positions, that another name before them equals in Rust.
fn collisions<'n>(
    names: impl Iterator<Item = &'n str>,
    in_rust: fn(&str) -> String,
) -> Vec<(usize, &'n str, &'n str)> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for (position, name) in names.enumerate() {
        match known.get(&in_rust(name)) {
            // The same name twice is for another rule.
            Some(first) if *first != name => found.push((position, name, *first)),
            Some(_) => {}
            None => {
                known.insert(in_rust(name), name);
            }
        }
    }
    found
}

fn both(name: &str, other: &str) -> String {
    format!("{} and {}", code(name), code(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    #[test]
    fn titles_of_inline_schemas_are_free() {
        let document = json!({"components": {"schemas": {
            "LineCredentials": {"title": "Line credentials", "type": "object", "properties": {}},
            "A": {"properties": {
                "line": {"title": "LINE Credentials", "type": "object", "properties": {}},
                "part": {"allOf": [{"title": "LINE Credentials", "properties": {}}]},
                "text": {"title": "LINE Credentials", "type": "string"}}}}}});
        // `LINE` and `Line` are one word in Rust.
        assert_eq!(
            found(TITLE, &document),
            [(
                "/components/schemas/A/properties/line".to_owned(),
                "title `LINE Credentials`, component `LineCredentials`".to_owned()
            )]
        );
    }

    #[test]
    fn operation_ids_are_unique() {
        let document =
            json!({"paths": {"/a": {"get": {"operationId": "A"}, "put": {"operationId": "A"}}}});
        assert_eq!(
            found(OPERATION_ID, &document),
            [(
                "/paths/~1a/put".to_owned(),
                "`A` is also the id of `/paths/~1a/get`".to_owned()
            )]
        );
    }

    #[test]
    fn names_differ_in_more_than_case() {
        let document = json!({
            "paths": {"/a": {"get": {"operationId": "get_a"}, "put": {"operationId": "getA"}}},
            "components": {"schemas": {
                "runtimeError": {"type": "string", "enum": ["ON", "on", "OFF"]},
                "RuntimeError": {"properties": {"a_b": {}, "aB": {}, "ab": {}}}}}});
        let found = found(COLLISION, &document);
        let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/components/schemas/RuntimeError",
                "/paths/~1a/put",
                "/components/schemas/runtimeError/enum",
                "/components/schemas/RuntimeError/properties/aB",
            ]
        );
    }
}
