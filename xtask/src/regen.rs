//! `cargo xtask regen`: generates all files from `spec/`; either all of them are written or none.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    deadline::{self, within},
    diff::{self, Version},
    document::{self, DocumentError},
    emit::{self, Files},
    files::list,
    markdown::whole,
    overlay::Overlay,
    pipeline::{self, Input, Normalised},
    rewrite,
    source::{self, Arrival, Candidate, FetchLimits, Location},
};

/// Where the documents come from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Origin {
    /// The snapshots in `spec/`.
    Disk,
    /// The addresses in `spec/sources.toml`.
    Pull,
    /// One document from a file or address.
    From {
        /// Name of the document.
        document: String,
        /// The file or address.
        location: Location,
    },
}

/// The result of a run, before it is written.
#[derive(Debug)]
#[non_exhaustive]
pub struct RegenPlan {
    /// The documents as they will be stored.
    pub candidate: Candidate,
    /// The merged document.
    pub normalised: Normalised,
    /// Generated files.
    pub files: Files,
    /// The inputs of the generator.
    inputs: Vec<Input>,
}

/// Reads the documents and generates everything in memory.
///
/// # Errors
/// When a document cannot be read, or is not as expected.
pub fn plan(root: &Path, origin: &Origin, limits: &FetchLimits) -> Result<RegenPlan> {
    let candidate = match origin {
        Origin::Disk => Candidate::on_disk(root)?,
        Origin::Pull => Candidate::pull(root, limits)?,
        Origin::From { document, location } => {
            Candidate::update_from(root, document, location, limits)?
        }
    };
    let spec = root.join(source::SPEC);
    let input = |document: &source::CandidateDocument| {
        Ok(Input {
            name: document.name.clone(),
            origin: document.path.clone(),
            tree: document.tree.clone(),
            overlays: Overlay::read_all(&spec, &document.name)?,
        })
    };
    let inputs: Vec<Input> = candidate
        .documents
        .iter()
        .map(input)
        .collect::<Result<_>>()?;
    let documents = inputs.clone();
    let (normalised, files) = within(deadline::LIMIT, move || pipeline::generate(&documents))??;
    Ok(RegenPlan {
        candidate,
        normalised,
        files,
        inputs,
    })
}

impl RegenPlan {
    /// Returns the files that differ from those on disk, including those to be removed.
    pub fn stale(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut stale: Vec<PathBuf> = self
            .writes()
            .into_iter()
            .filter(|(path, bytes)| fs::read(root.join(path)).ok().as_ref() != Some(bytes))
            .map(|(path, _)| path)
            .collect();
        stale.extend(self.leftovers(root)?);
        Ok(stale)
    }

    /// Writes what differs and removes generated files that no longer exist. Returns their paths.
    pub fn write(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut changed = source::write_all(root, self.writes())?;
        for path in self.leftovers(root)? {
            fs::remove_file(root.join(&path))
                .with_context(|| format!("{}: cannot remove", path.display()))?;
            changed.push(path);
        }
        Ok(changed)
    }

    /// Returns the meaning of the change of documents as Markdown; nothing if they are unchanged.
    ///
    /// If nothing can be generated from the old documents, the text says so.
    pub fn differences(&self) -> Result<Option<String>> {
        if !self.candidate.documents.iter().any(|it| it.is_changed()) {
            return Ok(None);
        }
        let before = self.candidate.documents.iter().zip(&self.inputs);
        let before = before.filter_map(|(document, input)| {
            let origin = format!("{} as it was", input.origin);
            let text = document.before.as_deref()?;
            Some(document::parse(text, &origin).map(|tree| Input {
                tree,
                origin,
                ..input.clone()
            }))
        });
        let before: Result<Vec<Input>, DocumentError> = before.collect();
        let (inputs, files) = (self.inputs.clone(), self.files.clone());
        let compared = within(deadline::LIMIT, move || {
            let old = Version::of(&before?)?;
            let new = Version::with_files(&inputs, files)?;
            Ok::<_, DocumentError>(diff::compare(&old, &new).to_markdown())
        })?;
        Ok(Some(compared.unwrap_or_else(|error| {
            format!(
                "The documents cannot be compared: {}\n",
                whole(&error.to_string())
            )
        })))
    }

    /// Returns how many lines of the raw crate are generated.
    pub fn generated_lines(&self) -> usize {
        let in_crate = self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with(emit::CRATE_FOLDER));
        in_crate.map(|(_, text)| text.lines().count()).sum()
    }

    /// Returns a short summary of the run.
    pub fn summary(&self, changed: &[PathBuf]) -> String {
        let operations = rewrite::rows(&self.normalised.document).count();
        let schemas = self.normalised.document.pointer("/components/schemas");
        let types = schemas
            .and_then(serde_json::Value::as_object)
            .map_or(0, serde_json::Map::len);
        let lines = self.generated_lines();
        let mut summary =
            format!("{operations} operations, {types} types, {lines} generated lines\n");
        for document in &self.candidate.documents {
            let arrival = match document.arrival {
                Arrival::NoAddress => "has no address to pull from",
                Arrival::NotModified => "has not changed since the last pull",
                Arrival::Edited => "was edited; spec/sources.toml has its new checksum",
                Arrival::Updated if document.is_changed() => "was updated",
                Arrival::Updated => "is the same as before",
                _ => continue,
            };
            summary.push_str(&format!("{} {arrival}\n", document.path));
        }
        for path in changed {
            summary.push_str(&format!("changed {}\n", path.display()));
        }
        if changed.is_empty() {
            summary.push_str("no file changed\n");
        }
        summary
    }

    fn writes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let generated = self
            .files
            .iter()
            .map(|(path, text)| (PathBuf::from(path), text.clone().into_bytes()));
        let mut writes = self.candidate.writes();
        writes.extend(generated);
        writes
    }

    fn leftovers(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for folder in [
            emit::CRATE_FOLDER,
            emit::SANDBOX_FOLDER,
            emit::CLI_FOLDER,
            emit::COLLECTION_FOLDER,
            emit::TESTS_FOLDER,
        ] {
            found.extend(list(&root.join(folder))?);
        }
        let known: BTreeSet<PathBuf> = self.files.keys().map(PathBuf::from).collect();
        let in_root = |path: PathBuf| Some(path.strip_prefix(root).ok()?.to_owned());
        let found = found.into_iter().filter_map(in_root);
        Ok(found.filter(|path| !known.contains(path)).collect())
    }
}
