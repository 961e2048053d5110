//! Rewrites JSON that a protobuf gateway accepts into the form of the documents: camelCase field names, numbers in
//! quotes, and 0 for an enum value that is not set. The contract says what a name or a value stands for.

use std::fmt;

use serde_json::{Map, Number, Value};

use super::violations;
use crate::model::check::{MOST_VIOLATIONS, Violation};

/// The most items of a list for which the documents give no number: as many as the longest documented list has.
const LONGEST_LIST: usize = 1000;

/// What becomes of fields that are `null`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    Kept,
    /// They count as absent. In an object that the document leaves open they are content, and stay.
    Dropped,
}

/// Rewrites a body in place. Returns what is wrong with it.
pub(super) fn rewrite<'a>(
    document: &'a Value,
    schema: &'a Value,
    nulls: Nulls,
    body: &mut Value,
) -> Vec<Violation> {
    let mut rewriter = Rewriter {
        document,
        nulls,
        violations: Vec::new(),
    };
    rewriter.value(schema, body, &BodyPath::Body);
    let mut violations = rewriter.violations;
    violations.sort_by(|one, other| one.field.cmp(&other.field));
    violations
}

/// Whether `given` is the camelCase form of a snake_case name.
pub(super) fn is_camel_case_of(given: &str, name: &str) -> bool {
    let mut upper = false;
    let camel = name.chars().filter_map(|character| {
        if character == '_' {
            upper = true;
            return None;
        }
        let letter = match std::mem::take(&mut upper) {
            true => character.to_ascii_uppercase(),
            false => character,
        };
        Some(letter)
    });
    given.chars().eq(camel)
}

/// The violation of a field that was given in both forms.
pub(super) fn given_twice(place: impl fmt::Display, given: &str) -> Violation {
    let description = format!("is given twice, the second time as {given}: give it once");
    Violation::new(place.to_string(), description)
}

/// Where in the body a value is.
enum BodyPath<'a> {
    Body,
    Member(&'a BodyPath<'a>, &'a str),
    Item(&'a BodyPath<'a>, usize),
}

impl fmt::Display for BodyPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Member(BodyPath::Body, name) => f.write_str(name),
            Self::Member(outer, name) => write!(f, "{outer}.{name}"),
            Self::Item(list, index) => write!(f, "{list}[{index}]"),
        }
    }
}

type Schemas<'a> = Vec<&'a Map<String, Value>>;

struct Rewriter<'a> {
    document: &'a Value,
    nulls: Nulls,
    violations: Vec<Violation>,
}

impl<'a> Rewriter<'a> {
    fn value(&mut self, schema: &'a Value, value: &mut Value, place: &BodyPath<'_>) {
        match value {
            Value::Object(members) => self.object(schema, members, place),
            Value::Array(items) => self.list(schema, items, place),
            Value::String(_) | Value::Number(_) => self.scalar(schema, value, place),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn object(
        &mut self,
        schema: &'a Value,
        members: &mut Map<String, Value>,
        place: &BodyPath<'_>,
    ) {
        let mut schemas = self.schemas_of(schema, Some(members));
        // A name that was rewritten may choose an alternative, which knows further names.
        while self.rename(&schemas, members, place) {
            schemas = self.schemas_of(schema, Some(members));
        }
        for (name, member) in members.iter_mut() {
            let place = BodyPath::Member(place, name);
            let mut documented = false;
            for property in properties(&schemas, name) {
                documented = true;
                self.value(property, member, &place);
            }
            let others = schemas
                .iter()
                .filter_map(|schema| schema.get("additionalProperties"));
            for other in others.filter(|_| !documented) {
                self.value(other, member, &place);
            }
        }
        if self.nulls == Nulls::Dropped && schemas.iter().any(describes_members) {
            members.retain(|_, member| !member.is_null());
        }
    }

    /// Renames camelCase members to their documented names. Returns whether any were renamed.
    fn rename(
        &mut self,
        schemas: &Schemas<'a>,
        members: &mut Map<String, Value>,
        place: &BodyPath<'_>,
    ) -> bool {
        let name_of = |given: &String| {
            let mut names = schemas
                .iter()
                .filter_map(|schema| schema.get("properties")?.as_object())
                .flat_map(Map::keys);
            let is_other_form = |name: &&String| *name != given && is_camel_case_of(given, name);
            names.find(is_other_form).cloned()
        };
        let foreign = members
            .keys()
            .filter(|given| properties(schemas, given).next().is_none());
        let renamed: Vec<(String, String)> = foreign
            .filter_map(|given| Some((given.clone(), name_of(given)?)))
            .collect();
        for (given, name) in &renamed {
            let Some(value) = members.remove(given) else {
                continue;
            };
            if members.contains_key(name) {
                self.wrong(given_twice(BodyPath::Member(place, name), given));
            } else {
                members.insert(name.clone(), value);
            }
        }
        !renamed.is_empty()
    }

    fn list(&mut self, schema: &'a Value, items: &mut [Value], place: &BodyPath<'_>) {
        let schemas = self.schemas_of(schema, None);
        let has_limit = schemas.iter().any(|schema| schema.contains_key("maxItems"));
        if !has_limit && items.len() > LONGEST_LIST {
            let found = items.len();
            let description = format!("expected at most {LONGEST_LIST} items, found {found}");
            self.wrong(Violation::new(place.to_string(), description));
            return;
        }
        for item_schema in schemas.iter().filter_map(|schema| schema.get("items")) {
            for (index, item) in items.iter_mut().enumerate() {
                self.value(item_schema, item, &BodyPath::Item(place, index));
            }
        }
    }

    fn scalar(&mut self, schema: &'a Value, value: &mut Value, place: &BodyPath<'_>) {
        for schema in self.schemas_of(schema, None) {
            match schema.get("type").and_then(Value::as_str) {
                Some("integer") => {
                    if let Some(whole) = number(value).as_ref().and_then(whole) {
                        *value = whole.into();
                    }
                }
                Some("number") => {
                    if let Some(number) = number(value) {
                        *value = number.into();
                    }
                }
                Some("string") => {
                    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
                        self.word(words, value, place);
                    }
                }
                _ => {}
            }
        }
    }

    /// In protobuf every enum value has a number. The documents do not give them; only 0 is the same for all: not set.
    fn word(&mut self, words: &[Value], value: &mut Value, place: &BodyPath<'_>) {
        let Value::Number(number) = value else {
            return;
        };
        if number.as_u64() == Some(0) && matches!(place, BodyPath::Member(..)) {
            *value = Value::Null;
            return;
        }
        let words = violations::words(words);
        let description =
            format!("expected {words}, found the number {number}: numbers of words are not known");
        self.wrong(Violation::new(place.to_string(), description));
    }

    fn wrong(&mut self, violation: Violation) {
        let known = |known: &Violation| known.field == violation.field;
        if self.violations.len() < MOST_VIOLATIONS && !self.violations.iter().any(known) {
            self.violations.push(violation);
        }
    }

    /// Every schema that applies to a value. The members of an object decide which alternatives do.
    fn schemas_of(&self, schema: &'a Value, members: Option<&Map<String, Value>>) -> Schemas<'a> {
        let mut found = Vec::new();
        self.collect(schema, members, &mut found);
        found
    }

    /// What `#/$defs/Name` means. Names hold nothing that is escaped in a JSON pointer.
    fn definition(&self, reference: &str) -> Option<&'a Value> {
        let name = reference.strip_prefix("#/$defs/")?;
        self.document.get("$defs")?.get(name)
    }

    fn collect(
        &self,
        schema: &'a Value,
        members: Option<&Map<String, Value>>,
        found: &mut Schemas<'a>,
    ) {
        let Some(schema) = schema.as_object() else {
            return;
        };
        found.push(schema);
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(target) = reference.and_then(|reference| self.definition(reference)) {
            self.collect(target, members, found);
        }
        let Some(members) = members else {
            return;
        };
        let wholes = schema.get("dependentSchemas").and_then(Value::as_object);
        for (_, whole) in wholes
            .into_iter()
            .flatten()
            .filter(|(key, _)| members.contains_key(*key))
        {
            self.collect(whole, Some(members), found);
        }
        let cases = schema.get("allOf").and_then(Value::as_array);
        for case in cases.into_iter().flatten() {
            if case.get("if").is_none_or(|wanted| holds(wanted, members))
                && let Some(then) = case.get("then")
            {
                self.collect(then, Some(members), found);
            }
        }
    }
}

/// Whether a schema says what the members of an object are.
fn describes_members(schema: &&Map<String, Value>) -> bool {
    let describes = ["properties", "dependentSchemas", "allOf", "oneOf"];
    describes.iter().any(|key| schema.contains_key(*key))
        || schema
            .get("additionalProperties")
            .is_some_and(|others| others.as_object().is_some_and(|others| !others.is_empty()))
}

/// What the schemas say about a member.
fn properties<'a>(schemas: &Schemas<'a>, name: &str) -> impl Iterator<Item = &'a Value> {
    schemas
        .iter()
        .filter_map(move |schema| schema.get("properties")?.get(name))
}

/// Whether an object has the values that select an alternative.
fn holds(wanted: &Value, members: &Map<String, Value>) -> bool {
    let words = wanted.get("properties").and_then(Value::as_object);
    words
        .into_iter()
        .flatten()
        .all(|(tag, word)| members.get(tag) == word.get("const"))
}

/// A number, possibly in quotes.
fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) if text.trim() == text => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// A number without a fraction, in whatever notation.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        format!("{float:.0}").parse().ok()
    })
}
