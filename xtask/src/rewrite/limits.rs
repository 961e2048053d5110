//! Tables of limits: for each type in requests that has limits, directly or in its fields, the fields with their
//! limits.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::{
    document::walk::{self, Node, referenced},
    names,
    normalise::unions::{Holds, Select, Union},
};

/// The extensions for limits: those of the document's schemas, and those that an overlay adds because only prose states
/// them.
pub(crate) const SOURCES: [&str; 2] = ["x-limits", "x-further-limits"];

/// The types that have a table.
pub(super) struct Limits<'a> {
    schemas: &'a Node,
    limited: HashSet<&'a str>,
}

/// A row of a table: a field with a limit, or one whose content has limits.
struct Row {
    key: String,
    limit: Option<Bound>,
}

/// What a limit applies to.
enum Bound {
    /// The field's value.
    Own(TokenStream),
    /// Members of the value.
    Inside(TokenStream),
}

impl<'a> Limits<'a> {
    /// Collects the types of request bodies that have limits.
    pub(super) fn of(normalised: &'a Value, schemas: &'a Node) -> Self {
        let mut limits = Self {
            schemas,
            limited: HashSet::new(),
        };
        let sent = limits.sent(normalised);
        loop {
            let before = limits.limited.len();
            for name in &sent {
                let schema = schemas.get(*name).unwrap_or(&Value::Null);
                if !limits.rows(schema).is_empty() || limits.kind(schema).is_some() {
                    limits.limited.insert(name);
                }
            }
            if limits.limited.len() == before {
                return limits;
            }
        }
    }

    /// Returns the types that requests consist of.
    fn sent(&self, normalised: &'a Value) -> HashSet<&'a str> {
        let mut waiting: Vec<&Value> = Vec::new();
        walk::each_body(normalised, &mut |body| waiting.push(body));
        let mut sent = HashSet::new();
        while let Some(node) = waiting.pop() {
            if let Some(name) = referenced(node)
                && sent.insert(name)
            {
                waiting.extend(self.schemas.get(name));
            }
            match node {
                Value::Object(members) => waiting.extend(members.values()),
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
        sent
    }

    /// Returns the table of a type, if it has one.
    pub(super) fn table(&self, name: &str, schema: &Value) -> Option<TokenStream> {
        if !self.limited.contains(name) {
            return None;
        }
        let rows = self.rows(schema);
        let name = format_ident!("{name}");
        if let Some(union) = Union::of(schema) {
            let rows = rows.iter().filter_map(|row| {
                let mut alternatives = union.alternatives.iter();
                let alternative = alternatives.find(|it| it.mark == row.key)?;
                let variant = format_ident!("{}", alternative.variant);
                let key = match (&alternative.holds, &union.select) {
                    (Holds::Whole(_), _) => "",
                    (Holds::Value(_), Select::Sibling { content, .. }) => content,
                    (Holds::Value(_), _) => &alternative.mark,
                };
                Some(quote! { #key #variant, })
            });
            return Some(quote! { crate::limits::variants! { #name; #(#rows)* } });
        }
        let kind = self.kind(schema);
        let rows = rows.iter().map(|Row { key, limit }| {
            let field = names::field(key);
            let constant = field.trim_start_matches("r#").to_uppercase();
            let (field, constant) = (format_ident!("{field}"), format_ident!("{constant}"));
            match limit {
                Some(Bound::Own(limit)) => quote! { #key #field #constant [#limit], },
                Some(Bound::Inside(limit)) => quote! { #key #field [#limit], },
                None => quote! { #key #field, },
            }
        });
        Some(quote! { crate::limits::fields! { #name #kind; #(#rows)* } })
    }

    /// Returns the field with the alternatives of an object, if these have limits.
    fn kind(&self, schema: &Value) -> Option<TokenStream> {
        let inside = self.has_inside(schema.get("x-alternatives")?);
        let kind = format_ident!("{}", names::KIND);
        inside.then(|| quote! { #kind })
    }

    fn rows(&self, schema: &Value) -> Vec<Row> {
        if let Some(union) = Union::of(schema) {
            let alternatives = union.alternatives.iter();
            return alternatives
                .filter(|it| self.has_inside(it.holds.schema()))
                .map(|it| Row {
                    key: it.mark.clone(),
                    limit: None,
                })
                .collect();
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let set_by_callers = properties
            .into_iter()
            .flatten()
            .filter(|(_, property)| property.get("readOnly") != Some(&Value::Bool(true)));
        set_by_callers
            .flat_map(|(key, property)| {
                let row = |limit| Row {
                    key: key.clone(),
                    limit,
                };
                let inside = self.has_inside(property).then_some(None);
                self.limits_of(property)
                    .into_iter()
                    .map(Some)
                    .chain(inside)
                    .map(row)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Returns the limits of a field's value. The narrower limit of a single member comes before that of all.
    fn limits_of(&self, property: &Value) -> Vec<Bound> {
        let schema = self.resolved(property);
        let mut found: Vec<Bound> = bounds(schema).map(Bound::Own).into_iter().collect();
        let members = further(schema, "members").and_then(Value::as_object);
        for (name, limits) in members.into_iter().flatten() {
            let limit = bounds(&text_with(limits)).map(|limit| quote! { member #name #limit });
            found.extend(limit.map(Bound::Inside));
        }
        let each = ["items", "additionalProperties"]
            .iter()
            .filter_map(|inner| bounds(self.resolved(schema.get(inner)?)));
        found.extend(each.map(|limit| Bound::Inside(quote! { each #limit })));
        let total = further(schema, "total").and_then(Value::as_object);
        for (inner, most) in total.into_iter().flatten() {
            let (inner, most) = (format_ident!("{}", names::field(inner)), literal(most));
            found.push(Bound::Inside(quote! { total #inner Items 0 #most }));
        }
        found
    }

    /// Returns whether the types of a value have limits.
    fn has_inside(&self, schema: &Value) -> bool {
        let inner = ["items", "additionalProperties"];
        referenced(schema).is_some_and(|name| self.limited.contains(name))
            || referenced(schema)
                .and_then(|name| self.schemas.get(name))
                .filter(|target| is_alias(target))
                .is_some_and(|target| self.has_inside(target))
            || inner
                .iter()
                .filter_map(|key| schema.get(key))
                .any(|inner| self.has_inside(inner))
    }

    /// Returns the schema behind aliases of plain values.
    fn resolved<'b>(&'b self, schema: &'b Value) -> &'b Value {
        match referenced(schema).and_then(|name| self.schemas.get(name)) {
            Some(target) if is_alias(target) => self.resolved(target),
            _ => schema,
        }
    }
}

/// Returns whether a named schema is neither a struct nor an enum.
fn is_alias(schema: &Value) -> bool {
    let own = ["properties", "enum", "x-union", "x-alternatives"];
    own.iter().all(|key| schema.get(key).is_none())
}

/// Returns a string schema with these limits.
fn text_with(limits: &Value) -> Value {
    serde_json::json!({"type": "string", "x-further-limits": limits})
}

fn further<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    schema.get("x-further-limits")?.get(key)
}

/// Returns a limit of a schema by its keyword.
pub(super) fn limit<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    SOURCES
        .iter()
        .find_map(|source| schema.get(source)?.get(key))
}

/// Returns the bounds of a value by its type: what is measured, both ends, the unit, and an additional allowed number.
fn bounds(schema: &Value) -> Option<TokenStream> {
    let kind = schema.get("type").and_then(Value::as_str)?;
    let has_enum = schema.get("enum").is_some();
    let is_time = schema.get("format").and_then(Value::as_str) == Some("date-time");
    let (measure, keys) = match kind {
        "string" if is_time => {
            let days = ["maxDaysAhead", "maxDaysAgo"];
            let key = days.into_iter().find(|key| limit(schema, key).is_some())?;
            ("Days", ["minDays", key])
        }
        "string" if has_enum => return None,
        "string" if limit(schema, "maxSeconds").is_some() => {
            ("Seconds", ["minSeconds", "maxSeconds"])
        }
        "string" => ("Characters", ["minLength", "maxLength"]),
        "array" => ("Items", ["minItems", "maxItems"]),
        "object" if limit(schema, "maxLength").is_some() => {
            ("Characters", ["minLength", "maxLength"])
        }
        "object" => ("Items", ["minProperties", "maxProperties"]),
        // The service alone checks the bounds of fractions.
        "integer" => ("Value", ["minimum", "maximum"]),
        _ => return None,
    };
    let ends = keys.map(|key| limit(schema, key));
    if ends == [None, None] {
        return None;
    }
    let least = if measure == "Value" { i64::MIN } else { 0 };
    let exclusive = |key| i64::from(limit(schema, key) == Some(&Value::Bool(true)));
    let [min, max] = ends.map(|end| end.and_then(Value::as_i64));
    let min = min.map_or(least, |min| {
        min.saturating_add(exclusive("exclusiveMinimum"))
    });
    let max = max.map_or(i64::MAX, |max| {
        max.saturating_sub(exclusive("exclusiveMaximum"))
    });
    let (min, max) = (Literal::i64_unsuffixed(min), Literal::i64_unsuffixed(max));
    let measure = format_ident!("{measure}");
    let unit = limit(schema, "unit").and_then(Value::as_str);
    let unit = unit.map(|unit| quote! { in #unit });
    let or = limit(schema, "or").map(literal).map(|or| quote! { or #or });
    Some(quote! { #measure #min #max #unit #or })
}

fn literal(number: &Value) -> Literal {
    Literal::i64_unsuffixed(number.as_i64().unwrap_or_default())
}
