//! Arguments that were refused before anything was sent.

use std::fmt;

use serde_json::{Map, Value};
use sinch_conversation_raw::limits::{Breach, Cause, Limit, Limited, Measure, Measured};

use super::Error;

/// One or more arguments that the API would refuse. All of them are reported together.
///
/// ```
/// use sinch_conversation::CallOptions;
///
/// let invalid = CallOptions::default().header("Host", "example.com").unwrap_err();
/// println!("{}", invalid.violations()[0].problem);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArgument {
    violations: Vec<Violation>,
}

impl InvalidArgument {
    pub(crate) fn one(field: impl Into<String>, problem: Problem) -> Self {
        Self {
            violations: vec![Violation {
                field: field.into(),
                problem,
            }],
        }
    }

    /// Returns the refused arguments, in the order in which they were found; never empty.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

/// One refused argument.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field by its name in the API, with the place in lists: `message.carousel_message.cards[3].choices`.
    /// For settings of the client it is the name of the setting or of the environment variable.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an argument. Text that may be private or secret is never part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A text is too long. Both numbers count characters.
    #[non_exhaustive]
    TooLong {
        /// The most that is allowed.
        limit: usize,
        /// What was given.
        length: usize,
    },
    /// A list has too many items.
    #[non_exhaustive]
    TooMany {
        /// The most that is allowed.
        limit: usize,
        /// What was given.
        count: usize,
    },
    /// A list has too few items.
    #[non_exhaustive]
    TooFew {
        /// The least that is wanted.
        limit: usize,
        /// What was given.
        count: usize,
    },
    /// A number lies outside of its range; both ends are allowed.
    #[non_exhaustive]
    OutOfRange {
        /// The least that is allowed.
        min: i64,
        /// The most that is allowed.
        max: i64,
        /// The value, with its unit.
        value: String,
    },
    /// A value is missing.
    #[non_exhaustive]
    Missing {
        /// How to set it.
        remedy: &'static str,
    },
    /// The value has the wrong form.
    #[non_exhaustive]
    Malformed {
        /// The form that is wanted.
        expected: &'static str,
    },
    /// The field was changed, and only the server sets it.
    ServerSet,
}

impl Problem {
    fn of(cause: Cause) -> Self {
        let (limit, found) = match cause {
            Cause::OutOfBounds { limit, found, .. } => (limit, found),
            Cause::Malformed { expected, .. } => return Self::Malformed { expected },
            _ => {
                return Self::Malformed {
                    expected: "as documented",
                };
            }
        };
        let size = |number: i64| usize::try_from(number).unwrap_or_default();
        let (least, most, count) = (size(limit.min), size(limit.max), size(found));
        match limit.of {
            Measure::Characters if found > limit.max => Self::TooLong {
                limit: most,
                length: count,
            },
            Measure::Items if found > limit.max => Self::TooMany { limit: most, count },
            Measure::Items => Self::TooFew {
                limit: least,
                count,
            },
            of => {
                let unit = if of == Measure::Seconds {
                    "s"
                } else {
                    limit.unit
                };
                let value = format!("{found} {unit}").trim_end().to_owned();
                Self::OutOfRange {
                    min: limit.min,
                    max: limit.max,
                    value,
                }
            }
        }
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused before sending: ")?;
        for (index, violation) in self.violations.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidArgument {}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit, length } => {
                write!(f, "{length} characters, at most {limit} are allowed")
            }
            Self::TooMany { limit, count } => {
                write!(f, "{count} items, at most {limit} are allowed")
            }
            Self::TooFew { limit, count } => {
                write!(f, "{count} items, at least {limit} are wanted")
            }
            Self::OutOfRange { min, max, value } => {
                write!(f, "{value}, allowed are {min} to {max}")
            }
            Self::Missing { remedy } => write!(f, "missing; {remedy}"),
            Self::Malformed { expected } => write!(f, "has to be {expected}"),
            Self::ServerSet => f.write_str("set by the server; leave it as it is"),
        }
    }
}

/// Collects violations, so that a caller sees all of them together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, field: impl Into<String>, problem: Problem) {
        self.0.push(Violation {
            field: field.into(),
            problem,
        });
    }

    /// Checks the limits that the documents have for what is sent. `at` is put in front of the fields' names. Of a
    /// field that was refused already, nothing more is said.
    pub(crate) fn limits(&mut self, value: &impl Limited, at: &str) {
        for Breach { field, cause, .. } in value.breaches(at) {
            if self.0.iter().all(|known| known.field != field) {
                self.add(field, Problem::of(cause));
            }
        }
    }

    /// Checks a value against a limit of the documents.
    pub(crate) fn limit<T: Measured + ?Sized>(&mut self, field: &str, value: &T, limit: Limit) {
        if let Some(cause) = limit.cause(value) {
            self.add(field, Problem::of(cause));
        }
    }

    pub(crate) fn missing(&mut self, field: impl Into<String>, remedy: &'static str) {
        self.add(field, Problem::Missing { remedy });
    }

    pub(crate) fn malformed(&mut self, field: impl Into<String>, expected: &'static str) {
        self.add(field, Problem::Malformed { expected });
    }

    /// Checks a number whose range is `min` to `max`. The unit is written after the value.
    pub(crate) fn range(
        &mut self,
        field: impl Into<String>,
        value: i64,
        unit: &str,
        (min, max): (i64, i64),
    ) {
        if !(min..=max).contains(&value) {
            let value = format!("{value}{unit}");
            self.add(field, Problem::OutOfRange { min, max, value });
        }
    }

    /// The members of a JSON object; anything else is a violation.
    pub(crate) fn object(
        &mut self,
        field: impl Into<String>,
        value: Option<&Value>,
    ) -> Option<Map<String, Value>> {
        match value {
            Some(Value::Object(object)) => return Some(object.clone()),
            Some(_) => self.malformed(field, "a JSON object"),
            None => {}
        }
        None
    }

    /// Keeps those of some fields only. A place inside of a field belongs to the field.
    pub(crate) fn keep(&mut self, belongs: impl Fn(&str) -> bool) {
        self.0.retain(|violation| {
            let top = violation.field.split(['.', '[']).next();
            top.is_some_and(&belongs)
        });
    }

    /// The value, or nothing and its violations added to these.
    pub(crate) fn absorb<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result
            .map_err(|error| self.0.extend_from_slice(error.violations()))
            .ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn finish(self) -> Result<(), InvalidArgument> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(InvalidArgument { violations: self.0 })
        }
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        InvalidArgument {
            violations: violations.0,
        }
        .into()
    }
}
