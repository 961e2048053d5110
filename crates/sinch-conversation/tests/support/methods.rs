//! Which operations have a method of their own.

use sinch_conversation_raw::{OPERATIONS, OperationId};

/// Those in the table of the guide, which a test makes from the sources, in order. All others go through
/// `Client::execute`.
pub(crate) fn with_method() -> Vec<OperationId> {
    let table = include_str!("../../src/guide/operations.md");
    let has_row = |id: &OperationId| table.contains(&format!("\n| `{id}` |"));
    let mut found: Vec<_> = OPERATIONS.iter().map(|it| it.id).filter(has_row).collect();
    found.sort_unstable();
    assert!(found.len() > 50, "{found:?}");
    found
}
