//! Every published schema, decoded and encoded: nothing lost, nothing invented, every alternative known as itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeSet;

use serde_json::Value;
use sinch_conversation_tests::{
    by_name,
    json::difference,
    published::{Schema, schemas},
    samples::{Extent, SECRET, sample},
};

/// More than any union has alternatives and any enum has values that matter.
const SEEDS: usize = 24;

/// An overlay removes this one: the error object of the Conversation document has both shapes.
const REMOVED: &[&str] = &["BatchError"];

#[track_caller]
fn check(schema: &Schema, json: &Value) -> String {
    let name = schema.rust_name();
    let passed = by_name(&name, json.clone())
        .unwrap_or_else(|| panic!("{name} is not a type"))
        .unwrap_or_else(|error| panic!("{name}: {error}\n{json:#}"));
    if let Some(place) = difference(json, &passed.json) {
        panic!(
            "{name} differs at {place}\nbefore {json:#}\nafter {:#}",
            passed.json
        );
    }
    passed.debug
}

fn all() -> impl Iterator<Item = Schema> {
    schemas().filter(|schema| !REMOVED.contains(&schema.name))
}

#[test]
fn every_schema_is_a_type() {
    let mut names = BTreeSet::new();
    for schema in all() {
        names.insert((schema.document, schema.rust_name()));
    }
    assert_eq!(
        names
            .iter()
            .filter(|(document, _)| *document == "conversation")
            .count(),
        267
    );
    for (_, name) in names {
        assert!(by_name(&name, Value::Null).is_some(), "{name}");
    }
}

#[test]
fn minimal_documents_come_back() {
    for schema in all() {
        for seed in 0..SEEDS {
            let sample = sample(&schema, Extent::Minimal, seed);
            check(&schema, &sample.json);
        }
    }
}

#[test]
fn full_documents_come_back_and_every_field_is_known() {
    for schema in all() {
        for seed in 0..SEEDS {
            let sample = sample(&schema, Extent::Full, seed);
            let debug = check(&schema, &sample.json);
            for stranger in ["extra: {\"", "Unknown("] {
                assert!(
                    !debug.contains(stranger),
                    "{}: {stranger} in {debug}",
                    schema.name
                );
            }
        }
    }
}

#[test]
fn credentials_are_never_shown() {
    let mut seen = 0;
    for schema in all() {
        let sample = sample(&schema, Extent::Full, 0);
        if sample.json.to_string().contains(SECRET) {
            seen += 1;
            let debug = check(&schema, &sample.json);
            assert!(!debug.contains(SECRET), "{}: {debug}", schema.name);
        }
    }
    assert!(seen > 10, "credentials are in the samples: {seen}");
}
