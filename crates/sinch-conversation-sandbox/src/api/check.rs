//! What gets a request refused before anything happens, beyond what its schema says. Collects all that is wrong.

use crate::api::error::{Fault, Violation};

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

    /// A text may have `most` characters.
    pub(super) fn length(&mut self, field: &str, text: Option<&str>, most: usize) {
        let length = text.map_or(0, |text| text.chars().count());
        if length > most {
            self.wrong(
                field,
                format!("expected at most {most} characters, found {length}"),
            );
        }
    }

    /// A number has to be within bounds.
    pub(super) fn range(&mut self, field: &str, number: Option<i64>, least: i64, most: i64) {
        if let Some(number) = number.filter(|number| !(least..=most).contains(number)) {
            self.wrong(field, format!("expected {least} to {most}, found {number}"));
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
