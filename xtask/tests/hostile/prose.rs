//! Prose and names in documents: rustdoc accepts them, runs nothing of them, and shows them as text.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use serde_json::{Value, json};
use xtask::markdown::for_rustdoc;

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

/// Writes every documentation comment of the generated files onto an item, in code that builds without dependencies.
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
            let line = line.trim_start().replacen("//!", "///", 1);
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

    let items = items(&checkout);
    assert!(
        items.contains("not rust") && items.contains("the site"),
        "the prose is there"
    );
    rustdoc(&checkout, &["-D", "warnings"]);
    assert_no_tests(&checkout);
}

/// Writes the comments of all generated files into one file, and returns it.
fn items(checkout: &Checkout) -> String {
    let mut items = "#![doc = \"Documentation.\"]\n".to_owned();
    let mut count = 0;
    documentation(
        &checkout.path("crates/sinch-conversation-raw/src/generated"),
        &mut items,
        &mut count,
    );
    assert!(count > 50, "{count}");
    fs::write(checkout.path("items.rs"), &items).unwrap();
    items
}

fn assert_no_tests(checkout: &Checkout) {
    let tests = rustdoc(checkout, &["--test"]);
    assert!(tests.contains("running 0 tests"), "{tests}");
}

/// Ways to make rustdoc take a line for Rust.
const SMUGGLED: &[&str] = &[
    "text\n\n    CODE",
    "\t\tCODE",
    "> ```\n> CODE\n> ```",
    "> quoted\n>\n>     CODE",
    "- item\n\n      CODE",
    "- ```rust\n  CODE\n  ```",
    "1. ~~~\n   CODE\n   ~~~",
    "~~~\n```\nCODE\n```\n~~~",
    "~~~\n```\n```\nCODE",
    "`open\n\n```\nCODE\n```\n`",
    "<pre>\n\n    CODE\n</pre>",
    "{% x %}\n\n    CODE",
    "a\r\r    CODE",
    "*a&#10;*     CODE",
    "*a\n<br>*     CODE",
    "*a\n![](x)*     CODE",
    "*a\n[](x)*\tCODE",
];

/// Ways to make a browser run or load HTML and links.
const MARKUP: &[&str] = &[
    "a `span\n\n<script>alert(1)</script>`",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1)) <javascript:alert(1)>",
    "![a](https://a.example/x.png) !\n[a](https://a.example/y.png)",
    "&lt;script>alert(1)&lt;/script>",
    "a \u{202e} b \r c \u{0} d",
    "a &#x202e; b &#13; c [d](https://a.example/&#x202e;)",
];

fn everywhere(code: &str) -> Value {
    let smuggled: Vec<String> = SMUGGLED
        .iter()
        .chain(MARKUP)
        .map(|text| text.replace("CODE", code))
        .collect();
    let mut document: Value = xtask::document::parse(&published(), "published").unwrap();
    let name = |start: &str| format!("{start}\n\n    {code}");
    let fields: serde_json::Map<String, Value> = smuggled
        .iter()
        .enumerate()
        .map(|(at, text)| {
            (
                format!("field_{at}"),
                json!({"type": "string", "description": text}),
            )
        })
        .chain([(name("property"), json!({"type": "string"}))])
        .collect();
    let schemas = &mut document["components"]["schemas"];
    schemas["Contact"]["properties"] = Value::Object(fields);
    schemas["ConversationChannel"]["enum"] = json!(["SMS", name("VALUE")]);
    schemas["Settings"] = json!({"oneOf": [
        {"type": "object", "properties": {name("mark"): {"type": "string"}}},
        {"type": "object", "properties": {"other": {"type": "string", "pattern": name("`")}}}
    ]});
    document["info"]["title"] = json!(name("Title"));
    document["info"]["description"] = json!(smuggled[0]);
    let paths = document["paths"].as_object_mut().unwrap();
    for (text, item) in smuggled.iter().cycle().zip(paths.values_mut()) {
        for operation in item
            .as_object_mut()
            .unwrap()
            .values_mut()
            .filter(|it| it.is_object())
        {
            operation["summary"] = json!(text);
            operation["description"] = json!(smuggled.join("\n\n"));
            operation["parameters"] = json!([
                {"name": "tag", "in": "query", "description": text, "schema": {"type": "string"}}
            ]);
        }
    }
    document
}

#[test]
fn nothing_that_a_document_says_is_run() {
    let checkout = Checkout::new();
    let proof = checkout.path("it-ran");
    let code = format!("std::fs::write({proof:?}, []).unwrap();");
    fs::write(checkout.path("new.json"), everywhere(&code).to_string()).unwrap();
    let ended = checkout.xtask(&["regen", "--from", "new.json", "--document", "conversation"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let items = items(&checkout);
    assert!(items.contains("it-ran"), "the text is there");
    assert!(ended.stdout.contains("`> quoted`"), "and printed");
    assert_no_tests(&checkout);
    assert!(!proof.exists());
    rustdoc(&checkout, &["-D", "warnings"]);
    let mut pages = String::new();
    for (path, bytes) in checkout.state() {
        if path.starts_with(checkout.path("doc/items")) {
            pages.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    assert!(pages.contains("alert(1)"), "the text is there");
    for harmful in [
        "<script>alert",
        "<img src=x",
        "href=\"javascript",
        "<img src=\"https://a.example",
        "\u{202e}",
    ] {
        assert!(!pages.contains(harmful), "{harmful}");
    }
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

/// Returns the generated code without its comments.
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

/// Returns what rustdoc's parser would not only show.
fn active(text: &str) -> Option<String> {
    // The extensions that rustdoc enables.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    Parser::new_ext(text, options)
        .find(|event| match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => true,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => &**language != "text",
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => true,
            Event::Start(Tag::Link { dest_url, .. }) => !dest_url.starts_with("http"),
            _ => false,
        })
        .map(|event| format!("{event:?}"))
}

/// Markdown and HTML syntax, white space and words.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "`",
        "```",
        "~~~",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "\r",
        " ",
        "> ",
        "- ",
        "* ",
        "+ ",
        "1. ",
        "2) ",
        "# ",
        "===",
        "---",
        "***",
        "*",
        "**",
        "_",
        "~~",
        "|",
        "| - |",
        "\n|-|-|\n",
        ":-",
        "[",
        "]",
        "(",
        ")",
        "](",
        "]: ",
        "!",
        "![",
        "\\",
        "&",
        "&lt;",
        "&#60;",
        "&#x0a;",
        "&#13;",
        "&#9;",
        "&#x202e;",
        "<br>",
        "![](",
        "<",
        ">",
        "</",
        "/>",
        "<b>",
        "<pre>",
        "<script>",
        "<!--",
        "-->",
        "<?",
        "<![CDATA[",
        "<a href='",
        "'",
        "\"",
        "http://a.b",
        "https://a.b/c",
        "<https://a.b>",
        "javascript:x",
        "rust",
        "a",
        "b1",
        "\u{202e}",
        "\u{a0}",
        "[x]",
        "[^1]",
        "[^1]: ",
        "{%",
        "%}",
        "é",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prose_of_any_form_is_only_shown(fragments in prop::collection::vec(fragment(), 0..40)) {
        let text = fragments.concat();
        let shown = for_rustdoc(&text);
        prop_assert_eq!(active(&shown), None, "{:?} -> {:?}", text, shown);
        prop_assert!(!shown.contains(['\r', '\u{202e}']), "{:?} -> {:?}", text, shown);
        let again = for_rustdoc(&shown);
        prop_assert_eq!(active(&again), None, "{:?} -> {:?}", shown, again);
        // In a comment each line starts with a space, and nothing may be indented so far that it becomes a sample.
        let comment: String = shown.lines().map(|line| format!(" {line}\n")).collect();
        prop_assert_eq!(active(&comment), None, "{:?}", comment);
    }
}
