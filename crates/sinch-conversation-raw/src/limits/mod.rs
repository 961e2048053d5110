//! Limits that the documents set for requests: lengths, numbers of items, ranges.
//!
//! Responses and callbacks are never checked. A client checks what it is about to send:
//!
//! ```
//! use sinch_conversation_raw::{limits::Limited, types::UpdateMessageMetadataRequest};
//!
//! let request = UpdateMessageMetadataRequest::new("x".repeat(1025));
//! let breaches = request.breaches("");
//! assert_eq!(breaches.len(), 1);
//! assert_eq!(
//!     breaches[0].to_string(),
//!     "metadata: expected at most 1024 characters, found 1025",
//! );
//! ```

mod macros;
mod measure;

use std::{collections::BTreeMap, fmt};

pub(crate) use macros::{fields, variants};
pub use measure::{Measured, Members};

use crate::wire::UnknownObject;

/// The inclusive bounds of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The quantity that is bounded.
    pub of: Measure,
    /// The minimum.
    pub min: i64,
    /// The maximum; `i64::MAX` if there is none.
    pub max: i64,
    /// The unit of a number, such as `won`; empty if it has none.
    pub unit: &'static str,
    /// A number outside of the bounds that is also allowed.
    pub or: Option<i64>,
}

/// The quantity that a [`Limit`] bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// The characters of a string. A JSON object counts as the string that it is sent as.
    Characters,
    /// The items of a list, or the members of an object.
    Items,
    /// A number.
    Value,
    /// The seconds in a string such as `10s`.
    Seconds,
    /// The days between now and a time. Not checked here: it needs the caller's clock.
    Days,
}

/// A value that exceeds a limit of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// The field, such as `message.carousel_message.cards[3].choices`.
    pub field: String,
    /// What is wrong with it.
    pub cause: Cause,
}

/// Why a value is not allowed. It contains nothing of the value but its size.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The value is outside of its bounds.
    #[non_exhaustive]
    OutOfBounds {
        /// The bounds.
        limit: Limit,
        /// The size of the value, in the limit's measure.
        found: i64,
    },
    /// The value does not have the documented form.
    #[non_exhaustive]
    Malformed {
        /// The documented form.
        expected: &'static str,
    },
}

/// A part of a request that has limits.
///
/// Implemented by the types of request bodies and their parts, if the documents limit them.
pub trait Limited {
    /// Adds the values that exceed their limits.
    #[doc(hidden)]
    fn visit(&self, at: &FieldPath<'_>, found: &mut Vec<Breach>);

    /// Returns all values that exceed their limits, in the order of the document's fields. `prefix`, such as
    /// `message.`, is put in front of the fields' names.
    fn breaches(&self, prefix: &str) -> Vec<Breach> {
        let mut found = Vec::new();
        self.visit(&FieldPath::Start(prefix), &mut found);
        found
    }
}

/// The path of a value in a request, formatted only when it is needed for an error.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum FieldPath<'a> {
    Start(&'a str),
    Key(&'a FieldPath<'a>, &'a str),
    Index(&'a FieldPath<'a>, usize),
    /// All items of a list together.
    All(&'a FieldPath<'a>),
}

impl FieldPath<'_> {
    /// Appends a member of an object. An empty key is the object itself.
    pub(crate) fn key<'a>(&'a self, key: &'a str) -> FieldPath<'a> {
        if key.is_empty() {
            *self
        } else {
            FieldPath::Key(self, key)
        }
    }

    fn write(&self, path: &mut String) {
        match self {
            Self::Start(prefix) => path.push_str(prefix),
            Self::Key(parent, key) => {
                parent.write(path);
                if !path.is_empty() && !path.ends_with('.') {
                    path.push('.');
                }
                path.push_str(key);
            }
            Self::Index(parent, index) => {
                parent.write(path);
                path.push_str(&format!("[{index}]"));
            }
            Self::All(parent) => {
                parent.write(path);
                path.push_str("[]");
            }
        }
    }

    fn breach(&self, cause: Cause) -> Breach {
        let mut field = String::new();
        self.write(&mut field);
        Breach { field, cause }
    }
}

impl Limit {
    pub(crate) const fn new(of: Measure, min: i64, max: i64) -> Self {
        Self {
            of,
            min,
            max,
            unit: "",
            or: None,
        }
    }

    pub(crate) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    pub(crate) const fn or(mut self, number: i64) -> Self {
        self.or = Some(number);
        self
    }

    fn allows(&self, found: i64) -> bool {
        (self.min..=self.max).contains(&found) || self.or == Some(found)
    }

    /// Checks a value; `None` if it is within the limit.
    ///
    /// ```
    /// use sinch_conversation_raw::types::SendMessageRequest;
    ///
    /// let limit = SendMessageRequest::CORRELATION_ID;
    /// assert_eq!(limit.cause("order 7"), None);
    /// let cause = limit.cause(&*"x".repeat(129)).map(|cause| cause.to_string());
    /// assert_eq!(cause.as_deref(), Some("expected at most 128 characters, found 129"));
    /// ```
    pub fn cause<T: Measured + ?Sized>(&self, value: &T) -> Option<Cause> {
        let limit = *self;
        match value.measure(self.of) {
            Ok(Some(found)) if !self.allows(found) => Some(Cause::OutOfBounds { limit, found }),
            Ok(_) => None,
            Err(cause) => Some(cause),
        }
    }

    /// Adds a value that exceeds the limit.
    pub(crate) fn check<T: Measured + ?Sized>(
        &self,
        value: &T,
        at: &FieldPath<'_>,
        breaches: &mut Vec<Breach>,
    ) {
        breaches.extend(self.cause(value).map(|cause| at.breach(cause)));
    }
}

/// Adds an alternative that was received undocumented and would be sent again.
pub(crate) fn undocumented(held: &UnknownObject, at: &FieldPath<'_>, breaches: &mut Vec<Breach>) {
    if let Some(reason) = held.reason() {
        let expected = reason.expected();
        let at = at.key(reason.path());
        breaches.push(at.breach(Cause::Malformed { expected }));
    }
}

impl<T: Limited> Limited for Option<T> {
    fn visit(&self, at: &FieldPath<'_>, found: &mut Vec<Breach>) {
        if let Some(value) = self {
            value.visit(at, found);
        }
    }
}

impl<T: Limited> Limited for Vec<T> {
    fn visit(&self, at: &FieldPath<'_>, found: &mut Vec<Breach>) {
        for (index, item) in self.iter().enumerate() {
            item.visit(&FieldPath::Index(at, index), found);
        }
    }
}

impl<T: Limited> Limited for BTreeMap<String, T> {
    fn visit(&self, at: &FieldPath<'_>, found: &mut Vec<Breach>) {
        for (key, item) in self {
            item.visit(&at.key(key), found);
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfBounds { limit, found } => write!(f, "expected {limit}, found {found}"),
            Self::Malformed { expected } => write!(f, "expected {expected}"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, max, .. } = self;
        let counted = matches!(self.of, Measure::Characters | Measure::Items);
        match (*min, *max) {
            (i64::MIN, max) => write!(f, "at most {max}"),
            (0, max) if counted => write!(f, "at most {max}"),
            (min, i64::MAX) => write!(f, "at least {min}"),
            _ => write!(f, "{min} to {max}"),
        }?;
        match self.of {
            Measure::Characters => f.write_str(" characters"),
            Measure::Items => f.write_str(" items"),
            Measure::Seconds => f.write_str(" whole seconds with the suffix s, such as 10s"),
            Measure::Days => f.write_str(" days"),
            Measure::Value if self.unit.is_empty() => Ok(()),
            Measure::Value => write!(f, " {}", self.unit),
        }
    }
}
