//! Runs progenitor over the normalised document, once for each published document.
//!
//! All runs see the same schemas, so they give the same types; each gives the operations of its document.

use progenitor::{GenerationSettings, Generator, HooksMode};
use quote::quote;
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::{Value, json};

use crate::{
    document::DocumentError,
    normalise::walk::{self, Node},
};

/// The key of the field that holds the alternative of an object.
pub const KIND: &str = "kind";

/// What progenitor makes of one document.
pub struct Generated {
    /// Name of the document.
    pub document: String,
    /// The client, its operations and the types.
    pub code: syn::File,
}

/// Generates the code of every document.
pub fn generate(normalised: &Value) -> Result<Vec<Generated>, DocumentError> {
    let schemas = schemas_for_generator(normalised);
    let paths = normalised.get("paths").and_then(Value::as_object);
    paths
        .into_iter()
        .flatten()
        .map(|(document, paths)| {
            let info = normalised
                .pointer(&format!("/info/{document}"))
                .cloned()
                .unwrap_or_default();
            let spec = json!({
                "openapi": "3.0.3",
                "info": {"title": info.get("title"), "version": info.get("version")},
                "paths": paths,
                "components": {"schemas": schemas}
            });
            let code = run(spec, &schemas).map_err(|message| DocumentError {
                origin: format!("spec/{document}.yaml"),
                pointer: String::new(),
                message: format!("expected a document that progenitor takes, but {message}"),
                remedy: "run `cargo xtask lint` on it and correct it with an overlay".to_owned(),
            })?;
            Ok(Generated {
                document: document.clone(),
                code,
            })
        })
        .collect()
}

fn run(spec: Value, schemas: &Node) -> Result<syn::File, String> {
    let spec = serde_json::from_value(spec).map_err(|error| error.to_string())?;
    let tokens = Generator::new(&settings(schemas))
        .generate_tokens(&spec)
        .map_err(|error| error.to_string())?;
    syn::parse2(tokens).map_err(|error| error.to_string())
}

fn settings(schemas: &Node) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::Pipeline })
        .with_map_type("::std::collections::BTreeMap");
    for (format, name) in [
        ("date-time", "crate::wire::Timestamp"),
        ("password", "crate::wire::Secret"),
    ] {
        let schema = SchemaObject {
            instance_type: Some(InstanceType::String.into()),
            format: Some(format.to_owned()),
            ..SchemaObject::default()
        };
        settings.with_conversion(schema, name, std::iter::empty());
    }
    let number = SchemaObject {
        instance_type: Some(InstanceType::Number.into()),
        format: Some("double".to_owned()),
        ..SchemaObject::default()
    };
    settings.with_conversion(number, "crate::wire::Number", std::iter::empty());
    for (name, schema) in schemas {
        if schema.get("x-written-here") == Some(&json!(true)) {
            settings.with_replacement(name, format!("crate::types::{name}"), std::iter::empty());
        }
    }
    settings
}

/// Unions and enums are written by the rewriter, so the generator gets a stand-in; the alternatives of an object
/// are a field of it.
fn schemas_for_generator(normalised: &Value) -> Node {
    let mut document = json!({"components": normalised.get("components")});
    let Some(schemas) = walk::components(&mut document) else {
        return Node::new();
    };
    for schema in schemas.values_mut() {
        let is_enum = schema.get("enum").is_some();
        if is_enum || schema.get("x-union").is_some() {
            *schema = json!({"type": "object", "x-written-here": true});
        } else if let Some(alternatives) = schema.get("x-alternatives").cloned() {
            add_kind(schema, alternatives);
        }
    }
    std::mem::take(schemas)
}

fn add_kind(schema: &mut Value, alternatives: Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    schema.shift_remove("x-alternatives");
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(KIND.to_owned(), alternatives);
    }
    let required = schema.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut() {
        required.push(json!(KIND));
    }
}
