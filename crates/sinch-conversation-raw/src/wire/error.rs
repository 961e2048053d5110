use std::{fmt, ops::Deref};

use serde::de;
use serde_json::Value;

/// JSON that does not have the form of the type it was decoded as.
///
/// It contains the path and the kinds of value, never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    expected: &'static str,
    found: &'static str,
}

impl DecodeError {
    pub(crate) fn new(expected: &'static str, found: &'static str) -> Self {
        Self {
            path: String::new(),
            expected,
            found,
        }
    }

    pub(crate) fn missing() -> Self {
        Self::new("a value", "nothing")
    }

    /// Puts the name of a field, or an index such as `[3]`, in front of the path.
    pub(crate) fn prepend(&mut self, place: &str) {
        let separator = match self.path.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.path = format!("{place}{separator}{}", self.path);
    }

    /// Returns the path in the JSON, such as `messages[3].app_message.text_message.text`; empty for the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the kind of value that was expected there.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// Returns the kind of value that was found there.
    pub fn found(&self) -> &'static str {
        self.found
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        };
        write!(
            f,
            "{place}: expected {}, found {}",
            self.expected, self.found
        )
    }
}

impl std::error::Error for DecodeError {}

/// Why JSON text could not be decoded.
#[derive(Debug)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is not JSON.
    Syntax(serde_json::Error),
    /// The JSON has another form.
    Form(DecodeError),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::Form(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for JsonError {}

/// Returns the bytes as a string; for invalid UTF-8, the error of `serde_json`, which has the position.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|_| {
        let error = serde_json::from_slice::<Value>(bytes).err();
        JsonError::Syntax(error.unwrap_or_else(|| de::Error::custom("not UTF-8")))
    })
}

/// The mismatches that did not stop the decoding, in the order in which they were found, with their paths.
///
/// The JSON of each is kept: as the `Unknown` alternative of the innermost union around it, or in the `extra` of its
/// object if the documents leave the field's form open.
#[derive(Debug, Default)]
pub struct Mismatches {
    /// Whether the first mismatch makes the caller decode again: then nothing has to be kept.
    strict: bool,
    found: Vec<DecodeError>,
    /// The mismatch that stops the decoding; errors of `serde` have no room for it.
    fatal: Option<DecodeError>,
}

impl Mismatches {
    /// For a first pass, whose result counts only if there is no mismatch.
    pub(crate) fn strict() -> Self {
        Self {
            strict: true,
            ..Self::default()
        }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Returns the first mismatch.
    pub fn into_first(self) -> Option<DecodeError> {
        self.found.into_iter().next()
    }

    /// Records a mismatch, and makes the error that stops the source.
    #[cold]
    pub(crate) fn fail<E: de::Error>(&mut self, expected: &'static str, found: &'static str) -> E {
        self.stop(DecodeError::new(expected, found))
    }

    /// Makes the error that stops the source because of a mismatch.
    #[cold]
    pub(crate) fn stop<E: de::Error>(&mut self, fault: DecodeError) -> E {
        self.fatal = Some(fault);
        E::custom("the JSON has another form")
    }

    /// Replaces what was expected by something more specific.
    #[cold]
    pub(crate) fn expect(&mut self, expected: &'static str) {
        if let Some(fatal) = &mut self.fatal {
            fatal.expected = expected;
        }
    }

    /// Decodes a part, and adds its place to the path of its mismatches.
    pub(crate) fn within<T, E, P: AsRef<str>>(
        &mut self,
        place: impl Fn() -> P,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.found.len();
        let result = read(self);
        self.inside(place, before, result)
    }

    /// Like [`within`](Self::within), for a part that was started when there were `before` mismatches.
    pub(crate) fn inside<T, E, P: AsRef<str>>(
        &mut self,
        place: impl Fn() -> P,
        before: usize,
        read: Result<T, E>,
    ) -> Result<T, E> {
        if read.is_err() || self.found.len() > before {
            self.prepend(before, place().as_ref());
        }
        read
    }

    /// Adds a place to the path of the mismatches after the first `before`.
    #[cold]
    pub(crate) fn prepend(&mut self, before: usize, place: &str) {
        let inside = self.found.iter_mut().skip(before).chain(&mut self.fatal);
        inside.for_each(|fault| fault.prepend(place));
    }

    /// Decodes something that may fail without stopping the rest; its error becomes one of the mismatches.
    pub(crate) fn recover<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let before = self.found.len();
        read(self).inspect_err(|fault| {
            self.found.truncate(before);
            self.found.push(fault.clone());
        })
    }

    /// Returns the mismatch that stopped the decoding.
    pub(crate) fn take_fatal(&mut self) -> DecodeError {
        let fatal = self.fatal.take();
        fatal.unwrap_or_else(|| DecodeError::new("JSON", "something else"))
    }

    /// Makes the error for a mismatch that stopped the decoding, or for invalid JSON.
    pub(crate) fn explain<E: de::Error>(&mut self, error: E) -> E {
        match self.fatal.take() {
            Some(fault) => E::custom(fault),
            None => error,
        }
    }

    pub(crate) fn json_error(&mut self, error: serde_json::Error) -> JsonError {
        match self.fatal.take() {
            Some(fault) => JsonError::Form(fault),
            None => JsonError::Syntax(error),
        }
    }
}

impl Deref for Mismatches {
    type Target = [DecodeError];

    fn deref(&self) -> &[DecodeError] {
        &self.found
    }
}
