//! Converts published documents into the form that the generator needs.
//!
//! Each pass removes one quirk, is named after it, and reports what it touched. The first group runs on each document
//! by itself, [`merge`] merges the types of all, and the second group runs on the result.

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
mod wrapped_refs;

use serde_json::Value;

pub use report::PassReport;

use crate::document::{DocumentError, PassError, walk};

/// The function of a pass: it changes the tree and returns the places it touched.
type Apply = fn(&mut Value) -> Result<Vec<String>, PassError>;

/// A pass over one document.
pub struct Pass {
    /// The quirk it removes.
    pub name: &'static str,
    /// Why the quirk has to be removed.
    pub why: &'static str,
    pub(crate) apply: Apply,
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
        why: "Types of another document are found by name once the documents are merged.",
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
        why: "Without a unique Rust name, code would not compile, or mean something else.",
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
        why: "A body that only requires more fields of a type needs no type of its own.",
        apply: narrowed_bodies::apply,
    },
    Pass {
        name: "defaults",
        why: "A default that is sent back overwrites the server's value.",
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
        why: "A 32-bit float would change digits, and byte strings are kept as received.",
        apply: formats::apply,
    },
];

/// The passes that run on the merged document, in order.
pub const MERGED_PASSES: &[Pass] = &[
    Pass {
        name: "names",
        why: "Types are named in PascalCase, and some names are reserved.",
        apply: names::apply,
    },
    Pass {
        name: "wrapped-refs",
        why: "`allOf` around one reference means the same as the reference.",
        apply: wrapped_refs::apply,
    },
    Pass {
        name: "hoist",
        why: "An inline type needs a name that does not depend on the generator.",
        apply: hoist::apply,
    },
    Pass {
        name: "bare",
        why: "The service expects the content of an object without the object.",
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
        why: "Without a unique Rust name, code would not compile, or mean something else.",
        apply: identifiers::of_types,
    },
];

/// The pass that runs only on the merged documents: a single document does not tell which callbacks it has.
pub const LAST_PASSES: &[Pass] = &[Pass {
    name: "unreached",
    why: "A type that no request, response or callback has is never used.",
    apply: unreached::apply,
}];

/// Runs a group of passes on one document: `name` is for the report, `origin` for errors.
pub fn run(
    passes: &[Pass],
    document: &mut Value,
    name: &str,
    origin: &str,
    report: &mut PassReport,
) -> Result<(), DocumentError> {
    for pass in passes {
        let touched = (pass.apply)(document).map_err(|fault| fault.in_document(origin))?;
        report.add(pass.name, name, touched);
    }
    Ok(())
}
