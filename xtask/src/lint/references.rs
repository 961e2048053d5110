//! References that lead nowhere, and what stands beside them.

use serde_json::Value;

use super::document::Document;
use super::{Note, Rule};
use crate::diff::role::is_prose;
use crate::document::{self, resolve};
use crate::markdown::code;

pub(super) const DANGLING: Rule = Rule {
    name: "dangling-ref",
    why: "A reference without a target in the same document: the generator stops there.",
    check: dangling,
};

pub(super) const MAPPING: Rule = Rule {
    name: "mapping-without-schema",
    why: "A discriminator that maps a value to a schema the document does not have: no variant can be made of it.",
    check: mapping,
};

pub(super) const SIBLINGS: Rule = Rule {
    name: "ref-siblings",
    why: "Keywords beside `$ref` apply in OpenAPI 3.1 and are ignored in 3.0: the generator drops them.",
    check: siblings,
};

fn dangling(document: &Document<'_>) -> Vec<Note> {
    document
        .references
        .iter()
        .filter(|reference| resolve(document.root, reference.value).is_none())
        .map(|reference| {
            let message = format!("no {} in this document", code(reference.value));
            Note::new(&reference.pointer, message)
        })
        .collect()
}

fn mapping(document: &Document<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for schema in &document.schemas {
        let base = format!("{}/discriminator/mapping", schema.pointer);
        let mapping = schema
            .value
            .get("discriminator")
            .and_then(|discriminator| discriminator.get("mapping"))
            .and_then(Value::as_object);
        for (value, target) in mapping.into_iter().flatten() {
            let Some(target) = target.as_str() else {
                continue;
            };
            let named = document::pointer("/components/schemas", target);
            let known =
                resolve(document.root, target).is_some() || document.root.pointer(&named).is_some();
            if !known {
                let message = format!(
                    "{} stands for {}, which is missing",
                    code(value),
                    code(target)
                );
                notes.push(Note::new(document::pointer(&base, value), message));
            }
        }
    }
    notes
}

fn siblings(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter(|schema| schema.value.contains_key("$ref"))
        .filter_map(|schema| {
            let beside: Vec<String> = schema
                .value
                .keys()
                .filter(|key| *key != "$ref" && !is_prose(key) && !key.starts_with("x-"))
                .map(|key| code(key))
                .collect();
            (!beside.is_empty()).then(|| {
                Note::new(
                    &schema.pointer,
                    format!("{} beside `$ref`", beside.join(", ")),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    #[test]
    fn references_have_a_target() {
        let document = json!({"components": {"schemas": {
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"properties": {"$ref": {"type": "string"}, "c": {"$ref": "#/components/schemas/C"}}},
            "D": {"$ref": "other.yaml#/E"}}}});
        assert_eq!(
            found(DANGLING, &document),
            [
                (
                    "/components/schemas/B/properties/c/$ref".to_owned(),
                    "no `#/components/schemas/C` in this document".to_owned()
                ),
                (
                    "/components/schemas/D/$ref".to_owned(),
                    "no `other.yaml#/E` in this document".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn mappings_have_a_target() {
        let document = json!({"components": {"schemas": {"A": {}, "U": {"oneOf": [], "discriminator": {
            "propertyName": "type",
            "mapping": {"a": "#/components/schemas/A", "b": "A", "c/d": "#/components/schemas/C"}}}}}});
        assert_eq!(
            found(MAPPING, &document),
            [(
                "/components/schemas/U/discriminator/mapping/c~1d".to_owned(),
                "`c/d` stands for `#/components/schemas/C`, which is missing".to_owned()
            )]
        );
    }

    #[test]
    fn only_keywords_with_meaning_are_siblings() {
        let document = json!({"components": {"schemas": {
            "A": {"$ref": "#/components/schemas/C", "description": "text", "x-order": 1},
            "B": {"$ref": "#/components/schemas/C", "required": ["c"]},
            "C": {}}}});
        assert_eq!(
            found(SIBLINGS, &document),
            [(
                "/components/schemas/B".to_owned(),
                "`required` beside `$ref`".to_owned()
            )]
        );
    }
}
