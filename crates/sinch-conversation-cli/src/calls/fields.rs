//! Sets fields of a body by their path, with the types of the documents.

use serde_json::{Map, Value};

use crate::error::Failure;
use crate::reference::reference;

/// The type of a body, written as the reference writes it. Without one, values that look like JSON are JSON.
pub(crate) struct Types<'a> {
    kind: &'a str,
}

impl<'a> Types<'a> {
    pub(crate) fn of(kind: &'a str) -> Self {
        Self { kind }
    }

    /// The types of a body that no document has.
    pub(crate) fn unknown() -> Types<'static> {
        Types { kind: "any" }
    }

    /// Sets the field with a path such as `message.text_message.text`.
    ///
    /// # Errors
    ///
    /// The path leads through something else than an object or a list, or the text is no value of its type.
    pub(crate) fn set(&self, body: &mut Value, path: &str, text: &str) -> Result<(), Failure> {
        let mut kind = self.kind.to_owned();
        let mut place = body;
        for key in path.split('.') {
            let (next, inner) = step(place, key, &kind).ok_or_else(|| {
                Failure::usage(format!(
                    "--field {path}: `{key}` is no field of an object or place in a list"
                ))
            })?;
            (place, kind) = (next, inner);
        }
        *place = read(&kind, text).ok_or_else(|| {
            let expected = expected(&kind);
            Failure::usage(format!(
                "--field {path}: expected {expected}, found {text:?}"
            ))
        })?;
        Ok(())
    }
}

/// Goes to a field or an item, which is made if it is missing.
fn step<'v>(place: &'v mut Value, key: &str, kind: &str) -> Option<(&'v mut Value, String)> {
    let index: Option<usize> = key.parse().ok();
    let is_list = place.is_array() || (place.is_null() && index.is_some());
    if let (true, Some(index)) = (is_list, index) {
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let items = place.as_array_mut()?;
        // The next one at most, so that no list has holes.
        if index == items.len() {
            items.push(Value::Null);
        }
        let inner = kind.strip_prefix("[]").unwrap_or("any");
        return Some((items.get_mut(index)?, inner.to_owned()));
    }
    if place.is_null() {
        *place = Map::new().into();
    }
    let inner = match kind.strip_prefix("{}") {
        Some(values) => values,
        None => {
            let object = reference().object(kind);
            object
                .and_then(|object| object.fields.get(key))
                .map_or("any", String::as_str)
        }
    };
    let fields = place.as_object_mut()?;
    Some((fields.entry(key).or_insert(Value::Null), inner.to_owned()))
}

/// Reads a value of a type; `None` if the text is none.
fn read(kind: &str, text: &str) -> Option<Value> {
    let json = || serde_json::from_str::<Value>(text).ok();
    match kind {
        "string" => Some(text.into()),
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => json().filter(Value::is_number),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        "any" => Some(json().unwrap_or_else(|| text.into())),
        list if list.starts_with("[]") => match text.starts_with('[') {
            true => json().filter(Value::is_array),
            false => {
                let inner = list.strip_prefix("[]")?;
                let items = text.split(',').map(|item| read(inner, item.trim()));
                items.collect::<Option<Vec<Value>>>().map(Value::from)
            }
        },
        _ => json().filter(Value::is_object),
    }
}

fn expected(kind: &str) -> String {
    match kind {
        "integer" => "a whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "number" => "a number".to_owned(),
        list if list.starts_with("[]") => {
            "a JSON array, or texts with commas between them".to_owned()
        }
        _ => "a JSON object".to_owned(),
    }
}
