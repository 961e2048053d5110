//! What gets a request refused before anything happens, beyond what its schema says. Collects all that is wrong.

use sinch_conversation_raw::limits::Limited;

use crate::http::fault::{Fault, Violation};

/// What is wrong with a request so far.
#[derive(Default)]
pub(super) struct Check {
    violations: Vec<Violation>,
}

impl Check {
    pub(super) fn wrong(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.violations.push(Violation {
            field: field.into(),
            description: description.into(),
        });
    }

    /// A condition, and what to say when it does not hold.
    pub(super) fn that(&mut self, holds: bool, field: &str, description: &str) {
        if !holds {
            self.wrong(field, description);
        }
    }

    /// What the documents limit. `at` is put in front of the fields' names.
    pub(super) fn limits(&mut self, value: &impl Limited, at: &str) {
        for breach in value.breaches(at) {
            self.wrong(breach.field, breach.cause.to_string());
        }
    }

    /// Refuses the request when anything was wrong.
    pub(super) fn done(self) -> Result<(), Fault> {
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(Fault::invalid_all(self.violations))
        }
    }
}
