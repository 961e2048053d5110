//! Converts received bytes to the snapshot that is stored.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::openapi::{Facts, check_openapi};
use crate::document::{DocumentError, parse, parse_json};

/// A document as it is stored: YAML, UTF-8, with LF line ends.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The text of the file.
    pub text: String,
    /// The parsed text.
    pub tree: Value,
    /// The document's own metadata.
    pub facts: Facts,
}

impl Snapshot {
    /// Accepts YAML or JSON. YAML stays unchanged except for line ends; JSON becomes YAML, so that later versions can
    /// be compared line by line.
    ///
    /// # Errors
    /// When it is not an OpenAPI 3.0 or 3.1 document with operations.
    pub fn intake(bytes: &[u8], origin: &str) -> Result<Self> {
        let text = text_of(bytes, origin)?;
        if !text.trim_start().starts_with('{') {
            return Self::from_text(text, origin);
        }
        // JSON has escapes that YAML lacks (surrogate pairs), so it has its own parser.
        let json = parse_json(&text, origin)?;
        let fault = |message| DocumentError::new(origin, "", message, "check the document");
        let yaml = serde_norway::to_string(&json)
            .map_err(|error| fault(format!("expected JSON that YAML can say, but {error}")))?;
        let snapshot = Self::from_text(yaml, origin)?;
        if snapshot.tree != json {
            bail!(fault(
                "expected JSON that reads the same once it is YAML".to_owned()
            ));
        }
        Ok(snapshot)
    }

    /// Returns the checksum of the snapshot's file, in lower-case hex.
    pub fn sha256(&self) -> String {
        sha256(self.text.as_bytes())
    }

    fn from_text(text: String, origin: &str) -> Result<Self> {
        let tree = parse(&text, origin)?;
        let facts = check_openapi(&tree, origin)?;
        Ok(Self { text, tree, facts })
    }
}

/// Reads a file, with the same checks and the same limit as a download.
///
/// # Errors
/// When the file cannot be read or is too large, and those of [`Snapshot::intake`].
pub fn read_file(path: &Path, max_bytes: usize) -> Result<Snapshot> {
    let origin = path.display().to_string();
    let mut bytes = Vec::new();
    let one_more = u64::try_from(max_bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    File::open(path)
        .and_then(|file| file.take(one_more).read_to_end(&mut bytes))
        .with_context(|| format!("{origin}: cannot read the file"))?;
    if bytes.len() > max_bytes {
        return Err(too_large(&origin, max_bytes));
    }
    Snapshot::intake(&bytes, &origin)
}

pub(super) fn too_large(origin: &str, limit: usize) -> anyhow::Error {
    anyhow!(
        "{origin}: larger than the limit of {limit} bytes; check that this is the intended document"
    )
}

/// Returns the SHA-256 in lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the text as UTF-8 without a byte order mark, with LF line ends.
fn text_of(bytes: &[u8], origin: &str) -> Result<String> {
    let text = std::str::from_utf8(bytes);
    let text = text.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
    if let Some(found) = other_content(bytes, text.ok()) {
        bail!(
            "{origin}: expected YAML or JSON, found {found}; use the address or the file of the document itself"
        );
    }
    Ok(text.unwrap_or_default().replace("\r\n", "\n"))
}

/// Describes bytes that are not a document. Neither YAML nor JSON begins with a tag (`<<` is YAML's merge key).
fn other_content(bytes: &[u8], text: Option<&str>) -> Option<&'static str> {
    if bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"PK\x03\x04") {
        return Some("a compressed file");
    }
    let Some(text) = text.map(str::trim_start) else {
        return Some("bytes that are not UTF-8");
    };
    if text.is_empty() {
        return Some("nothing");
    }
    let tag = text.strip_prefix('<')?;
    if tag.starts_with("?xml") {
        return Some("XML");
    }
    tag.starts_with(|first: char| first == '!' || first.is_ascii_alphabetic())
        .then_some("an HTML page")
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str =
        "openapi: 3.0.2\ninfo:\n  title: T\n  version: '1.0'\npaths:\n  /a:\n    get: {}\n";

    #[test]
    fn yaml_is_kept_but_for_its_line_ends_and_mark() {
        let windows = format!("\u{feff}# kept\r\n{}", YAML.replace('\n', "\r\n"));
        let snapshot = Snapshot::intake(windows.as_bytes(), "x").unwrap();
        assert_eq!(snapshot.text, format!("# kept\n{YAML}"));
    }

    #[test]
    fn json_becomes_yaml_with_the_same_meaning_and_order() {
        let json = r#"{"openapi":"3.1.0","info":{"version":"1.0","title":"\ud83d\ude00 no"},
            "paths":{"/b":{"get":{"operationId":"on","x-n":[1,1.5,-2,1e3,null,true,"yes","3","~"]}},"/a":{}}}"#;
        let snapshot = Snapshot::intake(json.as_bytes(), "x").unwrap();
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(parse(&snapshot.text, "x").unwrap(), value);
        assert_eq!(snapshot.tree.to_string(), value.to_string(), "order");
        assert!(
            snapshot
                .text
                .starts_with("openapi: 3.1.0\ninfo:\n  version: '1.0'\n")
        );
        assert_eq!(
            Snapshot::intake(snapshot.text.as_bytes(), "x").unwrap(),
            snapshot
        );
    }

    #[test]
    fn other_content_is_named() {
        for (bytes, expected) in [
            (&b""[..], "nothing"),
            (b" \r\n", "nothing"),
            (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html>", "an HTML page"),
            (b"<html><body>Sign in</body></html>", "an HTML page"),
            (b"<?xml version='1.0'?><a/>", "XML"),
            (b"\x1f\x8b\x08\0", "a compressed file"),
            (b"PK\x03\x04\x14\0", "a compressed file"),
            (b"openapi: \xff\xfe", "not UTF-8"),
        ] {
            let error = Snapshot::intake(bytes, "x").unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn a_fault_in_the_text_says_where() {
        let error = Snapshot::intake(b"{\"openapi\": \"3.0.2\",\n  oops}", "x.json").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        let error = Snapshot::intake(b"openapi: 3.0.2\n\tinfo: {}\n", "x.yaml").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn the_checksum_is_that_of_the_text() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
