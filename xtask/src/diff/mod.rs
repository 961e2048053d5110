//! What changed between two OpenAPI documents, by meaning, and what it does to a caller of the crate.
//!
//! Documents are compared after their references: a schema that moves into a component, an `allOf` that is
//! written out, another order of fields and another wording change nothing. Component schemas are compared by
//! name, each once; operations by `operationId`.
//!
//! # Rules
//!
//! A caller is a program that uses the generated crate. Structs there are `#[non_exhaustive]` and made by
//! `new(required fields)`; enums are open and `#[non_exhaustive]`; unknown fields are kept; an operation is one
//! function with positional arguments: the parameters of the path in its order, then those of the query and the
//! headers by name, then the body.
//!
//! | Change | Impact | Reason |
//! | --- | --- | --- |
//! | operation added | compatible | a new function |
//! | operation removed | breaking | the function is gone |
//! | method or path changed | compatible | the function stays as it is |
//! | parameter added | breaking | one more argument |
//! | parameter removed | breaking | one argument less |
//! | path parameters reordered | breaking | arguments change places |
//! | parameter encoding changed | compatible | only the URL differs |
//! | request body added | breaking | one more argument |
//! | request body removed | breaking | one argument less |
//! | request media type changed | breaking | another type of argument |
//! | success response changed | breaking | another type is returned |
//! | success status changed | compatible | the type stays |
//! | error response changed | compatible | all errors are one type |
//! | security changed | compatible | the client signs requests, not the caller |
//! | servers changed | compatible | the client knows the hosts, not the caller |
//! | callbacks changed | compatible | no function is made of them |
//! | schema added | compatible | a new type |
//! | schema removed | breaking | the type is gone |
//! | schema renamed | breaking | the type has another name |
//! | required field added | breaking | `new` takes one more argument |
//! | optional field added | compatible | structs are `#[non_exhaustive]` |
//! | field removed | breaking | the field is gone |
//! | requiredness changed | breaking | to or from `Option`, also for arguments |
//! | type changed | breaking | another Rust type |
//! | format changed | compatible | the same Rust type |
//! | null allowed or refused | breaking | to or from `Option` |
//! | null allowed or refused in an optional field | compatible | an `Option` before and after |
//! | enum values added | compatible | enums are open |
//! | enum values removed | breaking | the variant is gone |
//! | union members added | compatible | enums are open |
//! | union members removed | breaking | the variant is gone |
//! | kind of union changed | breaking | another Rust type |
//! | discriminator changed | compatible | only reading and writing differ |
//! | unknown fields allowed or refused | compatible | they are kept in any case |
//! | limit changed | compatible | builders check limits, types do not |
//! | default changed | compatible | the server fills it in |
//! | deprecation changed | compatible | a warning at most |
//! | access changed | compatible | fields are there either way |
//! | other keyword changed | breaking | not interpreted, so taken for the worse |
//!
//! One breaking change asks for a major version, any other change for a minor one, and changed documentation or a
//! schema that moved into or out of a component for a patch. Extensions (`x-…`) are not looked at.
//!
//! # Limits
//!
//! The name of a type that is made up for an inline schema is not compared. A schema that moves into a component
//! is therefore no change here, while the generated type may get another name: the outline of the raw crate
//! shows that.

mod category;
mod kind;
pub(crate) mod markdown;
mod model;
mod operations;
mod place;
pub(crate) mod prose;
mod renames;
mod report;
pub(crate) mod role;
mod schemas;
mod shape;
mod unions;

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use self::model::Model;
use self::place::Place;
use self::renames::Renames;
use crate::document::DocumentError;

pub use self::kind::{Impact, Kind};
pub use self::report::{Bump, Change, Report, Section};

/// Compares two documents, OpenAPI 3.0 or 3.1 each.
///
/// # Errors
///
/// A reference without a target, a value of the wrong type, an operation id that is used twice, a schema that
/// includes itself through `allOf`, and nesting beyond 128 levels. The error calls the documents `old document`
/// and `new document`.
///
/// ```
/// use serde_json::json;
/// use xtask::diff::{Bump, compare};
///
/// let old = json!({"openapi": "3.0.3", "components": {"schemas": {
///     "Color": {"type": "string", "enum": ["RED"]}}}});
/// let mut new = old.clone();
/// new["components"]["schemas"]["Color"]["enum"] = json!(["RED", "GREEN"]);
///
/// let report = compare(&old, &new)?;
/// assert_eq!(report.bump(), Bump::Minor);
/// assert!(report.to_markdown().contains("`Color` (no operation) enum values added: `GREEN`"));
/// # Ok::<(), xtask::document::DocumentError>(())
/// ```
pub fn compare(old: &Value, new: &Value) -> Result<Report, DocumentError> {
    let before = Model::read(old, "old document")?;
    let after = Model::read(new, "new document")?;
    let renames = Rc::new(renames::find(&before, &after));
    let mut comparison = Comparison::new(&before, &after, renames);
    comparison.operations();
    comparison.components();
    Ok(Report {
        documentation: prose::differences(old, new),
        prose: prose::introduced(old, new),
        moved: comparison.moved.into_iter().map(str::to_owned).collect(),
        changes: comparison.changes,
    })
}

/// A comparison under way.
struct Comparison<'a> {
    old: &'a Model,
    new: &'a Model,
    renames: Rc<Renames<'a>>,
    changes: Vec<Change>,
    moved: BTreeSet<&'a str>,
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Model, new: &'a Model, renames: Rc<Renames<'a>>) -> Self {
        Self {
            old,
            new,
            renames,
            changes: Vec::new(),
            moved: BTreeSet::new(),
        }
    }

    /// Compares the component schemas. Comes after the operations, which show what only moved.
    fn components(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, _) in &old.schemas {
            if new.schema(name).is_some() {
                self.component(name, name);
            }
        }
        self.component_names();
    }

    /// Compares a component schema of the old document with one of the new.
    fn component(&mut self, old: &'a str, new: &'a str) {
        if let (Some(was), Some(is)) = (self.old.schema(old), self.new.schema(new)) {
            let place = Place::component(new, self.new.reach(new));
            self.schemas(&[was], &[is], &place);
        }
    }

    /// Records which component schemas came, went, or got another name.
    fn component_names(&mut self) {
        let (old, new) = (self.old, self.new);
        let renames = Rc::clone(&self.renames);
        for (name, _) in &old.schemas {
            let renamed = renames.iter().find(|(gone, _)| gone == name);
            if let Some((_, came)) = renamed {
                let place = Place::component(name, new.reach(came));
                let detail = schemas::arrow(name, came);
                self.record(&place, Kind::SchemaRenamed, detail);
            } else if new.schema(name).is_none() && !self.moved.contains(name.as_str()) {
                let place = Place::component(name, old.reach(name));
                self.record(&place, Kind::SchemaRemoved, String::new());
            }
        }
        for (name, _) in &new.schemas {
            let known = old.schema(name).is_some()
                || self.moved.contains(name.as_str())
                || renames.iter().any(|(_, came)| came == name);
            if !known {
                let place = Place::component(name, new.reach(name));
                self.record(&place, Kind::SchemaAdded, String::new());
            }
        }
    }

    /// Whether the two names mean the same component.
    fn same_name(&self, old: &'a str, new: &'a str) -> bool {
        old == new || self.renames.contains(&(old, new))
    }

    fn breaking(&self) -> usize {
        self.changes
            .iter()
            .filter(|change| change.impact == Impact::Breaking)
            .count()
    }

    fn record(&mut self, place: &Place, kind: Kind, detail: String) {
        self.changes.push(Change {
            section: place.section,
            location: place.location.clone(),
            kind,
            detail,
            impact: kind.impact(),
            reach: place.reach,
        });
    }

    fn record_some(&mut self, place: &Place, kind: Kind, detail: Option<String>) {
        if let Some(detail) = detail {
            self.record(place, kind, detail);
        }
    }

    fn record_list(&mut self, place: &Place, kind: Kind, names: &[String]) {
        if !names.is_empty() {
            self.record(place, kind, names.join(", "));
        }
    }
}

#[cfg(test)]
mod tests;
