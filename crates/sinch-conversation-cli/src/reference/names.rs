//! The name of each operation as a command: a noun and a verb, from its published id and its path.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use sinch_conversation::raw::{OPERATIONS, Operation};

/// An operation as a command.
pub(crate) struct Entry {
    pub(crate) noun: String,
    pub(crate) verb: String,
    pub(crate) operation: &'static Operation,
}

/// Returns all operations as commands, in the order of the documents.
pub(crate) fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let mut taken = BTreeSet::new();
        let mut entries = Vec::new();
        for operation in OPERATIONS.iter().copied() {
            let noun = noun(operation);
            let mut verb = verb(operation, &noun);
            if !taken.insert((noun.clone(), verb.clone())) {
                verb = words(method(operation)).join("-");
            }
            entries.push(Entry {
                noun,
                verb,
                operation,
            });
        }
        entries
    })
}

/// The part of the id before the first underscore, such as `App`.
fn family(operation: &Operation) -> String {
    let id = operation.id.as_str();
    id.split('_').next().unwrap_or(id).to_lowercase()
}

/// The part of the id after the last underscore, such as `ListApps`.
fn method(operation: &Operation) -> &'static str {
    let id = operation.id.as_str();
    id.rsplit('_').next().unwrap_or(id)
}

/// The collection in the path that the id names; for a document with an id of its own, that; else the first collection.
fn noun(operation: &Operation) -> String {
    let family = family(operation);
    let own = operation.path.split_once("{project_id}/");
    let segments = own.map_or(operation.path, |(_, rest)| rest).split('/');
    let collections: Vec<&str> = segments
        .filter(|segment| !segment.starts_with('{'))
        .map(|segment| segment.split(':').next().unwrap_or(segment))
        .collect();
    let named = collections
        .iter()
        .find(|name| **name == family || **name == plural(&family) || family.ends_with(**name));
    match (named, collections.first()) {
        (Some(name), _) => (*name).to_owned(),
        (None, Some(first)) if operation.document.as_str() != family => (*first).to_owned(),
        _ => plural(&family),
    }
}

/// The words of the method without those of the noun: `ListApps` of `apps` is `list`.
fn verb(operation: &Operation, noun: &str) -> String {
    let is_noun = |word: &String| *word == noun || plural(word) == noun;
    let words = words(method(operation));
    let rest: Vec<String> = words.into_iter().filter(|word| !is_noun(word)).collect();
    rest.join("-")
}

fn plural(word: &str) -> String {
    match word.ends_with(['h', 's', 'x']) {
        true => format!("{word}es"),
        false => format!("{word}s"),
    }
}

/// Splits `ListApps` into `list` and `apps`.
fn words(camel: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for character in camel.chars() {
        match words.last_mut() {
            Some(word) if !character.is_uppercase() => word.push(character),
            _ => words.push(character.to_lowercase().collect()),
        }
    }
    words
}
