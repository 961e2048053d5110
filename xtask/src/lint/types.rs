//! Schemas that leave the type of a value open, or give it in a way that 3.0 does not know.

use serde_json::Value;

use super::document::{Document, Edge, Object};
use super::{Note, Rule};
use crate::diff::role::is_prose;
use crate::markdown::code;

pub(super) const ENUM_WITHOUT_TYPE: Rule = Rule {
    name: "enum-without-type",
    why: "Listed values without a `type`: the generator may make any JSON value of them.",
    check: enum_without_type,
};

pub(super) const PROPERTY_WITHOUT_TYPE: Rule = Rule {
    name: "property-without-type",
    why: "A field that says something, but not its type: what it becomes depends on the generator's guess.",
    check: property_without_type,
};

pub(super) const EMPTY_SCHEMA: Rule = Rule {
    name: "empty-schema",
    why: "A schema that says nothing: the value is any JSON, and a caller gets no help with it.",
    check: empty_schema,
};

pub(super) const TYPE_ARRAY: Rule = Rule {
    name: "type-array",
    why: "A list of types is OpenAPI 3.1; a generator for 3.0 refuses the document.",
    check: type_array,
};

/// How many values of an enum a message names.
const SHOWN: usize = 3;

/// What says what a value is, without `type`.
const SHAPING: [&str; 7] = ["$ref", "allOf", "oneOf", "anyOf", "enum", "const", "not"];

/// What says something about a value, but not what it is.
const REMARKS: [&str; 5] = ["default", "deprecated", "nullable", "readOnly", "writeOnly"];

fn enum_without_type(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter(|schema| schema.value.contains_key("enum") && !schema.value.contains_key("type"))
        .map(|schema| {
            let values = schema.value.get("enum").and_then(Value::as_array);
            let first: Vec<String> = values
                .into_iter()
                .flatten()
                .take(SHOWN)
                .map(|value| code(&value.to_string()))
                .collect();
            Note::new(
                &schema.pointer,
                format!("no `type` for {}", first.join(", ")),
            )
        })
        .collect()
}

fn property_without_type(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter(|schema| schema.edge == Edge::Property && !schema.value.contains_key("type"))
        .filter(|schema| {
            !says_nothing(schema.value)
                && !SHAPING.iter().any(|key| schema.value.contains_key(*key))
        })
        .map(|schema| {
            let keys: Vec<String> = schema
                .value
                .keys()
                .filter(|key| !is_prose(key))
                .map(|key| code(key))
                .collect();
            Note::new(&schema.pointer, format!("only {}", keys.join(", ")))
        })
        .collect()
}

fn empty_schema(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        // As a part of `allOf` it carries a remark, and `additionalProperties: {}` means what it says.
        .filter(|schema| !matches!(schema.edge, Edge::Base | Edge::Extra))
        .filter(|schema| says_nothing(schema.value))
        .map(|schema| Note::new(&schema.pointer, "any JSON value"))
        .collect()
}

fn says_nothing(schema: &Object) -> bool {
    schema
        .keys()
        .all(|key| is_prose(key) || key.starts_with("x-") || REMARKS.contains(&key.as_str()))
}

fn type_array(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter_map(|schema| {
            let kinds = schema.value.get("type").filter(|kind| kind.is_array())?;
            Some(Note::new(&schema.pointer, code(&kinds.to_string())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::{Rule, found};

    fn pointers(rule: Rule, schemas: Value) -> Vec<String> {
        found(rule, &json!({"components": {"schemas": schemas}}))
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect()
    }

    #[test]
    fn enums_have_a_type() {
        let schemas = json!({"A": {"enum": ["x"]}, "B": {"type": "string", "enum": ["x"]},
            "C": {"properties": {"enum": {"type": "string"}}}});
        assert_eq!(
            pointers(ENUM_WITHOUT_TYPE, schemas),
            ["/components/schemas/A"]
        );
    }

    #[test]
    fn fields_have_a_type() {
        let schemas = json!({"A": {"properties": {
            "open": {"properties": {"b": {"type": "string"}}},
            "typed": {"type": "object"},
            "named": {"$ref": "#/components/schemas/A"},
            "listed": {"enum": ["x"]},
            "empty": {"description": "text"}}}});
        assert_eq!(
            pointers(PROPERTY_WITHOUT_TYPE, schemas),
            ["/components/schemas/A/properties/open"]
        );
    }

    #[test]
    fn schemas_say_something() {
        let schemas = json!({"A": {"properties": {
            "empty": {"description": "text", "readOnly": true},
            "wrapped": {"allOf": [{"description": "text"}, {"$ref": "#/components/schemas/B"}]},
            "map": {"type": "object", "additionalProperties": {}}}}, "B": {"type": "string"}});
        assert_eq!(
            pointers(EMPTY_SCHEMA, schemas),
            ["/components/schemas/A/properties/empty"]
        );
        let response = json!({"paths": {"/a": {"get": {"responses": {"200": {"content":
            {"application/json": {"schema": {}}}}}}}}});
        assert_eq!(found(EMPTY_SCHEMA, &response).len(), 1);
    }

    #[test]
    fn one_type_is_not_a_list() {
        let schemas = json!({"A": {"type": ["string", "null"]}, "B": {"type": "string"}});
        assert_eq!(pointers(TYPE_ARRAY, schemas), ["/components/schemas/A"]);
    }
}
