//! The top-level modules of the library are layers: the crate's documentation lists them, and each uses only those
//! below it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the layers that the documentation of the crate lists, from the top down, each with its index.
fn documented() -> BTreeMap<String, usize> {
    let listed = include_str!("../../src/lib.rs").lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("//! ")?.split_once(". `")?;
        let (name, _) = rest.split_once('`')?;
        Some((name.to_owned(), number.parse().ok()?))
    });
    listed.collect()
}

/// Returns the modules that `lib.rs` declares.
fn declared() -> Vec<&'static str> {
    let lines = include_str!("../../src/lib.rs").lines();
    lines
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Returns a file without its comments.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the first names of the paths that begin with `root`, also in groups in braces.
fn first_names(code: &str, root: &str) -> Vec<String> {
    let is_part =
        |character: char| character.is_alphanumeric() || character == '_' || character == ':';
    let mut names = Vec::new();
    for (at, _) in code.match_indices(root) {
        if code[..at].ends_with(is_part) {
            continue;
        }
        let rest = &code[at + root.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_names(group)),
            None => names.push(first_name(rest)),
        }
    }
    names
}

/// Returns the first names of the paths in a group, without those of nested groups.
fn group_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut begin) = (1, Vec::new(), 0);
    for (at, character) in group.char_indices() {
        match character {
            ',' | '}' if depth == 1 => {
                names.push(first_name(group[begin..at].trim_start()));
                begin = at + 1;
            }
            _ => {}
        }
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(path: &str) -> String {
    let name = path.chars();
    name.take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

/// Returns the crate's top-level names that a file uses. `depth` is how deep its module is nested.
fn used(text: &str, depth: usize) -> Vec<String> {
    let code = code(text);
    let mut names = first_names(&code, "crate::");
    names.extend(first_names(&code, &"super::".repeat(depth)));
    names.retain(|name| name != "super");
    names
}

#[test]
fn no_module_uses_one_above_it() {
    let layers = documented();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let place = file.strip_prefix(&root).unwrap();
        let folders: Vec<_> = place
            .with_extension("")
            .iter()
            .map(|it| it.to_owned())
            .collect();
        let Some(layer) = layers.get(folders[0].to_str().unwrap()) else {
            continue;
        };
        let depth = folders.len() - usize::from(folders.last().unwrap() == "mod");
        for name in used(&fs::read_to_string(&file).unwrap(), depth) {
            match layers.get(&name) {
                Some(other) if other >= layer => {}
                Some(_) => wrong.push(format!(
                    "{} uses {name}, which is above it",
                    place.display()
                )),
                None => wrong.push(format!("{} uses {name}: name its module", place.display())),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} paths:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_module_at_the_top_is_a_layer() {
    let listed = documented();
    let mut names: Vec<&str> = listed.keys().map(String::as_str).collect();
    let mut modules = declared();
    names.sort_unstable();
    modules.sort_unstable();
    assert_eq!(modules, names);
}

#[test]
fn paths_are_read_in_all_their_forms() {
    let text = "use crate::store::{self, apps};\nuse crate::{api::{call, check}, engine as e};\n\
                use super::super::server::guard; // crate::comment\nfn f() { crate::core::id(); mycrate::no(); }\n\
                pub(in crate::jobs) fn g() {}";
    let mut names = used(text, 2);
    names.sort_unstable();
    assert_eq!(names, ["api", "core", "engine", "jobs", "server", "store"]);
}
