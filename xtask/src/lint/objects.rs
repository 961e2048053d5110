//! What objects say of their fields.

use serde_json::Value;

use super::document::{Document, Edge, SchemaAt, required};
use super::{Note, Rule};
use crate::diff::role::is_limit;
use crate::markdown::code;

pub(super) const REQUIRED_WITHOUT_PROPERTY: Rule = Rule {
    name: "required-without-property",
    why: "A required name that no field has: the generator makes a field of any JSON, and a value without it fails.",
    check: required_without_property,
};

pub(super) const ENUM_CONTRADICTION: Rule = Rule {
    name: "enum-contradiction",
    why: "Parts of an `allOf` that allow a field no common value: nothing satisfies the schema, and no type is made.",
    check: enum_contradiction,
};

pub(super) const DEFAULT: Rule = Rule {
    name: "default-on-property",
    why: "An optional field with a default is no `Option`: it is always sent, so that a PATCH overwrites what it should leave.",
    check: default_on_property,
};

pub(super) const LIMIT: Rule = Rule {
    name: "limit",
    why: "The generator checks limits of texts on answers too, makes other integer types of some limits of numbers, \
          and drops the rest: they belong to the builders.",
    check: limit,
};

fn required_without_property(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter(|schema| required(schema.value).next().is_some())
        .filter_map(|schema| {
            let whole = document.all_keys(document.whole(schema).value);
            let missing: Vec<String> = required(schema.value)
                .filter(|name| !whole.has(name))
                .map(code)
                .collect();
            (!missing.is_empty()).then(|| {
                let message = format!("no field {}", missing.join(", "));
                Note::new(format!("{}/required", schema.pointer), message)
            })
        })
        .collect()
}

fn enum_contradiction(document: &Document<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for schema in &document.schemas {
        if !schema.value.contains_key("allOf") {
            continue;
        }
        for (name, parts) in document.keys(schema.value).properties {
            let lists: Vec<&Vec<Value>> = parts
                .iter()
                .filter_map(|part| part.get("enum").and_then(Value::as_array))
                .collect();
            let Some((first, others)) = lists.split_first() else {
                continue;
            };
            let common = |value: &Value| others.iter().all(|list| list.contains(value));
            if !first.iter().any(common) {
                let words: Vec<String> = lists
                    .iter()
                    .map(|list| code(&Value::Array((*list).clone()).to_string()))
                    .collect();
                let message = format!("{} is {}", code(name), words.join(" and "));
                notes.push(Note::new(&schema.pointer, message));
            }
        }
    }
    notes
}

fn default_on_property(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter_map(|schema| Some((schema, schema.value.get("default")?)))
        .filter(|(schema, _)| is_optional_field(document, document.whole(schema)))
        .map(|(schema, default)| Note::new(&schema.pointer, code(&default.to_string())))
        .collect()
}

fn is_optional_field(document: &Document<'_>, schema: &SchemaAt<'_>) -> bool {
    let object = schema
        .parent
        .and_then(|parent| document.schemas.get(parent));
    schema.edge == Edge::Property
        && object.is_some_and(|object| {
            let whole = document.keys(document.whole(object).value);
            !whole.required.contains(schema.key.as_str())
        })
}

fn limit(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter_map(|schema| {
            let limits: Vec<String> = schema
                .value
                .iter()
                .filter(|(key, _)| is_limit(key))
                .map(|(key, value)| code(&format!("{key}: {value}")))
                .collect();
            (!limits.is_empty()).then(|| Note::new(&schema.pointer, limits.join(", ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    fn check(rule: Rule, schemas: Value) -> Vec<(String, String)> {
        found(rule, &json!({"components": {"schemas": schemas}}))
    }

    #[test]
    fn required_names_are_fields() {
        let schemas = json!({
            "Base": {"properties": {"version": {"type": "string"}}},
            "A": {"required": ["version", "a"], "$ref": "#/components/schemas/Base"},
            "B": {"allOf": [{"required": ["version"]}, {"$ref": "#/components/schemas/Base"}]},
            "C": {"required": ["b"], "oneOf": [{"properties": {"b": {}}}, {"properties": {"c": {}}}]},
            "D": {"properties": {"required": {"type": "boolean"}}}});
        assert_eq!(
            check(REQUIRED_WITHOUT_PROPERTY, schemas),
            [(
                "/components/schemas/A/required".to_owned(),
                "no field `a`".to_owned()
            )]
        );
    }

    #[test]
    fn a_field_has_a_common_value() {
        let schemas = json!({
            "Base": {"properties": {"type": {"enum": ["A"]}, "size": {"enum": [1, 2]}}},
            "A": {"allOf": [{"$ref": "#/components/schemas/Base"},
                {"properties": {"type": {"enum": ["B"]}, "size": {"enum": [2]}}}]}});
        assert_eq!(
            check(ENUM_CONTRADICTION, schemas),
            [(
                "/components/schemas/A".to_owned(),
                "`type` is `[\"A\"]` and `[\"B\"]`".to_owned()
            )]
        );
    }

    #[test]
    fn defaults_of_fields() {
        let schemas = json!({
            "Mode": {"type": "string", "default": "X"},
            "A": {"required": ["kind"], "properties": {
                "kind": {"type": "string", "default": "Z"},
                "mode": {"$ref": "#/components/schemas/Mode"},
                "view": {"allOf": [{"default": "Y"}, {"$ref": "#/components/schemas/Mode"}]},
                "default": {"type": "string"}}}});
        assert_eq!(
            check(DEFAULT, schemas),
            [(
                "/components/schemas/A/properties/view/allOf/0".to_owned(),
                "`\"Y\"`".to_owned()
            )]
        );
    }

    #[test]
    fn limits_of_all_kinds() {
        let schemas = json!({"A": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
            "B": {"properties": {"pattern": {"type": "string"}}}});
        assert_eq!(
            check(LIMIT, schemas),
            [
                (
                    "/components/schemas/A".to_owned(),
                    "`maxItems: 2`".to_owned()
                ),
                (
                    "/components/schemas/A/items".to_owned(),
                    "`maxLength: 3`".to_owned()
                )
            ]
        );
    }
}
