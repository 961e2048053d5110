//! Turns published documents into the one form that the generator can be given.
//!
//! Each pass removes one quirk, is named after it, and says what it touched. The first group runs on each document by
//! itself, then [`merge`] makes them one namespace of types, then the second group runs on that.

mod all_of;
mod bare;
mod components;
mod dangling_required;
mod defaults;
mod downlevel;
pub(crate) mod error_shapes;
mod formats;
mod hoist;
mod identifiers;
mod limits;
pub mod merge;
mod missing_type;
mod names;
mod narrowed_bodies;
mod prose;
mod query_lists;
mod references;
mod report;
mod samples;
mod sibling_refs;
pub mod unions;
mod unreached;
pub mod walk;
mod wrapped_refs;

use serde_json::Value;

pub use report::{Entry, Report};

use crate::document::DocumentError;

/// What a pass does to a document: it changes the tree and returns the places it touched.
type Apply = fn(&mut Value) -> Result<Vec<String>, Fault>;

/// A pass over one document.
pub struct Pass {
    /// The quirk it removes.
    pub name: &'static str,
    /// Why the quirk must go.
    pub why: &'static str,
    pub(crate) apply: Apply,
}

/// A fault that a pass found; the caller knows which document it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer to the fault.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
    /// What a maintainer can do.
    pub remedy: String,
}

impl Fault {
    /// A fault at a place of the document.
    pub fn new(
        pointer: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Names the document.
    pub fn in_document(self, origin: &str) -> DocumentError {
        DocumentError::new(origin, self.pointer, self.message, self.remedy)
    }
}

/// The passes that run on each document by itself, in order.
pub const DOCUMENT_PASSES: &[Pass] = &[
    Pass {
        name: "downlevel",
        why: "The generator reads OpenAPI 3.0 only.",
        apply: downlevel::apply,
    },
    Pass {
        name: "sibling-refs",
        why: "Types of another document are found by name once the documents are one.",
        apply: sibling_refs::apply,
    },
    Pass {
        name: "samples",
        why: "Samples, examples and vendor extensions say nothing about types and can be invalid.",
        apply: samples::apply,
    },
    Pass {
        name: "components",
        why: "Parameters, responses and bodies are the same wherever they are written.",
        apply: components::apply,
    },
    Pass {
        name: "identifiers-of-operations",
        why: "What has no name of its own in Rust would not compile, or stand for something else.",
        apply: identifiers::of_operations,
    },
    Pass {
        name: "missing-type",
        why: "An enum or object without a type would become free JSON.",
        apply: missing_type::apply,
    },
    Pass {
        name: "error-shapes",
        why: "An operation may have one error type, and any error status may come.",
        apply: error_shapes::apply,
    },
    Pass {
        name: "query-lists",
        why: "A comma-separated list in the query would be sent as a repeated parameter.",
        apply: query_lists::apply,
    },
    Pass {
        name: "narrowed-bodies",
        why: "A body that only requires more fields of a type is that type.",
        apply: narrowed_bodies::apply,
    },
    Pass {
        name: "defaults",
        why: "A default that is sent back overwrites what the server has.",
        apply: defaults::apply,
    },
    Pass {
        name: "prose",
        why: "Documentation must not become HTML, links to nowhere or doctests.",
        apply: prose::apply,
    },
    Pass {
        name: "limits",
        why: "Limits bind the sender; a response beyond them must still decode.",
        apply: limits::apply,
    },
    Pass {
        name: "formats",
        why: "A 32-bit float changes the digits, and byte strings are kept as they came.",
        apply: formats::apply,
    },
];

/// The passes that run on the merged document, in order.
pub const MERGED_PASSES: &[Pass] = &[
    Pass {
        name: "names",
        why: "Types are named in PascalCase, and some names are taken.",
        apply: names::apply,
    },
    Pass {
        name: "wrapped-refs",
        why: "`allOf` around one reference is that reference.",
        apply: wrapped_refs::apply,
    },
    Pass {
        name: "hoist",
        why: "An inline type needs a name that does not depend on the generator.",
        apply: hoist::apply,
    },
    Pass {
        name: "bare",
        why: "The service takes what is inside of an object that the document puts around it.",
        apply: bare::apply,
    },
    Pass {
        name: "all-of",
        why: "An object put together from parts is one object.",
        apply: all_of::apply,
    },
    Pass {
        name: "dangling-required",
        why: "A required name without a property would fail every decode.",
        apply: dangling_required::apply,
    },
    Pass {
        name: "unions",
        why: "Alternatives are told apart by what is in the JSON, not by trial and error.",
        apply: unions::apply,
    },
    Pass {
        name: "identifiers-of-types",
        why: "What has no name of its own in Rust would not compile, or stand for something else.",
        apply: identifiers::of_types,
    },
];

/// The pass that runs once all documents are one, and not on a document by itself: what its callbacks are is not told
/// there.
pub const LAST_PASSES: &[Pass] = &[Pass {
    name: "unreached",
    why: "A type that no request, answer or callback has cannot be met.",
    apply: unreached::apply,
}];

/// Runs a group of passes over one document: `name` stands in the report, `origin` in errors.
pub fn run(
    passes: &[Pass],
    document: &mut Value,
    name: &str,
    origin: &str,
    report: &mut Report,
) -> Result<(), DocumentError> {
    for pass in passes {
        let touched = (pass.apply)(document).map_err(|fault| fault.in_document(origin))?;
        report.add(pass.name, name, touched);
    }
    Ok(())
}
