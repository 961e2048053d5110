//! The place of a change: its name in the report, and the names that the generated crate has for it.

use super::{Section, change_kind::ChangeKind};
use crate::{model::Operation, names};

/// A place in the document.
#[derive(Debug, Clone)]
pub(super) struct ChangePlace {
    pub(super) section: Section,
    pub(super) location: String,
    /// The type that contains it, unless it is in an operation.
    pub(super) owner: Option<String>,
    /// Names in the crate that a change here may affect.
    names: Vec<String>,
}

impl ChangePlace {
    /// Makes a place for a comparison that is not reported.
    pub(super) fn anywhere() -> Self {
        Self::of_type("")
    }

    pub(super) fn of_type(name: &str) -> Self {
        Self {
            section: Section::Schemas,
            location: name.to_owned(),
            owner: Some(name.to_owned()),
            names: vec![name.to_owned()],
        }
    }

    pub(super) fn operation(operation: &Operation) -> Self {
        let module = names::module(&operation.document);
        let function = names::function(&operation.id);
        Self {
            section: Section::Operations,
            location: operation.id.clone(),
            owner: None,
            names: vec![format!("{module}::{function}")],
        }
    }

    /// Makes a place for what applies to all operations.
    pub(super) fn every_operation() -> Self {
        Self {
            section: Section::Operations,
            location: "every operation".to_owned(),
            owner: None,
            names: Vec::new(),
        }
    }

    /// Returns a place inside of this one, which has no name of its own.
    pub(super) fn inside(&self, step: &str) -> Self {
        Self {
            location: format!("{}{step}", self.location),
            ..self.clone()
        }
    }

    pub(super) fn field(&self, key: &str) -> Self {
        let member = format!(".{}", names::field(key));
        Self {
            names: self.named([member]),
            ..self.inside(&format!(".{key}"))
        }
    }

    pub(super) fn values(&self, values: &[&String]) -> Self {
        let owner = self.owner.as_deref().unwrap_or_default();
        let variants = values.iter();
        let variants = variants.map(|value| format!("::{}", names::variant(value, owner)));
        Self {
            section: Section::Enums,
            names: self.named(variants),
            ..self.clone()
        }
    }

    pub(super) fn variants<'a>(&self, variants: impl Iterator<Item = &'a str>) -> Self {
        Self {
            names: self.named(variants.map(|variant| format!("::{variant}"))),
            ..self.clone()
        }
    }

    pub(super) fn alternative(&self, mark: &str, variant: &str) -> Self {
        self.inside(&format!("({mark})"))
            .variants(std::iter::once(variant))
    }

    fn named(&self, members: impl IntoIterator<Item = String>) -> Vec<String> {
        let owner = self.owner.as_deref().unwrap_or_default();
        let members = members.into_iter();
        members.map(|member| format!("{owner}{member}")).collect()
    }

    /// Returns the names in the crate that show a change of this kind.
    pub(super) fn shown_at(&self, kind: ChangeKind) -> Vec<String> {
        let mut names = match kind.is_beside() {
            true => Vec::new(),
            false => self.names.clone(),
        };
        if matches!(
            kind,
            ChangeKind::RequiredFieldAdded | ChangeKind::RequirednessChanged
        ) {
            names.extend(self.named(["::new".to_owned(), ": Default".to_owned()]));
        }
        names
    }
}
