//! From the texts of all documents to one normalised document.

use std::path::Path;

use serde_json::Value;

use crate::{
    document::{self, DocumentError},
    downlevel::downlevel,
    normalise::{self, DOCUMENT_PASSES, MERGED_PASSES, Report, merge::merge},
    overlay::{self, Overlay},
};

/// A document as it stands in `spec/`, before anything is done to it.
#[derive(Debug, Clone)]
pub struct Input {
    /// Name, such as `conversation`.
    pub name: String,
    /// File or URL, for errors.
    pub origin: String,
    /// YAML or JSON.
    pub text: String,
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

/// A fault of a document, or of reading a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// A document or overlay is not as expected.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A file could not be read.
    #[error("{path}: {error}; check that the checkout is complete")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Reads the overlays of a document.
pub fn read_overlays(spec: &Path, name: &str) -> Result<Vec<Overlay>, PipelineError> {
    let failed = |path: &Path, error| PipelineError::File {
        path: path.display().to_string(),
        error,
    };
    overlay::files_for(spec, name)
        .map_err(|error| failed(spec, error))?
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            Ok(Overlay::parse(&text, &in_spec(spec, &path))?)
        })
        .collect()
}

/// The path as a maintainer would type it, independent of where the checkout is.
fn in_spec(spec: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(spec).unwrap_or(path);
    format!("spec/{}", relative.display())
}

/// Runs all stages up to the generator.
pub fn normalise(inputs: &[Input]) -> Result<Normalised, DocumentError> {
    let mut report = Report::default();
    let mut documents = Vec::new();
    for input in inputs {
        let mut document = document::parse(&input.text, &input.origin)?;
        for overlay in &input.overlays {
            report.add("overlay", &input.name, overlay.apply(&mut document)?);
        }
        report.add("downlevel", &input.name, downlevel(&mut document));
        normalise::run(
            DOCUMENT_PASSES,
            &mut document,
            &input.name,
            &input.origin,
            &mut report,
        )?;
        documents.push((input.name.clone(), input.origin.clone(), document));
    }
    let (mut document, united) = merge(documents)?;
    report.add("merge", "all", united);
    normalise::run(
        MERGED_PASSES,
        &mut document,
        "all",
        "all documents",
        &mut report,
    )?;
    Ok(Normalised { document, report })
}
