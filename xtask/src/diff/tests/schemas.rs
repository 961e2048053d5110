use super::*;

fn object(fields: Value) -> Value {
    json!({"type": "object", "properties": fields})
}

fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
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
            "A.d: type changed: string -> integer",
            "A.f: optional field added: boolean",
            "A.e: required field added: array of string (date-time)",
        ],
    );
}

#[test]
fn types_and_formats() {
    let of = |kind: &str, format: &str| json!({"type": kind, "format": format});
    let cases = [
        (
            of("integer", "int32"),
            of("integer", "int64"),
            "type changed: integer (int32) -> integer (int64)",
        ),
        (
            json!({"type": "integer"}),
            of("integer", "int64"),
            "format changed: none -> int64",
        ),
        (
            json!({"type": "string"}),
            of("string", "date-time"),
            "type changed: string -> string (date-time)",
        ),
        (
            json!({"type": "string"}),
            of("string", "password"),
            "type changed: string -> string (password)",
        ),
        (
            json!({"type": "string"}),
            of("string", "uri"),
            "format changed: none -> uri",
        ),
        (
            of("number", "float"),
            json!({"type": "number"}),
            "type changed: number (float) -> number",
        ),
        (
            json!({"type": "object"}),
            object(json!({"a": {}})),
            "type changed: object without fields -> object",
        ),
        (
            json!({}),
            json!({"type": "string"}),
            "type changed: anything -> string",
        ),
        (
            json!({"type": "string"}),
            json!({"type": "string", "enum": ["A"]}),
            "type changed: string -> enum of string",
        ),
    ];
    for (old, new, expected) in cases {
        schemas_change(
            json!({"A": old}),
            json!({"A": new}),
            &[&format!("A: {expected}")],
        );
    }
}

#[test]
fn values_of_enums() {
    let old = json!({"A": {"type": "string", "enum": ["X", "Y", "Z"]}});
    let new = json!({"A": {"type": "string", "enum": ["Z", "W", "X"]}});
    schemas_change(
        old.clone(),
        new.clone(),
        &["A: enum values removed: Y", "A: enum values added: W"],
    );
    let report = compare(&with_schemas(old), &with_schemas(new)).unwrap();
    assert!(
        report
            .changes
            .iter()
            .all(|change| change.section == Section::Enums)
    );
    // One value as `const` of 3.1 is the same list.
    schemas_change(
        json!({"A": {"enum": ["X"]}}),
        json!({"A": {"const": "X"}}),
        &[],
    );
}

#[test]
fn maps_and_unknown_fields() {
    let map = |values: Value| json!({"A": {"type": "object", "additionalProperties": values}});
    schemas_change(map(json!(true)), map(json!({})), &[]);
    schemas_change(
        map(json!({"type": "string"})),
        map(json!({"type": "integer"})),
        &["A.*: type changed: string -> integer"],
    );
    schemas_change(
        map(json!(true)),
        map(json!({"type": "string"})),
        &["A: type changed: object without fields -> map of string"],
    );
    let fields = json!({"a": {"type": "string"}});
    schemas_change(
        json!({"A": {"properties": fields}}),
        json!({"A": {"properties": fields, "additionalProperties": false}}),
        &["A: unknown fields allowed or refused: refused"],
    );
}

#[test]
fn null() {
    let field = |schema: Value, required: Value| json!({"A": {"required": required, "properties": {"a": schema}}});
    let plain = json!({"type": "string"});
    let nullable = json!({"type": "string", "nullable": true});
    schemas_change(
        field(plain.clone(), json!(["a"])),
        field(nullable.clone(), json!(["a"])),
        &["A.a: null allowed or refused: allowed"],
    );
    schemas_change(
        field(nullable.clone(), json!([])),
        field(plain, json!([])),
        &["A.a: null allowed or refused in an optional field: refused"],
    );
    // Three ways to say the same.
    for same in [
        json!({"type": ["string", "null"]}),
        json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
        json!({"anyOf": [{"type": "null"}, {"type": "string"}]}),
    ] {
        schemas_change(json!({"A": nullable}), json!({"A": same}), &[]);
    }
}

#[test]
fn notes() {
    schemas_change(
        json!({"A": {"type": "string", "maxLength": 10, "default": "x", "readOnly": true}}),
        json!({"A": {"type": "string", "maxLength": 20, "minLength": 1, "deprecated": true}}),
        &[
            "A: limit changed: maxLength 10 -> 20",
            "A: limit changed: minLength none -> 1",
            "A: default changed: x -> none",
            "A: deprecation changed: deprecated",
            "A: access changed: read only -> read and write",
        ],
    );
    // 3.0 and 3.1 write an exclusive bound in different ways.
    schemas_change(
        json!({"A": {"type": "number", "minimum": 1, "exclusiveMinimum": true}}),
        json!({"A": {"type": "number", "exclusiveMinimum": 1}}),
        &[],
    );
    schemas_change(
        json!({"A": {"type": "object"}}),
        json!({"A": {"type": "object", "patternProperties": {"^x": {"description": "text"}}}}),
        &[r#"A: other keyword changed: patternProperties none -> {"^x":{}}"#],
    );
}

#[test]
fn members_of_unions() {
    let keyed = |key: &str| json!({"required": [key], "properties": {key: {"type": "string"}}});
    let old = json!({"A": keyed("a"), "B": keyed("b"), "U": {"oneOf": [named("A"), named("B"), keyed("c")]}});
    let mut new = old.clone();
    new["U"]["oneOf"] = json!([keyed("c"), named("B"), keyed("d")]);
    schemas_change(
        old.clone(),
        new,
        &["U: union members removed: A", "U: union members added: d"],
    );
    let mut new = old.clone();
    new["U"]["oneOf"][2]["properties"]["c"]["type"] = json!("integer");
    schemas_change(
        old.clone(),
        new,
        &["U(c).c: type changed: string -> integer"],
    );
    let mut new = old.clone();
    let members = new["U"].as_object_mut().unwrap().remove("oneOf").unwrap();
    new["U"]["anyOf"] = members;
    schemas_change(old, new, &["U: kind of union changed: oneOf -> anyOf"]);
}

#[test]
fn discriminators() {
    let union = |members: &[&str], property: &str| {
        let mapping: serde_json::Map<String, Value> = members
            .iter()
            .map(|name| {
                (
                    name.to_lowercase(),
                    json!(format!("#/components/schemas/{name}")),
                )
            })
            .collect();
        let members: Vec<Value> = members.iter().map(|name| named(name)).collect();
        json!({"A": object(json!({"t": {"type": "string"}})), "B": object(json!({"t": {"type": "string"}})),
            "U": {"oneOf": members, "discriminator": {"propertyName": property, "mapping": mapping}}})
    };
    schemas_change(
        union(&["A"], "t"),
        union(&["A", "B"], "t"),
        &["U: union members added: B"],
    );
    schemas_change(
        union(&["A"], "t"),
        union(&["A"], "kind"),
        &["U: discriminator changed: t (a: A) -> kind (a: A)"],
    );
}

#[test]
fn parts_are_merged() {
    schemas_change(
        json!({"Base": object(json!({"a": {"type": "string"}})),
            "A": {"allOf": [named("Base"), {"required": ["a"]}, object(json!({"b": {"type": "string"}}))]}}),
        json!({"Base": object(json!({"a": {"type": "string"}})),
            "A": {"type": "object", "required": ["a"], "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}}),
        &[],
    );
}

#[test]
fn what_is_included_is_compared_once() {
    let with_base = |base: Value| {
        json!({"Base": base, "Middle": {"allOf": [named("Base")]},
            "A": {"allOf": [named("Base"), object(json!({"b": {"type": "string"}}))]},
            "B": {"required": ["a"], "allOf": [named("Middle"), {"type": "object"}]}})
    };
    schemas_change(
        with_base(object(
            json!({"a": {"type": "string"}, "gone": {"type": "string"}}),
        )),
        with_base(
            json!({"required": ["a"], "properties": {"a": {"type": "integer"}, "c": {"type": "string"}}}),
        ),
        &[
            "Base.a: requiredness changed: optional -> required",
            "Base.a: type changed: string -> integer",
            "Base.gone: field removed",
            "Base.c: optional field added: string",
        ],
    );
}

#[test]
fn requiredness_beside_a_shared_part() {
    let with = |required: Value| {
        json!({"Base": object(json!({"a": {"type": "string"}})),
            "A": {"allOf": [named("Base"), {"required": required}]}})
    };
    schemas_change(
        with(json!([])),
        with(json!(["a"])),
        &["A.a: requiredness changed: optional -> required"],
    );
    // Required by the base from now on: said there.
    let mut new = with(json!([]));
    new["Base"]["required"] = json!(["a"]);
    schemas_change(
        with(json!(["a"])),
        new,
        &["Base.a: requiredness changed: optional -> required"],
    );
}

#[test]
fn references_and_their_names() {
    let pair = json!({"A": object(json!({"a": {"type": "string"}})), "B": object(json!({"b": {"type": "string"}}))});
    let with = |field: Value| {
        let mut schemas = pair.clone();
        schemas["C"] = object(json!({"f": field}));
        schemas
    };
    schemas_change(
        with(named("A")),
        with(named("B")),
        &["C.f: type changed: A -> B"],
    );
    schemas_change(
        with(named("A")),
        with(json!({"type": "object", "allOf": [{}, named("A")]})),
        &[],
    );
    schemas_change(with(named("A")), with(pair["A"].clone()), &[]);
    schemas_change(
        with(named("A")),
        with(json!({"allOf": [{"deprecated": true}, named("A")]})),
        &["C.f: deprecation changed: deprecated"],
    );
}

#[test]
fn siblings_of_a_reference_count_since_3_1() {
    let document = |version: &str, sibling: bool| {
        let mut field = named("A");
        if sibling {
            field["required"] = json!(["a"]);
        }
        json!({"openapi": version, "components": {"schemas": {
            "A": object(json!({"a": {"type": "string"}})), "B": object(json!({"f": field}))}}})
    };
    assert_eq!(
        changes(&document("3.0.3", false), &document("3.0.3", true)),
        Vec::<String>::new()
    );
    assert_eq!(
        changes(&document("3.1.0", false), &document("3.1.0", true)),
        ["B.f.a: requiredness changed: optional -> required"]
    );
}

#[test]
fn a_schema_moves_into_a_component() {
    let inline = object(json!({"street": {"type": "string"}}));
    let old = with_schemas(json!({"A": object(json!({"home": inline}))}));
    let new =
        with_schemas(json!({"A": object(json!({"home": named("Address")})), "Address": inline}));
    let report = compare(&old, &new).unwrap();
    assert_eq!(report.changes, []);
    assert_eq!(report.moved, ["Address"]);
    assert_eq!(report.bump(), Bump::Patch);
    let back = compare(&new, &old).unwrap();
    assert_eq!(
        (back.changes, back.moved),
        (Vec::new(), vec!["Address".to_owned()])
    );
}

#[test]
fn a_component_in_place_of_something_else_is_new() {
    let address = object(json!({"street": {"type": "string"}}));
    schemas_change(
        json!({"A": object(json!({"home": {"type": "string"}}))}),
        json!({"A": object(json!({"home": named("Address")})), "Address": address}),
        &[
            "A.home: type changed: string -> Address",
            "Address: schema added",
        ],
    );
}

#[test]
fn names_come_go_and_change() {
    schemas_change(
        json!({"Tree": object(json!({"children": {"type": "array", "items": named("Tree")}, "leaf": named("Leaf")})),
            "Leaf": object(json!({"color": {"type": "string"}})),
            "Forest": {"type": "array", "items": named("Tree")},
            "Gone": {"type": "boolean"}}),
        json!({"Plant": object(json!({"leaf": named("Sheet"), "children": {"type": "array", "items": named("Plant")}})),
            "Sheet": object(json!({"color": {"type": "string"}})),
            "Forest": {"type": "array", "items": named("Plant")},
            "New": {"type": "integer"}}),
        &[
            "Tree: schema renamed: Tree -> Plant",
            "Leaf: schema renamed: Leaf -> Sheet",
            "Gone: schema removed",
            "New: schema added",
        ],
    );
}

#[test]
fn a_changed_schema_is_not_renamed() {
    schemas_change(
        json!({"Tree": object(json!({"leaf": named("Leaf")})), "Leaf": object(json!({"color": {"type": "string"}}))}),
        json!({"Plant": object(json!({"leaf": named("Sheet")})), "Sheet": object(json!({"color": {"type": "integer"}}))}),
        &[
            "Tree: schema removed",
            "Leaf: schema removed",
            "Plant: schema added",
            "Sheet: schema added",
        ],
    );
}

#[test]
fn recursion_ends() {
    let old = json!({"A": object(json!({"next": named("A"), "b": named("B")})), "B": {"oneOf": [named("A"), named("B")]}});
    let mut new = old.clone();
    new["A"]["properties"]["b"] = old["B"].clone();
    schemas_change(old, new, &[]);
}
