use std::{fmt, ops::Deref};

use serde_json::Value;

/// JSON that does not have the form of the type it was decoded as.
///
/// It holds the place and the kinds of value, never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    expected: &'static str,
    found: &'static str,
}

impl DecodeError {
    pub(crate) fn mismatch(expected: &'static str, found: &Value) -> Self {
        Self::new(expected, kind_of(found))
    }

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

    /// Puts the name of a field, or a position such as `[3]`, in front of the path.
    fn prepend(&mut self, place: &str) {
        let separator = match self.path.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.path = format!("{place}{separator}{}", self.path);
    }

    /// Where in the JSON, such as `messages[3].app_message.text_message.text`; empty for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What kind of value was expected there.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// What kind of value was found there.
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

/// Faults that did not stop the decoding, in the order in which they were found, each with its place in the whole.
///
/// The JSON of each is kept: as the `Unknown` alternative of the innermost union around it, or in the `extra` of its
/// object when the documents leave the field's form open.
#[derive(Debug, Default)]
pub struct Mismatches(Vec<DecodeError>);

impl Mismatches {
    /// The first fault.
    pub fn into_first(self) -> Option<DecodeError> {
        self.0.into_iter().next()
    }

    pub(crate) fn add(&mut self, error: DecodeError) {
        self.0.push(error);
    }

    /// Forgets what was found after there were `count`.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    /// Reads a part of the whole, and names the part in whatever is wrong with it.
    pub(crate) fn within<T, P: AsRef<str>>(
        &mut self,
        place: impl Fn() -> P,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let before = self.0.len();
        let result = read(self);
        for found in self.0.iter_mut().skip(before) {
            found.prepend(place().as_ref());
        }
        result.map_err(|mut error| {
            error.prepend(place().as_ref());
            error
        })
    }
}

impl Deref for Mismatches {
    type Target = [DecodeError];

    fn deref(&self) -> &[DecodeError] {
        &self.0
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
