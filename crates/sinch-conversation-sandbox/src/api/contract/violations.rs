//! Turns the validator's errors into what a caller reads: where, what was expected, what was found.
//!
//! Values of the request are quoted only where an enum value or a date is expected, so no secret comes back in an
//! error.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use crate::model::check::{MOST_VIOLATIONS, Violation};

/// The most enum values that an error lists.
const WORDS: usize = 30;

/// The most characters of a value that an error quotes.
const SHOWN: usize = 40;

/// Returns the violations behind errors, ordered by path, one for each path.
pub(super) fn of<'a>(
    document: &Value,
    errors: impl Iterator<Item = ValidationError<'a>>,
) -> impl Iterator<Item = Violation> {
    let mut by_path: BTreeMap<String, (bool, String)> = BTreeMap::new();
    for error in errors {
        let path = path_of(&error);
        // A value of the wrong type breaks other rules too, which adds nothing.
        let is_type = matches!(error.kind(), ValidationErrorKind::Type { .. });
        let known = by_path.get(&path).map(|(is_type, _)| *is_type);
        if known.is_none() && by_path.len() >= MOST_VIOLATIONS {
            break;
        }
        if known.is_none() || (is_type && known == Some(false)) {
            let description = describe(document, &error);
            by_path.insert(path, (is_type, description));
        }
    }
    by_path
        .into_iter()
        .map(|(path, (_, description))| Violation::new(path, description))
}

/// Returns the path of an error, such as `channel_identities[0].channel`. A missing member is named at the place where
/// it belongs.
pub(super) fn path_of(error: &ValidationError<'_>) -> String {
    let mut path = written(error.instance_path());
    if let ValidationErrorKind::Required { property } = error.kind() {
        push(&mut path, property.as_str().unwrap_or_default());
    }
    path
}

fn written(location: &Location) -> String {
    let mut path = String::new();
    for segment in location.iter() {
        match segment {
            LocationSegment::Property(name) => push(&mut path, &name),
            LocationSegment::Index(index) => {
                let _ = write!(path, "[{index}]");
            }
        }
    }
    path
}

fn push(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

fn describe(document: &Value, error: &ValidationError<'_>) -> String {
    let found = error.instance();
    match error.kind() {
        ValidationErrorKind::Required { .. } => "is required".to_owned(),
        ValidationErrorKind::Type { kind } => {
            format!("expected {}, found {}", types(kind), type_of(found))
        }
        ValidationErrorKind::Enum { options } => format!(
            "expected {}, found {}",
            words(options.as_array().map_or(&[], Vec::as_slice)),
            shown(found)
        ),
        ValidationErrorKind::Constant { expected_value } => {
            let expected = std::slice::from_ref(expected_value.as_ref());
            format!("expected {}, found {}", words(expected), shown(found))
        }
        ValidationErrorKind::MinLength { limit } => {
            format!(
                "expected at least {limit} characters, found {}",
                length(found)
            )
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!(
                "expected at most {limit} characters, found {}",
                length(found)
            )
        }
        ValidationErrorKind::MinItems { limit } => {
            format!("expected at least {limit} items, found {}", length(found))
        }
        ValidationErrorKind::MaxItems { limit } => {
            format!("expected at most {limit} items, found {}", length(found))
        }
        ValidationErrorKind::Minimum { limit } => {
            format!("expected at least {limit}, found {}", shown(found))
        }
        ValidationErrorKind::Maximum { limit } => {
            format!("expected at most {limit}, found {}", shown(found))
        }
        ValidationErrorKind::Format { format } if format == "date-time" => {
            format!("expected an RFC 3339 date and time, found {}", shown(found))
        }
        ValidationErrorKind::OneOfNotValid { .. }
        | ValidationErrorKind::OneOfMultipleValid { .. } => alternatives(document, error),
        _ => error.masked().to_string(),
    }
}

/// Describes alternatives that cannot be told apart: none of their keys is there, or more than one is.
fn alternatives(document: &Value, error: &ValidationError<'_>) -> String {
    let location = error.absolute_keyword_location();
    let pointer = location.and_then(|uri| uri.as_str().split_once('#'));
    let choices = pointer.and_then(|(_, pointer)| document.pointer(pointer));
    let keys: Vec<&str> = choices
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|choice| choice.pointer("/required/0")?.as_str())
        .collect();
    let found: Vec<&str> = keys
        .iter()
        .filter(|key| error.instance().get(key).is_some())
        .copied()
        .collect();
    let found = match found.as_slice() {
        [] => "none of them".to_owned(),
        several => several.join(" and "),
    };
    format!("expected one of {}, found {found}", keys.join(", "))
}

pub(super) fn words(options: &[Value]) -> String {
    let words: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
    match words.as_slice() {
        [only] => format!("{only:?}"),
        several => {
            let named: Vec<&str> = several.iter().take(WORDS).copied().collect();
            let further = match several.len().saturating_sub(WORDS) {
                0 => String::new(),
                further => format!(" and {further} more"),
            };
            format!("one of {}{further}", named.join(", "))
        }
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(expected) => type_name(*expected).to_owned(),
        TypeKind::Multiple(expected) => {
            let names: Vec<&str> = expected.iter().map(type_name).collect();
            names.join(" or ")
        }
    }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a text",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        _ => 0,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Number(number) => number.to_string(),
        other => type_of(other).to_owned(),
    }
}

/// Returns a string in quotes, shortened.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}...", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn told(schema: &Value, instance: &Value) -> Vec<(String, String)> {
        let validator = jsonschema::validator_for(schema).unwrap();
        of(schema, validator.iter_errors(instance))
            .map(|violation| (violation.field, violation.description))
            .collect()
    }

    #[test]
    fn names_every_place_once() {
        let schema = json!({"type": "object", "required": ["id"], "properties": {
            "list": {"type": "array", "maxItems": 3, "items": {"type": "object", "properties": {
                "word": {"type": "string", "enum": ["A", "B"]}
            }}},
            "secret": {"type": "string", "maxLength": 3}
        }});
        let instance =
            json!({"list": [{"word": "C"}, {"word": 1}, {}, {}], "secret": "do not repeat"});
        let seen = told(&schema, &instance);
        let seen: Vec<(&str, &str)> = seen
            .iter()
            .map(|(field, description)| (field.as_str(), description.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("id", "is required"),
                ("list", "expected at most 3 items, found 4"),
                ("list[0].word", "expected one of A, B, found \"C\""),
                ("list[1].word", "expected a text, found a number"),
                ("secret", "expected at most 3 characters, found 13"),
            ]
        );
    }

    #[test]
    fn long_texts_are_shortened() {
        assert_eq!(quoted("é"), "\"é\"");
        assert_eq!(
            quoted(&"é".repeat(41)),
            format!("\"{}\"...", "é".repeat(40))
        );
    }

    #[test]
    fn an_answer_names_a_hundred_places_at_most() {
        let schema = json!({"items": {"type": "string"}});
        let instance: Value = (0..1000).collect();
        assert_eq!(told(&schema, &instance).len(), MOST_VIOLATIONS);
    }
}
