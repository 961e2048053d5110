//! Quirks of an OpenAPI document that make generated code wrong, awkward or impossible.
//!
//! Most are removed by passes of the normaliser: those run on a copy, and what each touches or refuses is listed. A few
//! that no pass removes have rules of their own. A finding is not an error in the document: it is a trap for a
//! generator.

mod markdown;
mod rules;

use serde_json::{Value, json};

use crate::{
    document::PassError,
    normalise::{DOCUMENT_PASSES, MERGED_PASSES, Pass},
    overlay::remove,
    typed,
};

pub use self::{markdown::to_markdown, rules::RULES};

/// The most errors of one pass that are listed: finding the next one means running the pass again.
const MOST_FAULTS: usize = 10;

/// Errors in the form of the document after all passes.
const FORM: &[Pass] = &[Pass {
    name: "form",
    why: "What the generator has no code for is refused.",
    apply: check_form,
}];

/// A quirk at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the rule or pass.
    pub rule: &'static str,
    /// The JSON pointer to the place. Empty for a pass that runs on the merged documents: its message names the place
    /// as it is called then.
    pub pointer: String,
    /// What was found, as text from the document.
    pub message: String,
}

/// Returns every rule and pass, in the order of the report.
pub fn all() -> impl Iterator<Item = &'static Pass> {
    [RULES, DOCUMENT_PASSES, MERGED_PASSES, FORM]
        .into_iter()
        .flatten()
}

/// Finds the quirks of a document, OpenAPI 3.0 or 3.1, in the order of [`all`].
///
/// ```
/// use serde_json::json;
///
/// let document = json!({"components": {"schemas": {"Color": {"enum": ["RED"]}}}});
/// let findings = xtask::lint::lint(&document);
/// assert_eq!(findings[0].rule, "missing-type");
/// assert_eq!(findings[0].pointer, "/components/schemas/Color");
/// ```
pub fn lint(document: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut document = document.clone();
    for pass in RULES.iter().chain(DOCUMENT_PASSES) {
        try_pass(pass, &mut document, |rule, place| {
            let (pointer, message) = match place.split_once(' ') {
                Some((pointer, message)) if pointer.starts_with('/') => (pointer, message),
                _ if place.starts_with('/') => (place, ""),
                _ => ("", place),
            };
            findings.push(finding(rule, pointer, message));
        });
    }
    // The form of merged documents, so that an error in merging hides no other findings.
    let part = |key: &str| document.get(key).cloned().unwrap_or_default();
    let schemas = document.pointer("/components/schemas").cloned();
    let mut merged = json!({
        "paths": {"document": part("paths")},
        "components": {"schemas": schemas.unwrap_or_default()},
    });
    for pass in MERGED_PASSES.iter().chain(FORM) {
        try_pass(pass, &mut merged, |rule, place| {
            findings.push(finding(rule, "", place));
        });
    }
    findings
}

fn finding(rule: &'static str, pointer: &str, message: &str) -> Finding {
    Finding {
        rule,
        pointer: pointer.to_owned(),
        message: message.to_owned(),
    }
}

/// Runs a pass and reports what it touched. What it refuses is reported and removed, so that it does not hide the next
/// error.
fn try_pass(pass: &Pass, document: &mut Value, mut tell: impl FnMut(&'static str, &str)) {
    for _ in 0..MOST_FAULTS {
        let mut outcome = document.clone();
        match (pass.apply)(&mut outcome) {
            Ok(touched) => {
                touched.iter().for_each(|place| tell(pass.name, place));
                *document = outcome;
                return;
            }
            Err(fault) => {
                let place = format!("{} {}; {}", fault.pointer, fault.message, fault.remedy);
                tell(pass.name, &place);
                if document.pointer(&fault.pointer).is_none() {
                    return;
                }
                remove(document, &fault.pointer);
            }
        }
    }
}

fn check_form(merged: &mut Value) -> Result<Vec<String>, PassError> {
    let schemas = merged.pointer("/components/schemas");
    let paths = merged.pointer("/paths/document");
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    typed::read(
        &Value::Null,
        &object(paths).unwrap_or_default(),
        &object(schemas).unwrap_or_default(),
    )?;
    Ok(Vec::new())
}
