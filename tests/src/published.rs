//! The published documents as they stand in `spec/`, read without the generator's eyes: no overlay, no pass.

use std::{path::Path, sync::OnceLock};

use heck::ToUpperCamelCase;
use serde_json::Value;

/// The documents by name.
pub fn documents() -> &'static [(&'static str, Value)] {
    static DOCUMENTS: OnceLock<Vec<(&'static str, Value)>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        ["conversation", "template", "batch"]
            .into_iter()
            .map(|name| {
                let path =
                    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../spec/{name}.yaml"));
                let text = std::fs::read_to_string(&path).expect("the checkout is complete");
                (
                    name,
                    xtask::document::parse(&text, name).expect("it is YAML"),
                )
            })
            .collect()
    })
}

/// A schema of a document.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Name of the document.
    pub document: &'static str,
    /// Name of the schema as published.
    pub name: &'static str,
    /// The schema itself.
    pub schema: &'static Value,
}

impl Schema {
    /// The name of its Rust type.
    pub fn rust_name(&self) -> String {
        match self.name {
            "runtimeError" => "ApiError".to_owned(),
            name => name.to_upper_camel_case(),
        }
    }
}

/// Every schema that a document defines by name.
pub fn schemas() -> impl Iterator<Item = Schema> {
    documents().iter().flat_map(|(document, tree)| {
        let schemas = tree
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        schemas.into_iter().flatten().map(|(name, schema)| Schema {
            document,
            name,
            schema,
        })
    })
}

/// The name of its document and the `operationId` of every operation.
pub fn operation_ids() -> impl Iterator<Item = (&'static str, &'static str)> {
    documents().iter().flat_map(|(document, tree)| {
        let paths = tree.get("paths").and_then(Value::as_object);
        let operations = paths
            .into_iter()
            .flat_map(|paths| paths.values())
            .filter_map(Value::as_object)
            .flat_map(|item| item.values());
        operations
            .filter_map(|operation| operation.get("operationId")?.as_str())
            .map(|id| (*document, id))
    })
}

/// What a reference of a document leads to, in it or in one beside it.
pub fn resolve(
    document: &'static str,
    reference: &str,
) -> (&'static str, &'static str, &'static Value) {
    let (file, pointer) = reference
        .split_once('#')
        .expect("a reference has a fragment");
    let wanted = if file.is_empty() {
        document
    } else {
        file.trim_end_matches(".yaml")
    };
    let (name, tree) = documents()
        .iter()
        .find(|(name, _)| *name == wanted)
        .expect("a known document");
    let schemas = tree
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .expect("schemas");
    let key = pointer.rsplit('/').next().unwrap_or_default();
    let (key, schema) = schemas.get_key_value(key).expect("the reference resolves");
    (name, key, schema)
}
