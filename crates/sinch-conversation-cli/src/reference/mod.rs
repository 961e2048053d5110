//! The operations as commands: their names, and what the documents say about parameters and bodies.

mod names;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use sinch_conversation::raw::Operation;

pub(crate) use names::{Entry, entries};

/// Generated from the documents.
static TEXT: &str = include_str!("../generated/reference.json");

/// What the documents say.
#[derive(Deserialize, Default)]
pub(crate) struct Reference {
    operations: BTreeMap<String, OperationFacts>,
    types: BTreeMap<String, ObjectType>,
}

/// What the documents say about an operation.
#[derive(Deserialize, Default)]
pub(crate) struct OperationFacts {
    pub(crate) summary: String,
    pub(crate) about: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The field of the response that is its list.
    pub(crate) items: Option<String>,
    /// Where the token of the next page is expected.
    pub(crate) pages: Option<Place>,
}

#[derive(Deserialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: Place,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) about: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) values: Vec<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Query,
    Body,
}

#[derive(Deserialize)]
pub(crate) struct Body {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) required: bool,
    /// Fields that this operation requires although the type does not.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct ObjectType {
    pub(crate) fields: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
}

/// Returns the reference, which is read when it is used for the first time: most commands do without.
pub(crate) fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    // The test of all commands fails when it cannot be read.
    REFERENCE.get_or_init(|| serde_json::from_str(TEXT).unwrap_or_default())
}

impl Reference {
    /// Returns the facts about an operation.
    pub(crate) fn operation(&self, operation: &Operation) -> &OperationFacts {
        static NONE: OnceLock<OperationFacts> = OnceLock::new();
        self.operations
            .get(operation.id.as_str())
            .unwrap_or_else(|| NONE.get_or_init(OperationFacts::default))
    }

    /// Returns the object that a type is, written as the reference writes it: `#` before its name.
    pub(crate) fn object(&self, kind: &str) -> Option<&ObjectType> {
        self.types.get(kind.strip_prefix('#')?)
    }
}
