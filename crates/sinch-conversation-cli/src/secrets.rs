//! Secrets in JSON.

use serde_json::Value;
use sinch_conversation::raw::SECRET_FIELDS;

/// Replaces the values of all fields that hold credentials.
pub(crate) fn hide(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_empty = value.is_null() || value.as_str() == Some("");
                match SECRET_FIELDS.contains(&name.as_str()) && !is_empty {
                    true => *value = "***".into(),
                    false => hide(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}
