//! Compares two types by meaning.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ChangePlace, Changes, change_kind::ChangeKind};
use crate::model::{Alternative, Field, Form, Notes, Schema};

/// Tests whether two types are the same, by their old and new names.
pub(super) type Same<'a> = &'a dyn Fn(&str, &str) -> bool;

/// Compares the type of a field, argument or named type.
pub(super) fn compare(
    old: &Schema,
    new: &Schema,
    place: &ChangePlace,
    same: Same<'_>,
    out: &mut Changes,
) {
    notes(&old.notes, &new.notes, place, out);
    match (&old.form, &new.form) {
        (Form::Named(was), Form::Named(is)) if same(was, is) => {}
        (Form::Scalar(was, a), Form::Scalar(is, b)) if was == is => {
            if a != b {
                let detail = arrow(or_none(a), or_none(b));
                out.add(place, ChangeKind::FormatChanged, detail);
            }
        }
        (Form::List(was), Form::List(is)) => compare(was, is, &place.inside("[]"), same, out),
        (Form::Map(was), Form::Map(is)) => compare(was, is, &place.inside(".*"), same, out),
        (Form::Object(was, a), Form::Object(is, b)) => {
            fields(was, is, place, same, out);
            match (a, b) {
                (Some(was), Some(is)) if same(was, is) => {}
                (None, None) => {}
                (was, is) => {
                    let detail = format!("union {}", arrow(or_none(was), or_none(is)));
                    out.add(&place.field("kind"), ChangeKind::TypeChanged, detail);
                }
            }
        }
        (Form::Enum(was), Form::Enum(is)) => values(was, is, place, out),
        (Form::Union(a, was), Form::Union(b, is)) => {
            if a != b {
                let detail = arrow(&a.to_string(), &b.to_string());
                out.add(place, ChangeKind::DiscriminatorChanged, detail);
            }
            alternatives(was, is, place, same, out);
        }
        (was, is) if was == is => {}
        _ => {
            let detail = arrow(&old.describe(), &new.describe());
            out.add(place, ChangeKind::TypeChanged, detail);
        }
    }
}

fn fields(old: &[Field], new: &[Field], place: &ChangePlace, same: Same<'_>, out: &mut Changes) {
    for was in old {
        let place = place.field(&was.key);
        match new.iter().find(|is| is.key == was.key) {
            None => out.add(&place, ChangeKind::FieldRemoved, String::new()),
            Some(is) => {
                requiredness(was.is_required, is.is_required, &place, out);
                compare(&was.schema, &is.schema, &place, same, out);
            }
        }
    }
    for is in new {
        if !old.iter().any(|was| was.key == is.key) {
            let kind = match is.is_required {
                true => ChangeKind::RequiredFieldAdded,
                false => ChangeKind::OptionalFieldAdded,
            };
            out.add(&place.field(&is.key), kind, is.schema.describe());
        }
    }
}

pub(super) fn requiredness(was: bool, is: bool, place: &ChangePlace, out: &mut Changes) {
    let word = |required| if required { "required" } else { "optional" };
    if was != is {
        out.add(
            place,
            ChangeKind::RequirednessChanged,
            arrow(word(was), word(is)),
        );
    }
}

fn values(old: &[String], new: &[String], place: &ChangePlace, out: &mut Changes) {
    for (kind, some, others) in [
        (ChangeKind::ValuesRemoved, old, new),
        (ChangeKind::ValuesAdded, new, old),
    ] {
        let only: Vec<&String> = some.iter().filter(|it| !others.contains(it)).collect();
        let listed: Vec<&str> = only.iter().map(|value| value.as_str()).collect();
        if !only.is_empty() {
            out.add(&place.values(&only), kind, listed.join(", "));
        }
    }
}

fn alternatives(
    old: &[Alternative],
    new: &[Alternative],
    place: &ChangePlace,
    same: Same<'_>,
    out: &mut Changes,
) {
    let by_mark = |list: &[Alternative], mark: &str| list.iter().position(|it| it.mark == mark);
    for (kind, some, others) in [
        (ChangeKind::MembersRemoved, old, new),
        (ChangeKind::MembersAdded, new, old),
    ] {
        let only = some.iter().filter(|it| by_mark(others, &it.mark).is_none());
        let only: Vec<&Alternative> = only.collect();
        let listed: Vec<&str> = only.iter().map(|it| it.mark.as_str()).collect();
        if !only.is_empty() {
            let variants = only.iter().map(|it| it.variant.as_str());
            out.add(&place.variants(variants), kind, listed.join(", "));
        }
    }
    for was in old {
        if let Some(is) = new.iter().find(|is| is.mark == was.mark) {
            let place = place.alternative(&was.mark, &was.variant);
            compare(&was.schema, &is.schema, &place, same, out);
        }
    }
}

fn notes(old: &Notes, new: &Notes, place: &ChangePlace, out: &mut Changes) {
    if old.is_nullable != new.is_nullable {
        let detail = match new.is_nullable {
            true => "allowed",
            false => "refused",
        };
        out.add(place, ChangeKind::NullabilityChanged, detail.to_owned());
    }
    let keys: BTreeMap<&String, ()> = old
        .limits
        .keys()
        .chain(new.limits.keys())
        .map(|key| (key, ()))
        .collect();
    for key in keys.into_keys() {
        limit(key, old.limits.get(key), new.limits.get(key), place, out);
    }
    for (kind, was, is) in [
        (ChangeKind::DefaultChanged, &old.default, &new.default),
        (ChangeKind::ConstantChanged, &old.constant, &new.constant),
    ] {
        if was != is {
            out.add(
                place,
                kind,
                arrow(&plain(was.as_ref()), &plain(is.as_ref())),
            );
        }
    }
    deprecation(old.is_deprecated, new.is_deprecated, place, out);
    if access(old) != access(new) {
        out.add(
            place,
            ChangeKind::AccessChanged,
            arrow(access(old), access(new)),
        );
    }
}

fn limit(
    key: &str,
    was: Option<&Value>,
    is: Option<&Value>,
    place: &ChangePlace,
    out: &mut Changes,
) {
    if was == is {
        return;
    }
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let is_looser = match (was, is, key.get(..3)) {
        (_, None, _) => true,
        (Some(_), Some(_), Some("max")) => number(is) > number(was),
        (Some(_), Some(_), Some("min")) => number(is) < number(was),
        _ => false,
    };
    let kind = match is_looser {
        true => ChangeKind::LimitLoosened,
        false => ChangeKind::LimitTightened,
    };
    let detail = format!("{key} {}", arrow(&plain(was), &plain(is)));
    out.add(place, kind, detail);
}

pub(super) fn deprecation(was: bool, is: bool, place: &ChangePlace, out: &mut Changes) {
    let detail = match is {
        true => "deprecated",
        false => "no longer deprecated",
    };
    if was != is {
        out.add(place, ChangeKind::DeprecationChanged, detail.to_owned());
    }
}

fn access(notes: &Notes) -> &'static str {
    match (notes.is_read_only, notes.is_write_only) {
        (false, false) => "read and write",
        (true, false) => "read only",
        (false, true) => "write only",
        (true, true) => "neither read nor write",
    }
}

pub(super) fn arrow(was: &str, is: &str) -> String {
    format!("{was} -> {is}")
}

fn or_none(name: &Option<String>) -> &str {
    name.as_deref().unwrap_or("none")
}

fn plain(value: Option<&Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
