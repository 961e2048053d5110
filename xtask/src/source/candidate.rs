//! The documents as they would be stored after a regeneration, in memory.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    SOURCES,
    address::{Location, shown},
    fetch::{FetchLimits, fetch},
    snapshot::{Snapshot, read_file, sha256},
    sources::{Source, SourcesFile},
};

/// The documents of `spec/sources.toml`, read or updated, and the text of that file. Nothing of it is written yet.
///
/// ```no_run
/// use xtask::source::{Candidate, FetchLimits, write_all};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let root = std::path::Path::new(".");
/// let candidate = Candidate::pull(root, &FetchLimits::default())?;
/// // Generate from `candidate.documents` here; an error up to this point leaves the tree as it was.
/// let changed = write_all(root, candidate.writes())?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// The documents in the order of the file.
    pub documents: Vec<CandidateDocument>,
    /// The new contents of `spec/sources.toml`.
    pub sources: SourcesFile,
}

/// One document of a [`Candidate`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CandidateDocument {
    /// Its name in `spec/sources.toml`.
    pub name: String,
    /// The snapshot's path from the root of the repository, also used as its origin in messages.
    pub path: String,
    /// The snapshot's text.
    pub text: String,
    /// The parsed text.
    pub tree: Value,
    /// The text of the file as it is on disk; `None` if there is no such file or it is not UTF-8.
    pub before: Option<String>,
    /// Where the text comes from.
    pub arrival: Arrival,
}

impl CandidateDocument {
    /// Returns whether the snapshot on disk would change.
    pub fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.text)
    }
}

/// Where the text of a document comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival {
    /// The snapshot; nothing else was asked for.
    Kept,
    /// The snapshot: a pull was asked for, but there is no address.
    NoAddress,
    /// The snapshot: the server has nothing newer.
    NotModified,
    /// The snapshot, which was edited since it was recorded; the list has the new checksum.
    Edited,
    /// An address or a file.
    Updated,
}

impl Candidate {
    /// Reads the snapshots, without network. The list gets the checksum of an edited one.
    ///
    /// # Errors
    /// A missing or invalid snapshot, or an error in the list.
    pub fn on_disk(root: &Path) -> Result<Self> {
        Self::assemble(root, |_, _| Ok(Err(Arrival::Kept)))
    }

    /// Downloads every document that has a `url`, unless the server says that it has not changed.
    ///
    /// # Errors
    /// The error of the first document that cannot be updated.
    pub fn pull(root: &Path, limits: &FetchLimits) -> Result<Self> {
        Self::assemble(root, |source, stored| {
            let Some(url) = &source.url else {
                return Ok(Err(Arrival::NoAddress));
            };
            // The ETag does not apply to a snapshot that was edited by hand.
            let etag = source
                .etag
                .as_deref()
                .filter(|_| is_recorded(stored, source));
            let fetched = fetch(url, etag, limits)?;
            Ok(fetched
                .ok_or(Arrival::NotModified)
                .map(|(snapshot, etag)| NewVersion {
                    snapshot,
                    etag,
                    origin: Some(format!("pulled from {}", shown(url))),
                }))
        })
    }

    /// Updates the document `name` from a file or an address; the others stay as they are.
    ///
    /// If the file is the snapshot itself, the recorded origin stays.
    ///
    /// # Errors
    /// When there is no such document, or it cannot be updated.
    pub fn update_from(
        root: &Path,
        name: &str,
        location: &Location,
        limits: &FetchLimits,
    ) -> Result<Self> {
        SourcesFile::load(root)?.get(name)?;
        Self::assemble(root, |source, _| {
            if source.name != name {
                return Ok(Err(Arrival::Kept));
            }
            Ok(match location {
                Location::File(path) => {
                    let snapshot = read_file(path, limits.max_bytes)?;
                    let own = root.join(source.path()).canonicalize().ok();
                    let is_own = own.is_some() && own == path.canonicalize().ok();
                    let name = path.file_name().unwrap_or_default().display();
                    Ok(NewVersion {
                        snapshot,
                        etag: None,
                        origin: (!is_own).then(|| format!("taken from a file, {name}")),
                    })
                }
                Location::Url(url) => {
                    fetch(url, None, limits)?
                        .ok_or(Arrival::NotModified)
                        .map(|(snapshot, etag)| NewVersion {
                            snapshot,
                            // The next pull sends the ETag to the address of the list, so it must come from there.
                            etag: etag.filter(|_| source.url.as_ref() == Some(url)),
                            origin: Some(format!("taken from {}", shown(url))),
                        })
                }
            })
        })
    }

    /// Returns what to write, with paths from the root of the repository: every snapshot, then `spec/sources.toml`.
    /// [`write_all`](super::write_all) skips unchanged files.
    pub fn writes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let documents = self.documents.iter().map(|it| (&it.path, it.text.clone()));
        documents
            .map(|(path, text)| (path.into(), text.into_bytes()))
            .chain([(SOURCES.into(), self.sources.to_string().into_bytes())])
            .collect()
    }

    /// Goes through the list and calls `take` for each document with the bytes of its file.
    fn assemble(
        root: &Path,
        take: impl Fn(&Source, &Option<Vec<u8>>) -> Result<Result<NewVersion, Arrival>>,
    ) -> Result<Self> {
        let mut sources = SourcesFile::load(root)?;
        let mut documents = Vec::new();
        for source in sources.sources().to_vec() {
            let stored = read_stored(root, &source)?;
            let (taken, arrival) = match take(&source, &stored)? {
                Ok(taken) => (taken, Arrival::Updated),
                Err(arrival) => {
                    let taken = NewVersion::stored(stored.as_deref(), &source)?;
                    let is_edited = !is_recorded(&stored, &source);
                    (taken, if is_edited { Arrival::Edited } else { arrival })
                }
            };
            sources.update(taken.recorded(&source));
            documents.push(CandidateDocument {
                path: source.path(),
                name: source.name,
                text: taken.snapshot.text,
                tree: taken.snapshot.tree,
                before: stored.and_then(|bytes| String::from_utf8(bytes).ok()),
                arrival,
            });
        }
        Ok(Self { documents, sources })
    }
}

/// The new version of one document.
struct NewVersion {
    snapshot: Snapshot,
    etag: Option<String>,
    /// `None` keeps the recorded origin.
    origin: Option<String>,
}

impl NewVersion {
    /// Reads the present file.
    fn stored(bytes: Option<&[u8]>, source: &Source) -> Result<Self> {
        let path = source.path();
        let bytes =
            bytes.with_context(|| format!("{path}: cannot read the file: it is missing"))?;
        Ok(Self {
            snapshot: Snapshot::intake(bytes, &path)?,
            etag: None,
            origin: None,
        })
    }

    /// Returns the entry of the list. An unchanged document keeps its date and its origin.
    fn recorded(&self, source: &Source) -> Source {
        let mut source = source.clone();
        let sha256 = self.snapshot.sha256();
        if sha256 == source.sha256 {
            source.etag = self.etag.clone().or(source.etag);
            return source;
        }
        let facts = &self.snapshot.facts;
        source.version.clone_from(&facts.version);
        source.sha256 = sha256;
        source.etag.clone_from(&self.etag);
        source.date = today().unwrap_or(source.date);
        source.licence = facts.licence.clone().unwrap_or(source.licence);
        source.origin = self.origin.clone().unwrap_or(source.origin);
        source
    }
}

/// Today in UTC.
fn today() -> Option<toml_edit::Date> {
    let today: toml_edit::Datetime = chrono::Utc::now().date_naive().to_string().parse().ok()?;
    today.date
}

fn read_stored(root: &Path, source: &Source) -> Result<Option<Vec<u8>>> {
    match fs::read(root.join(source.path())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read
            .map(Some)
            .with_context(|| format!("{}: cannot read the file", source.path())),
    }
}

/// Returns whether the present file is the recorded one.
fn is_recorded(stored: &Option<Vec<u8>>, source: &Source) -> bool {
    stored
        .as_deref()
        .is_some_and(|bytes| sha256(bytes) == source.sha256)
}
