//! `spec/sources.toml`: the list of documents and what is known about each snapshot.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use serde::{Deserialize, Deserializer, de};
use toml_edit::{ArrayOfTables, Date, DocumentMut, Item, Table, Value};
use url::Url;

use super::{SOURCES, SPEC, address::check, error::SourceError};

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Source {
    /// The name by which commands and overlays know the document.
    pub name: String,
    /// The snapshot's file in `spec/`.
    pub file: String,
    /// Where `--pull` takes it from; none if it is not pulled.
    #[serde(default, deserialize_with = "address")]
    pub url: Option<Url>,
    /// Where the document is published, if that is not where it is pulled from.
    #[serde(default, deserialize_with = "address")]
    pub published: Option<Url>,
    /// `info.version` of the document.
    pub version: String,
    /// SHA-256 of the snapshot's file in lower-case hex.
    pub sha256: String,
    /// The `ETag` with which the server sent this version.
    #[serde(default)]
    pub etag: Option<String>,
    /// The day it was taken in.
    pub date: Date,
    /// Its licence.
    pub licence: String,
    /// How it came here, in words.
    pub origin: String,
}

impl Source {
    /// The snapshot's path from the root of the repository.
    pub fn path(&self) -> String {
        format!("{SPEC}/{}", self.file)
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let url = Url::parse(&text).map_err(|_| de::Error::custom("expected an https address"))?;
    check(&url).map_err(de::Error::custom)?;
    Ok(Some(url))
}

/// What is recorded about a document that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// `info.version` of the document.
    pub version: String,
    /// SHA-256 of the snapshot's file in lower-case hex.
    pub sha256: String,
    /// The `ETag` of the answer; `None` removes an earlier one.
    pub etag: Option<String>,
    /// The day it was taken in.
    pub date: Date,
    /// The licence that the document names; `None` keeps the earlier one.
    pub licence: Option<String>,
    /// How it came here; `None` keeps the earlier words.
    pub origin: Option<String>,
}

/// The list of documents. Its `Display` is the text of the file, comments and order kept.
#[derive(Debug, Clone)]
pub struct SourcesFile {
    text: DocumentMut,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    #[serde(default)]
    document: Vec<Source>,
}

impl SourcesFile {
    /// Reads `spec/sources.toml` below `root`.
    ///
    /// # Errors
    /// [`SourceError::Io`] or [`SourceError::Sources`].
    pub fn load(root: &Path) -> Result<Self, SourceError> {
        let path = root.join(SOURCES);
        let text = fs::read_to_string(&path)
            .map_err(|error| SourceError::io(SOURCES, "read the file", error))?;
        Self::parse(&text)
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// [`SourceError::Sources`], with the line where it is known.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let listing: Listing = toml_edit::de::from_str(text)
            .map_err(|error| located(text, error.span(), error.message()))?;
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| located(text, error.span(), error.message()))?;
        let has_tables = document
            .get("document")
            .is_some_and(Item::is_array_of_tables);
        if !has_tables {
            return Err(located(
                text,
                None,
                "expected one [[document]] table for each document",
            ));
        }
        check_entries(&listing.document)?;
        Ok(Self {
            text: document,
            sources: listing.document,
        })
    }

    /// The documents in the order of the file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The document of that name.
    ///
    /// # Errors
    /// [`SourceError::UnknownDocument`], which lists the names there are.
    pub fn get(&self, name: &str) -> Result<&Source, SourceError> {
        self.position(name)
            .and_then(|index| self.sources.get(index))
            .ok_or_else(|| self.unknown(name))
    }

    /// Records that a new version of the document `name` was taken in.
    ///
    /// # Errors
    /// [`SourceError::UnknownDocument`].
    pub fn record(&mut self, name: &str, intake: Intake) -> Result<(), SourceError> {
        let (source, table) = self.entry(name)?;
        source.version = intake.version;
        source.sha256 = intake.sha256;
        source.etag = intake.etag;
        source.date = intake.date;
        source.licence = intake.licence.unwrap_or_else(|| source.licence.clone());
        source.origin = intake.origin.unwrap_or_else(|| source.origin.clone());
        write_entry(table, source);
        Ok(())
    }

    /// Records the `ETag` of a version that is already here.
    ///
    /// # Errors
    /// [`SourceError::UnknownDocument`].
    pub fn record_etag(&mut self, name: &str, etag: String) -> Result<(), SourceError> {
        let (source, table) = self.entry(name)?;
        source.etag = Some(etag);
        write_entry(table, source);
        Ok(())
    }

    fn entry(&mut self, name: &str) -> Result<(&mut Source, &mut Table), SourceError> {
        let unknown = self.unknown(name);
        let index = self.position(name);
        let tables = self
            .text
            .get_mut("document")
            .and_then(Item::as_array_of_tables_mut);
        index
            .and_then(|index| Some((self.sources.get_mut(index)?, table_at(tables, index)?)))
            .ok_or(unknown)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.name == name)
    }

    fn unknown(&self, name: &str) -> SourceError {
        SourceError::UnknownDocument {
            name: name.to_owned(),
            known: self
                .sources
                .iter()
                .map(|source| source.name.clone())
                .collect(),
        }
    }
}

impl fmt::Display for SourcesFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

fn table_at(tables: Option<&mut ArrayOfTables>, index: usize) -> Option<&mut Table> {
    tables?.get_mut(index)
}

/// Writes the fields that an intake changes.
fn write_entry(table: &mut Table, source: &Source) {
    set(table, "version", source.version.as_str().into());
    set(table, "sha256", source.sha256.as_str().into());
    set(table, "date", source.date.into());
    set(table, "licence", source.licence.as_str().into());
    set(table, "origin", source.origin.as_str().into());
    match &source.etag {
        Some(etag) => set(table, "etag", etag.as_str().into()),
        None => drop(table.remove("etag")),
    }
}

/// Sets a value and keeps the comments around it.
fn set(table: &mut Table, key: &str, mut new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) if same(old, &new) => {}
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => drop(table.insert(key, Item::Value(new))),
    }
}

/// True if both say the same, in whatever notation.
fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::String(old), Value::String(new)) => old.value() == new.value(),
        (Value::Datetime(old), Value::Datetime(new)) => old.value() == new.value(),
        _ => false,
    }
}

fn check_entries(sources: &[Source]) -> Result<(), SourceError> {
    let mut seen = BTreeSet::new();
    for source in sources {
        check_entry(source).map_err(|fault| SourceError::Sources {
            origin: SOURCES.to_owned(),
            message: format!("document `{}`: {fault}", source.name),
        })?;
        if !seen.insert(&source.name) || !seen.insert(&source.file) {
            return Err(SourceError::Sources {
                origin: SOURCES.to_owned(),
                message: format!(
                    "document `{}`: its name or its file is used twice; give each document its own",
                    source.name
                ),
            });
        }
    }
    Ok(())
}

fn check_entry(source: &Source) -> Result<(), &'static str> {
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if source.name.is_empty() || !plain(&source.name) {
        return Err("`name` must be lower-case letters, digits and hyphens");
    }
    match source.file.strip_suffix(".yaml") {
        Some(stem) if !stem.is_empty() && plain(stem) => {}
        _ => return Err("`file` must be a plain name that ends in .yaml, with no folder"),
    }
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if !source.sha256.is_empty() && (source.sha256.len() != 64 || !source.sha256.bytes().all(hex)) {
        return Err(
            "`sha256` must be 64 lower-case hex digits, or empty if it is not recorded yet",
        );
    }
    match &source.etag {
        Some(etag) if !is_etag(etag) => {
            Err("`etag` must be at most 256 printable ASCII characters; remove it if in doubt")
        }
        _ => Ok(()),
    }
}

/// Whether an `ETag` is one to keep in the list and send again.
pub(super) fn is_etag(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn located(text: &str, span: Option<std::ops::Range<usize>>, message: &str) -> SourceError {
    let line = span
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() + 1);
    SourceError::Sources {
        origin: line.map_or(SOURCES.to_owned(), |line| format!("{SOURCES}:{line}")),
        message: message.replace('\n', " "),
    }
}
