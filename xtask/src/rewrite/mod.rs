//! Rewrites progenitor's code where its settings cannot express what the raw crate needs.
//!
//! The fields and their types, and the operations, come from progenitor. Written here: lossless JSON decoding and
//! encoding, open enums, unions, constructors, and documentation on every item.

mod docs;
mod enums;
pub(crate) mod limits;
mod objects;
mod operations;
mod paths;
mod secrets;
mod table;
mod triggers;
mod unions;

use proc_macro2::TokenStream;
use serde_json::Value;

pub use docs::Comments;
use limits::Limits;
pub use operations::{Operations, operations};
pub(crate) use paths::imports;
pub use secrets::secrets;
pub use table::{Row, each as rows, table};
pub use triggers::triggers;

use crate::{
    document::DocumentError, document::walk::Node, generate::Generated, normalise::unions::Union,
};

/// A Rust type with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Type {
    /// The name of the type.
    pub name: String,
    /// The definition and its implementations.
    pub code: TokenStream,
}

/// Returns the types of the normalised document, in its order.
pub fn types(normalised: &Value, generated: &[Generated]) -> Result<Vec<Type>, DocumentError> {
    let Some(schemas) = normalised
        .pointer("/components/schemas")
        .and_then(Value::as_object)
    else {
        return Ok(Vec::new());
    };
    let structs = objects::structs_of(generated);
    let limits = Limits::of(normalised, schemas);
    schemas
        .iter()
        .map(|(name, schema)| {
            let mut item = one_type(name, schema, schemas, &structs)?;
            item.code.extend(limits.table(name, schema));
            Ok(item)
        })
        .collect()
}

fn one_type(
    name: &str,
    schema: &Value,
    schemas: &Node,
    structs: &objects::Structs<'_>,
) -> Result<Type, DocumentError> {
    let code = if let Some(union) = Union::of(schema) {
        unions::write(name, schema, &union)
    } else if schema.get("enum").is_some() {
        enums::write(name, schema)
    } else {
        match structs.get(name) {
            Some(item) if matches!(item.fields, syn::Fields::Named(_)) => {
                objects::write(name, schema, item, schemas)?
            }
            Some(item) => objects::alias(name, schema, item),
            None => {
                return Err(DocumentError {
                    origin: "all documents".to_owned(),
                    pointer: format!("/components/schemas/{name}"),
                    message: "expected progenitor to make a type of it, but it made none"
                        .to_owned(),
                    remedy:
                        "look at the schema; a normaliser pass may have to give it another form"
                            .to_owned(),
                });
            }
        }
    };
    Ok(Type {
        name: name.to_owned(),
        code,
    })
}
