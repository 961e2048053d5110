//! Types that were only renamed.

use std::collections::BTreeMap;

use super::{ChangePlace, Changes, schemas};
use crate::model::{Model, Schema};

/// The new names of renamed types, by the old ones.
pub(super) type Renames<'a> = BTreeMap<&'a str, &'a str>;

/// Finds the renames. Two types are equal if they are under the assumption that the types they name are; so all pairs
/// are assumed equal at first, and those that fail are removed until none does.
pub(super) fn find<'a>(old: &'a Model, new: &'a Model) -> Renames<'a> {
    let gone = || only_in(old, new);
    let pairs = gone().flat_map(|(gone, _)| only_in(new, old).map(move |(came, _)| (gone, came)));
    let mut possible: Vec<(&str, &str)> = pairs.collect();
    loop {
        let before = possible.len();
        let granted = possible.clone();
        possible.retain(|(gone, came)| {
            let same = |was: &str, is: &str| was == is || granted.contains(&(was, is));
            match (old.types.get(*gone), new.types.get(*came)) {
                (Some(was), Some(is)) => is_equal(was, is, &same),
                _ => false,
            }
        });
        if possible.len() == before {
            break;
        }
    }
    let mut chosen = Renames::new();
    for (gone, came) in possible {
        if !chosen.contains_key(gone) && !chosen.values().any(|taken| *taken == came) {
            chosen.insert(gone, came);
        }
    }
    chosen
}

/// Returns the types that only one version has.
fn only_in<'a>(of: &'a Model, other: &'a Model) -> impl Iterator<Item = (&'a str, &'a Schema)> {
    of.types
        .iter()
        .filter(|(name, _)| !other.types.contains_key(*name))
        .map(|(name, schema)| (name.as_str(), schema))
}

fn is_equal(was: &Schema, is: &Schema, same: &dyn Fn(&str, &str) -> bool) -> bool {
    let mut changes = Changes::default();
    schemas::compare(was, is, &ChangePlace::anywhere(), same, &mut changes);
    changes.0.is_empty()
}
