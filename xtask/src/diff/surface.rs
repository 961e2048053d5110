//! What the change of documents does to the generated crate: its public items before and after.

use std::collections::BTreeMap;

use super::kind::Impact;
use crate::{
    emit::Files,
    outline::{self, Item, Kind, Part},
};

/// A change of what users of the crate can name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SurfaceChange {
    /// The item, field, variant, function or trait.
    pub name: String,
    /// What happened, in words.
    pub what: &'static str,
    /// The types that it concerns.
    pub detail: String,
    /// Whether a program that uses it may no longer compile.
    pub impact: Impact,
}

/// Public items by name: types as they are called, functions with their module.
#[derive(Debug)]
pub(super) struct Surface(BTreeMap<String, Face>);

/// What users can name of one item.
#[derive(Debug, Default)]
struct Face {
    /// `struct`, `enum` and so on; empty for what is only added to.
    kind: &'static str,
    is_open: bool,
    parts: BTreeMap<String, Part>,
}

impl Surface {
    /// Reads the generated files. Those that are no Rust have been refused before.
    pub(super) fn of(files: &Files) -> Self {
        let mut faces: BTreeMap<String, Face> = BTreeMap::new();
        for item in outline::items(files).unwrap_or_default() {
            let Item { kind, section, .. } = &item;
            let (name, word) = match kind {
                Kind::Function => {
                    let module = section.split('/').next().unwrap_or_default();
                    (format!("{module}::{}", item.name), "function")
                }
                Kind::Struct => (item.name, "struct"),
                Kind::Enum => (item.name, "enum"),
                Kind::Alias => (item.name, "alias"),
                Kind::Addition => (item.name, ""),
            };
            let face = faces.entry(name).or_default();
            if !word.is_empty() {
                face.kind = word;
                face.is_open = item.is_open;
            }
            let parts = item.parts.into_iter();
            face.parts
                .extend(parts.map(|part| (part.name.clone(), part)));
        }
        Self(faces)
    }

    /// What a name stands for, where it stood for something like `was`: another name for a type that is like it will do.
    fn face(&self, name: &str, was: &Face) -> Option<&Face> {
        let face = self.0.get(name)?;
        let target = match (was.kind, face.kind, face.parts.get("")) {
            (was, "alias", Some(target)) if was != "alias" => target.types.first(),
            _ => None,
        };
        Some(target.and_then(|name| self.0.get(name)).unwrap_or(face))
    }

    /// What differs, by name.
    pub(super) fn changes(&self, new: &Self) -> Vec<SurfaceChange> {
        let mut changes = Vec::new();
        for (name, was) in &self.0 {
            match new.face(name, was) {
                None => changes.push(change(name, "is gone", was.kind.to_owned(), true)),
                Some(is) if is.kind != was.kind => {
                    let detail = arrow(was.kind, is.kind);
                    changes.push(change(name, "is another kind of item", detail, true));
                }
                Some(is) => was.changes(is, name, &mut changes),
            }
        }
        for (name, is) in &new.0 {
            if !self.0.contains_key(name) {
                changes.push(change(name, "is new", is.kind.to_owned(), false));
            }
        }
        changes
    }
}

/// Signatures have an arrow of their own.
fn arrow(was: &str, is: &str) -> String {
    format!("{was} => {is}")
}

fn change(name: &str, what: &'static str, detail: String, breaks: bool) -> SurfaceChange {
    SurfaceChange {
        name: name.to_owned(),
        what,
        detail,
        impact: match breaks {
            true => Impact::Breaking,
            false => Impact::Compatible,
        },
    }
}

impl Face {
    fn changes(&self, new: &Self, item: &str, changes: &mut Vec<SurfaceChange>) {
        if self.is_open && !new.is_open {
            changes.push(change(item, "is no longer open", String::new(), true));
        }
        for (name, was) in &self.parts {
            let place = format!("{item}{name}");
            match new.parts.get(name) {
                None => changes.push(change(&place, "is gone", was.shown(), true)),
                Some(is) if is == was => {}
                Some(is) => {
                    let (what, detail) = ("changed", arrow(&was.shown(), &is.shown()));
                    changes.push(change(&place, what, detail, breaks(was, is)));
                }
            }
        }
        for (name, is) in &new.parts {
            if !self.parts.contains_key(name) {
                // Only fields and variants are named where the item is made or matched.
                let is_listed = is.name.starts_with('.') || (new.kind == "enum" && !is.is_function);
                let closed = !new.is_open && is_listed && is.member().is_some();
                let place = format!("{item}{name}");
                changes.push(change(&place, "is new", is.shown(), closed));
            }
        }
    }
}

/// Other types break; so do arguments in another order, which may still compile. Another name for one does not.
fn breaks(was: &Part, is: &Part) -> bool {
    let sorted = |part: &Part| {
        let mut names = part.arguments.clone();
        names.sort();
        names
    };
    was.types != is.types || (was.arguments != is.arguments && sorted(was) == sorted(is))
}
