//! Where in a document a comparison is.

use super::report::Section;

/// A place, as the report calls it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) section: Section,
    pub(super) location: String,
    /// How many operations use the component that it is in.
    pub(super) reach: Option<usize>,
    /// Whether a value may be left out here.
    pub(super) optional: bool,
}

impl Place {
    pub(super) fn operation(location: impl Into<String>) -> Self {
        Self {
            section: Section::Operations,
            location: location.into(),
            reach: None,
            optional: false,
        }
    }

    pub(super) fn component(name: &str, reach: usize) -> Self {
        Self {
            section: Section::Schemas,
            location: name.to_owned(),
            reach: Some(reach),
            optional: false,
        }
    }

    pub(super) fn field(&self, name: &str) -> Self {
        self.inner(format!(".{name}"))
    }

    pub(super) fn items(&self) -> Self {
        self.inner("[]".to_owned())
    }

    /// The values of fields without a name of their own.
    pub(super) fn others(&self) -> Self {
        self.inner(".*".to_owned())
    }

    pub(super) fn member(&self, label: &str) -> Self {
        self.inner(format!("({label})"))
    }

    pub(super) fn of_values(&self) -> Self {
        Self {
            section: Section::Enums,
            ..self.clone()
        }
    }

    pub(super) fn optional(self, optional: bool) -> Self {
        Self { optional, ..self }
    }

    fn inner(&self, step: String) -> Self {
        Self {
            location: format!("{}{step}", self.location),
            optional: false,
            ..self.clone()
        }
    }
}
