//! The rules, one small pair of documents each.

mod operations;
mod schemas;

use serde_json::{Value, json};

use super::*;

/// Every change as `location: phrase: detail`.
fn changes(old: &Value, new: &Value) -> Vec<String> {
    let report = compare(old, new).unwrap();
    let line = |change: &Change| match change.detail.as_str() {
        "" => format!("{}: {}", change.location, change.kind.phrase()),
        detail => format!("{}: {}: {detail}", change.location, change.kind.phrase()),
    };
    report.changes.iter().map(line).collect()
}

fn with_schemas(schemas: Value) -> Value {
    json!({"openapi": "3.0.3", "components": {"schemas": schemas}})
}

#[track_caller]
fn schemas_change(old: Value, new: Value, expected: &[&str]) {
    assert_eq!(changes(&with_schemas(old), &with_schemas(new)), expected);
}

#[test]
fn the_table_in_the_documentation_is_the_rules() {
    let source = include_str!("mod.rs");
    let rows: Vec<(&str, &str)> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! | "))
        .filter_map(|row| row.split_once(" | "))
        .filter_map(|(phrase, rest)| Some((phrase, rest.split_once(" | ")?.0)))
        .skip(2)
        .collect();
    let rules: Vec<(&str, &str)> = Kind::ALL
        .iter()
        .map(|kind| match kind.impact() {
            Impact::Breaking => (kind.phrase(), "breaking"),
            Impact::Compatible => (kind.phrase(), "compatible"),
        })
        .collect();
    assert_eq!(rows, rules);
}

#[test]
fn nothing_changed() {
    let document = with_schemas(json!({"A": {"type": "string"}}));
    let report = compare(&document, &document).unwrap();
    assert_eq!(report.bump(), Bump::None);
    assert_eq!(
        report.to_markdown(),
        "# Same: no bump\n\nNo change of meaning.\n"
    );
}

#[test]
fn extensions_mean_nothing() {
    let old = with_schemas(json!({"A": {"type": "string", "x-order": 1}}));
    let new = with_schemas(json!({"A": {"type": "string"}}));
    assert_eq!(compare(&old, &new).unwrap().bump(), Bump::None);
}

mod faults {
    use super::*;

    #[track_caller]
    fn fault(document: Value, pointer: &str, message: &str) {
        let sound = with_schemas(json!({}));
        let fault = compare(&document, &sound).unwrap_err();
        assert_eq!(fault.origin, "old document");
        assert_eq!(
            (fault.pointer.as_str(), fault.message.as_str()),
            (pointer, message)
        );
        assert!(!fault.remedy.is_empty());
        assert_eq!(
            compare(&sound, &document).unwrap_err().origin,
            "new document"
        );
    }

    #[test]
    fn references_have_a_target() {
        fault(
            with_schemas(json!({"A": {"items": {"$ref": "#/components/schemas/B"}}})),
            "/components/schemas/A/items/$ref",
            "expected the name of a component of this document, found `#/components/schemas/B`",
        );
        fault(
            json!({"paths": {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/p"}]}}}}),
            "/paths/~1a/get/parameters/0",
            "expected the name of a component of this document, found `#/components/parameters/p`",
        );
        fault(
            with_schemas(json!({"U": {"oneOf": [{"type": "string"}], "discriminator":
                {"propertyName": "t", "mapping": {"b": "B"}}}})),
            "/components/schemas/U/discriminator/mapping/b",
            "expected the name of a component of this document, found `#/components/schemas/B`",
        );
    }

    #[test]
    fn values_have_their_type() {
        fault(json!([]), "", "expected an object, found an array");
        fault(
            with_schemas(json!({"A": {"properties": ["a"]}})),
            "/components/schemas/A/properties",
            "expected an object, found an array",
        );
        fault(
            with_schemas(json!({"A": {"required": "a"}})),
            "/components/schemas/A/required",
            "expected an array, found a string",
        );
        fault(
            with_schemas(json!({"A": null})),
            "/components/schemas/A",
            "expected an object, found nothing (null)",
        );
        fault(
            json!({"paths": {"/a": {"get": {"parameters": [{"name": "a"}]}}}}),
            "/paths/~1a/get/parameters/0",
            "expected a parameter with `in`, found one without",
        );
    }

    #[test]
    fn operation_ids_are_unique() {
        fault(
            json!({"paths": {"/a": {"get": {"operationId": "A"}, "put": {"operationId": "A"}}}}),
            "/paths/~1a/put",
            "expected an operation id of its own, found `A` again",
        );
    }

    #[test]
    fn inclusion_ends() {
        let part =
            |name: &str| json!({"allOf": [{"$ref": format!("#/components/schemas/{name}")}]});
        fault(
            with_schemas(json!({"A": part("B"), "B": part("C"), "C": part("B")})),
            "/components/schemas/A",
            "expected a schema, found one that includes itself through `allOf`",
        );
        let chain: serde_json::Map<String, Value> = (0..500)
            .map(|step| (format!("S{step}"), part(&format!("S{}", step + 1))))
            .chain([("S500".to_owned(), json!({}))])
            .collect();
        fault(
            with_schemas(chain.into()),
            "/components/schemas/S0",
            "expected at most 64 schemas in a chain of `allOf`, found more",
        );
    }

    #[test]
    fn references_among_parameters_end() {
        fault(
            json!({"paths": {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/p"}]}}},
                "components": {"parameters": {"p": {"$ref": "#/components/parameters/p"}}}}),
            "/components/parameters/p",
            "expected a component, found references that lead on and on",
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = (0..100).fold(
            json!({"type": "string"}),
            |items, _| json!({"type": "array", "items": items}),
        );
        let fault = compare(
            &with_schemas(json!({"A": {"items": deep}})),
            &with_schemas(json!({})),
        );
        assert!(fault.is_ok(), "100 levels are no fault");
        let deeper = (0..200).fold(
            json!({"type": "string"}),
            |items, _| json!({"type": "array", "items": items}),
        );
        let fault = compare(
            &with_schemas(json!({"A": deeper})),
            &with_schemas(json!({})),
        )
        .unwrap_err();
        assert!(fault.pointer.ends_with("/items/items"));
        assert_eq!(
            fault.message,
            "expected at most 128 levels of nesting, found more"
        );
    }
}
