//! Which methods have an example that a doc test runs against the sandbox.

use std::collections::BTreeSet;

use crate::source::Source;

/// Methods whose example cannot run against the sandbox, and why.
const NOT_RUN: &[(&str, &str)] = &[];

/// The code of the blocks that doc tests run, and that begin with the sandbox.
pub(crate) fn executed(text: &str) -> Vec<String> {
    let mut blocks: Vec<(bool, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim_start) {
        if let Some(attributes) = line.strip_prefix("```") {
            if !inside {
                blocks.push((is_run(attributes), String::new()));
            }
            inside = !inside;
        } else if let Some((_, code)) = blocks.last_mut().filter(|_| inside) {
            code.push_str(line);
            code.push('\n');
        }
    }
    let run = blocks.into_iter().filter(|(run, _)| *run);
    run.map(|(_, code)| code)
        .filter(|code| code.contains("doctest::run("))
        .collect()
}

/// Whether a doc test with these attributes is compiled and run: not `no_run`, `ignore`, `text` and so on.
fn is_run(attributes: &str) -> bool {
    attributes
        .split(',')
        .all(|word| matches!(word.trim(), "" | "rust"))
}

/// Whether the code calls a method: lines are joined, since the formatter breaks chains of calls.
pub(crate) fn calls(code: &str, method: &str) -> bool {
    let joined: String = code.lines().map(str::trim).collect();
    let call = |after: &str| after.starts_with('(') || after.starts_with("::<");
    joined.split(&format!(".{method}")).skip(1).any(call)
}

#[test]
fn every_method_of_an_operation_has_an_example_that_is_run() {
    let source = Source::read(&crate::sources().join("lib.rs"));
    let ids = sinch_conversation_raw::OPERATIONS.iter().map(|it| it.id);
    let mut missing: BTreeSet<String> = ids
        .flat_map(|id| source.without_example(id.as_str()))
        .collect();
    for (method, reason) in NOT_RUN {
        assert!(
            missing.remove(*method),
            "{method} has an example that is run, although: {reason}"
        );
    }
    assert!(
        missing.is_empty(),
        "no example that begins with `doctest::run(` and calls the method, at it or at the builder it returns: {missing:#?}"
    );
}

#[test]
fn only_what_runs_and_calls_the_method_counts() {
    let text = |attributes: &str| {
        format!(
            "Gets an app.\n\n ```{attributes}\n # doctest::run(async |_| {{\n apps\n     .get(id)\n ```\n"
        )
    };
    for runs in ["", "rust"] {
        let found = executed(&text(runs));
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|code| calls(code, "get")));
        assert!(!found.iter().any(|code| calls(code, "ge")));
        assert!(!found.iter().any(|code| calls(code, "get_from")));
    }
    for not in ["no_run", "rust,ignore", "compile_fail", "text"] {
        assert!(executed(&text(not)).is_empty());
    }
    assert!(executed(" ```\n let request = apps.get(id);\n ```").is_empty());
}
