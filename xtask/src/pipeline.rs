//! From the trees of all documents to one document, and to the files that are generated from it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    document::{DocumentError, standalone_with, walk},
    emit::{self, Files},
    generate, names,
    normalise::{
        self, DOCUMENT_PASSES, LAST_PASSES, MERGED_PASSES, PassReport, error_shapes::ERROR,
        merge::merge,
    },
    overlay::Overlay,
    verify::verify,
};

/// A document as it is in `spec/`, unprocessed.
#[derive(Debug, Clone)]
pub struct Input {
    /// Name, such as `conversation`.
    pub name: String,
    /// The file or URL, for errors.
    pub origin: String,
    /// The parsed document.
    pub tree: Value,
    /// The corrections, in the order in which they are applied.
    pub overlays: Vec<Overlay>,
}

/// All documents as one.
#[derive(Debug, Clone)]
pub struct Normalised {
    /// `info`, `paths` (by document) and `components` (shared).
    pub document: Value,
    /// The report of the passes.
    pub report: PassReport,
}

/// Runs all stages before the generator.
pub fn normalise(inputs: &[Input]) -> Result<Normalised, DocumentError> {
    let mut report = PassReport::default();
    let mut documents = Vec::new();
    for input in inputs {
        let document = corrected(input, &mut report)?;
        documents.push(by_itself(input, document, &mut report)?);
    }
    let mut all = as_one(documents, report)?;
    let origin = "all documents";
    normalise::run(
        LAST_PASSES,
        &mut all.document,
        "all",
        origin,
        &mut all.report,
    )?;
    Ok(all)
}

/// Generates everything from the documents.
pub fn generate(inputs: &[Input]) -> Result<(Normalised, Files), DocumentError> {
    let normalised = normalise(inputs)?;
    let generated = generate::generate(&normalised.document)?;
    let files = emit::files(&normalised.document, &generated)?;
    verify(&normalised.document, &files)?;
    Ok((normalised, files))
}

/// Normalises each document by itself, with the Rust names that its types have in the merged document.
pub fn normalise_alone(inputs: &[Input]) -> Result<Vec<Value>, DocumentError> {
    let mut report = PassReport::default();
    let mut documents = inputs
        .iter()
        .map(|input| {
            Ok(standalone_with(
                &with_errors(corrected(input, &mut report)?),
                &borrowed,
            ))
        })
        .collect::<Result<Vec<_>, DocumentError>>()?;
    let names: BTreeMap<String, Value> = documents.iter_mut().flat_map(chosen_names).collect();
    let alone = inputs.iter().zip(documents).map(|(input, mut document)| {
        let schemas = walk::components(&mut document).into_iter().flatten();
        for (key, schema) in schemas {
            if let (Some(schema), Some(name)) = (schema.as_object_mut(), names.get(key)) {
                schema.shift_remove("x-same-as");
                schema.insert("x-rust-name".to_owned(), name.clone());
            }
        }
        let document = by_itself(input, document, &mut PassReport::default())?;
        Ok(as_one(vec![document], PassReport::default())?.document)
    });
    alone.collect()
}

/// Makes an input of a single document: types of other documents become objects of their names.
pub fn loose(tree: Value, origin: &str) -> Input {
    Input {
        name: "document".to_owned(),
        origin: origin.to_owned(),
        tree: standalone_with(&with_errors(tree), &borrowed),
        overlays: Vec::new(),
    }
}

/// Adds the error type, which another document defines, if it is missing.
fn with_errors(mut document: Value) -> Value {
    if let Some(root) = document.as_object_mut() {
        let components = root.entry("components").or_insert_with(|| json!({}));
        if let Some(components) = components.as_object_mut() {
            let schemas = components.entry("schemas").or_insert_with(|| json!({}));
            if let Some(schemas) = schemas.as_object_mut() {
                schemas.entry(ERROR).or_insert_with(|| borrowed(ERROR));
            }
        }
    }
    document
}

/// Returns an object that can be told from others, so that it can be an alternative.
fn borrowed(name: &str) -> Value {
    json!({"type": "object", "properties": {name: {}}})
}

/// Returns the types whose names an overlay chooses.
fn chosen_names(document: &mut Value) -> Vec<(String, Value)> {
    let schemas = walk::components(document).into_iter().flatten();
    let chosen = schemas.filter_map(|(key, schema)| {
        let same = schema.get("x-same-as").and_then(Value::as_str);
        let same = same.and_then(|name| names::identifier(names::NameKind::Type, name));
        let chosen = schema.get("x-rust-name").cloned();
        Some((key.clone(), same.map(Value::String).or(chosen)?))
    });
    chosen.collect()
}

/// Returns the document with its overlays applied.
fn corrected(input: &Input, report: &mut PassReport) -> Result<Value, DocumentError> {
    let mut document = input.tree.clone();
    if !document.is_object() {
        let remedy = "check that this is the intended document";
        return Err(DocumentError::new(
            &input.origin,
            "",
            "expected an object",
            remedy,
        ));
    }
    for overlay in &input.overlays {
        report.add("overlay", &input.name, overlay.apply(&mut document)?);
    }
    Ok(document)
}

/// The name, origin and tree of a document.
type Named = (String, String, Value);

fn by_itself(
    input: &Input,
    mut document: Value,
    report: &mut PassReport,
) -> Result<Named, DocumentError> {
    let (name, origin) = (&input.name, &input.origin);
    normalise::run(DOCUMENT_PASSES, &mut document, name, origin, report)?;
    Ok((name.clone(), origin.clone(), document))
}

fn as_one(documents: Vec<Named>, mut report: PassReport) -> Result<Normalised, DocumentError> {
    let (mut document, united) = merge(documents)?;
    report.add("merge", "all", united);
    let origin = "all documents";
    normalise::run(MERGED_PASSES, &mut document, "all", origin, &mut report)?;
    Ok(Normalised { document, report })
}
