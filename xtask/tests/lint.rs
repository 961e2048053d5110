//! The lint of whole documents: findings in small ones, and places in the published ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use xtask::document;
use xtask::lint::{all, lint, to_markdown};

fn read(folder: &str, name: &str) -> Value {
    let path = format!("{}/{folder}/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).expect(&path);
    document::parse(&text, name).expect(name)
}

#[test]
fn conversation() {
    let findings = lint(&read("tests/small/spec", "conversation.yaml"));
    insta::assert_snapshot!("conversation", to_markdown(&findings, 3));
}

#[test]
fn template() {
    let findings = lint(&read("tests/small/spec", "template.yaml"));
    insta::assert_snapshot!("template", to_markdown(&findings, 3));
}

#[test]
fn every_pointer_leads_somewhere() {
    for name in ["conversation.yaml", "template.yaml"] {
        let document = read("../spec", name);
        for finding in lint(&document) {
            assert!(
                document.pointer(&finding.pointer).is_some(),
                "{name}: {finding:?}"
            );
        }
    }
}

#[test]
fn rules_have_names_of_their_own() {
    let names: BTreeSet<_> = all().map(|rule| rule.name).collect();
    assert_eq!(names.len(), all().count());
    assert!(all().all(|rule| rule.why.ends_with('.')));
}

#[test]
fn non_documents_have_no_findings() {
    for value in [
        json!(null),
        json!([1]),
        json!({"paths": 1, "components": {"schemas": []}}),
    ] {
        assert_eq!(lint(&value), []);
    }
    assert_eq!(to_markdown(&[], 3), "# No findings\n");
}

#[test]
fn circles_end() {
    let document = json!({
        "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}},
        "components": {
            "responses": {"R": {"$ref": "#/components/responses/R"}},
            "schemas": {
                "A": {"required": ["x"], "allOf": [{"$ref": "#/components/schemas/B"}]},
                "B": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}});
    let found = lint(&document);
    for (rule, words) in [
        ("success-without-content", "200 without content"),
        ("components", "one component that does not contain it"),
        ("all-of", "levels of allOf"),
    ] {
        let mut of_rule = found.iter().filter(|finding| finding.rule == rule);
        assert!(
            of_rule.any(|finding| finding.message.contains(words)),
            "{found:?}"
        );
    }
}

/// Returns the pointers and messages of one rule.
fn found(rule: &str, document: &Value) -> Vec<String> {
    assert!(all().any(|known| known.name == rule), "{rule}");
    lint(document)
        .into_iter()
        .filter(|finding| finding.rule == rule)
        .map(|finding| format!("{} {}", finding.pointer, finding.message))
        .collect()
}

fn in_schemas(rule: &str, schemas: Value) -> Vec<String> {
    found(rule, &json!({"components": {"schemas": schemas}}))
}

fn in_path(rule: &str, item: Value) -> Vec<String> {
    found(rule, &json!({"paths": {"/a": item}}))
}

#[test]
fn one_fault_does_not_hide_the_next() {
    let schemas = json!({"A": {"properties": {"a_b": {}, "aB": {}, "c": {}, "C": {}}}});
    let found = in_schemas("identifiers-of-types", schemas);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("/A/properties/aB"), "{found:?}");
    assert!(found[1].contains("/A/properties/C"), "{found:?}");
    let operation = json!({"operationId": "A"});
    let found = in_path(
        "identifiers-of-operations",
        json!({"get": operation, "put": operation}),
    );
    assert!(
        found[0].starts_with("/paths/~1a/put/operationId "),
        "{found:?}"
    );
    assert!(found[0].contains("/paths/~1a/get/operationId"), "{found:?}");
}

#[test]
fn references_have_a_target() {
    let schemas = json!({
        "A": {"$ref": "#/components/schemas/B"},
        "B": {"properties": {"$ref": {"type": "string"}, "c": {"$ref": "#/components/schemas/C"}}},
        "D": {"$ref": "other.yaml#/E"}});
    assert_eq!(
        in_schemas("dangling-ref", schemas),
        [
            "/components/schemas/B/properties/c/$ref no #/components/schemas/C in this document",
            "/components/schemas/D/$ref no other.yaml#/E in this document",
        ]
    );
}

#[test]
fn mappings_have_a_target() {
    let schemas = json!({"A": {}, "U": {"oneOf": [], "discriminator": {"propertyName": "type", "mapping": {
        "a": "#/components/schemas/A", "b": "A", "c/d": "#/components/schemas/C"}}}});
    assert_eq!(
        in_schemas("mapping-without-schema", schemas),
        [
            "/components/schemas/U/discriminator/mapping/c~1d refers to #/components/schemas/C, which is missing"
        ]
    );
}

#[test]
fn only_keywords_with_meaning_are_siblings() {
    let schemas = json!({
        "A": {"$ref": "#/components/schemas/C", "description": "text", "x-order": 1},
        "B": {"$ref": "#/components/schemas/C", "required": ["c"]},
        "C": {}});
    assert_eq!(
        in_schemas("ref-siblings", schemas),
        ["/components/schemas/B required next to $ref"]
    );
}

#[test]
fn only_204_and_205_have_no_content() {
    let with_body = json!({"content": {"application/json": {"schema": {}}}});
    let document = json!({
        "paths": {"/a": {"get": {"responses": {
            "200": {"description": "done"}, "201": with_body, "202": {"$ref": "#/components/responses/R"},
            "204": {}, "400": {}}}}},
        "components": {"responses": {"R": with_body}}});
    assert_eq!(
        found("success-without-content", &document),
        ["/paths/~1a/get/responses/200 200 without content"]
    );
}

#[test]
fn a_delete_has_no_body() {
    let item = json!({"delete": {"requestBody": {}}, "post": {"requestBody": {}}});
    assert_eq!(in_path("delete-with-body", item), ["/paths/~1a/delete "]);
}

#[test]
fn schemas_say_their_type() {
    let schemas = json!({"A": {"properties": {
        "typed": {"type": "object"},
        "named": {"$ref": "#/components/schemas/A"},
        "listed": {"enum": ["x"]},
        "wrapped": {"allOf": [{"description": "text"}, {"$ref": "#/components/schemas/B"}]},
        "map": {"type": "object", "additionalProperties": {}},
        "remark": {"description": "text", "readOnly": true},
        "limited": {"maxLength": 3}}}, "B": {"type": "string"}});
    assert_eq!(
        in_schemas("untyped", schemas),
        [
            "/components/schemas/A/properties/remark ",
            "/components/schemas/A/properties/limited ",
        ]
    );
    let body =
        json!({"get": {"responses": {"200": {"content": {"application/json": {"schema": {}}}}}}});
    assert_eq!(in_path("untyped", body).len(), 1);
}

#[test]
fn a_field_has_a_common_value() {
    let schemas = json!({
        "Base": {"properties": {"type": {"enum": ["A"]}, "size": {"enum": [1, 2]}}},
        "A": {"allOf": [{"$ref": "#/components/schemas/Base"},
            {"properties": {"type": {"enum": ["B"]}, "size": {"enum": [2]}}}]}});
    assert_eq!(
        in_schemas("enum-contradiction", schemas),
        [r#"/components/schemas/A type is ["B"] and ["A"]"#]
    );
}

#[test]
fn fields_that_look_secret_have_the_format() {
    let text = json!({"type": "string"});
    let mut fields = json!({
        "secret": {"type": "string", "format": "password"},
        "static_token": {"type": "object"},
        "api_key": {"type": ["string"]}});
    let secret = [
        "token",
        "app_secret",
        "kakaotalk_sender_key",
        "apiKey",
        "password",
    ];
    let plain = [
        "next_page_token",
        "pageToken",
        "token_request_type",
        "item_key",
        "tokens",
    ];
    for name in secret.into_iter().chain(plain) {
        fields[name] = text.clone();
    }
    let found = in_schemas(
        "secret-without-password-format",
        json!({"A": {"properties": fields}}),
    );
    let names: Vec<_> = found
        .iter()
        .filter_map(|place| place.trim().rsplit('/').next())
        .collect();
    assert_eq!(names[0], "api_key");
    assert_eq!(names[1..], secret);
}

#[test]
fn what_a_pass_removes_is_found() {
    for (rule, schema) in [
        ("missing-type", json!({"enum": ["x"]})),
        (
            "missing-type",
            json!({"properties": {"b": {"type": "string"}}}),
        ),
        ("downlevel", json!({"type": ["string", "null"]})),
        ("defaults", json!({"type": "string", "default": "X"})),
        (
            "limits",
            json!({"type": "array", "maxItems": 2, "items": {"type": "string"}}),
        ),
        (
            "prose",
            json!({"type": "string", "description": "<b>bold</b>"}),
        ),
        (
            "prose",
            json!({"type": "string", "description": "https://a.example"}),
        ),
        (
            "prose",
            json!({"type": "string", "description": "an [open bracket"}),
        ),
        (
            "prose",
            json!({"type": "string", "description": "{% tab %}"}),
        ),
        (
            "prose",
            json!({"type": "string", "description": "text\n\n    let x = 1;"}),
        ),
        (
            "dangling-required",
            json!({"type": "object", "required": ["a"]}),
        ),
        (
            "unions",
            json!({"oneOf": [{"properties": {"a": {}}}, {"properties": {"a": {}}}]}),
        ),
        ("names", json!({"type": "object", "x-rust-name": "no name"})),
        (
            "form",
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ),
    ] {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {"A": schema}}});
        let found = found(rule, &document);
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        assert!(found[0].contains('A'), "{found:?}");
    }
}
