//! The name of each kind of change, each on a small pair of documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value, json};
use xtask::{
    diff::{Impact, Report, Version, compare},
    document::DocumentError,
    pipeline::Input,
};

fn version(document: &Value) -> Result<Version, DocumentError> {
    Version::of(&[Input {
        name: "conversation".to_owned(),
        origin: "spec/conversation.yaml".to_owned(),
        tree: document.clone(),
        overlays: Vec::new(),
    }])
}

fn report(old: &Value, new: &Value) -> Report {
    let [old, new] = [old, new].map(|it| version(it).unwrap_or_else(|fault| panic!("{fault}")));
    compare(&old, &new)
}

/// Returns every change as `location: phrase: detail`.
fn changes(old: &Value, new: &Value) -> Vec<String> {
    let report = report(old, new);
    let line = report.changes().map(|change| {
        let line = format!("{}: {}", change.location, change.kind.phrase());
        match change.detail.as_str() {
            "" => line,
            detail => format!("{line}: {detail}"),
        }
    });
    line.collect()
}

fn with_schemas(schemas: Value) -> Value {
    json!({"openapi": "3.0.3", "info": {}, "paths": {}, "components": {"schemas": schemas}})
}

#[track_caller]
fn schemas_change(old: Value, new: Value, expected: &[&str]) {
    assert_eq!(changes(&with_schemas(old), &with_schemas(new)), expected);
}

/// Makes a document with one operation `Get` and a schema `A`.
fn with_operation(mut operation: Value) -> Value {
    operation["operationId"] = json!("Get");
    operation["tags"] = json!(["T"]);
    if operation.get("responses").is_none() {
        operation["responses"] = json!({"200": {"description": "done"}});
    }
    let mut parameters = vec![in_path("x"), in_path("y")];
    parameters.extend(
        operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .cloned(),
    );
    operation["parameters"] = json!(parameters);
    json!({"openapi": "3.0.3", "info": {}, "paths": {"/a/{x}/{y}": {"get": operation}},
        "components": {"schemas": {
            "A": {"type": "object", "properties": {"a": {"type": "string"}}},
            "runtimeError": {"type": "object", "properties": {"code": {"type": "string"}}}}}})
}

#[track_caller]
fn operation_changes(old: Value, new: Value, expected: &[&str]) {
    assert_eq!(
        changes(&with_operation(old), &with_operation(new)),
        expected
    );
}

fn in_path(name: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
}

fn parameter(name: &str, required: bool) -> Value {
    json!({"name": name, "in": "query", "required": required, "schema": {"type": "string"}})
}

fn object(fields: Value) -> Value {
    json!({"type": "object", "properties": fields})
}

fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn body(schema: Value) -> Value {
    json!({"description": "d", "content": {"application/json": {"schema": schema}}})
}

#[test]
fn fields() {
    schemas_change(
        json!({"A": {"type": "object", "required": ["b"], "properties": {
            "a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}, "d": {"type": "string"}}}}),
        json!({"A": {"type": "object", "required": ["c", "e"], "properties": {
            "f": {"type": "boolean"}, "d": {"type": "integer"}, "c": {"type": "string"}, "b": {"type": "string"},
            "e": {"type": "array", "items": {"type": "string", "format": "date-time"}}}}}),
        &[
            "A.a: field removed",
            "A.b: requiredness changed: required -> optional",
            "A.c: requiredness changed: optional -> required",
            "A.d: type changed: string -> integer (int64)",
            "A.f: optional field added: boolean",
            "A.e: required field added: array of string (date-time)",
        ],
    );
}

#[test]
fn types_and_formats() {
    let of = |kind: &str, format: &str| json!({"type": kind, "format": format});
    for (old, new, expected) in [
        (
            of("integer", "int32"),
            of("integer", "int64"),
            "format changed: int32 -> int64",
        ),
        (
            json!({"type": "string"}),
            of("string", "date-time"),
            "format changed: none -> date-time",
        ),
        (
            json!({"type": "string"}),
            of("string", "password"),
            "format changed: none -> password",
        ),
        (
            json!({"type": "string"}),
            json!({"type": "integer"}),
            "type changed: string -> integer (int64)",
        ),
        (
            json!({}),
            json!({"type": "string"}),
            "type changed: anything -> string",
        ),
        (
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "array", "items": {"type": "boolean"}}),
            "type changed: string -> boolean",
        ),
    ] {
        let of_field = |schema: Value| with_schemas(json!({"A": object(json!({"f": schema}))}));
        let found = changes(&of_field(old), &of_field(new));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].ends_with(expected), "{found:?}");
        assert!(found[0].starts_with("A.f"), "{found:?}");
    }
}

#[test]
fn values_and_maps() {
    schemas_change(
        json!({"A": {"type": "string", "enum": ["X", "Y", "Z"]}}),
        json!({"A": {"type": "string", "enum": ["Z", "W", "X"]}}),
        &["A: enum values removed: Y", "A: enum values added: W"],
    );
    let map =
        |values: &str| json!({"A": {"type": "object", "additionalProperties": {"type": values}}});
    schemas_change(
        map("string"),
        map("integer"),
        &["A.*: type changed: string -> integer (int64)"],
    );
}

#[test]
fn what_is_said_beside_a_type() {
    let field = |field: Value| json!({"A": object(json!({"f": field}))});
    schemas_change(
        field(
            json!({"type": "string", "maxLength": 10, "minLength": 2, "default": "x", "readOnly": true}),
        ),
        field(
            json!({"type": "string", "maxLength": 20, "minLength": 3, "pattern": "^a", "deprecated": true}),
        ),
        &[
            "A.f: limit loosened: maxLength 10 -> 20",
            "A.f: limit tightened: minLength 2 -> 3",
            "A.f: limit tightened: pattern none -> ^a",
            "A.f: default changed: x -> none",
            "A.f: deprecation changed: deprecated",
            "A.f: access changed: read only -> read and write",
        ],
    );
    schemas_change(
        field(json!({"type": "string"})),
        field(json!({"type": "string", "nullable": true})),
        &["A.f: null allowed or refused: allowed"],
    );
}

#[test]
fn alternatives() {
    let keyed =
        |key: &str, kind: &str| json!({"type": "object", "properties": {key: {"type": kind}}});
    let union = |alternatives: Value| json!({"U": {"oneOf": alternatives}});
    schemas_change(
        union(json!([keyed("a", "string"), keyed("b", "string")])),
        union(json!([keyed("b", "boolean"), keyed("c", "string")])),
        &[
            "U: union members removed: a",
            "U: union members added: c",
            "U(b): type changed: string -> boolean",
        ],
    );
}

#[test]
fn parts_are_merged() {
    let base = object(json!({"a": {"type": "string"}}));
    schemas_change(
        json!({"Base": base,
            "A": {"allOf": [named("Base"), {"required": ["a"]}, object(json!({"b": {"type": "string"}}))]}}),
        json!({"Base": base,
            "A": {"type": "object", "required": ["a"], "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}}),
        &[],
    );
}

#[test]
fn a_schema_moves_into_a_component() {
    let inline = object(json!({"street": {"type": "string"}}));
    schemas_change(
        json!({"A": object(json!({"address": inline}))}),
        json!({"A": object(json!({"address": named("Address")})), "Address": inline}),
        &[],
    );
}

#[test]
fn names_are_set_removed_and_changed() {
    schemas_change(
        json!({"Tree": object(json!({"children": {"type": "array", "items": named("Tree")}, "leaf": named("Leaf")})),
            "Leaf": object(json!({"color": {"type": "string"}})),
            "Gone": {"type": "boolean"}}),
        json!({"Plant": object(json!({"leaf": named("Sheet"), "children": {"type": "array", "items": named("Plant")}})),
            "Sheet": object(json!({"color": {"type": "string"}})),
            "New": {"type": "integer"}}),
        &[
            "Gone: schema removed",
            "Leaf: schema renamed: Leaf -> Sheet",
            "Tree: schema renamed: Tree -> Plant",
            "New: schema added",
        ],
    );
    // One that also changed is another type.
    schemas_change(
        json!({"Tree": object(json!({"leaf": named("Leaf")})), "Leaf": object(json!({"color": {"type": "string"}}))}),
        json!({"Plant": object(json!({"leaf": named("Sheet")})), "Sheet": object(json!({"color": {"type": "integer"}}))}),
        &[
            "Leaf: schema removed",
            "Tree: schema removed",
            "Plant: schema added",
            "Sheet: schema added",
        ],
    );
}

#[test]
fn operations_come_go_and_change() {
    let at = |path: &str, method: &str, id: &str| {
        let mut document = with_operation(json!({"parameters": []}));
        let mut operation = document["paths"]["/a/{x}/{y}"]["get"].take();
        operation["operationId"] = json!(id);
        operation["parameters"] = json!([]);
        document["paths"] = json!({path: {method: operation}});
        document
    };
    let old = at("/a", "get", "Get");
    assert_eq!(
        changes(&old, &at("/b", "put", "Get")),
        ["Get: method or path changed: GET /a -> PUT /b"]
    );
    assert_eq!(
        changes(&old, &at("/a", "get", "Fetch")),
        ["Get: operation renamed: Get -> Fetch"]
    );
    assert_eq!(
        changes(&old, &at("/b", "get", "Fetch")),
        [
            "Get: operation removed: GET /a",
            "Fetch: operation added: GET /b"
        ]
    );
}

#[test]
fn parameters_and_bodies() {
    operation_changes(
        json!({"parameters": [parameter("p", false), parameter("q", false), parameter("r", false)]}),
        json!({"parameters": [parameter("s", true), parameter("q", true), parameter("p", false)]}),
        &[
            "Get query q: requiredness changed: optional -> required",
            "Get: parameter removed: query r (optional)",
            "Get: parameter added: query s (required)",
        ],
    );
    let with = |body: Value| json!({"requestBody": body});
    operation_changes(
        json!({}),
        with(body(named("A"))),
        &["Get: request body added"],
    );
    operation_changes(
        with(body(named("A"))),
        json!({}),
        &["Get: request body removed"],
    );
    let narrowed = json!({"allOf": [named("A"), {"required": ["a"]}]});
    operation_changes(
        with(body(named("A"))),
        with(body(narrowed)),
        &["Get request body.a: requiredness changed: optional -> required"],
    );
}

#[test]
fn answers() {
    let with = |responses: Value| json!({"responses": responses});
    operation_changes(
        with(json!({"200": body(named("A"))})),
        with(json!({"200": body(json!({"type": "string"}))})),
        &[
            "Get response: type changed: A -> string",
            "Get: response changed: 200 A -> a body without a name",
        ],
    );
    operation_changes(
        with(
            json!({"200": body(named("A")), "400": body(named("A")), "401": {"description": "d"}}),
        ),
        with(json!({"201": body(named("A")), "400": body(named("runtimeError"))})),
        &[
            "Get: response changed: 200 removed",
            "Get: response changed: 400 A -> runtimeError",
            "Get: response changed: 401 removed",
            "Get: response changed: 201 added",
        ],
    );
}

#[test]
fn what_only_the_client_has_to_know() {
    let mut old = with_operation(json!({}));
    old["servers"] = json!([{"url": "https://a.example", "description": "one"}]);
    let mut new = old.clone();
    new["servers"][0]["description"] = json!("other");
    assert_eq!(changes(&old, &new), Vec::<String>::new());
    new["servers"][0]["url"] = json!("https://b.example");
    new["security"] = json!([{"basic": []}]);
    let report = report(&old, &new);
    let kinds: Vec<(&str, Impact)> = report
        .changes()
        .map(|change| (change.kind.phrase(), change.impact))
        .collect();
    assert_eq!(
        kinds,
        [
            ("servers changed", Impact::Compatible),
            ("security changed", Impact::Compatible)
        ]
    );
}

#[test]
fn reach_counts_operations() {
    let old = with_operation(json!({"responses": {"200": body(named("A"))}}));
    let mut new = old.clone();
    new["components"]["schemas"]["A"]["properties"]["b"] = json!({"type": "string"});
    let reach: Vec<_> = report(&old, &new)
        .changes()
        .map(|change| change.reach)
        .collect();
    assert_eq!(reach, [Some(1)]);
}

#[test]
fn documents_that_cannot_be_compared_say_where_and_what_to_do() {
    let part = |name: &str| json!({"allOf": [named(name)]});
    for document in [
        json!([]),
        with_schemas(json!({"A": object(json!({"b": named("B")}))})),
        with_schemas(json!({"A": part("B"), "B": part("A")})),
        with_schemas(json!({"A": named("B"), "B": named("A")})),
    ] {
        let fault = version(&document).expect_err("not sound");
        assert!(fault.message.starts_with("expected "), "{fault}");
        assert!(!fault.remedy.is_empty(), "{fault}");
    }
}
