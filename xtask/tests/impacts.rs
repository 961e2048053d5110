//! The reported impact of a change, made to one of two documents that share a type, or to both.
//!
//! A program that uses the changed item stops compiling exactly if the impact is breaking, except for arguments in
//! another order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value, json};
use xtask::{
    diff::{Bump, Impact, Report, Version, compare},
    document,
    overlay::Overlay,
    pipeline::Input,
};

/// A document; the two differ in paths, ids and the name of the union.
const DOCUMENT: &str = r"
openapi: 3.0.2
info: {title: NAME, version: '1'}
paths:
  /NAME/{a}/{b}:
    parameters:
      - {name: a, in: path, required: true, schema: {type: string}}
      - {name: b, in: path, required: true, schema: {type: string}}
    post:
      operationId: NAME_Post
      tags: [NAME]
      parameters:
        - {name: size, in: query, schema: {type: integer, format: int32}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses:
        '200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
    delete:
      operationId: NAME_Delete
      tags: [NAME]
      responses: {'200': {description: Gone.}}
components:
  schemas:
    Order:
      type: object
      required: [id]
      properties:
        id: {type: string, maxLength: 10}
        note: {type: string}
        color: {$ref: '#/components/schemas/Color'}
        part: {$ref: '#/components/schemas/Part'}
        content: {$ref: '#/components/schemas/UNION'}
    Color: {type: string, enum: [RED, BLUE]}
    Part: {type: object, properties: {weight: {type: integer, format: int32}}}
    UNION:
      oneOf:
        - {$ref: '#/components/schemas/TextField'}
        - {$ref: '#/components/schemas/CardField'}
    TextField: {type: object, properties: {text: {type: object, properties: {body: {type: string}}}}}
    CardField: {type: object, properties: {card: {type: object, properties: {title: {type: string}}}}}
    runtimeError: {type: object, properties: {code: {type: integer, format: int32}}}
";

const SHARED: &str = "
overlay: 1.0.0
info: {title: Shared, version: '1'}
actions:
- target: $.components.schemas.V2Content
  description: The other document names it differently.
  update: {x-same-as: Content}
";

fn published(name: &str) -> Value {
    let union = if name == "template" {
        "V2Content"
    } else {
        "Content"
    };
    let text = DOCUMENT.replace("NAME", name).replace("UNION", union);
    document::parse(&text, name).expect("YAML")
}

fn version(documents: [&Value; 2]) -> Result<Version, document::DocumentError> {
    let names = ["conversation", "template"].into_iter().zip(documents);
    let inputs: Vec<Input> = names
        .map(|(name, tree)| Input {
            name: name.to_owned(),
            origin: format!("spec/{name}.yaml"),
            tree: (*tree).clone(),
            overlays: match name {
                "template" => vec![Overlay::parse(SHARED, "shared.yaml").expect("an overlay")],
                _ => Vec::new(),
            },
        })
        .collect();
    Version::of(&inputs)
}

type Edit = fn(&mut Value);

/// The impact that a reviewer is told.
#[derive(Debug, PartialEq, Eq)]
enum ReportedImpact {
    Breaking,
    /// A minor bump, with a note that programs behave differently.
    Behaviour,
    Compatible,
    /// The documents contradict each other, so nothing is generated.
    Refused,
}

use ReportedImpact::{Behaviour, Breaking, Compatible, Refused};

fn impact_in(report: &Report) -> ReportedImpact {
    let behaves = report
        .changes()
        .any(|change| change.impact == Impact::Behaviour);
    match (report.bump(), behaves) {
        (Bump::Major, _) => Breaking,
        (Bump::Minor, true) => Behaviour,
        (Bump::Minor, false) => Compatible,
        other => panic!("{other:?}: {}", report.to_markdown()),
    }
}

fn schema<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

fn remove(object: &mut Value, key: &str) -> Value {
    object.as_object_mut().unwrap().remove(key).expect(key)
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().expect("a list").push(item);
}

fn paths(document: &mut Value) -> &mut Value {
    &mut document["paths"]
}

fn move_path(document: &mut Value, to: impl FnOnce(&str) -> String) {
    let paths = paths(document);
    let path = paths.as_object().unwrap().keys().next().unwrap().clone();
    let moved = remove(paths, &path);
    paths[to(&path)] = moved;
}

fn item(document: &mut Value) -> &mut Value {
    let paths = document["paths"].as_object_mut().unwrap();
    paths.values_mut().next().unwrap()
}

fn union(document: &mut Value) -> &mut Value {
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    let union = schemas.values_mut().find(|it| it.get("oneOf").is_some());
    &mut union.unwrap()["oneOf"]
}

/// The edit, the impact of it in either document alone, and the impact of it in both.
const TABLE: &[(&str, Edit, ReportedImpact, ReportedImpact)] = &[
    (
        "enum value added",
        |it| push(&mut schema(it, "Color")["enum"], json!("GREEN")),
        Compatible,
        Compatible,
    ),
    (
        "enum value removed",
        |it| schema(it, "Color")["enum"] = json!(["RED"]),
        Behaviour,
        Breaking,
    ),
    (
        "field added",
        |it| schema(it, "Order")["properties"]["size"] = json!({"type": "string"}),
        Compatible,
        Compatible,
    ),
    (
        "field removed",
        |it| drop(remove(&mut schema(it, "Order")["properties"], "note")),
        Behaviour,
        Breaking,
    ),
    (
        "required field added",
        |it| {
            schema(it, "Order")["properties"]["size"] = json!({"type": "string"});
            push(&mut schema(it, "Order")["required"], json!("size"));
        },
        Behaviour,
        Breaking,
    ),
    (
        "required added",
        |it| push(&mut schema(it, "Order")["required"], json!("note")),
        Behaviour,
        Breaking,
    ),
    (
        "required removed",
        |it| drop(remove(schema(it, "Order"), "required")),
        Breaking,
        Breaking,
    ),
    (
        "type changed",
        |it| schema(it, "Order")["properties"]["note"]["type"] = json!("boolean"),
        Refused,
        Breaking,
    ),
    (
        "width changed",
        |it| schema(it, "Part")["properties"]["weight"]["format"] = json!("int64"),
        Refused,
        Breaking,
    ),
    (
        "alternative added",
        |it| {
            *schema(it, "PollField") = json!({"type": "object", "properties": {"poll": {
            "type": "object", "properties": {"question": {"type": "string"}}}}});
            push(union(it), json!({"$ref": "#/components/schemas/PollField"}));
        },
        Compatible,
        Compatible,
    ),
    (
        "alternative removed",
        |it| {
            union(it).as_array_mut().unwrap().pop();
        },
        Behaviour,
        Breaking,
    ),
    (
        "operation added",
        |it| {
            let mut post = item(it)["post"].clone();
            post["operationId"] = json!(format!("{}_Put", post["tags"][0].as_str().unwrap()));
            item(it)["put"] = post;
        },
        Compatible,
        Compatible,
    ),
    (
        "operation removed",
        |it| drop(remove(item(it), "delete")),
        Breaking,
        Breaking,
    ),
    (
        "operation renamed",
        |it| {
            item(it)["delete"]["operationId"] = json!(format!(
                "{}_Remove",
                item(it)["delete"]["tags"][0].as_str().unwrap()
            ))
        },
        Breaking,
        Breaking,
    ),
    (
        "path changed",
        |it| move_path(it, |path| format!("/v2{path}")),
        Compatible,
        Compatible,
    ),
    (
        "path parameters reordered",
        |it| move_path(it, |path| path.replace("{a}/{b}", "{b}/{a}")),
        Breaking,
        Breaking,
    ),
    (
        "parameter added",
        |it| {
            push(
                &mut item(it)["post"]["parameters"],
                json!({"name": "tag", "in": "query", "schema": {"type": "string"}}),
            )
        },
        Breaking,
        Breaking,
    ),
    (
        "parameter removed",
        |it| item(it)["post"]["parameters"] = json!([]),
        Breaking,
        Breaking,
    ),
    (
        "parameter required",
        |it| item(it)["post"]["parameters"][0]["required"] = json!(true),
        Breaking,
        Breaking,
    ),
    (
        "type renamed",
        |it| {
            let text = it.to_string().replace("schemas/Part", "schemas/Piece");
            *it = serde_json::from_str(&text).unwrap();
            let part = remove(&mut it["components"]["schemas"], "Part");
            *schema(it, "Piece") = part;
        },
        Refused,
        Breaking,
    ),
    (
        "field renamed",
        |it| {
            let note = remove(&mut schema(it, "Order")["properties"], "note");
            schema(it, "Order")["properties"]["remark"] = note;
        },
        Behaviour,
        Breaking,
    ),
    (
        "deprecation added",
        |it| {
            schema(it, "Order")["properties"]["note"]["deprecated"] = json!(true);
            item(it)["delete"]["deprecated"] = json!(true);
        },
        Compatible,
        Compatible,
    ),
    (
        "limit tightened",
        |it| schema(it, "Order")["properties"]["id"]["maxLength"] = json!(5),
        Behaviour,
        Behaviour,
    ),
    (
        "limit loosened",
        |it| schema(it, "Order")["properties"]["id"]["maxLength"] = json!(50),
        Compatible,
        Compatible,
    ),
];

#[test]
fn impacts_are_about_what_users_compile() {
    let [one, two] = ["conversation", "template"].map(published);
    let before = version([&one, &two]).expect("sound documents");
    let mut wrong = Vec::new();
    for (name, edit, alone, both) in TABLE {
        let (mut new_one, mut new_two) = (one.clone(), two.clone());
        edit(&mut new_one);
        edit(&mut new_two);
        assert!(one != new_one && two != new_two, "{name} changes something");
        for (what, documents, expected) in [
            ("the first", [&new_one, &two], alone),
            ("the second", [&one, &new_two], alone),
            ("both", [&new_one, &new_two], both),
        ] {
            let (impact, page) = match version(documents) {
                Ok(after) => {
                    let report = compare(&before, &after);
                    (impact_in(&report), report.to_markdown())
                }
                Err(fault) => (Refused, fault.to_string()),
            };
            if impact != *expected {
                wrong.push(format!(
                    "{name} in {what}: {impact:?}, not {expected:?}\n{page}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_taken_back_is_judged_the_other_way() {
    let [one, two] = ["conversation", "template"].map(published);
    let after = version([&one, &two]).expect("sound documents");
    for (name, alone, both) in [
        ("enum value added", Breaking, Breaking),
        ("enum value removed", Compatible, Compatible),
        ("field added", Breaking, Breaking),
        ("required added", Behaviour, Breaking),
        ("required removed", Breaking, Breaking),
        ("alternative added", Breaking, Breaking),
        ("operation added", Breaking, Breaking),
        ("operation removed", Compatible, Compatible),
        ("parameter added", Breaking, Breaking),
        ("deprecation added", Compatible, Compatible),
    ] {
        let (_, edit, ..) = TABLE.iter().find(|row| row.0 == name).expect(name);
        let (mut old_one, mut old_two) = (one.clone(), two.clone());
        edit(&mut old_one);
        edit(&mut old_two);
        for (documents, expected) in [([&old_one, &two], alone), ([&old_one, &old_two], both)] {
            let before = version(documents).expect(name);
            let report = compare(&before, &after);
            assert_eq!(
                impact_in(&report),
                expected,
                "{name}: {}",
                report.to_markdown()
            );
        }
    }
}
