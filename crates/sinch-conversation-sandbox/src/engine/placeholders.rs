//! The placeholders `${key}` in the strings of a message.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// The most bytes in the strings of a filled message: values can multiply the size of a message.
const LARGEST: usize = 1024 * 1024;

/// The most characters in a list of keys.
const LONGEST_LIST: usize = 300;

/// Why placeholders were not filled.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// These keys have no value.
    Missing(BTreeSet<String>),
    TooLarge,
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(keys) => {
                let quoted: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
                let list: String = quoted.join(", ").chars().take(LONGEST_LIST).collect();
                write!(f, "There is no value for {list}.")
            }
            Self::TooLarge => write!(f, "The filled message has more than {LARGEST} bytes."),
        }
    }
}

/// Returns the keys of all placeholders.
pub(super) fn keys(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => pieces(text).filter_map(Piece::key).collect(),
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        Value::Object(members) => members.values().flat_map(keys).collect(),
        _ => BTreeSet::new(),
    }
}

/// Replaces every placeholder by its value. Placeholders inside of values stay as they are.
pub(super) fn fill(mut value: Value, values: &BTreeMap<String, String>) -> Result<Value, Unfilled> {
    let mut missing = keys(&value);
    missing.retain(|key| !values.contains_key(key));
    if !missing.is_empty() {
        return Err(Unfilled::Missing(missing));
    }
    let mut room = LARGEST;
    fill_strings(&mut value, values, &mut room)?;
    Ok(value)
}

fn fill_strings(
    value: &mut Value,
    values: &BTreeMap<String, String>,
    room: &mut usize,
) -> Result<(), Unfilled> {
    match value {
        Value::String(text) => {
            let lengths = pieces(text).map(|piece| piece.filled(values).len());
            let length = lengths.fold(0, usize::saturating_add);
            *room = room.checked_sub(length).ok_or(Unfilled::TooLarge)?;
            *text = pieces(text).map(|piece| piece.filled(values)).collect();
            Ok(())
        }
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| fill_strings(item, values, room)),
        Value::Object(members) => members
            .values_mut()
            .try_for_each(|member| fill_strings(member, values, room)),
        _ => Ok(()),
    }
}

/// A part of a string.
enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

impl<'a> Piece<'a> {
    fn key(self) -> Option<String> {
        match self {
            Self::Text(_) => None,
            Self::Place(key) => Some(key.to_owned()),
        }
    }

    fn filled(self, values: &'a BTreeMap<String, String>) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Place(key) => values.get(key).map_or("", String::as_str),
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let start = rest.find("${").unwrap_or(rest.len());
        if start > 0 {
            let (text, after) = rest.split_at(start);
            rest = after;
            return Some(Piece::Text(text));
        }
        // An unclosed placeholder is text, up to the end.
        let Some((key, after)) = place(rest) else {
            return Some(Piece::Text(std::mem::take(&mut rest)));
        };
        rest = after;
        Some(Piece::Place(key))
    })
}

/// Returns the key of the placeholder that the text begins with, and the rest.
fn place(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("${")?.split_once('}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn values() -> BTreeMap<String, String> {
        let pairs = [("name", "Ada"), ("code", "${name}"), ("a b", "x")];
        pairs.map(|(key, value)| (key.into(), value.into())).into()
    }

    #[test]
    fn fills_strings_wherever_they_are() {
        let message = json!({"text": "${name}, ${a b}${name}", "choices": [{"title": "for ${name}"}], "n": 1});
        let expected = json!({"text": "Ada, xAda", "choices": [{"title": "for Ada"}], "n": 1});
        assert_eq!(fill(message, &values()), Ok(expected));
    }

    #[test]
    fn a_value_is_not_filled_again() {
        assert_eq!(fill(json!("${code}!"), &values()), Ok(json!("${name}!")));
    }

    #[test]
    fn what_is_no_place_stays() {
        for text in [
            "", "$", "$name", "{name}", "5 $ {x}", "${name", "a ${", "${${",
        ] {
            assert_eq!(fill(json!(text), &values()), Ok(json!(text)));
        }
    }

    #[test]
    fn every_place_needs_a_value() {
        let missing = |keys: &[&str]| {
            Err(Unfilled::Missing(
                keys.iter().map(|&key| key.to_owned()).collect(),
            ))
        };
        let message = json!(["${name} ${nobody}", {"x": "${else}"}]);
        assert_eq!(fill(message, &values()), missing(&["else", "nobody"]));
        assert_eq!(fill(json!("${}"), &values()), missing(&[""]));
        let error = fill(json!("${nobody}"), &values()).unwrap_err();
        assert_eq!(error.to_string(), "There is no value for \"nobody\".");
    }

    #[test]
    fn a_message_does_not_grow_without_bounds() {
        let values = BTreeMap::from([("a".to_owned(), "x".repeat(LARGEST / 2))]);
        assert!(fill(json!(["${a}", "${a}"]), &values).is_ok());
        assert_eq!(
            fill(json!(["${a}", "${a}", "y"]), &values),
            Err(Unfilled::TooLarge)
        );
    }
}
