//! `cargo xtask regen`: from `spec/` to all generated files, as one step that happens or does not.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    deadline::{self, within},
    diff,
    document::{DocumentError, standalone},
    emit::{self, Files},
    generate,
    pipeline::{self, Input, Normalised, PipelineError},
    rewrite,
    source::{self, Arrival, Candidate, CommitError, Limits, Location, SourceError},
    verify::verify,
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
        /// Where it is.
        location: Location,
    },
}

/// What a run would write, before it is written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The documents as they will be.
    pub candidate: Candidate,
    /// All of them as one.
    pub normalised: Normalised,
    /// Generated files.
    pub files: Files,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegenError {
    /// A document could not be had.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A document or overlay is not as expected.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// An overlay could not be read.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// A file could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The generated folder could not be read or tidied.
    #[error("{path}: {error}; check the permissions of the checkout")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Gets the documents and generates everything in memory.
pub fn plan(root: &Path, origin: &Origin, limits: &Limits) -> Result<Plan, RegenError> {
    let candidate = match origin {
        Origin::Disk => Candidate::on_disk(root)?,
        Origin::Pull => Candidate::pull(root, limits)?,
        Origin::From { document, location } => {
            Candidate::take_in(root, document, location, limits)?
        }
    };
    let spec = root.join(source::SPEC);
    let inputs = candidate
        .documents
        .iter()
        .map(|document| {
            Ok(Input {
                name: document.name.clone(),
                origin: document.path.clone(),
                text: document.text.clone(),
                overlays: pipeline::read_overlays(&spec, &document.name)?,
            })
        })
        .collect::<Result<Vec<_>, PipelineError>>()?;
    let (normalised, files) = within(deadline::LIMIT, move || generated(&inputs))??;
    Ok(Plan {
        candidate,
        normalised,
        files,
    })
}

fn generated(inputs: &[Input]) -> Result<(Normalised, Files), DocumentError> {
    let normalised = pipeline::normalise(inputs)?;
    let generated = generate::generate(&normalised.document)?;
    let files = emit::files(&normalised.document, &generated)?;
    verify(&normalised.document, &files)?;
    Ok((normalised, files))
}

impl Plan {
    /// The files that differ from what is on disk, those that have to go included.
    pub fn stale(&self, root: &Path) -> Result<Vec<PathBuf>, RegenError> {
        let mut stale: Vec<PathBuf> = self
            .writes()
            .into_iter()
            .filter(|(path, bytes)| fs::read(root.join(path)).ok().as_ref() != Some(bytes))
            .map(|(path, _)| path)
            .collect();
        stale.extend(self.leftovers(root)?);
        Ok(stale)
    }

    /// Writes what differs and removes generated files that nothing generates any more; gives their paths.
    pub fn write(&self, root: &Path) -> Result<Vec<PathBuf>, RegenError> {
        let mut changed = source::write_all(root, self.writes())?;
        for path in self.leftovers(root)? {
            fs::remove_file(root.join(&path)).map_err(|error| RegenError::Folder {
                path: path.clone(),
                error,
            })?;
            changed.push(path);
        }
        Ok(changed)
    }

    /// What the change of documents means, as Markdown; nothing for documents that stayed.
    pub fn differences(&self) -> Result<Vec<(String, String)>, RegenError> {
        let changed = self
            .candidate
            .documents
            .iter()
            .filter(|document| document.is_changed());
        changed
            .map(|document| {
                let before = document.before.as_deref().unwrap_or("{}");
                let before = standalone(&crate::document::parse(before, &document.path)?);
                let after = standalone(&document.tree);
                let report = within(deadline::LIMIT, move || diff::compare(&before, &after))??;
                Ok((document.name.clone(), report.to_markdown()))
            })
            .collect()
    }

    /// How many lines of the raw crate are generated.
    pub fn generated_lines(&self) -> usize {
        let in_crate = self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with(emit::CRATE_FOLDER));
        in_crate.map(|(_, text)| text.lines().count()).sum()
    }

    /// A few lines for whoever ran it.
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
                Arrival::TakenIn if document.is_changed() => "was taken in",
                Arrival::TakenIn => "is the same as before",
                _ => continue,
            };
            summary.push_str(&format!("{} {arrival}\n", document.path));
        }
        match changed {
            [] => summary.push_str("no file changed\n"),
            changed => {
                for path in changed {
                    summary.push_str(&format!("changed {}\n", path.display()));
                }
            }
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

    fn leftovers(&self, root: &Path) -> Result<Vec<PathBuf>, RegenError> {
        let known: BTreeSet<PathBuf> = self.files.keys().map(PathBuf::from).collect();
        let mut found = Vec::new();
        for folder in [emit::CRATE_FOLDER, emit::SANDBOX_FOLDER, emit::TESTS_FOLDER] {
            list(root, Path::new(folder), &mut found)?;
        }
        found.retain(|path| !known.contains(path));
        Ok(found)
    }
}

/// All files below a folder, as paths from the root, in order.
fn list(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), RegenError> {
    let failed = |error| RegenError::Folder {
        path: folder.to_owned(),
        error,
    };
    let entries = match fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.map(|entry| (entry.file_name(), entry.path().is_dir())))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    names.sort();
    for (name, is_folder) in names {
        let path = folder.join(name);
        if is_folder {
            list(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
