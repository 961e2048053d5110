//! A callback in a file: its headers and its body.

use std::fs;
use std::io::{self, Read};

use serde_json::Value;

use crate::error::Failure;

/// A callback as it was stored.
pub(super) struct SignedFile {
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl SignedFile {
    /// Reads a file, or stdin for `-`, and adds the headers that are given.
    ///
    /// # Errors
    ///
    /// It cannot be read, or a header has no colon.
    pub(super) fn read(file: &str, headers: &[String]) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let read = match file {
            "-" => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
            path => fs::read(path),
        };
        let bytes = read.map_err(|error| Failure::usage(format!("{file}: {error}")))?;
        let mut found = of_received(&bytes)
            .or_else(|| of_request(&bytes))
            .unwrap_or_else(|| Self {
                headers: Vec::new(),
                body: bytes.clone(),
            });
        for header in headers {
            let header = split(header).ok_or_else(|| {
                Failure::usage(format!("--header: expected NAME: VALUE, found {header:?}"))
            })?;
            found.headers.push(header);
        }
        Ok(found)
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.headers.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Reads what `received show` writes: an object with `headers` and `body`.
fn of_received(bytes: &[u8]) -> Option<SignedFile> {
    let json: Value = serde_json::from_slice(bytes).ok()?;
    let headers = json.get("headers")?.as_object()?.iter();
    let headers = headers.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Some(SignedFile {
        headers: headers.collect::<Option<_>>()?,
        body: json.get("body")?.as_str()?.as_bytes().to_vec(),
    })
}

/// Reads a request as it was on the wire, with or without its first line.
fn of_request(bytes: &[u8]) -> Option<SignedFile> {
    let (head, body) = [&b"\r\n\r\n"[..], b"\n\n"].into_iter().find_map(|end| {
        let at = bytes.windows(end.len()).position(|window| window == end)?;
        Some((bytes.get(..at)?, bytes.get(at + end.len()..)?))
    })?;
    let head = std::str::from_utf8(head).ok()?;
    let is_first = |line: &&str| line.contains(" HTTP/") || line.starts_with("POST ");
    let lines = head.lines().filter(|line| !is_first(line));
    let headers: Option<Vec<(String, String)>> = lines.map(split).collect();
    // JSON has colons as well, and no header has a quote or a brace in its name.
    let is_name = |name: &str| {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !name.is_empty() && name.bytes().all(is_token)
    };
    let headers = headers?;
    headers
        .iter()
        .all(|(name, _)| is_name(name))
        .then_some(SignedFile {
            headers,
            body: body.to_vec(),
        })
}

fn split(header: &str) -> Option<(String, String)> {
    let (name, value) = header.split_once(':')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}
