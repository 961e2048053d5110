//! Checks that the generated files declare every type, field, variant and operation of the document exactly once.
//!
//! The names are read from the text that would be written, not from its source.

use std::collections::BTreeMap;

use crate::{
    document::DocumentError,
    emit::{CRATE_FOLDER, Files},
    names,
    names::KIND,
    normalise::unions::Union,
    outline::{self, ItemKind},
    rewrite,
};
use serde_json::Value;

/// How often each name occurs: `types::App`, `types::App.id`, `conversation::app_get_app`.
type Names = BTreeMap<String, usize>;

/// Compares the names in the files with those of the normalised document.
pub fn verify(normalised: &Value, files: &Files) -> Result<(), DocumentError> {
    let declared = declared(files)?;
    let expected = expected(normalised, &declared);
    let differing = expected
        .keys()
        .chain(declared.keys())
        .find(|name| expected.get(*name) != declared.get(*name));
    let Some(name) = differing else {
        return Ok(());
    };
    let times = |names: &Names| names.get(name).copied().unwrap_or_default();
    Err(DocumentError {
        origin: CRATE_FOLDER.to_owned(),
        pointer: String::new(),
        message: format!(
            "expected {name} {} times in the generated code, found it {} times",
            times(&expected),
            times(&declared)
        ),
        remedy: "rename its source with an overlay".to_owned(),
    })
}

fn add(names: &mut Names, name: String) {
    *names.entry(name).or_default() += 1;
}

fn expected(normalised: &Value, declared: &Names) -> Names {
    let mut names = Names::new();
    for row in rewrite::rows(normalised) {
        add(
            &mut names,
            format!("{}::{}", names::module(&row.document), row.function),
        );
    }
    let schemas = normalised
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let ty = format!("types::{name}");
        add(&mut names, ty.clone());
        // An alias has no members.
        let first = format!("{ty}.");
        let has_members = declared
            .range(first.clone()..)
            .next()
            .is_some_and(|(name, _)| name.starts_with(&first));
        if has_members {
            members(name, schema)
                .into_iter()
                .for_each(|member| add(&mut names, format!("{ty}.{member}")));
        }
    }
    names
}

/// Returns the fields or variants of a type in the document, and those that all of its kind have.
fn members(name: &str, schema: &Value) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    if let Some(union) = Union::of(schema) {
        members.extend(
            union
                .alternatives
                .into_iter()
                .map(|alternative| alternative.variant),
        );
        members.push("Unknown".to_owned());
    } else if let Some(Value::Array(values)) = schema.get("enum") {
        members.extend(
            values
                .iter()
                .filter_map(Value::as_str)
                .map(|value| names::variant(value, name)),
        );
        members.push("Unknown".to_owned());
    } else {
        let properties = schema.get("properties").and_then(Value::as_object);
        members.extend(
            properties
                .into_iter()
                .flatten()
                .map(|(key, _)| names::field(key)),
        );
        members.extend(schema.get("x-alternatives").map(|_| KIND.to_owned()));
        members.push("extra".to_owned());
    }
    members
}

fn declared(files: &Files) -> Result<Names, DocumentError> {
    let items = outline::items(files).map_err(|(path, error)| DocumentError {
        origin: path,
        pointer: String::new(),
        message: format!("expected Rust, but {error}"),
        remedy: "report it as a bug of the generator, with the document".to_owned(),
    })?;
    let mut names = Names::new();
    for item in items {
        let module = item.section.split('/').next().unwrap_or_default();
        let name = format!("{module}::{}", item.name);
        match item.kind {
            ItemKind::Function => {}
            ItemKind::Struct | ItemKind::Enum | ItemKind::Alias if module == "types" => {
                let members = item.parts.iter().filter_map(|part| part.member());
                members.for_each(|member| add(&mut names, format!("{name}.{member}")));
            }
            _ => continue,
        }
        add(&mut names, name);
    }
    Ok(names)
}
