//! The quirks of an OpenAPI document that make generated code wrong, awkward or impossible.
//!
//! A finding is not an error in the document: each says which trap waits for a generator, so that a pass of the
//! normaliser or an overlay can be written for it. The rules are in [`RULES`].

mod document;
mod markdown;
mod names;
mod objects;
mod prose;
mod references;
mod requests;
mod responses;
mod secrets;
mod types;
mod unions;

use serde_json::Value;

use self::document::Document;

pub use self::markdown::to_markdown;

/// One kind of quirk.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Rule {
    /// The name, in words joined by hyphens.
    pub name: &'static str,
    /// Why it matters to generated code.
    pub why: &'static str,
    check: fn(&Document<'_>) -> Vec<Note>,
}

/// A quirk at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the [`Rule`].
    pub rule: &'static str,
    /// JSON pointer to the place.
    pub pointer: String,
    /// What is there, as Markdown; what comes from the document stands in code spans.
    pub message: String,
}

/// What a rule finds.
struct Note {
    pointer: String,
    message: String,
}

impl Note {
    fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

/// Every rule, in the order of a report.
pub const RULES: &[Rule] = &[
    references::DANGLING,
    references::MAPPING,
    references::SIBLINGS,
    responses::ERROR_SHAPES,
    responses::SUCCESS_WITHOUT_CONTENT,
    requests::DELETE_WITH_BODY,
    requests::QUERY_ARRAY,
    unions::KEY_NOT_REQUIRED,
    unions::INDISTINCT,
    names::TITLE,
    names::OPERATION_ID,
    names::COLLISION,
    types::ENUM_WITHOUT_TYPE,
    types::PROPERTY_WITHOUT_TYPE,
    types::EMPTY_SCHEMA,
    types::TYPE_ARRAY,
    objects::REQUIRED_WITHOUT_PROPERTY,
    objects::ENUM_CONTRADICTION,
    objects::DEFAULT,
    objects::LIMIT,
    secrets::SECRET,
    prose::HTML,
    prose::BARE_URL,
    prose::BRACKETS,
    prose::TEMPLATING,
    prose::CODE,
];

/// Finds the quirks of a document, OpenAPI 3.0 or 3.1. Findings come in the order of [`RULES`] and, within a rule,
/// in the order of the document. What has an unexpected type is passed over: that is for
/// [`compare`](crate::diff::compare) and the generator to refuse.
///
/// ```
/// use serde_json::json;
///
/// let document = json!({"components": {"schemas": {"Color": {"enum": ["RED"]}}}});
/// let findings = xtask::lint::lint(&document);
/// assert_eq!(findings[0].rule, "enum-without-type");
/// assert_eq!(findings[0].pointer, "/components/schemas/Color");
/// ```
pub fn lint(document: &Value) -> Vec<Finding> {
    let document = Document::new(document);
    RULES
        .iter()
        .flat_map(|rule| {
            (rule.check)(&document).into_iter().map(|note| Finding {
                rule: rule.name,
                pointer: note.pointer,
                message: note.message,
            })
        })
        .collect()
}

/// The rules of one test's findings, with pointers.
#[cfg(test)]
fn found(rule: Rule, document: &Value) -> Vec<(String, String)> {
    (rule.check)(&Document::new(document))
        .into_iter()
        .map(|note| (note.pointer, note.message))
        .collect()
}
