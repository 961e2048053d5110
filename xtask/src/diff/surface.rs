//! The effect of changed documents on the generated crate: its public items before and after.

use std::collections::BTreeMap;

use super::change_kind::Impact;
use crate::{
    emit::Files,
    outline::{self, Item, ItemKind, Part},
};

/// A change of a public item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SurfaceChange {
    /// The item, field, variant, function or trait.
    pub name: String,
    /// The kind of change, in words.
    pub what: &'static str,
    /// The types that are affected.
    pub detail: String,
    /// Whether a program that uses it may no longer compile.
    pub impact: Impact,
}

/// Public items by name; functions include their module.
#[derive(Debug)]
pub(super) struct Surface(BTreeMap<String, Face>);

/// The public parts of one item.
#[derive(Debug, Default)]
struct Face {
    /// `struct`, `enum` and so on; empty for an item that is only extended.
    kind: &'static str,
    is_open: bool,
    parts: BTreeMap<String, Part>,
}

impl Surface {
    /// Reads the generated files, which are known to be valid Rust.
    pub(super) fn of(files: &Files) -> Self {
        let mut faces: BTreeMap<String, Face> = BTreeMap::new();
        for item in outline::items(files).unwrap_or_default() {
            let Item { kind, section, .. } = &item;
            let (name, word) = match kind {
                ItemKind::Function => {
                    let module = section.split('/').next().unwrap_or_default();
                    (format!("{module}::{}", item.name), "function")
                }
                ItemKind::Struct => (item.name, "struct"),
                ItemKind::Enum => (item.name, "enum"),
                ItemKind::Alias => (item.name, "alias"),
                ItemKind::Addition => (item.name, ""),
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

    /// Returns what a name refers to. Instead of something like `was`, it may be an alias of a similar type.
    fn face(&self, name: &str, was: &Face) -> Option<&Face> {
        let face = self.0.get(name)?;
        let target = match (was.kind, face.kind, face.parts.get("")) {
            (was, "alias", Some(target)) if was != "alias" => target.types.first(),
            _ => None,
        };
        Some(target.and_then(|name| self.0.get(name)).unwrap_or(face))
    }

    /// Returns the differences, by name.
    pub(super) fn changes(&self, new: &Self) -> Vec<SurfaceChange> {
        let mut changes = Vec::new();
        for (name, was) in &self.0 {
            match new.face(name, was) {
                None => changes.push(change(name, "was removed", was.kind.to_owned(), true)),
                Some(is) if is.kind != was.kind => {
                    let detail = arrow(was.kind, is.kind);
                    changes.push(change(name, "is another kind of item", detail, true));
                }
                Some(is) => was.changes(is, name, &mut changes),
            }
        }
        for (name, is) in &new.0 {
            if !self.0.contains_key(name) {
                changes.push(change(name, "was added", is.kind.to_owned(), false));
            }
        }
        changes
    }
}

/// Separates old and new; signatures contain arrows themselves, so those get another form.
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
                None => changes.push(change(&place, "was removed", was.shown(), true)),
                Some(is) if is == was => {}
                Some(is) => {
                    let (what, detail) = ("changed", arrow(&was.shown(), &is.shown()));
                    changes.push(change(&place, what, detail, breaks(was, is)));
                }
            }
        }
        for (name, is) in &new.parts {
            if !self.parts.contains_key(name) {
                // Fields and variants are named only where the item is constructed or matched.
                let is_listed = is.name.starts_with('.') || (new.kind == "enum" && !is.is_function);
                let closed = !new.is_open && is_listed && is.member().is_some();
                let place = format!("{item}{name}");
                changes.push(change(&place, "was added", is.shown(), closed));
            }
        }
    }
}

/// Returns whether a change is breaking: other types are, and arguments in another order, which may still compile. A
/// renamed argument is not.
fn breaks(was: &Part, is: &Part) -> bool {
    let sorted = |part: &Part| {
        let mut names = part.arguments.clone();
        names.sort();
        names
    };
    was.types != is.types || (was.arguments != is.arguments && sorted(was) == sorted(is))
}
