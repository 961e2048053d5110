//! Rewrites JSON that a protobuf gateway accepts into the form of the documents: camelCase field names, numbers in
//! quotes, and 0 for an unset enum value. The contract decides what a name or a value means.

use std::fmt;

use serde_json::{Map, Number, Value};

use super::violations;
use crate::model::check::{MOST_VIOLATIONS, Violation};

/// The most items of a list for which the documents state no maximum: the largest that they state anywhere.
const LONGEST_LIST: usize = 1000;

/// How fields that are `null` are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    Kept,
    /// They count as absent. In an object whose members the document does not restrict they are content, and stay.
    Dropped,
}

/// Rewrites a body in place. Returns its violations.
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

/// Returns whether `given` is the camelCase form of a snake_case name.
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

/// Returns the violation of a field that is given in both forms.
pub(super) fn given_twice(place: impl fmt::Display, given: &str) -> Violation {
    let description = format!("is given twice, the second time as {given}: give it once");
    Violation::new(place.to_string(), description)
}

/// The path of a value in the body.
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
        // Renaming a member may select an alternative, which has further names.
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

    /// Replaces 0, which protobuf uses for an unset enum value. The documents do not state the other numbers.
    fn word(&mut self, words: &[Value], value: &mut Value, place: &BodyPath<'_>) {
        let Value::Number(number) = value else {
            return;
        };
        if number.as_u64() == Some(0) && matches!(place, BodyPath::Member(..)) {
            *value = Value::Null;
            return;
        }
        let words = violations::words(words);
        let description = format!(
            "expected {words}, found the number {number}: the numbers of enum values are not documented"
        );
        self.wrong(Violation::new(place.to_string(), description));
    }

    fn wrong(&mut self, violation: Violation) {
        let known = |known: &Violation| known.field == violation.field;
        if self.violations.len() < MOST_VIOLATIONS && !self.violations.iter().any(known) {
            self.violations.push(violation);
        }
    }

    /// Returns every schema that applies to a value. Alternatives depend on the members of an object.
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

/// Returns whether a schema describes the members of an object.
fn describes_members(schema: &&Map<String, Value>) -> bool {
    let describes = ["properties", "dependentSchemas", "allOf", "oneOf"];
    describes.iter().any(|key| schema.contains_key(*key))
        || schema
            .get("additionalProperties")
            .is_some_and(|others| others.as_object().is_some_and(|others| !others.is_empty()))
}

/// Returns what the schemas say about a member.
fn properties<'a>(schemas: &Schemas<'a>, name: &str) -> impl Iterator<Item = &'a Value> {
    schemas
        .iter()
        .filter_map(move |schema| schema.get("properties")?.get(name))
}

/// Returns whether an object has the values that select an alternative.
fn holds(wanted: &Value, members: &Map<String, Value>) -> bool {
    let words = wanted.get("properties").and_then(Value::as_object);
    words
        .into_iter()
        .flatten()
        .all(|(tag, word)| members.get(tag) == word.get("const"))
}

/// Parses a number, possibly in quotes.
fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) if text.trim() == text => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// Returns a number without a fraction, in any notation.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        format!("{float:.0}").parse().ok()
    })
}
