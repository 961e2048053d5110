//! Reading a schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Discriminator, Extra, Form, Inline, Notes, Schema, Union};
use crate::diff::model::node::Node;
use crate::diff::prose;
use crate::diff::role::{Role, is_limit, is_prose};
use crate::document::DocumentError;

const COMPONENTS: &str = "#/components/schemas/";

/// Keywords that [`Inline`] has a place for, beside limits and prose.
const UNDERSTOOD: [&str; 18] = [
    "type",
    "nullable",
    "format",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "oneOf",
    "anyOf",
    "allOf",
    "discriminator",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$ref",
];

impl Schema {
    /// Reads a schema; a reference has to name a component schema of the same document.
    pub(in crate::diff::model) fn read(node: &Node<'_>) -> Result<Self, DocumentError> {
        match node.value() {
            Value::Bool(true) => return Ok(Self::inline(Inline::default())),
            Value::Bool(false) => return Ok(Self::inline(never())),
            _ => {}
        }
        let Some(reference) = node.get("$ref")? else {
            return Ok(Self::inline(read_inline(node)?));
        };
        let named = Self::Named(component(&reference, reference.as_text()?)?);
        if siblings_are_ignored(node) {
            return Ok(named);
        }
        let mut inline = read_inline(node)?;
        if inline == Inline::default() {
            return Ok(named);
        }
        inline.bases.push(named);
        Ok(Self::inline(inline))
    }
}

/// In 3.0 what stands beside `$ref` has no effect; since 3.1 it has.
fn siblings_are_ignored(node: &Node<'_>) -> bool {
    node.document()
        .get("openapi")
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("3.0"))
}

fn never() -> Inline {
    let mut inline = Inline::default();
    inline
        .notes
        .other
        .insert("not".to_owned(), Value::Object(Map::new()));
    inline
}

/// The name in a reference to a component schema of the same document.
fn component(node: &Node<'_>, reference: &str) -> Result<String, DocumentError> {
    let name = reference
        .strip_prefix(COMPONENTS)
        .filter(|name| !name.contains('/'))
        .map(|name| name.replace("~1", "/").replace("~0", "~"));
    let schemas = node.document().pointer("/components/schemas");
    name.filter(|name| schemas.is_some_and(|schemas| schemas.get(name).is_some()))
        .ok_or_else(|| node.dangling(reference))
}

fn read_inline(node: &Node<'_>) -> Result<Inline, DocumentError> {
    let mut inline = Inline {
        format: node.text("format")?.map(str::to_owned),
        fields: node
            .entries("properties")?
            .into_iter()
            .map(|(name, field)| Ok((name.to_owned(), Schema::read(&field)?)))
            .collect::<Result<_, DocumentError>>()?,
        required: node.texts("required")?,
        extra: read_extra(node)?,
        items: node
            .get("items")?
            .map(|items| Schema::read(&items))
            .transpose()?,
        bases: node
            .items("allOf")?
            .iter()
            .map(Schema::read)
            .collect::<Result<_, _>>()?,
        notes: read_notes(node)?,
        ..Inline::default()
    };
    read_kinds(node, &mut inline)?;
    read_values(node, &mut inline)?;
    read_union(node, "oneOf", Form::OneOf, &mut inline)?;
    read_union(node, "anyOf", Form::AnyOf, &mut inline)?;
    Ok(inline)
}

fn read_kinds(node: &Node<'_>, inline: &mut Inline) -> Result<(), DocumentError> {
    let Some(kind) = node.get("type")? else {
        return Ok(());
    };
    let mut kinds = if kind.value().is_array() {
        node.texts("type")?
    } else {
        vec![kind.as_text()?.to_owned()]
    };
    let all = kinds.len();
    kinds.retain(|kind| kind != "null");
    inline.notes.nullable |= kinds.len() < all;
    inline.kinds = kinds;
    Ok(())
}

fn read_values(node: &Node<'_>, inline: &mut Inline) -> Result<(), DocumentError> {
    let mut values: Vec<Value> = node
        .items("enum")?
        .iter()
        .map(|item| item.value().clone())
        .collect();
    if let Some(only) = node.get("const")? {
        values = vec![only.value().clone()];
    }
    let all = values.len();
    if all == 0 {
        return Ok(());
    }
    values.retain(|value| !value.is_null());
    inline.notes.nullable |= values.len() < all;
    inline.values = Some(values);
    Ok(())
}

fn read_extra(node: &Node<'_>) -> Result<Extra, DocumentError> {
    let Some(extra) = node.get("additionalProperties")? else {
        return Ok(Extra::Open);
    };
    if extra.value() == &Value::Bool(false) {
        return Ok(Extra::Closed);
    }
    let schema = Schema::read(&extra)?;
    Ok(if schema == Schema::inline(Inline::default()) {
        Extra::Open
    } else {
        Extra::Typed(schema)
    })
}

/// `oneOf` or `anyOf`; the common way to say "this or null" is read as that.
fn read_union(
    node: &Node<'_>,
    key: &str,
    form: Form,
    inline: &mut Inline,
) -> Result<(), DocumentError> {
    let (nulls, others): (Vec<_>, Vec<_>) = node
        .items(key)?
        .into_iter()
        .partition(|member| member.value().get("type") == Some(&Value::from("null")));
    let mut members = others
        .iter()
        .map(Schema::read)
        .collect::<Result<Vec<_>, _>>()?;
    inline.notes.nullable |= !nulls.is_empty();
    if members.is_empty() {
        return Ok(());
    }
    if !nulls.is_empty() && members.len() == 1 {
        inline.bases.append(&mut members);
        return Ok(());
    }
    inline.unions.push(Union {
        form,
        members,
        discriminator: read_discriminator(node)?,
    });
    Ok(())
}

fn read_discriminator(node: &Node<'_>) -> Result<Option<Discriminator>, DocumentError> {
    let Some(node) = node.get("discriminator")? else {
        return Ok(None);
    };
    let Some(property) = node.text("propertyName")? else {
        return Err(node.fault(
            "expected `propertyName`, found a discriminator without it",
            "name the field that tells the members apart",
        ));
    };
    let mapping = node
        .entries("mapping")?
        .into_iter()
        .map(|(value, target)| {
            let reference = target.as_text()?;
            // A mapping may give the bare name of a component.
            let name = component(&target, reference)
                .or_else(|_| component(&target, &format!("{COMPONENTS}{reference}")))?;
            Ok((value.to_owned(), name))
        })
        .collect::<Result<_, DocumentError>>()?;
    Ok(Some(Discriminator {
        property: property.to_owned(),
        mapping,
    }))
}

fn read_notes(node: &Node<'_>) -> Result<Notes, DocumentError> {
    let mut notes = Notes {
        nullable: node.flag("nullable")?,
        deprecated: node.flag("deprecated")?,
        read_only: node.flag("readOnly")?,
        write_only: node.flag("writeOnly")?,
        default: node.get("default")?.map(|default| default.value().clone()),
        ..Notes::default()
    };
    for (key, value) in node.object()? {
        if is_limit(key) {
            notes.limits.insert(key.clone(), value.clone());
        } else if !UNDERSTOOD.contains(&key.as_str()) && !key.starts_with("x-") && !is_prose(key) {
            let bare = prose::strip(value, Role::Schema.child(key, value));
            notes.other.insert(key.clone(), bare);
        }
    }
    exclusive_as_number(&mut notes.limits, "minimum", "exclusiveMinimum");
    exclusive_as_number(&mut notes.limits, "maximum", "exclusiveMaximum");
    Ok(notes)
}

/// 3.0 says `minimum: 1, exclusiveMinimum: true` where 3.1 says `exclusiveMinimum: 1`.
fn exclusive_as_number(limits: &mut BTreeMap<String, Value>, bound: &str, exclusive: &str) {
    match limits.get(exclusive) {
        Some(Value::Bool(true)) => {
            if let Some(value) = limits.remove(bound) {
                limits.insert(exclusive.to_owned(), value);
            }
        }
        Some(Value::Bool(false)) => {
            limits.remove(exclusive);
        }
        _ => {}
    }
}
