//! Decodes and encodes every published schema that is a type: nothing is lost or added, and every alternative is
//! identified.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::Value;
use sinch_conversation_tests::{
    by_name,
    json::difference,
    published::{Schema, met, types},
    samples::{Extent, SECRET, sample},
};

/// More than any union has alternatives and any enum has relevant values.
const SEEDS: usize = 24;

/// Overlays remove these: the error object of the Conversation document has both forms, its details are any JSON, and
/// the event of a send is not wrapped in an object.
const REMOVED: &[&str] = &["BatchError", "protobufAny", "AppEventField"];

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

#[test]
fn every_schema_that_can_be_met_is_a_type() {
    let mut met = met();
    met.retain(|schema| !REMOVED.contains(&schema.name));
    let of_conversation = |schema: &Schema| schema.document == "conversation";
    let counts = (
        met.iter().filter(|it| of_conversation(it)).count(),
        types().filter(of_conversation).count(),
    );
    assert_eq!(counts, (142, 199));
    let no_type = met
        .iter()
        .map(Schema::rust_name)
        .filter(|name| by_name(name, Value::Null).is_none());
    assert_eq!(no_type.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn minimal_documents_come_back() {
    for schema in types() {
        for seed in 0..SEEDS {
            let sample = sample(&schema, Extent::Minimal, seed);
            check(&schema, &sample.json);
        }
    }
}

#[test]
fn full_documents_come_back_and_every_field_is_known() {
    for schema in types() {
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
    for schema in types() {
        let sample = sample(&schema, Extent::Full, 0);
        if sample.json.to_string().contains(SECRET) {
            seen += 1;
            let debug = check(&schema, &sample.json);
            assert!(!debug.contains(SECRET), "{}: {debug}", schema.name);
        }
    }
    assert!(seen > 10, "credentials are in the samples: {seen}");
}
