//! The fields of an object across `$ref` and `allOf`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Document, Object, SchemaAt};
use crate::document;

/// How many schemas one is put together from; further ones are not looked at.
const MOST_PARTS: usize = 64;

/// The fields of a schema, its own and those it takes in.
#[derive(Default)]
pub(in crate::lint) struct Keys<'a> {
    /// Each field with every schema that it has to satisfy.
    pub(in crate::lint) properties: Vec<(&'a str, Vec<&'a Object>)>,
    pub(in crate::lint) required: BTreeSet<&'a str>,
    /// The first `type` that is said.
    pub(in crate::lint) kind: Option<&'a str>,
}

impl<'a> Keys<'a> {
    pub(in crate::lint) fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|(known, _)| *known == name)
    }

    fn add(&mut self, name: &'a str, schema: &'a Object) {
        match self.properties.iter_mut().find(|(known, _)| *known == name) {
            Some((_, schemas)) => schemas.push(schema),
            None => self.properties.push((name, vec![schema])),
        }
    }
}

impl<'a> Document<'a> {
    /// The fields that every value of the schema may have.
    pub(in crate::lint) fn keys(&self, schema: &'a Object) -> Keys<'a> {
        self.gather(schema, &["allOf"])
    }

    /// The fields that some value of the schema may have, also those of members of unions.
    pub(in crate::lint) fn all_keys(&self, schema: &'a Object) -> Keys<'a> {
        self.gather(schema, &["allOf", "oneOf", "anyOf"])
    }

    /// The outermost schema that describes the same value.
    pub(in crate::lint) fn whole<'s>(&'s self, schema: &'s SchemaAt<'a>) -> &'s SchemaAt<'a> {
        use super::Edge::{Base, Member};
        let mut whole = schema;
        while let (Base | Member, Some(parent)) = (whole.edge, whole.parent) {
            match self.schemas.get(parent) {
                Some(parent) => whole = parent,
                None => break,
            }
        }
        whole
    }

    fn gather(&self, schema: &'a Object, through: &[&str]) -> Keys<'a> {
        let mut keys = Keys::default();
        let mut waiting = vec![schema];
        let mut seen: Vec<*const Object> = Vec::new();
        while let Some(schema) = waiting.pop() {
            if seen.contains(&std::ptr::from_ref(schema)) || seen.len() >= MOST_PARTS {
                continue;
            }
            seen.push(schema);
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                if let Some(property) = property.as_object() {
                    keys.add(name, property);
                }
            }
            keys.required.extend(required(schema));
            keys.kind = keys
                .kind
                .or_else(|| schema.get("type").and_then(Value::as_str));
            let target = schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| document::resolve(self.root, reference));
            let parts = through
                .iter()
                .filter_map(|key| schema.get(*key).and_then(Value::as_array))
                .flatten();
            let found: Vec<&Object> = target
                .into_iter()
                .chain(parts)
                .filter_map(Value::as_object)
                .collect();
            waiting.extend(found.into_iter().rev());
        }
        keys
    }
}

/// The names that a schema itself requires.
pub(in crate::lint) fn required(schema: &Object) -> impl Iterator<Item = &str> {
    schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
