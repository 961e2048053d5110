//! Runs progenitor on the normalised document, once for each published document.
//!
//! All runs have the same schemas, so they generate the same types; each generates the operations of its document.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode};
use quote::quote;
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::{Value, json};

use crate::{
    document::{
        DocumentError, PassError, pointer,
        walk::{self, Node},
    },
    names::{self, KIND},
    rewrite::limits,
    typed,
};

/// Progenitor's output for one document.
pub struct Generated {
    /// The name of the document.
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
            let code = one_document(document, normalised, paths, &schemas)
                .map_err(|fault| fault.in_document(&format!("spec/{document}.yaml")))?;
            Ok(Generated {
                document: document.clone(),
                code,
            })
        })
        .collect()
}

fn one_document(
    document: &str,
    normalised: &Value,
    paths: &Value,
    schemas: &Node,
) -> Result<syn::File, PassError> {
    let info = normalised
        .pointer(&pointer("/info", document))
        .cloned()
        .unwrap_or_default();
    let api = typed::read(&info, &paths_for_generator(paths), schemas)?;
    run(&api, schemas).map_err(|message| PassError {
        pointer: String::new(),
        message: format!("expected a document that progenitor accepts, but {message}"),
        remedy: "run `cargo xtask lint` on it and correct it with an overlay".to_owned(),
    })
}

fn run(api: &OpenAPI, schemas: &Node) -> Result<syn::File, String> {
    let mut generator = Generator::new(&settings(schemas));
    let tokens = unwinding(|| generator.generate_tokens(api))
        .map_err(|panic| format!("it panicked: {panic}"))?
        .map_err(|error| error.to_string())?;
    syn::parse2(tokens).map_err(|error| error.to_string())
}

/// Runs code that may panic, and returns the message of a panic.
fn unwinding<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    thread_local! {
        static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_CAUGHT.get() {
                others(info);
            }
        }));
    });
    IS_CAUGHT.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    IS_CAUGHT.set(false);
    outcome.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or("without a message").to_owned()
    })
}

/// Returns the operations with the names of their functions, which the generator then keeps.
fn paths_for_generator(paths: &Value) -> Node {
    let mut document = json!({ "paths": paths });
    walk::each_operation(&mut document, &mut |_, operation| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let function = names::function(id.unwrap_or_default());
        operation.insert("operationId".to_owned(), json!(function));
    });
    match document.get_mut("paths").map(Value::take) {
        Some(Value::Object(paths)) => paths,
        _ => Node::new(),
    }
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

/// Returns the schemas for the generator. The rewriter writes unions and enums, so they are replaced by placeholders;
/// the alternatives of an object become a field.
fn schemas_for_generator(normalised: &Value) -> Node {
    let mut document = json!({"components": normalised.get("components")});
    // A type is recognised by its format only if nothing else is specified.
    walk::each_schema(&mut document, &mut |_, schema| {
        schema.retain(|key, _| !limits::SOURCES.contains(&key.as_str()));
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_what_it_says() {
        assert_eq!(unwinding(|| 1), Ok(1));
        let text = "two";
        assert_eq!(unwinding::<()>(|| panic!("one")), Err("one".to_owned()));
        assert_eq!(unwinding::<()>(|| panic!("{text}")), Err("two".to_owned()));
    }
}
