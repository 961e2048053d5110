//! Two schemas, level by level.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Comparison;
use super::category::{self, Category};
use super::kind::Kind;
use super::model::{Extra, Notes, Schema};
use super::place::Place;
use super::shape::{Field, Shape};

impl<'a> Comparison<'a> {
    /// Compares what both sides ask of one value. Each side is a list of schemas that hold together.
    pub(super) fn schemas(&mut self, old: &[&'a Schema], new: &[&'a Schema], place: &Place) {
        let names = (category::name(old), category::name(new));
        let was = Shape::of(old, self.old);
        let is = Shape::of(new, self.new);
        match names {
            (Some(a), Some(b)) if self.same_name(a, b) => self.notes(&was, &is, place),
            (Some(a), Some(b)) => self.record(place, Kind::TypeChanged, arrow(a, b)),
            _ if was.category() != is.category() => {
                let detail = arrow(
                    &category::describe(old, self.old),
                    &category::describe(new, self.new),
                );
                self.record(place, Kind::TypeChanged, detail);
            }
            _ => {
                let before = self.breaking();
                self.shapes(&was, &is, place);
                if self.breaking() == before {
                    self.note_moved(names);
                }
            }
        }
    }

    /// A component on one side only, equal to what stands in its place on the other, has only moved.
    fn note_moved(&mut self, names: (Option<&'a str>, Option<&'a str>)) {
        let gone = names.0.filter(|name| self.new.schema(name).is_none());
        let came = names.1.filter(|name| self.old.schema(name).is_none());
        self.moved.extend(gone);
        self.moved.extend(came);
    }

    /// Two shapes of one category.
    fn shapes(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        if old.format != new.format {
            let detail = arrow(or_none(old.format), or_none(new.format));
            self.record(place, Kind::FormatChanged, detail);
        }
        self.values(old, new, place);
        self.fields(old, new, place);
        if old.category() == Category::Array {
            self.schemas(&old.items, &new.items, &place.items());
        }
        self.extra(old.extra, new.extra, place);
        self.unions(old, new, place);
        self.notes(old, new, place);
    }

    fn values(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let (Some(old), Some(new)) = (&old.values, &new.values) else {
            return;
        };
        let missing_from = |some: &[&Value], others: &[&Value]| -> Vec<String> {
            some.iter()
                .filter(|value| !others.contains(value))
                .map(|value| plain(value))
                .collect()
        };
        let place = place.of_values();
        self.record_list(&place, Kind::ValuesRemoved, &missing_from(old, new));
        self.record_list(&place, Kind::ValuesAdded, &missing_from(new, old));
    }

    fn fields(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let (in_old, in_new) = self.shared(old, new);
        for was in &old.fields {
            match new.field(was.name) {
                Some(is) => self.field((was, &in_old), (is, &in_new), place),
                None if was.is_inherited(&in_old) => {}
                None => self.record(&place.field(was.name), Kind::FieldRemoved, String::new()),
            }
        }
        let added = new
            .fields
            .iter()
            .filter(|is| old.field(is.name).is_none() && !is.is_inherited(&in_new));
        for is in added {
            let kind = match is.is_required() {
                true => Kind::RequiredFieldAdded,
                false => Kind::OptionalFieldAdded,
            };
            let detail = category::describe(&is.schemas(), self.new);
            self.record(&place.field(is.name), kind, detail);
        }
    }

    /// A field that both sides have, each with the components that the sides share.
    fn field(
        &mut self,
        (was, in_old): (&Field<'a>, &BTreeSet<&str>),
        (is, in_new): (&Field<'a>, &BTreeSet<&str>),
        place: &Place,
    ) {
        let said_here = was.is_required_beside(in_old) || is.is_required_beside(in_new);
        let inherited = was.type_is_inherited(in_old) && is.type_is_inherited(in_new);
        let place = place.field(is.name);
        if was.is_required() != is.is_required() && (said_here || !inherited) {
            let word = |required| if required { "required" } else { "optional" };
            let detail = arrow(word(was.is_required()), word(is.is_required()));
            self.record(&place, Kind::RequirednessChanged, detail);
        }
        if !inherited {
            let place = place.optional(!is.is_required());
            self.schemas(&was.schemas(), &is.schemas(), &place);
        }
    }

    fn extra(&mut self, old: Option<&'a Extra>, new: Option<&'a Extra>, place: &Place) {
        let said = |extra: Option<&'a Extra>| match extra {
            Some(Extra::Typed(schema)) => (Some(schema), false),
            Some(Extra::Closed) => (None, true),
            Some(Extra::Open) | None => (None, false),
        };
        match (said(old), said(new)) {
            ((Some(was), _), (Some(is), _)) => self.schemas(&[was], &[is], &place.others()),
            ((None, was), (None, is)) if was == is => {}
            ((None, _), (None, refused)) => {
                let detail = if refused { "refused" } else { "allowed" };
                self.record(place, Kind::UnknownFieldsChanged, detail.to_owned());
            }
            ((was, _), (is, _)) => {
                let words = |schema: Option<&Schema>, model| {
                    schema.map_or_else(
                        || "anything".to_owned(),
                        |schema| category::describe(&[schema], model),
                    )
                };
                let detail = arrow(&words(was, self.old), &words(is, self.new));
                self.record(&place.others(), Kind::TypeChanged, detail);
            }
        }
    }

    /// What leaves the shape as it is: `null`, limits, default, marks.
    fn notes(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let (in_old, in_new) = self.shared(old, new);
        let was = old.own_notes(&in_old);
        let is = new.own_notes(&in_new);
        if was.nullable != is.nullable {
            let kind = match place.optional {
                true => Kind::OptionalNullabilityChanged,
                false => Kind::NullabilityChanged,
            };
            let detail = if is.nullable { "allowed" } else { "refused" };
            self.record(place, kind, detail.to_owned());
        }
        let both = |key: &str, was: Option<&Value>, is: Option<&Value>| {
            let word = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), plain);
            (was != is).then(|| format!("{key}{}", arrow(&word(was), &word(is))))
        };
        for key in keys(&was.limits, &is.limits) {
            let detail = both(&format!("{key} "), was.limits.get(key), is.limits.get(key));
            self.record_some(place, Kind::LimitChanged, detail);
        }
        let detail = both("", was.default.as_ref(), is.default.as_ref());
        self.record_some(place, Kind::DefaultChanged, detail);
        self.record_some(
            place,
            Kind::DeprecationChanged,
            deprecation(was.deprecated, is.deprecated),
        );
        if access(&was) != access(&is) {
            self.record(place, Kind::AccessChanged, arrow(access(&was), access(&is)));
        }
        for key in keys(&was.other, &is.other) {
            let detail = both(&format!("{key} "), was.other.get(key), is.other.get(key));
            self.record_some(place, Kind::KeywordChanged, detail);
        }
    }

    /// The components that both shapes take in, by their names on either side.
    pub(super) fn shared(
        &self,
        old: &Shape<'a>,
        new: &Shape<'a>,
    ) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
        old.bases
            .iter()
            .flat_map(|a| new.bases.iter().map(move |b| (*a, *b)))
            .filter(|(a, b)| self.same_name(a, b))
            .unzip()
    }
}

/// What to say of a change of `deprecated`, if it is one.
pub(super) fn deprecation(was: bool, is: bool) -> Option<String> {
    (was != is).then(|| if is { "deprecated" } else { "in use again" }.to_owned())
}

/// From one state to another.
pub(super) fn arrow(old: &str, new: &str) -> String {
    format!("{old} -> {new}")
}

fn access(notes: &Notes) -> &'static str {
    match (notes.read_only, notes.write_only) {
        (false, false) => "read and write",
        (true, false) => "read only",
        (false, true) => "write only",
        (true, true) => "neither read nor write",
    }
}

fn keys<'n>(
    old: &'n std::collections::BTreeMap<String, Value>,
    new: &'n std::collections::BTreeMap<String, Value>,
) -> BTreeSet<&'n str> {
    old.keys().chain(new.keys()).map(String::as_str).collect()
}

fn or_none(text: Option<&str>) -> &str {
    text.unwrap_or("none")
}

/// A string without its quotes, anything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
