//! A document as far as it has meaning, read once and checked while it is read.
//!
//! After [`Model::read`] every reference has a target, so that the comparison itself cannot fail.

mod depth;
mod inclusion;
mod node;
mod operation;
mod reach;
mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use self::operation::{Body, Content, Operation, Parameter, Response};
pub(super) use self::schema::{Discriminator, Extra, Form, Inline, Notes, Schema, Union};

use self::node::Node;
use super::prose;
use super::role::Role;
use crate::document::DocumentError;

/// What a document says, without its prose.
#[derive(Debug)]
pub(super) struct Model {
    /// Component schemas, in the order of the document.
    pub(super) schemas: Vec<(String, Schema)>,
    /// Operations, in the order of the document; no two with the same id.
    pub(super) operations: Vec<Operation>,
    /// `servers`, for the document as a whole.
    pub(super) servers: Option<Value>,
    /// `security` and the schemes it names.
    pub(super) security: [Option<Value>; 2],
    /// `webhooks` of 3.1.
    pub(super) webhooks: Option<Value>,
    positions: BTreeMap<String, usize>,
    reach: BTreeMap<String, usize>,
}

impl Model {
    /// Reads a document; `origin` is what an error calls it.
    pub(super) fn read(document: &Value, origin: &str) -> Result<Self, DocumentError> {
        depth::check(document, origin)?;
        let root = Node::root(document, origin);
        root.object()?;
        let components = root.get("components")?;
        let schemas = match &components {
            Some(components) => read_schemas(components)?,
            None => Vec::new(),
        };
        let bare = |pointer: &str, role: Role| {
            let value = document.pointer(pointer)?;
            Some(prose::strip(value, role))
        };
        let mut model = Self {
            operations: operation::read_all(&root)?,
            servers: bare("/servers", Role::Node),
            security: [
                bare("/security", Role::Data),
                bare("/components/securitySchemes", Role::Names),
            ],
            webhooks: bare("/webhooks", Role::Names),
            positions: schemas
                .iter()
                .enumerate()
                .map(|(position, (name, _))| (name.clone(), position))
                .collect(),
            schemas,
            reach: BTreeMap::new(),
        };
        inclusion::check(&model, origin)?;
        model.reach = reach::count(&model);
        Ok(model)
    }

    /// The component schema of that name.
    pub(super) fn schema(&self, name: &str) -> Option<&Schema> {
        let position = *self.positions.get(name)?;
        self.schemas.get(position).map(|(_, schema)| schema)
    }

    /// How many operations use the component schema, directly or through others.
    pub(super) fn reach(&self, name: &str) -> usize {
        self.reach.get(name).copied().unwrap_or(0)
    }
}

fn read_schemas(components: &Node<'_>) -> Result<Vec<(String, Schema)>, DocumentError> {
    components
        .entries("schemas")?
        .into_iter()
        .map(|(name, node)| Ok((name.to_owned(), Schema::read(&node)?)))
        .collect()
}
