//! Answers that are not what the API documents.

use std::fmt;

use serde_json::Value;
use sinch_conversation_raw::wire::{JsonError, Wire};

use crate::auth::mask::Mask;

/// The longest excerpt, in characters.
const EXCERPT: usize = 256;

/// A success answer that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeFailure {
    /// The place in the answer, such as `messages[3].id`; empty for the answer as a whole.
    pub path: String,
    /// What was wrong there.
    pub problem: String,
    /// The shape of the answer around that place, cut to 256 characters: the keys, and for each value only its
    /// type and size. It holds no text of the answer, so that it can be logged.
    pub excerpt: String,
}

impl DecodeFailure {
    /// An answer that is JSON of the wrong shape.
    pub(crate) fn shape(
        path: impl Into<String>,
        problem: impl Into<String>,
        answer: &Value,
    ) -> Self {
        let (path, mut excerpt) = (path.into(), String::new());
        outline(around(answer, &path), &mut excerpt);
        Self {
            path,
            problem: problem.into(),
            excerpt: cut(&excerpt),
        }
    }

    /// Reads an answer as `T`, or says why that cannot be.
    pub(crate) fn decode<T: Wire>(answer: &[u8]) -> Result<T, Self> {
        T::from_json(answer).map_err(|error| match error {
            JsonError::Form(error) => {
                let problem = format!("expected {}, found {}", error.expected(), error.found());
                // To parse it twice when it is wrong costs less than to keep it when it is right.
                let value = serde_json::from_slice(answer).unwrap_or_default();
                Self::shape(error.path(), problem, &value)
            }
            JsonError::Syntax(error) => Self::syntax(&error, answer.len()),
            other => Self::unread(other.to_string()),
        })
    }

    /// An answer without the id that it is about.
    pub(crate) fn missing_id(path: impl Into<String>, answer: &impl Wire) -> Self {
        let value = serde_json::from_slice(&answer.to_json()).unwrap_or_default();
        Self::shape(path, "expected an id", &value)
    }

    /// An answer that is longer than this client reads.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::unread(format!(
            "longer than {limit} bytes, the limit that `ClientBuilder::max_response_size` sets"
        ))
    }

    /// An answer that would take too much memory.
    pub(crate) fn too_many_values() -> Self {
        let problem = "too many values for the limit that `ClientBuilder::max_response_size` sets";
        Self::unread(problem.to_owned())
    }

    /// An answer that nobody decodes any more.
    pub(crate) fn abandoned() -> Self {
        Self::unread("the runtime was shut down".to_owned())
    }

    fn unread(problem: String) -> Self {
        Self {
            path: String::new(),
            problem,
            excerpt: String::new(),
        }
    }

    /// The failure without the credentials that a key of the response may contain.
    pub(crate) fn masked(mut self, mask: &Mask) -> Self {
        for text in [&mut self.path, &mut self.problem, &mut self.excerpt] {
            mask.cover(text);
        }
        self
    }

    /// An answer that is not JSON.
    pub(crate) fn syntax(error: &serde_json::Error, length: usize) -> Self {
        // A syntax error names a position, not content.
        let problem = format!(
            "not JSON (line {}, column {})",
            error.line(),
            error.column()
        );
        Self {
            path: String::new(),
            problem,
            excerpt: format!("{length} bytes"),
        }
    }
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer could not be read")?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", self.path)?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// The part of the answer that holds the place, or the whole answer.
fn around<'a>(answer: &'a Value, path: &str) -> &'a Value {
    let pointer = format!(
        "/{}",
        path.replace('[', "/").replace(']', "").replace('.', "/")
    );
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    answer.pointer(parent).unwrap_or(answer)
}

/// Writes the value's keys and types. Stops early once the excerpt is full.
fn outline(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(_) => out.push_str("bool"),
        Value::Number(_) => out.push_str("number"),
        Value::String(text) => out.push_str(&format!("string({})", text.chars().count())),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if out.len() > EXCERPT {
                    break;
                }
                if index > 0 {
                    out.push(',');
                }
                outline(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            // The order of a map depends on a feature of serde_json that any crate may turn on.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            for (index, (key, item)) in fields.into_iter().enumerate() {
                if out.len() > EXCERPT {
                    break;
                }
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&format!("{key}:"));
                outline(item, out);
            }
            out.push('}');
        }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= EXCERPT {
        return text.to_owned();
    }
    text.chars().take(EXCERPT - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_excerpt_has_keys_and_types_but_no_text() {
        let answer = json!({"token": "s3cret", "items": [1, true, null]});
        let failure = DecodeFailure::shape("token", "expected a number", &answer);
        assert_eq!(
            failure.excerpt,
            "{items:[number,bool,null],token:string(6)}"
        );
        assert!(!format!("{failure} {failure:?}").contains("s3cret"));
    }

    #[test]
    fn an_excerpt_shows_the_place() {
        let answer = json!({"items": [{"a": 1}, {"b": {"c": "x"}}], "more": true});
        let excerpt = |path: &str| DecodeFailure::shape(path, "wrong", &answer).excerpt;
        assert_eq!(excerpt("items[1].b.c"), "{c:string(1)}");
        assert_eq!(excerpt("items[0]"), "[{a:number},{b:{c:string(1)}}]");
        assert_eq!(excerpt("nowhere.at.all"), excerpt(""));
    }

    #[test]
    fn an_excerpt_is_bounded() {
        let answer = Value::Array(vec![json!({"key": "value"}); 10_000]);
        let failure = DecodeFailure::shape("", "wrong", &answer);
        assert_eq!(failure.excerpt.chars().count(), EXCERPT);
    }

    #[test]
    fn a_syntax_error_shows_the_place_only() {
        let error = serde_json::from_str::<Value>("{\"token\": \"s3cret\"").unwrap_err();
        let failure = DecodeFailure::syntax(&error, 18);
        assert_eq!(failure.problem, "not JSON (line 1, column 18)");
        assert!(!format!("{failure:?}").contains("s3cret"));
    }
}
