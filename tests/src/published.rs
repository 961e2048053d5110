//! The published documents in `spec/`, read independently of the generator: without overlays and passes.

use std::{collections::HashSet, path::Path, sync::OnceLock};

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::by_name;

/// Returns the documents with their names.
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
    /// The name of the document.
    pub document: &'static str,
    /// The published name of the schema.
    pub name: &'static str,
    /// The schema itself.
    pub schema: &'static Value,
}

impl Schema {
    /// Returns the name of its Rust type.
    pub fn rust_name(&self) -> String {
        match self.name {
            "runtimeError" => "ApiError".to_owned(),
            name => name.to_upper_camel_case(),
        }
    }
}

/// Returns every named schema of the documents.
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

/// Returns the schemas that have a type in the raw crate.
pub fn types() -> impl Iterator<Item = Schema> {
    schemas().filter(|schema| by_name(&schema.rust_name(), Value::Null).is_some())
}

/// The union of all callbacks.
const CALLBACKS: &str = "ConversationWebhookEvent";

/// Returns the schemas that requests, responses and callbacks use, except those that are only parts of others.
pub fn met() -> Vec<Schema> {
    let mut walk = Walk::default();
    for (document, tree) in documents() {
        walk.go(document, tree.get("paths").expect("paths"), false);
    }
    for callbacks in schemas().filter(|schema| schema.name == CALLBACKS) {
        walk.go(callbacks.document, callbacks.schema, false);
    }
    schemas()
        .filter(|schema| walk.met.contains(&(schema.document, schema.name)))
        .collect()
}

/// Traverses documents along references, visiting each schema once.
#[derive(Default)]
struct Walk {
    seen: HashSet<(&'static str, &'static str)>,
    met: HashSet<(&'static str, &'static str)>,
}

impl Walk {
    fn go(&mut self, document: &'static str, node: &'static Value, is_part: bool) {
        if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            self.follow(document, reference, is_part);
        }
        match node {
            Value::Object(members) => {
                for (key, child) in members {
                    match (key.as_str(), child.as_array()) {
                        ("allOf" | "oneOf", Some(parts)) => {
                            parts.iter().for_each(|part| self.go(document, part, true));
                        }
                        _ => self.go(document, child, false),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.go(document, item, false)),
            _ => {}
        }
    }

    fn follow(&mut self, document: &'static str, reference: &str, is_part: bool) {
        if !reference.contains("/schemas/") {
            let (_, tree) = documents()
                .iter()
                .find(|(name, _)| *name == document)
                .expect("a known document");
            let target = tree.pointer(reference.trim_start_matches('#'));
            return self.go(document, target.expect("the reference resolves"), false);
        }
        let (document, name, schema) = resolve(document, reference);
        if !is_part {
            self.met.insert((document, name));
        }
        if self.seen.insert((document, name)) {
            self.go(document, schema, false);
        }
    }
}

/// Returns every operation as the name of its document and its `operationId`.
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

/// Resolves a reference in a document, which may lead to another document.
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
