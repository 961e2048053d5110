//! Names that are invalid in Rust, or occur twice.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use super::small;
use crate::checkout::Checkout;

const LIST: &str = "/v1/projects/{project_id}/apps";

fn tagged(document: &mut Value, path: &str, method: &str, tag: &str) {
    document["paths"][path][method]["tags"] = json!([tag]);
}

#[test]
fn two_things_of_one_name_are_refused_with_both() {
    let checkout = Checkout::new();
    let schemas = |document: &mut Value, name: &str, schema: Value| {
        document["components"]["schemas"][name] = schema;
    };
    let fields = |fields: Value| json!({"type": "object", "properties": fields});
    let text = || json!({"type": "string"});
    for (name, schema, expected) in [
        (
            "String",
            fields(json!({})),
            "a type that generated code uses is also called String",
        ),
        (
            "Value",
            fields(json!({})),
            "a type that generated code uses is also called Value",
        ),
        (
            "app_response",
            fields(json!({})),
            "schemas/AppResponse is also called AppResponse",
        ),
        ("🦀", fields(json!({})), "a letter or a digit"),
        (
            "A",
            fields(json!({"a_b": text(), "aB": text()})),
            "properties/a_b is also called a_b",
        ),
        (
            "A",
            fields(json!({"extra": text()})),
            "properties/extra: expected a unique Rust name",
        ),
        (
            "A",
            fields(json!({"-": text()})),
            "properties/-: expected a name",
        ),
        (
            "A",
            json!({"type": "string", "enum": ["A_B", "aB"]}),
            "enum/0 is also called AB",
        ),
        (
            "A",
            json!({"type": "string", "enum": ["A", "A"]}),
            "enum/0 is also called A",
        ),
        (
            "A",
            json!({"type": "string", "enum": ["-", "+"]}),
            "enum/0 is also called Value",
        ),
        (
            "A",
            json!({"oneOf": [fields(json!({"": text()})), fields(json!({"-": text()}))]}),
            "is also called Value",
        ),
        (
            "A",
            json!({"type": "object", "x-rust-name": "a b"}),
            "x-rust-name: expected the name of a type",
        ),
        (
            "A",
            json!({"type": "object", "x-rust-name": "Self"}),
            "x-rust-name: expected the name of a type",
        ),
    ] {
        checkout.refuses_edit(|document| schemas(document, name, schema), &[expected]);
    }
    checkout.refuses_edit(
        |document| {
            schemas(
                document,
                "A",
                json!({"oneOf": [fields(json!({"a": text()})), fields(json!({"b": text()}))]}),
            );
            schemas(document, "AKind", fields(json!({})));
            schemas(
                document,
                "B",
                fields(
                    json!({"list": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}}),
                ),
            );
        },
        &["schemas/AKind is also called AKind"],
    );
}

#[test]
fn operations_of_one_name_are_refused_with_both() {
    let checkout = Checkout::new();
    for (id, expected) in [
        ("", "operationId: expected a name with a letter"),
        ("new", "a function of every client is also called new"),
        (
            "contact_listContacts",
            "apps/get/operationId is also called contact_list_contacts",
        ),
    ] {
        checkout.refuses_edit(
            |document| document["paths"][LIST]["get"]["operationId"] = json!(id),
            &[expected],
        );
    }
    for tag in ["", "🦀", "-"] {
        checkout.refuses_edit(
            |document| tagged(document, LIST, "get", tag),
            &["get/tags/0: expected a name"],
        );
    }
    checkout.refuses_edit(
        |document| tagged(document, LIST, "get", "serde_json"),
        &["a module or crate that generated code uses"],
    );
}

/// Names that may be anything compile.
#[test]
fn keywords_and_hidden_characters_compile() {
    let checkout = Checkout::new();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(repository.join(file), checkout.path(file)).unwrap();
    }
    let copied = Command::new("cp")
        .arg("-r")
        .arg(repository.join("crates/sinch-conversation-raw"))
        .arg(checkout.path("crates"))
        .status();
    assert!(copied.unwrap().success());
    assert_eq!(checkout.xtask(&["regen"]).code, 0);

    let mut document = small();
    let operations: Vec<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| *key != "parameters");
            methods.map(move |method| (path.clone(), method.clone()))
        })
        .collect();
    let tags = ["Type", "Self", "fn", "crate", "super", "mod", "1x", "gen"];
    for ((path, method), tag) in operations.iter().zip(tags) {
        tagged(&mut document, path, method, tag);
    }
    document["paths"][LIST]["get"]["operationId"] = json!("Self");
    let list = document["paths"][LIST]["parameters"]
        .as_array_mut()
        .unwrap();
    list.push(json!({"name": "type", "in": "query", "description": "a\rb\u{202e}c", "schema": {"type": "string"}}));
    let schemas = &mut document["components"]["schemas"];
    schemas["Contact"]["properties"] = json!({
        "self": {"type": "string", "description": "a\rb\u{202e}c"}, "crate": {"type": "string"},
        "3d": {"type": "string"}, "gen": {"type": "string"}, "a\u{202e}b": {"type": "string"}, "kind": {"type": "string"},
    });
    schemas["ConversationChannel"]["enum"] =
        json!(["SELF", "", "🦀🦀 x", "\u{202e}\r\n\" y", "UNKNOWN", "2x"]);
    schemas["Self"] = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let ended = checkout.take(&document.to_string(), &["--check-compiles"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}
