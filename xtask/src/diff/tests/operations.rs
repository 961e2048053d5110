use super::*;

/// A document with one operation `Get` and a schema `A`.
fn with_operation(operation: Value) -> Value {
    let mut operation = operation;
    operation["operationId"] = json!("Get");
    json!({"openapi": "3.0.3", "paths": {"/a/{x}/{y}": {"get": operation}},
        "components": {"schemas": {"A": {"type": "object", "properties": {"a": {"type": "string"}}}}}})
}

#[track_caller]
fn operation_changes(old: Value, new: Value, expected: &[&str]) {
    assert_eq!(
        changes(&with_operation(old), &with_operation(new)),
        expected
    );
}

fn parameter(name: &str, required: bool) -> Value {
    json!({"name": name, "in": "query", "required": required, "schema": {"type": "string"}})
}

fn body(schema: Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn a() -> Value {
    json!({"$ref": "#/components/schemas/A"})
}

#[test]
fn operations_come_and_go() {
    let document = |path: &str, method: &str, id: &str| json!({"paths": {path: {method: {"operationId": id}}}});
    let old = document("/a", "get", "Get");
    assert_eq!(
        changes(&old, &document("/b", "post", "Get")),
        ["Get: method or path changed: GET /a -> POST /b"]
    );
    assert_eq!(
        changes(&old, &document("/a", "get", "Fetch")),
        [
            "Get: operation removed: GET /a",
            "Fetch: operation added: GET /a"
        ]
    );
}

#[test]
fn an_operation_without_an_id_goes_by_its_route() {
    let old = json!({"paths": {"/a": {"get": {}}}});
    let new = json!({"paths": {"/a": {"get": {"deprecated": true}}}});
    assert_eq!(
        changes(&old, &new),
        ["GET /a: deprecation changed: deprecated"]
    );
}

#[test]
fn parameters() {
    operation_changes(
        json!({"parameters": [parameter("p", false), parameter("q", false), parameter("r", false)]}),
        json!({"parameters": [parameter("s", true), parameter("q", true), parameter("p", false),
            {"name": "r", "in": "header", "schema": {"type": "string"}}]}),
        &[
            "Get query q: requiredness changed: optional -> required",
            "Get: parameter removed: query r (optional)",
            "Get: parameter added: query s (required)",
            "Get: parameter added: header r (optional)",
        ],
    );
}

#[test]
fn parameters_of_the_path_and_of_components() {
    let own = with_operation(json!({"parameters": [parameter("p", false)]}));
    let mut shared = with_operation(json!({}));
    shared["paths"]["/a/{x}/{y}"]["parameters"] = json!([{"$ref": "#/components/parameters/p"}]);
    shared["components"]["parameters"] = json!({"p": parameter("p", false)});
    assert_eq!(changes(&own, &shared), Vec::<String>::new());
    // The operation's own parameter wins.
    let mut both = shared.clone();
    both["paths"]["/a/{x}/{y}"]["get"]["parameters"] = json!([parameter("p", true)]);
    assert_eq!(
        changes(&shared, &both),
        ["Get query p: requiredness changed: optional -> required"]
    );
}

#[test]
fn only_the_order_in_the_path_counts() {
    let at = |path: &str, parameters: Value| json!({"paths": {path: {"get": {"operationId": "Get", "parameters": parameters}}}});
    let old = at(
        "/a/{x}/{y}",
        json!([parameter("p", false), parameter("q", false)]),
    );
    assert_eq!(
        changes(
            &old,
            &at(
                "/a/{x}/{y}",
                json!([parameter("q", false), parameter("p", false)])
            )
        ),
        Vec::<String>::new()
    );
    assert_eq!(
        changes(
            &old,
            &at(
                "/a/{y}/{x}",
                json!([parameter("p", false), parameter("q", false)])
            )
        ),
        [
            "Get: method or path changed: GET /a/{x}/{y} -> GET /a/{y}/{x}",
            "Get: path parameters reordered: x, y -> y, x",
        ]
    );
}

#[test]
fn types_and_encoding_of_parameters() {
    let list = |explode: Value, items: &str| {
        json!({"parameters": [{"name": "p", "in": "query", "explode": explode,
            "schema": {"type": "array", "items": {"type": items}}}]})
    };
    operation_changes(
        list(json!(true), "string"),
        list(json!(false), "integer"),
        &[
            "Get query p: parameter encoding changed: form, explode true -> form, explode false",
            "Get query p[]: type changed: string -> integer",
        ],
    );
}

#[test]
fn request_bodies() {
    let with = |body: Value| json!({"requestBody": body});
    operation_changes(json!({}), with(body(a())), &["Get: request body added"]);
    operation_changes(with(body(a())), json!({}), &["Get: request body removed"]);
    let mut required = body(a());
    required["required"] = json!(true);
    operation_changes(
        with(body(a())),
        with(required),
        &["Get request body: requiredness changed: optional -> required"],
    );
    operation_changes(
        with(body(a())),
        with(json!({"content": {"text/plain": {}}})),
        &["Get request body: request media type changed: application/json -> text/plain"],
    );
    let inline = json!({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    operation_changes(
        with(body(a())),
        with(body(inline)),
        &["Get request body.b: optional field added: string"],
    );
}

#[test]
fn successes() {
    let with = |responses: Value| json!({"responses": responses});
    operation_changes(
        with(json!({"200": body(a())})),
        with(json!({"200": body(json!({"type": "string"}))})),
        &["Get response: type changed: A -> string"],
    );
    operation_changes(
        with(json!({"200": body(a())})),
        with(json!({"201": body(a())})),
        &["Get: success status changed: 200 -> 201"],
    );
    operation_changes(
        with(json!({"200": {"description": "done"}})),
        with(json!({"200": body(a())})),
        &["Get response: success response changed: no body -> application/json"],
    );
    operation_changes(
        with(json!({"200": body(a())})),
        with(json!({"200": body(a()), "202": body(a())})),
        &["Get: success response changed: 202 added"],
    );
}

#[test]
fn errors_never_break() {
    let ok = body(a());
    let old = with_operation(
        json!({"responses": {"200": ok, "400": body(a()), "401": {}, "403": body(a())}}),
    );
    let new = with_operation(
        json!({"responses": {"200": ok, "400": body(a()), "403": body(json!({"type": "string"})),
        "500": {}}}),
    );
    let report = compare(&old, &new).unwrap();
    assert_eq!(
        changes(&old, &new),
        [
            "Get: error response changed: 401 removed",
            "Get: error response changed: 403 has another body",
            "Get: error response changed: 500 added",
        ]
    );
    assert!(!report.is_breaking());
}

#[test]
fn the_document_as_a_whole() {
    let mut old = with_operation(json!({}));
    old["servers"] = json!([{"url": "https://a.example", "description": "one"}]);
    let mut new = old.clone();
    new["servers"][0]["description"] = json!("other");
    assert_eq!(changes(&old, &new), Vec::<String>::new());
    new["servers"][0]["url"] = json!("https://b.example");
    new["security"] = json!([{"basic": []}]);
    assert_eq!(
        changes(&old, &new),
        [
            "every operation: servers changed",
            "every operation: security changed"
        ]
    );
}

#[test]
fn reach_counts_operations() {
    let old = with_operation(json!({"responses": {"200": body(a())}}));
    let mut new = old.clone();
    new["components"]["schemas"]["A"]["properties"]["b"] = json!({"type": "string"});
    let report = compare(&old, &new).unwrap();
    assert_eq!(report.changes[0].reach, Some(1));
    assert_eq!(
        report.to_markdown(),
        "# Compatible: minor bump\n\n0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).\n\n\
         ## Schemas\n\n- compatible `A.b` (1 operation) optional field added: `string`\n"
    );
}
