//! `spec/sources.toml`: the list of documents and what is known about each snapshot.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::{Deserialize, Deserializer, de};
use toml_edit::{ArrayOfTables, Date, DocumentMut, Item, Table, Value};
use url::Url;

use super::{SOURCES, SPEC, address::check};

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Source {
    /// The name of the document in commands and overlays.
    pub name: String,
    /// The snapshot's file in `spec/`.
    pub file: String,
    /// The address for `--pull`, if it is pulled.
    #[serde(default, deserialize_with = "address")]
    pub url: Option<Url>,
    /// The address of the publication, if it is another one.
    #[serde(default, deserialize_with = "address")]
    pub published: Option<Url>,
    /// `info.version` of the document.
    pub version: String,
    /// SHA-256 of the snapshot's file in lower-case hex.
    pub sha256: String,
    /// The server's `ETag` of this version.
    #[serde(default)]
    pub etag: Option<String>,
    /// The day of the last update.
    pub date: Date,
    /// Its licence.
    pub licence: String,
    /// Where it comes from, in words.
    pub origin: String,
}

impl Source {
    /// Returns the snapshot's path from the root of the repository.
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

/// The list of documents. `Display` writes the text of the file, with comments and order kept.
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
    /// When the file is missing, and those of [`parse`](Self::parse).
    pub fn load(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(SOURCES))
            .with_context(|| format!("{SOURCES}: cannot read the file"))?;
        Self::parse(&text)
    }

    /// Parses the text of the file.
    ///
    /// # Errors
    /// When the list is invalid, with the line if it is known.
    pub fn parse(text: &str) -> Result<Self> {
        let listing: Listing = toml_edit::de::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| format!(":{}", before.matches('\n').count() + 1));
            anyhow!(
                "{SOURCES}{}: {}",
                line.unwrap_or_default(),
                error.message().replace('\n', " ")
            )
        })?;
        let document: DocumentMut = text.parse()?;
        ensure!(
            document
                .get("document")
                .is_some_and(Item::is_array_of_tables),
            "{SOURCES}: expected one [[document]] table for each document"
        );
        let mut seen = BTreeSet::new();
        for source in &listing.document {
            let is_new = seen.insert(&source.name) && seen.insert(&source.file);
            let twice = "its name or its file is used twice; use different ones";
            if let Some(fault) = fault_of(source).or((!is_new).then_some(twice)) {
                bail!("{SOURCES}: document `{}`: {fault}", source.name);
            }
        }
        Ok(Self {
            text: document,
            sources: listing.document,
        })
    }

    /// Returns the documents in the order of the file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns the document with this name.
    ///
    /// # Errors
    /// When there is none; the message lists the names.
    pub fn get(&self, name: &str) -> Result<&Source> {
        let found = self.sources.iter().find(|source| source.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.sources.iter().map(|it| it.name.as_str()).collect();
            anyhow!(
                "no document `{name}` in {SOURCES}; the documents are: {}",
                known.join(", ")
            )
        })
    }

    /// Replaces the entry of a document.
    pub(super) fn update(&mut self, new: Source) {
        let tables = self.text.get_mut("document");
        let tables = tables.and_then(Item::as_array_of_tables_mut);
        let tables = tables.into_iter().flat_map(ArrayOfTables::iter_mut);
        let entries = self.sources.iter_mut().zip(tables);
        for (source, table) in entries.filter(|(source, _)| source.name == new.name) {
            set(table, "version", Some(new.version.as_str().into()));
            set(table, "sha256", Some(new.sha256.as_str().into()));
            set(table, "date", Some(new.date.into()));
            set(table, "licence", Some(new.licence.as_str().into()));
            set(table, "origin", Some(new.origin.as_str().into()));
            set(table, "etag", new.etag.as_deref().map(Value::from));
            source.clone_from(&new);
        }
    }
}

impl fmt::Display for SourcesFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// Sets or removes a value and keeps the comments around it; an equal value keeps its notation.
fn set(table: &mut Table, key: &str, new: Option<Value>) {
    let old = table.get_mut(key).and_then(Item::as_value_mut);
    match (old, new) {
        (_, None) => drop(table.remove(key)),
        (None, Some(new)) => drop(table.insert(key, Item::Value(new))),
        (Some(old), Some(mut new)) => {
            if old.as_str() != new.as_str() || old.as_datetime() != new.as_datetime() {
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
        }
    }
}

fn fault_of(source: &Source) -> Option<&'static str> {
    let is_plain = |text: &str| {
        let plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        !text.is_empty() && text.bytes().all(plain)
    };
    let is_hex = |text: &str| {
        text.len() == 64
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !is_plain(&source.name) {
        Some("`name` must be lower-case letters, digits and hyphens")
    } else if !source.file.strip_suffix(".yaml").is_some_and(is_plain) {
        Some("`file` must be a plain name that ends in .yaml, with no folder")
    } else if !source.sha256.is_empty() && !is_hex(&source.sha256) {
        Some("`sha256` must be 64 lower-case hex digits, or empty if it is not recorded yet")
    } else if !source.etag.as_deref().is_none_or(is_etag) {
        Some("`etag` must be at most 256 printable ASCII characters; remove it if in doubt")
    } else {
        None
    }
}

/// Returns whether an `ETag` can be stored in the list and sent.
pub(super) fn is_etag(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}
