//! The documents as they would be after a regeneration, in memory.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;
use url::Url;

use super::{
    SOURCES,
    address::{Location, shown},
    date::today,
    error::SourceError,
    fetch::{Fetched, Limits, fetch},
    snapshot::{Snapshot, read_file, sha256},
    sources::{Intake, Source, SourcesFile},
};

/// Every document of `spec/sources.toml`, read or taken in, and that file's text. Nothing of it is written yet.
///
/// ```no_run
/// use xtask::source::{Candidate, Limits, write_all};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let root = std::path::Path::new(".");
/// let candidate = Candidate::pull(root, &Limits::default())?;
/// // Generate from `candidate.documents` here; an error up to this point leaves the tree as it was.
/// let changed = write_all(root, candidate.writes())?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// The documents in the order of the file.
    pub documents: Vec<Document>,
    /// What `spec/sources.toml` would say.
    pub sources: SourcesFile,
}

/// One document of a [`Candidate`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// Its name in `spec/sources.toml`.
    pub name: String,
    /// The snapshot's path from the root of the repository, which is also its origin in messages.
    pub path: String,
    /// The snapshot's text.
    pub text: String,
    /// The same as a tree.
    pub tree: Value,
    /// The text of the file as it is on disk now; `None` if there is no such file or it is not UTF-8.
    pub before: Option<String>,
    /// How the text came to be here.
    pub arrival: Arrival,
}

impl Document {
    /// True if the snapshot on disk would change.
    pub fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.text)
    }
}

/// How the text of a [`Document`] came to be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival {
    /// Read from the snapshot; nothing else was asked for.
    Kept,
    /// Read from the snapshot: a pull was asked for, but no address is known.
    NoAddress,
    /// Read from the snapshot: the server has nothing newer.
    NotModified,
    /// Read from the snapshot, which was edited since it was recorded; the new checksum is in the list.
    Edited,
    /// Taken in from an address or a file.
    TakenIn,
}

impl Candidate {
    /// The snapshots as they are: no network. The list gets the checksum of one that was edited.
    ///
    /// # Errors
    /// [`SourceError`]: a missing or broken snapshot, or a fault in the list.
    pub fn on_disk(root: &Path) -> Result<Self, SourceError> {
        Self::assemble(root, |_, _| Ok(Taken::Nothing(Arrival::Kept)))
    }

    /// Downloads every document that has a `url`, unless the server says that it is the one already here.
    ///
    /// # Errors
    /// [`SourceError`] of the first document that is not taken in.
    pub fn pull(root: &Path, limits: &Limits) -> Result<Self, SourceError> {
        Self::assemble(root, |source, stored| {
            let Some(url) = &source.url else {
                return Ok(Taken::Nothing(Arrival::NoAddress));
            };
            // A snapshot edited by hand is not the version that the ETag names.
            let etag = source.etag.as_deref().filter(|_| stored.matches(source));
            Ok(match fetch(url, etag, limits)? {
                Fetched::Unchanged => Taken::Nothing(Arrival::NotModified),
                Fetched::Document { snapshot, etag } => Taken::New {
                    snapshot: Box::new(snapshot),
                    etag,
                    origin: Some(format!("pulled from {}", shown(url))),
                },
            })
        })
    }

    /// Takes the document `name` from a file or an address; the others stay as they are.
    ///
    /// Taking in the snapshot's own file keeps the words on where it came from.
    ///
    /// # Errors
    /// [`SourceError`]: no such name, or a document that is not taken in.
    pub fn take_in(
        root: &Path,
        name: &str,
        location: &Location,
        limits: &Limits,
    ) -> Result<Self, SourceError> {
        SourcesFile::load(root)?.get(name)?;
        Self::assemble(root, |source, _| {
            if source.name != name {
                return Ok(Taken::Nothing(Arrival::Kept));
            }
            match location {
                Location::File(path) => from_file(root, source, path, limits),
                Location::Url(url) => from_url(source, url, limits),
            }
        })
    }

    /// What to write, paths from the root of the repository: every snapshot, then `spec/sources.toml`.
    /// [`write_all`](super::write_all) leaves out what is already there.
    pub fn writes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let sources = (SOURCES.into(), self.sources.to_string().into_bytes());
        self.documents
            .iter()
            .map(|document| {
                (
                    document.path.clone().into(),
                    document.text.clone().into_bytes(),
                )
            })
            .chain([sources])
            .collect()
    }

    /// Goes through the list and asks `take` about each document.
    fn assemble(
        root: &Path,
        take: impl Fn(&Source, &Stored) -> Result<Taken, SourceError>,
    ) -> Result<Self, SourceError> {
        let mut sources = SourcesFile::load(root)?;
        let mut documents = Vec::new();
        for source in sources.sources().to_vec() {
            let stored = Stored::read(root, &source)?;
            let (snapshot, arrival) = match take(&source, &stored)? {
                Taken::Nothing(arrival) => {
                    let snapshot = stored.snapshot(&source)?;
                    if stored.matches(&source) {
                        (snapshot, arrival)
                    } else {
                        record(&mut sources, &source, &snapshot, None, None)?;
                        (snapshot, Arrival::Edited)
                    }
                }
                Taken::New {
                    snapshot,
                    etag,
                    origin,
                } => {
                    record(&mut sources, &source, &snapshot, etag, origin)?;
                    (*snapshot, Arrival::TakenIn)
                }
            };
            documents.push(Document {
                name: source.name.clone(),
                path: source.path(),
                text: snapshot.text,
                tree: snapshot.tree,
                before: stored.bytes.and_then(|bytes| String::from_utf8(bytes).ok()),
                arrival,
            });
        }
        Ok(Self { documents, sources })
    }
}

/// What was taken in for one document.
enum Taken {
    Nothing(Arrival),
    New {
        snapshot: Box<Snapshot>,
        etag: Option<String>,
        /// `None` leaves the words of the list as they are.
        origin: Option<String>,
    },
}

fn from_file(
    root: &Path,
    source: &Source,
    path: &Path,
    limits: &Limits,
) -> Result<Taken, SourceError> {
    let snapshot = read_file(path, limits.max_bytes)?;
    let own = root.join(source.path()).canonicalize().ok();
    let is_own = own.is_some() && own == path.canonicalize().ok();
    let name = path.file_name().unwrap_or_default().display();
    Ok(Taken::New {
        snapshot: Box::new(snapshot),
        etag: None,
        origin: (!is_own).then(|| format!("taken from a file, {name}")),
    })
}

fn from_url(source: &Source, url: &Url, limits: &Limits) -> Result<Taken, SourceError> {
    match fetch(url, None, limits)? {
        Fetched::Unchanged => Ok(Taken::Nothing(Arrival::NotModified)),
        Fetched::Document { snapshot, etag } => Ok(Taken::New {
            snapshot: Box::new(snapshot),
            // The next pull sends the ETag to `url`: it must be from there.
            etag: etag.filter(|_| source.url.as_ref() == Some(url)),
            origin: Some(format!("taken from {}", shown(url))),
        }),
    }
}

/// A document that is the recorded one keeps its date and its words.
fn record(
    sources: &mut SourcesFile,
    source: &Source,
    snapshot: &Snapshot,
    etag: Option<String>,
    origin: Option<String>,
) -> Result<(), SourceError> {
    let sha256 = snapshot.sha256();
    if sha256 == source.sha256 {
        return etag.map_or(Ok(()), |etag| sources.record_etag(&source.name, etag));
    }
    sources.record(
        &source.name,
        Intake {
            version: snapshot.facts.version.clone(),
            sha256,
            etag,
            date: today(),
            licence: snapshot.facts.licence.clone(),
            origin,
        },
    )
}

/// The snapshot's file as it is on disk.
struct Stored {
    bytes: Option<Vec<u8>>,
    sha256: String,
}

impl Stored {
    fn read(root: &Path, source: &Source) -> Result<Self, SourceError> {
        let bytes = match fs::read(root.join(source.path())) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(SourceError::io(source.path(), "read the file", error)),
        };
        let sha256 = bytes.as_deref().map(sha256).unwrap_or_default();
        Ok(Self { bytes, sha256 })
    }

    fn matches(&self, source: &Source) -> bool {
        self.bytes.is_some() && self.sha256 == source.sha256
    }

    fn snapshot(&self, source: &Source) -> Result<Snapshot, SourceError> {
        let path = source.path();
        let bytes = self.bytes.as_ref().ok_or_else(|| {
            SourceError::io(&path, "read the file", io::ErrorKind::NotFound.into())
        })?;
        Snapshot::intake(bytes, &path)
    }
}
