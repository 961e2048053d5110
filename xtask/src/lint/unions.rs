//! Unions whose members a decoder cannot tell apart, or only by a key that may be absent.

use serde_json::Value;

use super::document::{Document, Keys, Object, SchemaAt};
use super::{Note, Rule};
use crate::markdown::code;

pub(super) const KEY_NOT_REQUIRED: Rule = Rule {
    name: "union-key-not-required",
    why: "A member of a union that requires none of the keys only it has: an untagged enum takes it for a value of \
          another member, and the content is lost without an error.",
    check: key_not_required,
};

pub(super) const INDISTINCT: Rule = Rule {
    name: "union-indistinct",
    why: "A union without a discriminator and with members that have no key of their own: which one a value is \
          cannot be told from its keys.",
    check: indistinct,
};

/// How many members a message names.
const SHOWN: usize = 3;

/// A member of a union, as a decoder sees it.
struct Member<'a> {
    label: String,
    keys: Keys<'a>,
}

impl<'a> Member<'a> {
    fn is_object(&self) -> bool {
        !self.keys.properties.is_empty() || self.keys.kind.is_none_or(|kind| kind == "object")
    }

    /// The keys that no other member has.
    fn own_keys(&self, all: &[Self]) -> Vec<&'a str> {
        let shared = |name: &str| {
            all.iter()
                .filter(|other| other.keys.has(name))
                .nth(1)
                .is_some()
        };
        self.keys
            .properties
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !shared(name))
            .collect()
    }
}

fn key_not_required(document: &Document<'_>) -> Vec<Note> {
    unions(document, |pointer, members| {
        let loose: Vec<String> = members
            .iter()
            .filter_map(|member| {
                let own = member.own_keys(members);
                let required = own.iter().any(|key| member.keys.required.contains(key));
                let first = own.first()?;
                (!required).then(|| format!("{} ({})", member.label, code(first)))
            })
            .collect();
        some_of(&loose, members.len()).map(|message| Note::new(pointer, message))
    })
}

fn indistinct(document: &Document<'_>) -> Vec<Note> {
    unions(document, |pointer, members| {
        let without: Vec<String> = members
            .iter()
            .filter(|member| !stands_out(member, members))
            .map(|member| member.label.clone())
            .collect();
        let message = some_of(&without, members.len())?;
        let message = match tag(members) {
            Some(tag) => format!("{message}; {} would tell all members apart", code(tag)),
            None => message,
        };
        Some(Note::new(pointer, message))
    })
}

/// Whether a key, or the type of JSON, tells the member from all others.
fn stands_out(member: &Member<'_>, all: &[Member<'_>]) -> bool {
    if member.is_object() {
        return all.len() == 1 || !member.own_keys(all).is_empty();
    }
    all.iter()
        .filter(|other| other.keys.kind == member.keys.kind)
        .count()
        == 1
}

/// A field that has one value in each member, no two alike.
fn tag<'a>(members: &[Member<'a>]) -> Option<&'a str> {
    let candidates = &members.first()?.keys.properties;
    candidates.iter().map(|(name, _)| *name).find(|name| {
        let values: Vec<&Value> = members
            .iter()
            .filter_map(|member| only_value(&member.keys, name))
            .collect();
        let distinct = values
            .iter()
            .enumerate()
            .all(|(index, value)| !values.iter().take(index).any(|other| other == value));
        values.len() == members.len() && distinct
    })
}

/// The one value that a field may have.
fn only_value<'a>(keys: &Keys<'a>, name: &str) -> Option<&'a Value> {
    let (_, schemas) = keys.properties.iter().find(|(known, _)| *known == name)?;
    let mut values = schemas
        .iter()
        .filter_map(|schema| schema.get("enum").and_then(Value::as_array))
        .map(Vec::as_slice);
    match (values.next(), values.next()) {
        (Some([value]), None) => Some(value),
        _ => schemas.iter().find_map(|schema| schema.get("const")),
    }
}

/// Runs a check over each union that has no discriminator.
fn unions<'a>(
    document: &Document<'a>,
    check: impl Fn(String, &[Member<'a>]) -> Option<Note>,
) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter(|schema| !schema.value.contains_key("discriminator"))
        .flat_map(|schema| ["oneOf", "anyOf"].map(|form| (schema, form)))
        .filter_map(|(schema, form)| {
            let members = members(document, schema, form)?;
            check(format!("{}/{form}", schema.pointer), &members)
        })
        .collect()
}

fn members<'a>(
    document: &Document<'a>,
    schema: &SchemaAt<'a>,
    form: &str,
) -> Option<Vec<Member<'a>>> {
    let members = schema.value.get(form)?.as_array()?;
    Some(
        members
            .iter()
            .filter_map(Value::as_object)
            .filter(|member| member.get("type").and_then(Value::as_str) != Some("null"))
            .enumerate()
            .map(|(position, member)| Member {
                label: label(member, position),
                keys: document.keys(member),
            })
            .collect(),
    )
}

fn label(member: &Object, position: usize) -> String {
    let text = |key: &str| member.get(key).and_then(Value::as_str);
    text("$ref")
        .and_then(|reference| reference.rsplit('/').next())
        .or_else(|| text("title"))
        .map_or_else(|| format!("member {position}"), code)
}

fn some_of(names: &[String], all: usize) -> Option<String> {
    let first = names.get(..SHOWN.min(names.len()))?.join(", ");
    match names.len() {
        0 => None,
        count if count > SHOWN => Some(format!("{count} of {all} members: {first}, …")),
        count => Some(format!("{count} of {all} members: {first}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    fn union(members: Value) -> Value {
        json!({"components": {"schemas": {"U": {"oneOf": members}}}})
    }

    fn object(required: &[&str], fields: &[&str]) -> Value {
        let properties: Object = fields
            .iter()
            .map(|field| ((*field).to_owned(), json!({"type": "string"})))
            .collect();
        json!({"type": "object", "required": required, "properties": properties})
    }

    #[test]
    fn the_telling_key_is_required() {
        let document = union(json!([
            object(&[], &["text"]),
            object(&["card"], &["card"])
        ]));
        assert_eq!(
            found(KEY_NOT_REQUIRED, &document),
            [(
                "/components/schemas/U/oneOf".to_owned(),
                "1 of 2 members: member 0 (`text`)".to_owned()
            )]
        );
        assert_eq!(found(INDISTINCT, &document), []);
    }

    #[test]
    fn keys_count_across_references_and_parts() {
        let document = json!({"components": {"schemas": {
            "Base": object(&["id"], &["id"]),
            "A": {"allOf": [{"$ref": "#/components/schemas/Base"}, object(&["a"], &["a"])]},
            "B": {"allOf": [{"$ref": "#/components/schemas/Base"}, object(&[], &["b"])]},
            "U": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]}}}});
        assert_eq!(
            found(KEY_NOT_REQUIRED, &document),
            [(
                "/components/schemas/U/anyOf".to_owned(),
                "1 of 2 members: `B` (`b`)".to_owned()
            )]
        );
    }

    #[test]
    fn members_without_a_key_of_their_own() {
        let document = union(json!([object(&["a"], &["a"]), object(&["a"], &["a", "b"])]));
        assert_eq!(
            found(INDISTINCT, &document),
            [(
                "/components/schemas/U/oneOf".to_owned(),
                "1 of 2 members: member 0".to_owned()
            )]
        );
    }

    #[test]
    fn a_tag_is_pointed_out() {
        let tagged = |value: &str| json!({"properties": {"type": {"enum": [value]}}});
        let document = union(json!([tagged("a"), tagged("b")]));
        assert_eq!(
            found(INDISTINCT, &document),
            [(
                "/components/schemas/U/oneOf".to_owned(),
                "2 of 2 members: member 0, member 1; `type` would tell all members apart"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_discriminator_or_a_type_tells_apart() {
        let mut document = union(json!([object(&[], &["a"]), object(&[], &["a"])]));
        document["components"]["schemas"]["U"]["discriminator"] = json!({"propertyName": "a"});
        assert_eq!(found(INDISTINCT, &document), []);
        let scalars = union(json!([{"type": "string"}, {"type": "integer"}, {"type": "null"}]));
        assert_eq!(found(INDISTINCT, &scalars), []);
        let strings = union(json!([{"type": "string"}, {"type": "string", "format": "uuid"}]));
        assert_eq!(found(INDISTINCT, &strings).len(), 1);
    }
}
