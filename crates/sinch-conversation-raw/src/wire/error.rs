use std::fmt;

use serde::de;
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
    pub(crate) fn mismatch(expected: &'static str, found: &'static str) -> Self {
        Self {
            path: String::new(),
            expected,
            found,
        }
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

/// The bytes as text; those that are none are no JSON either, and `serde_json` says where.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|_| {
        let error = serde_json::from_slice::<Value>(bytes).err();
        JsonError::Syntax(error.unwrap_or_else(|| de::Error::custom("not UTF-8")))
    })
}

/// What is known of a failure on its way out of the JSON, each level adding its place.
#[derive(Debug, Default)]
pub struct Trace {
    failure: Option<DecodeError>,
}

impl Trace {
    /// Notes that a value is of another kind, and makes the error that stops the source.
    #[cold]
    pub(crate) fn mismatch<E: de::Error>(
        &mut self,
        expected: &'static str,
        found: &'static str,
    ) -> E {
        self.failure = Some(DecodeError::mismatch(expected, found));
        E::custom(format_args!("expected {expected}, found {found}"))
    }

    /// Says more exactly what was expected in the place of the failure.
    #[cold]
    pub(crate) fn expect(&mut self, expected: &'static str) {
        if let Some(failure) = &mut self.failure {
            failure.expected = expected;
        }
    }

    /// Puts the name of the field in front of the path.
    #[cold]
    pub(crate) fn in_field(&mut self, key: &str) {
        if let Some(failure) = &mut self.failure {
            let separator = match failure.path.chars().next() {
                None | Some('[') => "",
                Some(_) => ".",
            };
            failure.path = format!("{key}{separator}{}", failure.path);
        }
    }

    /// Puts the position in a list in front of the path.
    #[cold]
    pub(crate) fn at_index(&mut self, index: usize) {
        self.in_field(&format!("[{index}]"));
    }

    pub(crate) fn into_failure(self) -> Option<DecodeError> {
        self.failure
    }

    /// The failure of a source that is JSON already.
    pub(crate) fn into_error(self) -> DecodeError {
        self.failure
            .unwrap_or_else(|| DecodeError::mismatch("JSON", "something else"))
    }

    pub(crate) fn json_error(self, error: serde_json::Error) -> JsonError {
        match self.failure {
            Some(failure) => JsonError::Form(failure),
            None => JsonError::Syntax(error),
        }
    }
}
