//! The table of `guide::operations` against the sources.
//!
//! A method says in its documentation which operation it calls, in the form (`App_CreateApp`). The documentation of a
//! builder may say it in place of the methods that make the builder. The table is made from that and from the
//! published operations. To write it anew: `UPDATE_OPERATIONS_TABLE=1 cargo test -p sinch-conversation --test operations`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod examples;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sinch_conversation_raw::{OPERATIONS, Operation};
use source::{Source, mentions};

/// The text above the table is written by hand.
const HEAD: &str = "| operation | request | in Rust |\n| --- | --- | --- |\n";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn row(operation: &Operation, source: &Source) -> Option<String> {
    let methods = source.methods_of(operation.id.as_str());
    if methods.is_empty() {
        return None;
    }
    let links: Vec<String> = methods
        .iter()
        .map(|method| format!("[`{}`]({})", method.name, method.path))
        .collect();
    Some(format!(
        "| `{}` | `{} {}` | {} |\n",
        operation.id,
        operation.method,
        operation.path,
        links.join(", ")
    ))
}

/// The ids in the first column.
fn ids(table: &str) -> BTreeSet<&str> {
    let cells = table.lines().skip(2).map(|line| line.split('`').nth(1));
    cells
        .map(|id| id.expect("an operation id in every row"))
        .collect()
}

/// Every Rust file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    });
    nested
        .flatten()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

/// The documentation in a file, read as text: also where macros hide it from the parser.
fn documentation(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("///"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_table_has_every_operation_that_the_documentation_names() {
    let source = Source::read(&sources().join("lib.rs"));
    let rows: String = OPERATIONS
        .iter()
        .filter_map(|operation| row(operation, &source))
        .collect();
    let expected = format!("{HEAD}{rows}");

    let file = sources().join("guide/operations.md");
    let page = fs::read_to_string(&file).expect("the page");
    let start = page.find("| operation |").unwrap_or(page.len());
    if std::env::var_os("UPDATE_OPERATIONS_TABLE").is_some_and(|it| it == "1") {
        fs::write(&file, format!("{}{expected}", &page[..start])).expect("a page to write");
    } else {
        assert_eq!(
            &page[start..],
            expected,
            "the table is not what the sources say; run this test with UPDATE_OPERATIONS_TABLE=1"
        );
    }

    let table = ids(&expected);
    assert!(table.contains("Messages_SendMessage"));
    for file in files(&sources()) {
        for id in mentions(&documentation(&file)) {
            let known = OPERATIONS
                .iter()
                .any(|operation| operation.id.as_str() == id);
            assert!(
                known,
                "{} names `{id}`, which is no operation of the API",
                file.display()
            );
            assert!(
                table.contains(id.as_str()),
                "{} names `{id}`, but not at a public method or at a builder that a public method makes",
                file.display()
            );
        }
    }
}

#[test]
fn a_mention_is_an_operation_id_in_parentheses() {
    let found = |text: &str| mentions(text).into_iter().collect::<Vec<_>>();
    assert_eq!(
        found("Creates an app (`App_CreateApp`). Await it."),
        ["App_CreateApp"]
    );
    assert_eq!(
        found("(`App_GetApp`, then\n `App_UpdateApp`)"),
        ["App_GetApp", "App_UpdateApp"]
    );
    assert_eq!(
        found("(`Templates_v2_GetTemplate`)"),
        ["Templates_v2_GetTemplate"]
    );
    assert!(
        found("`App_CreateApp`, the state (`SWITCHING_CHANNEL`), a field (`page_token`), (`us`)")
            .is_empty()
    );
}
