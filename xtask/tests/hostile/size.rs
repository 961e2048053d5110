//! Documents that expand to far more than their size: refused immediately, within bounded memory and stack.

use std::{fmt::Write as _, fs, process::Command};

use crate::checkout::{Checkout, Ended, published};

/// The address space of the child, in KiB: its stack for recursion and 1 GiB.
const MEMORY: usize = (512 + 1024) * 1024;

/// Runs the command on `new.yaml` with limited memory.
fn bounded(checkout: &Checkout, arguments: &str) -> Ended {
    let script = format!(
        "ulimit -v {MEMORY}; exec {} {arguments}",
        env!("CARGO_BIN_EXE_xtask")
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("CARGO_MANIFEST_DIR", checkout.path("xtask"))
        .current_dir(checkout.path(""))
        .output()
        .unwrap();
    Ended {
        code: output.status.code().unwrap_or_else(|| panic!("{output:?}")),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Checks that each command refuses the document in one line with this text, and generating changes nothing.
#[track_caller]
fn refused(document: &str, expected: &str) {
    let checkout = Checkout::new();
    fs::write(checkout.path("new.yaml"), document).unwrap();
    let before = checkout.state();
    for arguments in [
        "regen --from new.yaml --document conversation",
        "lint new.yaml",
        "diff spec/conversation.yaml new.yaml",
    ] {
        let ended = bounded(&checkout, arguments);
        assert_eq!(ended.code, 2, "{arguments}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{}", ended.stderr);
    }
    assert_eq!(checkout.changed_since(&before), Vec::<String>::new());
}

/// Checks that generating refuses the document with this text, and the other commands end.
#[track_caller]
fn not_generated(document: &str, expected: &str) {
    let checkout = Checkout::new();
    fs::write(checkout.path("new.yaml"), document).unwrap();
    let before = checkout.state();
    let ended = bounded(&checkout, "regen --from new.yaml --document conversation");
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains(expected), "{}", ended.stderr);
    assert_eq!(checkout.changed_since(&before), Vec::<String>::new());
    assert_eq!(bounded(&checkout, "lint new.yaml").code, 0);
    let compared = bounded(&checkout, "diff spec/conversation.yaml new.yaml");
    assert!(matches!(compared.code, 0 | 2), "{compared:?}");
}

/// Adds schemas to the small document.
fn with_schemas(schemas: &str) -> String {
    let document = published();
    let (before, after) = document.split_once("\n  schemas:\n").unwrap();
    format!("{before}\n  schemas:\n{schemas}{after}")
}

/// Adds a text at the end of the small document.
fn with(extension: &str) -> String {
    format!("{}{extension}\n", published())
}

#[test]
fn brackets_without_end() {
    refused(
        &with(&format!("x-deep: {}", "[".repeat(100_000))),
        "brackets",
    );
}

#[test]
fn values_within_one_another() {
    let (open, close) = ("[".repeat(120), "]".repeat(120));
    refused(&with(&format!("x-deep: {open}{close}")), "#/x-deep/0/0");
    let deep = format!("{{\"openapi\": \"3.0.2\", \"x-deep\": {open}{close}}}");
    refused(&deep, "#/x-deep/0/0");
}

#[test]
fn a_text_that_is_repeated() {
    let repeated = vec!["*text"; 2_000].join(", ");
    let text = "x".repeat(4 * 1024 * 1024);
    refused(
        &with(&format!("x-text: &text {text}\nx-repeated: [{repeated}]")),
        "bytes of text",
    );
}

#[test]
fn lists_that_repeat_lists() {
    let mut lists = "x-0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n".to_owned();
    for level in 1..9 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(lists, "x-{level}: &a{level} [{below}]");
    }
    refused(&with(&lists), "expected at most");
}

#[test]
fn keys_that_are_there_twice() {
    refused(
        &with_schemas("    Contact: {type: string}\n"),
        "#/components/schemas/Contact: expected each key once",
    );
}

#[test]
fn schemas_that_double() {
    let mut schemas =
        "    D0: {type: object, required: [a, b], properties: {a: {type: string}}}\n".to_owned();
    for level in 1..=31 {
        let below = format!("{{$ref: '#/components/schemas/D{}'}}", level - 1);
        let _ = writeln!(
            schemas,
            "    D{level}: {{required: [c], allOf: [{below}, {below}]}}"
        );
    }
    let checkout = Checkout::new();
    fs::write(checkout.path("new.yaml"), with_schemas(&schemas)).unwrap();
    for arguments in [
        "regen --from new.yaml --document conversation",
        "lint new.yaml",
        "diff spec/conversation.yaml new.yaml",
    ] {
        assert_eq!(bounded(&checkout, arguments).code, 0, "{arguments}");
    }
}

#[test]
fn schemas_that_take_over_much() {
    let mut schemas = "    Wide:\n      type: object\n      properties:\n".to_owned();
    for field in 0..400 {
        let _ = writeln!(schemas, "        f{field}: {{type: string}}");
    }
    for copy in 0..1_100 {
        let _ = writeln!(
            schemas,
            "    Copy{copy}: {{allOf: [{{$ref: '#/components/schemas/Wide'}}]}}"
        );
    }
    not_generated(&with_schemas(&schemas), "expected allOf to copy at most");
}

#[test]
fn a_chain_of_schemas() {
    let chain = |length: usize| {
        let links = (0..length).map(|link| {
            let next = link + 1;
            format!("    L{link}: {{required: [a], $ref: '#/components/schemas/L{next}'}}\n")
        });
        with_schemas(&format!(
            "{}    L{length}: {{type: string}}\n",
            links.collect::<String>()
        ))
    };
    let checkout = Checkout::new();
    for (length, arguments) in [
        (300, "regen --from new.yaml --document conversation"),
        (3_000, "lint new.yaml"),
        (3_000, "diff spec/conversation.yaml new.yaml"),
    ] {
        fs::write(checkout.path("new.yaml"), chain(length)).unwrap();
        let ended = bounded(&checkout, arguments);
        assert!(matches!(ended.code, 0 | 2), "{arguments}: {ended:?}");
        assert!(
            ended.code == 0 || ended.stderr.contains("a longer chain"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn responses_that_double() {
    let mut responses = "    D0: {description: d}\n".to_owned();
    for level in 1..=31 {
        let below = format!("{{$ref: '#/components/responses/D{}'}}", level - 1);
        let _ = writeln!(
            responses,
            "    D{level}: {{description: d, headers: {{a: {below}, b: {below}}}}}"
        );
    }
    let document = published()
        .replacen(
            "\n  responses:\n",
            &format!("\n  responses:\n{responses}"),
            1,
        )
        .replacen(
            "'#/components/responses/Apps'",
            "'#/components/responses/D31'",
            1,
        );
    not_generated(&document, "expected references to at most");
}
