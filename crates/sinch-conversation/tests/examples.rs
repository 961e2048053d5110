//! Every example runs, ends well and prints what its own documentation says.
//!
//! The examples are found in the folder, so that a new one is covered by itself. What an example has to print is the
//! `text` block of its documentation: every line, in this order, with `…` for what differs from run to run. Without
//! a block it has to print something.
//!
//! The programs are those that cargo has built next to this test: `cargo test` builds them when no targets are named.
//! One that needs features is run when it was built.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// No example takes this long, also on a busy machine. It ends one that waits for ever.
const LIMIT: Duration = Duration::from_secs(240);

struct Example {
    name: String,
    /// The file with the documentation.
    source: String,
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the folder is an example, and so is a folder with a `main.rs`; as for cargo.
fn examples() -> Vec<Example> {
    let entries = fs::read_dir(package().join("examples")).expect("the examples");
    let mut found: Vec<Example> = entries
        .map(|entry| entry.unwrap().path())
        .filter_map(example)
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn example(path: PathBuf) -> Option<Example> {
    let file = if path.is_dir() {
        path.join("main.rs")
    } else {
        path.clone()
    };
    if !file.exists() || file.extension()? != "rs" {
        return None;
    }
    Some(Example {
        name: path.file_stem()?.to_str()?.to_owned(),
        source: fs::read_to_string(file).expect("an example"),
    })
}

/// Whether the manifest names the example in an `[[example]]` with `required-features`.
fn needs_features(name: &str) -> bool {
    let manifest = fs::read_to_string(package().join("Cargo.toml")).expect("the manifest");
    let tables = manifest
        .split("\n[")
        .filter(|table| table.starts_with("[example]]"));
    let named = format!("name = \"{name}\"");
    tables
        .filter(|table| table.lines().any(|line| line.trim() == named))
        .any(|table| table.contains("required-features"))
}

/// The program next to `deps/`, where this test is.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program");
    let built = test
        .parent()
        .and_then(Path::parent)
        .expect("the folder of the profile");
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    built.join("examples").join(file)
}

async fn run(program: &Path) -> Output {
    let child = Command::new(program)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("a child process");
    tokio::time::timeout(LIMIT, child.wait_with_output())
        .await
        .unwrap_or_else(|_| panic!("{} does not end", program.display()))
        .expect("its output")
}

/// The lines of the `text` block in the `//!` documentation.
fn promised(source: &str) -> Vec<&str> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .skip_while(|line| *line != "```text")
        .skip(1)
        .take_while(|line| *line != "```")
        .collect()
}

/// Whether the line has the parts between the `…` in this order, from its start to its end.
fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// The first promised line that is not printed after the one before it.
fn missing<'a>(printed: &str, promised: &[&'a str]) -> Option<&'a str> {
    let mut printed = printed.lines();
    promised
        .iter()
        .copied()
        .find(|pattern| !printed.any(|line| fits(line, pattern)))
}

/// What is wrong with an example.
async fn check(example: &Example) -> Result<(), String> {
    let program = program(&example.name);
    if !program.exists() {
        return if needs_features(&example.name) {
            Ok(())
        } else {
            Err("it was not built: run `cargo build --examples` first, or `cargo test` without naming targets, which builds them".into())
        };
    }
    let output = run(&program).await;
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let all = || format!("\nstdout:\n{out}\nstderr:\n{err}");
    if !output.status.success() {
        return Err(format!("{}{}", output.status, all()));
    }
    let promised = promised(&example.source);
    match missing(&out, &promised) {
        Some(line) => Err(format!("it did not print `{line}` in its place{}", all())),
        None if out.trim().is_empty() => Err(format!("it printed nothing{}", all())),
        None => Ok(()),
    }
}

#[tokio::test]
async fn every_example_ends_well_and_prints_what_it_says() {
    let examples = examples();
    assert!(examples.iter().any(|example| example.name == "quickstart"));
    let mut problems = String::new();
    for example in &examples {
        if let Err(problem) = check(example).await {
            problems.push_str(&format!("\n{}: {problem}", example.name));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn lines_are_compared_with_gaps() {
    assert!(fits("Accepted as 01A.", "Accepted as ….") && fits("same", "same") && fits("", ""));
    assert!(fits("404 NOT_FOUND: gone", "404 NOT_FOUND…") && fits("a1b2c", "a…b…c"));
    for (line, pattern) in [
        ("same one", "same"),
        ("Accepted as 01A", "Accepted as …."),
        ("a1c2b", "a…b…c"),
        ("ab", "ab…b"),
    ] {
        assert!(!fits(line, pattern), "{line} {pattern}");
    }
    assert_eq!(missing("one\ntwo", &["one", "two"]), None);
    assert_eq!(missing("two\none", &["one", "two"]), Some("two"));
}

#[test]
fn an_example_says_what_it_prints_in_its_documentation() {
    let source = "//! Words.\n//!\n//! ```text\n//! one\n//!   two\n//! ```\n\nfn main() {}\n";
    assert_eq!(promised(source), ["one", "  two"]);
    assert!(promised("//! Words.\n\nfn main() {}\n").is_empty());
}
