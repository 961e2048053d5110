//! The document as it is in the wild: samples, templating, HTML and long prose. Types stay, and rustdoc accepts it.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::checkout::{Checkout, published};

const PROSE: &str = "{% partial file=\"/x/y.md\" variables={\"a\": 1} /%}\n\
    See [the guide](/docs/guide#part), [the site](https://a.example/b), https://a.example/c?d=[e] and <b>bold</b><br>\n\
    A Map<string, Foo> of [things] with a lone ` tick, an [unclosed bracket and `code [x](y) <z>`.\n\n\
    <table><tr><td>cell</td></tr></table>\n\n\
    | a | b |\n|---|---|\n| [c] | http://d.example |\n\n\
    Sample:\n\n        let x: u32 = \"not rust\";\n\n\
    ```json\n{\"a\": [1, 2}\n```\n\n~~~\nfn main() { panic!() }\n~~~\n\n- one\n\n      deep code\n\n```\nunclosed";

/// Adds prose, samples and extensions wherever the document may have them.
fn make_wild(node: &mut Value, named: bool) {
    match node {
        Value::Object(members) => {
            for (key, child) in members.iter_mut() {
                match child {
                    Value::String(text) if !named && key == "description" => {
                        let description = format!("{text}\n\n{PROSE}");
                        *text = description;
                    }
                    child => {
                        let names = !named
                            && matches!(
                                key.as_str(),
                                "properties" | "schemas" | "responses" | "mapping"
                            );
                        make_wild(child, names);
                    }
                }
            }
            let is_schema =
                !named && (members.contains_key("type") || members.contains_key("oneOf"));
            if is_schema || members.contains_key("operationId") {
                members.insert(
                    "x-codeSamples".to_owned(),
                    json!([{"lang": "curl", "source": "curl https://a.example"}]),
                );
                members.insert("examples".to_owned(), json!([{"any": "thing"}]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| make_wild(item, false)),
        _ => {}
    }
}

/// Every documentation comment of the generated files on an item of its own, which builds without dependencies.
fn documentation(folder: &Path, out: &mut String, count: &mut usize) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            documentation(&path, out, count);
            continue;
        }
        let mut open = false;
        for line in fs::read_to_string(path).unwrap().lines() {
            let line = line.trim_start();
            if line.starts_with("///") {
                let _ = writeln!(out, "{line}");
                open = true;
            } else if open {
                *count += 1;
                let _ = writeln!(out, "pub struct Item{count};\n");
                open = false;
            }
        }
    }
}

#[test]
fn wild_prose_becomes_clean_rustdoc_and_leaves_types_alone() {
    let checkout = Checkout::new();
    let mut wild: Value = xtask::document::parse(&published(), "published").unwrap();
    make_wild(&mut wild, false);
    fs::write(checkout.path("wild.json"), wild.to_string()).unwrap();
    let code_before = code_only(&checkout);
    let contract = "crates/sinch-conversation-sandbox/src/generated/contract.json";
    let contract_before = checkout.read(contract);
    let ended = checkout.xtask(&["regen", "--from", "wild.json", "--document", "conversation"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("Documentation changed"),
        "{}",
        ended.stdout
    );
    let code = code_only(&checkout);
    let different = code
        .lines()
        .zip(code_before.lines())
        .find(|(after, before)| after != before);
    assert_eq!(different, None, "prose changes no code");
    assert_eq!(checkout.read(contract), contract_before);

    let mut items = "#![doc = \"Documentation.\"]\n".to_owned();
    let mut count = 0;
    documentation(
        &checkout.path("crates/sinch-conversation-raw/src/generated"),
        &mut items,
        &mut count,
    );
    assert!(count > 50, "{count}");
    assert!(
        items.contains("not rust") && items.contains("the site"),
        "the prose is there"
    );
    let file = checkout.path("items.rs");
    fs::write(&file, items).unwrap();
    rustdoc(&checkout, &["-D", "warnings"]);
    let tests = rustdoc(&checkout, &["--test"]);
    assert!(tests.contains("0 passed; 0 failed"), "{tests}");
}

fn rustdoc(checkout: &Checkout, arguments: &[&str]) -> String {
    let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let output = Command::new(rustdoc)
        .arg(checkout.path("items.rs"))
        .args(["--edition", "2024", "--crate-name", "items", "--out-dir"])
        .arg(checkout.path("doc"))
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}",
        said.chars().take(4000).collect::<String>()
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The generated code without its comments.
fn code_only(checkout: &Checkout) -> String {
    let mut code = String::new();
    for (path, bytes) in checkout.state() {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = String::from_utf8(bytes).unwrap();
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            code.extend(lines.flat_map(|line| [line, "\n"]));
        }
    }
    code
}
