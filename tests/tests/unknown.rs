//! Future additions of Sinch: unknown fields, enum values and alternatives are decoded without error and written back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};
use sinch_conversation_tests::{
    by_name,
    json::difference,
    published::{Schema, types},
    samples::{ExtensionPoint, Extent, sample},
};

fn text() -> impl Strategy<Value = String> {
    // A prefix that no document uses, followed by anything.
    "\\PC{0,12}".prop_map(|rest| format!("zz_{rest}"))
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(|number: f64| json!(number)),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("\\PC{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Adds a field, replaces an enum value or renames the key of an alternative.
fn estrange(json: &mut Value, at: &str, place: &ExtensionPoint, name: String, value: Value) {
    let target = json.pointer_mut(at).expect("the place exists");
    match place {
        ExtensionPoint::Enum => *target = Value::String(name),
        ExtensionPoint::Object => {
            object(target).insert(name, value);
        }
        ExtensionPoint::Key(key) => {
            object(target).remove(key);
            object(target).insert(name, value);
        }
    }
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("an object")
}

fn check(schema: &Schema, json: &Value) -> Result<(), TestCaseError> {
    let name = schema.rust_name();
    let passed = by_name(&name, json.clone()).expect("it is a type");
    let passed =
        passed.map_err(|error| TestCaseError::fail(format!("{name}: {error}\n{json:#}")))?;
    prop_assert_eq!(difference(json, &passed.json), None, "{} {:#}", name, json);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comes_back(which: Index, seed in 0..24_usize, full: bool, strange in prop::collection::vec((any::<Index>(), text(), anything()), 1..4)) {
        let all: Vec<_> = types().collect();
        let schema = which.get(&all);
        let extent = if full { Extent::Full } else { Extent::Minimal };
        let sample = sample(schema, extent, seed);
        let mut json = sample.json.clone();
        for (place, name, value) in strange {
            // A change may have removed the place of a later one.
            let still_there: Vec<_> = sample.places.iter().filter(|(at, place)| match place {
                ExtensionPoint::Key(key) => json.pointer(at).is_some_and(|it| it.get(key).is_some()),
                ExtensionPoint::Object => json.pointer(at).is_some_and(Value::is_object),
                ExtensionPoint::Enum => json.pointer(at).is_some_and(Value::is_string),
            }).collect();
            if !still_there.is_empty() {
                let (at, place) = place.get(&still_there);
                estrange(&mut json, at, place, name, value);
            }
        }
        check(schema, &json)?;
    }

    #[test]
    fn null_comes_back(which: Index, seed in 0..24_usize, place: Index) {
        let all: Vec<_> = types().collect();
        let schema = which.get(&all);
        let minimal = sample(schema, Extent::Minimal, seed).json;
        let mut json = sample(schema, Extent::Full, seed).json;
        // Every optional field may be null instead of absent.
        if let (Some(members), Some(required)) = (json.as_object_mut(), minimal.as_object()) {
            let optional: Vec<String> = members.keys().filter(|key| !required.contains_key(*key)).cloned().collect();
            if !optional.is_empty() && *schema.schema != json!({"type": "object", "additionalProperties": {}}) {
                members.insert(place.get(&optional).clone(), Value::Null);
            }
        }
        let free = schema.schema.get("additionalProperties").is_some();
        if !free {
            check(schema, &json)?;
        }
    }
}
