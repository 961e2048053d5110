//! The outcome of a comparison.

use super::kind::{Impact, Kind};
use super::markdown;

/// The part of the report that a change belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Section {
    /// Operations and what only they use.
    Operations,
    /// Component schemas.
    Schemas,
    /// Values of enums, wherever the enum is.
    Enums,
}

/// One difference in meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Where the report lists it.
    pub section: Section,
    /// An operation id, or the name of a component schema and the path of the field (`Webhook.triggers[]`).
    pub location: String,
    /// What happened.
    pub kind: Kind,
    /// What it was and what it is (`string -> integer`), or what was added or removed.
    pub detail: String,
    /// Whether it breaks a caller.
    pub impact: Impact,
    /// How many operations use the component schema; `None` for what is not in a component.
    pub reach: Option<usize>,
}

/// New lines of a title, summary or description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wording {
    /// JSON pointer to the text.
    pub place: String,
    /// The lines that the text did not have before.
    pub lines: Vec<String>,
}

/// The version step that a set of changes asks for, in the terms of a crate at 1.0 or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing to publish.
    None,
    /// Documentation only, or a schema that moved between a component and the place of its use.
    Patch,
    /// Something new, or a compatible change.
    Minor,
    /// A caller may have to be changed.
    Major,
}

/// What differs between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The differences in meaning, in the order of the documents: operations first, then schemas.
    pub changes: Vec<Change>,
    /// In how many places only text or samples differ.
    pub documentation: usize,
    /// Prose that the new document brings, wherever it is.
    pub prose: Vec<Wording>,
    /// Component schemas that one document has as a component and the other in the place of use.
    pub moved: Vec<String>,
}

impl Report {
    /// Whether any change breaks a caller.
    pub fn is_breaking(&self) -> bool {
        self.count(Impact::Breaking) > 0
    }

    /// The largest version step that a change asks for.
    pub fn bump(&self) -> Bump {
        if self.is_breaking() {
            Bump::Major
        } else if !self.changes.is_empty() {
            Bump::Minor
        } else if self.documentation > 0 || !self.moved.is_empty() {
            Bump::Patch
        } else {
            Bump::None
        }
    }

    /// The report for a reviewer: a verdict, then one line a change.
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }

    pub(super) fn count(&self, impact: Impact) -> usize {
        self.changes
            .iter()
            .filter(|change| change.impact == impact)
            .count()
    }
}
