//! Compares two versions of the documents by meaning, and the effect on users of the crate.
//!
//! Each published document is normalised by itself and compared by meaning: operations by id, types by name, references
//! resolved, without prose. In addition, the raw crate is generated from all documents of each version, and its public
//! items are compared. The version bump depends on these, since they are what users compile:
//!
//! - *breaking*: an item, field, variant, function or trait was removed or has another type, or arguments changed
//!   places;
//! - *behaviour*: programs compile, but the server may refuse what it accepted, or respond differently;
//! - *compatible*: everything else. Structs and enums of the crate are `#[non_exhaustive]`, so additions are
//!   compatible; additions to any that is not are breaking.
//!
//! A change of a document is breaking if the item that it concerns is. If one of two documents that share a struct
//! loses a field, it is not: the struct keeps the field.

mod change_kind;
mod markdown;
mod operations;
mod place;
pub(crate) mod prose;
mod renames;
pub(crate) mod role;
mod schemas;
mod surface;

use std::collections::BTreeSet;

use serde_json::Value;

use self::{place::ChangePlace, role::Role, surface::Surface};
use crate::{
    document::DocumentError,
    emit::{CRATE_FOLDER, Files},
    model::Model,
    pipeline::{self, Input},
};

pub use self::{
    change_kind::{ChangeKind, Impact},
    surface::SurfaceChange,
};

/// All documents in one version, with the crate that is generated from them.
#[derive(Debug)]
pub struct Version {
    documents: Vec<Published>,
    surface: Surface,
    files: Files,
}

/// One of the documents.
#[derive(Debug)]
struct Published {
    name: String,
    tree: Value,
    model: Model,
}

impl Version {
    /// Normalises the documents and generates the crate.
    ///
    /// # Errors
    ///
    /// What [`pipeline::generate`] refuses: a document that cannot be read, normalised or generated from.
    pub fn of(inputs: &[Input]) -> Result<Self, DocumentError> {
        let (_, files) = pipeline::generate(inputs)?;
        Self::with_files(inputs, files)
    }

    /// Uses files that were generated from the documents before.
    ///
    /// # Errors
    ///
    /// As [`Version::of`].
    pub fn with_files(inputs: &[Input], files: Files) -> Result<Self, DocumentError> {
        let alone = pipeline::normalise_alone(inputs)?;
        let documents = inputs.iter().zip(alone).map(|(input, alone)| Published {
            name: input.name.clone(),
            tree: input.tree.clone(),
            model: Model::read(&alone),
        });
        Ok(Self {
            documents: documents.collect(),
            surface: Surface::of(&files),
            files,
        })
    }
}

impl Version {
    fn crate_files(&self) -> impl Iterator<Item = (&String, &String)> {
        let files = self.files.iter();
        files.filter(|(path, _)| path.starts_with(CRATE_FOLDER))
    }
}

/// Compares two versions of the documents.
pub fn compare(old: &Version, new: &Version) -> Report {
    let surface = old.surface.changes(&new.surface);
    let broken = surface
        .iter()
        .filter(|change| change.impact == Impact::Breaking)
        .map(|change| change.name.as_str())
        .collect();
    let nothing = Published {
        name: String::new(),
        tree: Value::Null,
        model: Model::default(),
    };
    let mut documents = Vec::new();
    for is in &new.documents {
        let was = old.documents.iter().find(|was| was.name == is.name);
        documents.push(is.changes_since(was.unwrap_or(&nothing), &broken));
    }
    for was in &old.documents {
        if !new.documents.iter().any(|is| is.name == was.name) {
            let gone = nothing.changes_since(was, &broken);
            documents.push(DocumentReport {
                name: was.name.clone(),
                ..gone
            });
        }
    }
    documents.retain(|document| document.differs || !document.changes.is_empty());
    Report {
        documents,
        surface,
        is_rewritten: old.crate_files().ne(new.crate_files()),
    }
}

impl Published {
    fn changes_since(&self, old: &Self, broken: &BTreeSet<&str>) -> DocumentReport {
        let mut out = Changes::default();
        self.aside(old, &mut out);
        let renames = renames::find(&old.model, &self.model);
        let same = |was: &str, is: &str| was == is || renames.get(was) == Some(&is);
        operations::compare(&old.model, &self.model, &same, &mut out);
        for (name, was) in &old.model.types {
            let place = ChangePlace::of_type(name);
            match (self.model.types.get(name), renames.get(name.as_str())) {
                (Some(is), _) => {
                    let (mut was, mut is) = (was, is);
                    if was.is_name() != is.is_name() {
                        (was, is) = (old.model.resolved(was), self.model.resolved(is));
                    }
                    schemas::compare(was, is, &place, &same, &mut out);
                }
                (None, Some(came)) => {
                    out.add(
                        &place,
                        ChangeKind::SchemaRenamed,
                        schemas::arrow(name, came),
                    );
                }
                (None, None) => out.add(&place, ChangeKind::SchemaRemoved, String::new()),
            }
        }
        let is_new = |name: &str| {
            !old.model.types.contains_key(name) && !renames.values().any(|came| *came == name)
        };
        for name in self.model.types.keys().filter(|name| is_new(name)) {
            out.add(
                &ChangePlace::of_type(name),
                ChangeKind::SchemaAdded,
                String::new(),
            );
        }
        let (before, after) = (old.model.reach(), self.model.reach());
        let changes = out.0.into_iter().map(|(place, kind, detail)| {
            let names = place.shown_at(kind);
            let breaks = names.iter().any(|name| broken.contains(name.as_str()));
            let reach = |name: &String| {
                let count = after.get(name.as_str()).or(before.get(name.as_str()));
                count.copied().unwrap_or_default()
            };
            Change {
                reach: place.owner.as_ref().map(reach),
                section: place.section,
                location: place.location,
                kind,
                detail,
                impact: match breaks {
                    true => Impact::Breaking,
                    false => kind.effect(),
                },
            }
        });
        DocumentReport {
            name: self.name.clone(),
            changes: changes.collect(),
            differs: old.tree != self.tree,
            documentation: prose::differences(&old.tree, &self.tree),
            prose: prose::introduced(&old.tree, &self.tree),
        }
    }

    /// Compares what applies to all operations, and is in no model.
    fn aside(&self, old: &Self, out: &mut Changes) {
        for (kind, pointer, role) in [
            (ChangeKind::ServersChanged, "/servers", Role::Node),
            (ChangeKind::SecurityChanged, "/security", Role::Data),
            (
                ChangeKind::SecurityChanged,
                "/components/securitySchemes",
                Role::Names,
            ),
            (ChangeKind::CallbacksChanged, "/webhooks", Role::Names),
        ] {
            let bare = |tree: &Value| tree.pointer(pointer).map(|it| prose::strip(it, role));
            if bare(&old.tree) != bare(&self.tree) {
                out.add(&ChangePlace::every_operation(), kind, String::new());
            }
        }
    }
}

/// Changes of one document, collected during the comparison.
#[derive(Debug, Default)]
struct Changes(Vec<(ChangePlace, ChangeKind, String)>);

impl Changes {
    fn add(&mut self, place: &ChangePlace, kind: ChangeKind, detail: String) {
        self.0.push((place.clone(), kind, detail));
    }
}

/// A section of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Section {
    /// Operations and their parameters.
    Operations,
    /// Types.
    Schemas,
    /// Values of enums.
    Enums,
}

/// One difference in meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The section of the report.
    pub section: Section,
    /// An operation id, or the Rust name of a type and the path of the field (`Webhook.triggers[]`).
    pub location: String,
    /// The kind of change.
    pub kind: ChangeKind,
    /// The old and the new value (`string -> integer`), or what was added or removed.
    pub detail: String,
    /// The impact on programs.
    pub impact: Impact,
    /// How many operations of the document use the type; `None` for a change of an operation.
    pub reach: Option<usize>,
}

/// New lines of a title, summary or description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wording {
    /// JSON pointer to the text.
    pub place: String,
    /// The lines that the old text did not have.
    pub lines: Vec<String>,
}

/// The differences in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentReport {
    /// The name of the document.
    pub name: String,
    /// The differences in meaning: operations first, then types by name.
    pub changes: Vec<Change>,
    /// Whether anything differs in it.
    pub differs: bool,
    /// The number of places where only text or samples differ.
    pub documentation: usize,
    /// New prose in the document.
    pub prose: Vec<Wording>,
}

/// The version bump that a set of changes requires, for a crate at 1.0 or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing to publish.
    None,
    /// Generated code differs, but not in a way that a program can notice.
    Patch,
    /// Something new, or different behaviour of the API.
    Minor,
    /// Programs may have to be changed.
    Major,
}

/// The differences between two versions of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The documents that differ.
    pub documents: Vec<DocumentReport>,
    /// The differences in the crate's public items.
    pub surface: Vec<SurfaceChange>,
    /// Whether any file of the crate differs.
    pub is_rewritten: bool,
}

impl Report {
    /// Returns whether programs may have to be changed.
    pub fn is_breaking(&self) -> bool {
        self.bump() == Bump::Major
    }

    /// Returns the version bump that the changes require.
    pub fn bump(&self) -> Bump {
        let is_breaking = |change: &SurfaceChange| change.impact == Impact::Breaking;
        if self.surface.iter().any(is_breaking) {
            Bump::Major
        } else if !self.surface.is_empty() || self.changes().next().is_some() {
            Bump::Minor
        } else if self.is_rewritten {
            Bump::Patch
        } else {
            Bump::None
        }
    }

    /// Returns the changes of all documents.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.documents.iter().flat_map(|document| &document.changes)
    }

    /// Returns the report for a reviewer: a summary, then one line per change.
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }
}
