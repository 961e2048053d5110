use std::fmt;

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
        Self {
            path: String::new(),
            expected,
            found: kind_of(found),
        }
    }

    pub(crate) fn missing(key: &str) -> Self {
        Self {
            path: key.to_owned(),
            expected: "a value",
            found: "nothing",
        }
    }

    /// Puts the name of the field in front of the path.
    pub(crate) fn in_field(mut self, key: &str) -> Self {
        let separator = match self.path.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.path = format!("{key}{separator}{}", self.path);
        self
    }

    /// Puts the position in a list in front of the path.
    pub(crate) fn at_index(self, index: usize) -> Self {
        self.in_field(&format!("[{index}]"))
    }

    /// Where in the JSON, such as `messages[3].app_message.text_message.text`; empty for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What kind of value was expected there.
    pub fn expected(&self) -> &str {
        self.expected
    }

    /// What kind of value was found there.
    pub fn found(&self) -> &str {
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
