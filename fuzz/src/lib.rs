//! What the targets share: inputs to begin with, and requests and responses as text.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use serde_json::Value;

// The sources of the tests and not their crate, which takes long to build for fuzzing: it decodes every type in five ways.
#[path = "../../tests/src/json.rs"]
pub mod json;
#[path = "../../tests/src/published.rs"]
pub mod published;
#[path = "../../tests/src/samples.rs"]
pub mod samples;
#[path = "../../tests/src/server.rs"]
pub mod server;

use published::{Schema, documents, resolve, schemas};
use samples::{Extent, sample};

/// Of no type, since this package decodes types in the target `responses` only.
fn by_name(_name: &str, _value: Value) -> Option<()> {
    None
}

/// Writes inputs to begin with into the corpus of a target. `cargo fuzz run` reads them after this.
pub fn seed(target: &str, inputs: impl IntoIterator<Item = Vec<u8>>) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&corpus).expect("the folder of the corpus can be made");
    for (number, input) in inputs.into_iter().enumerate() {
        let file = corpus.join(format!("seed-{number:04}"));
        fs::write(file, input).expect("the corpus can be written");
    }
}

/// Returns JSON of a schema with every property, with only the required ones, and with each alternative.
pub fn all_samples(schema: &Schema) -> Vec<Value> {
    let mut made: Vec<Value> = Vec::new();
    for extent in [Extent::Minimal, Extent::Full] {
        for alternative in 0..24 {
            let json = sample(schema, extent, alternative).json;
            if !made.contains(&json) {
                made.push(json);
            }
        }
    }
    made
}

/// Returns samples of the schema with this published name.
pub fn samples_of(name: &str) -> Vec<Value> {
    let schema = schemas().find(|schema| schema.name == name);
    schema.as_ref().map(all_samples).unwrap_or_default()
}

/// Returns the method, the path and the schema of the body of every operation, with the name of its document.
pub fn operations() -> Vec<(&'static str, String, String, Option<Schema>)> {
    let mut found = Vec::new();
    for (document, tree) in documents() {
        let paths = tree["paths"].as_object().into_iter().flatten();
        for (path, item) in paths {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if operation.get("operationId").is_some() {
                    let body = body_of(document, tree, &operation["requestBody"]);
                    found.push((*document, method.to_uppercase(), path.clone(), body));
                }
            }
        }
    }
    found
}

fn body_of(document: &'static str, tree: &'static Value, body: &'static Value) -> Option<Schema> {
    let body = match body["$ref"].as_str() {
        Some(reference) => tree.pointer(reference.trim_start_matches('#'))?,
        None => body,
    };
    let reference = body
        .pointer("/content/application~1json/schema/$ref")?
        .as_str()?;
    let (document, name, schema) = resolve(document, reference);
    Some(Schema {
        document,
        name,
        schema,
    })
}

/// A first line, headers and a body, as in HTTP, but with any bytes.
pub struct Text<'a> {
    /// The first line.
    pub first: &'a [u8],
    /// Names and values.
    pub headers: Vec<(&'a [u8], &'a [u8])>,
    /// What follows the empty line.
    pub body: &'a [u8],
}

impl<'a> Text<'a> {
    /// Reads lines up to an empty one; a line without a colon is no header.
    pub fn read(data: &'a [u8]) -> Self {
        let (first, mut rest) = line(data);
        let mut headers = Vec::new();
        loop {
            let (header, after) = line(rest);
            rest = after;
            if header.is_empty() {
                break;
            }
            if let Some(at) = header.iter().position(|byte| *byte == b':') {
                headers.push((&header[..at], header[at + 1..].trim_ascii()));
            }
        }
        Self {
            first,
            headers,
            body: rest,
        }
    }
}

/// Splits after the first line, which is returned without its end.
pub fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
