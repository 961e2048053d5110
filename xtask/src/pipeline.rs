//! From the trees of all documents to one normalised document.

use serde_json::Value;

use crate::{
    document::DocumentError,
    normalise::{self, DOCUMENT_PASSES, MERGED_PASSES, Report, merge::merge},
    overlay::Overlay,
};

/// A document as it stands in `spec/`, before anything is done to it.
#[derive(Debug, Clone)]
pub struct Input {
    /// Name, such as `conversation`.
    pub name: String,
    /// File or URL, for errors.
    pub origin: String,
    /// What was read from it.
    pub tree: Value,
    /// Corrections in the order in which they apply.
    pub overlays: Vec<Overlay>,
}

/// All documents as one.
#[derive(Debug, Clone)]
pub struct Normalised {
    /// `info`, `paths` (by document) and `components` (shared).
    pub document: Value,
    /// What was done to get there.
    pub report: Report,
}

/// Runs all stages up to the generator.
pub fn normalise(inputs: &[Input]) -> Result<Normalised, DocumentError> {
    let mut report = Report::default();
    let mut documents = Vec::new();
    for input in inputs {
        let (name, origin, mut tree) = (&input.name, &input.origin, input.tree.clone());
        for overlay in &input.overlays {
            report.add("overlay", name, overlay.apply(&mut tree)?);
        }
        normalise::run(DOCUMENT_PASSES, &mut tree, name, origin, &mut report)?;
        documents.push((name.clone(), origin.clone(), tree));
    }
    let (mut document, united) = merge(documents)?;
    report.add("merge", "all", united);
    let origin = "all documents";
    normalise::run(MERGED_PASSES, &mut document, "all", origin, &mut report)?;
    Ok(Normalised { document, report })
}
