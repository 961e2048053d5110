//! Collects everything that is wrong with a request, beyond what its schema says.

use std::fmt;

use sinch_conversation_raw::limits::Limited;

/// The most violations in one response.
pub(crate) const MOST_VIOLATIONS: usize = 100;

/// A field that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) field: String,
    pub(crate) description: String,
}

impl Violation {
    pub(crate) fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            description: description.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => f.write_str(&self.description),
            field => write!(f, "{field}: {}", self.description),
        }
    }
}

/// Describes violations in one line.
pub(crate) fn summary(violations: &[Violation]) -> String {
    let places: Vec<String> = violations.iter().map(Violation::to_string).collect();
    places.join("; ")
}

/// The violations of a request so far.
#[derive(Default)]
pub(crate) struct Check {
    violations: Vec<Violation>,
}

impl Check {
    pub(crate) fn wrong(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.violations.push(Violation::new(field, description));
    }

    /// Adds a violation unless the condition holds.
    pub(crate) fn that(&mut self, holds: bool, field: &str, description: &str) {
        if !holds {
            self.wrong(field, description);
        }
    }

    /// Adds the violations of documented limits. `at` is put in front of the fields' names.
    pub(crate) fn limits(&mut self, value: &impl Limited, at: &str) {
        for breach in value.breaches(at) {
            self.wrong(breach.field, breach.cause.to_string());
        }
    }

    /// Returns the first violations, if there are any.
    pub(crate) fn done(mut self) -> Result<(), Vec<Violation>> {
        if self.violations.is_empty() {
            return Ok(());
        }
        self.violations.truncate(MOST_VIOLATIONS);
        Err(self.violations)
    }
}
