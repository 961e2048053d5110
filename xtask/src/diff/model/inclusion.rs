//! Schemas that take in one another through `allOf`: refused when that never ends.

use std::collections::BTreeMap;

use super::{Model, Schema};
use crate::document::{self, DocumentError};

/// How many schemas one may take in, one through the other.
const MAX_CHAIN: usize = 64;

/// Refuses a document in which a schema includes itself.
pub(super) fn check(model: &Model, origin: &str) -> Result<(), DocumentError> {
    let mut heights = BTreeMap::new();
    for (name, schema) in &model.schemas {
        let mut walk = Walk {
            model,
            heights: &mut heights,
            chain: vec![name],
        };
        if let Err(fault) = walk.height(schema) {
            return Err(DocumentError {
                origin: origin.to_owned(),
                pointer: document::pointer("/components/schemas", name),
                message: fault.to_owned(),
                remedy: "take the reference out of `allOf`, or include the fields themselves"
                    .to_owned(),
            });
        }
    }
    Ok(())
}

struct Walk<'a, 'b> {
    model: &'a Model,
    /// How long the chain below a schema is, once known.
    heights: &'b mut BTreeMap<&'a str, usize>,
    chain: Vec<&'a str>,
}

impl<'a> Walk<'a, '_> {
    fn height(&mut self, schema: &'a Schema) -> Result<usize, &'static str> {
        match schema {
            Schema::Named(name) => self.height_of_component(name),
            Schema::Inline(inline) => {
                let mut height = 0;
                for base in &inline.bases {
                    height = height.max(self.height(base)?);
                }
                Ok(height)
            }
        }
    }

    fn height_of_component(&mut self, name: &'a str) -> Result<usize, &'static str> {
        if self.chain.contains(&name) {
            return Err("expected a schema, found one that includes itself through `allOf`");
        }
        let height = match self.heights.get(name) {
            Some(known) => *known,
            None if self.chain.len() >= MAX_CHAIN => MAX_CHAIN,
            None => {
                self.chain.push(name);
                let height = match self.model.schema(name) {
                    Some(schema) => self.height(schema)? + 1,
                    None => 1,
                };
                self.chain.pop();
                self.heights.insert(name, height);
                height
            }
        };
        if self.chain.len() + height > MAX_CHAIN {
            return Err("expected at most 64 schemas in a chain of `allOf`, found more");
        }
        Ok(height)
    }
}
