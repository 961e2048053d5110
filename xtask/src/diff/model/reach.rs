//! Which operations a component schema matters to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Model, Schema};

/// For every component schema that an operation uses, how many operations use it.
pub(super) fn count(model: &Model) -> BTreeMap<String, usize> {
    let edges: BTreeMap<&str, Vec<&str>> = model
        .schemas
        .iter()
        .map(|(name, schema)| (name.as_str(), names(schema)))
        .collect();
    let mut counts = BTreeMap::new();
    for operation in &model.operations {
        let mut waiting: Vec<&str> = operation.schemas().flat_map(names).collect();
        let mut reached = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if reached.insert(name) {
                waiting.extend(edges.get(name).into_iter().flatten());
            }
        }
        for name in reached {
            *counts.entry(name.to_owned()).or_insert(0) += 1;
        }
    }
    counts
}

fn names(schema: &Schema) -> Vec<&str> {
    let mut names = Vec::new();
    schema.names(&mut names);
    names
}
