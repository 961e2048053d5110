//! Component schemas that only got another name.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Comparison;
use super::model::Model;

/// Old and new names of component schemas, each in one document only, with the same structure.
pub(super) type Renames<'a> = BTreeSet<(&'a str, &'a str)>;

/// Finds the renames. Two schemas are the same when they are, granted that the schemas they name are; so all
/// pairs are granted at first, and those that fail are taken back until none does.
pub(super) fn find<'a>(old: &'a Model, new: &'a Model) -> Renames<'a> {
    let candidates = new_names(new, old)
        .flat_map(|came| new_names(old, new).map(move |gone| (gone, came)))
        .collect();
    let possible = settle(candidates, old, new);
    let chosen = one_to_one(&possible, old, new);
    settle(chosen, old, new)
}

/// The schemas of one document that the other has none for.
fn new_names<'a>(of: &'a Model, other: &'a Model) -> impl Iterator<Item = &'a str> {
    of.schemas
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| other.schema(name).is_none())
}

fn settle<'a>(mut pairs: Renames<'a>, old: &'a Model, new: &'a Model) -> Renames<'a> {
    loop {
        let granted = Rc::new(pairs);
        let kept: Renames<'a> = granted
            .iter()
            .copied()
            .filter(|pair| holds(*pair, &granted, old, new))
            .collect();
        if kept.len() == granted.len() {
            return kept;
        }
        pairs = kept;
    }
}

fn holds<'a>(
    (gone, came): (&'a str, &'a str),
    granted: &Rc<Renames<'a>>,
    old: &'a Model,
    new: &'a Model,
) -> bool {
    let mut comparison = Comparison::new(old, new, Rc::clone(granted));
    comparison.component(gone, came);
    comparison.changes.is_empty()
}

/// Each schema in at most one pair, first come first served in the order of the old document.
fn one_to_one<'a>(possible: &Renames<'a>, old: &'a Model, new: &'a Model) -> Renames<'a> {
    let mut taken = BTreeSet::new();
    let mut chosen = Renames::new();
    for gone in new_names(old, new) {
        let free = new_names(new, old)
            .find(|came| possible.contains(&(gone, *came)) && !taken.contains(came));
        if let Some(came) = free {
            taken.insert(came);
            chosen.insert((gone, came));
        }
    }
    chosen
}
