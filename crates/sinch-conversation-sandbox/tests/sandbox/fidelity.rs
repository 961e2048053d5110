//! The table of operations in FIDELITY.md lists each operation once, and only existing ones. Its completeness is tested
//! where each operation is called.

use std::collections::BTreeMap;

use sinch_conversation_sandbox::raw::OperationId;

const FIDELITY: &str = include_str!("../../FIDELITY.md");

/// The possible states of an operation.
const STATES: [&str; 2] = ["faithful", "simplified"];

/// Returns the cells of the rows under the heading `Operations`.
fn rows() -> Vec<Vec<&'static str>> {
    let (_, rest) = FIDELITY.split_once("\n## Operations\n").unwrap();
    let table = rest.split("\n## ").next().unwrap();
    let rows = table.lines().filter_map(|line| {
        let cells = line.strip_prefix('|')?.strip_suffix('|')?;
        Some(cells.split('|').map(str::trim).collect())
    });
    // Skips the heading of the table and the line below it.
    rows.skip(2).collect()
}

/// Returns how often the table has each operation.
fn named() -> BTreeMap<&'static str, usize> {
    let mut named = BTreeMap::new();
    for row in rows() {
        for name in row[0].split(", ").filter(|name| !name.starts_with('`')) {
            *named.entry(name).or_default() += 1;
        }
    }
    named
}

/// Returns whether the table says that the sandbox has the operation.
pub(crate) fn is_in_the_table(operation: OperationId) -> bool {
    named().contains_key(operation.as_str())
}

#[test]
fn no_operation_is_in_the_table_twice() {
    let mut named = named();
    named.retain(|_, times| *times > 1);
    assert!(named.is_empty(), "more than once: {named:?}");
}

#[test]
fn the_table_names_nothing_that_does_not_exist() {
    let unknown: Vec<_> = named()
        .into_keys()
        .filter(|name| name.parse::<OperationId>().is_err())
        .collect();
    assert!(unknown.is_empty(), "no operations: {unknown:?}");
    assert!(rows().iter().any(|row| row[0] == "`POST /oauth2/token`"));
}

#[test]
fn every_row_has_a_state_and_says_what_is_not_faithful() {
    for row in rows() {
        let (state, difference) = (row[1], row[2]);
        assert!(STATES.contains(&state), "{row:?}");
        assert!(state != "simplified" || !difference.is_empty(), "{row:?}");
    }
}
