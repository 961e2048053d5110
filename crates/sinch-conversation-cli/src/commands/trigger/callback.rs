//! Callbacks that are filled from the documents.

use std::time::SystemTime;

use serde_json::{Map, Value};
use sinch_conversation::raw::wire::Timestamp;
use sinch_conversation::webhook::CallbackKind;

use crate::context::Context;
use crate::error::Failure;

/// Generated from the documents: a callback by the key of its kind. `{now}` and `{id}` stand for values of the moment.
static TEXT: &str = include_str!("../../generated/callbacks.json");

/// The app and the project of callbacks where there are no settings.
const APP: &str = "01JTRIGGER0000000000000APP";
const PROJECT: &str = "a-project";

/// Returns the triggers of the documents.
pub(super) fn names() -> Vec<&'static str> {
    let kinds = CallbackKind::ALL.iter();
    kinds.map(|kind| kind.trigger.as_str()).collect()
}

/// Returns a callback for a trigger, with ids of its own and the current time.
///
/// # Errors
///
/// There is no such trigger.
pub(super) fn filled(event: &str, context: &Context) -> Result<Value, Failure> {
    let name = event.trim().to_uppercase().replace('-', "_");
    let mut kinds = CallbackKind::ALL.iter();
    let kind = kinds.find(|kind| kind.trigger.as_str() == name);
    let unknown = || {
        Failure::usage(format!("{event:?} is no trigger of the documents"))
            .hint(format!("one of {}", names().join(", ")))
    };
    let key = kind.ok_or_else(unknown)?.key;
    // The test of all triggers fails when it cannot be read.
    let mut all: Map<String, Value> = serde_json::from_str(TEXT).unwrap_or_default();
    let mut callback = all.remove(key).unwrap_or_default();
    let now = Timestamp::from(SystemTime::now()).to_string();
    let settings = context.settings()?;
    let setting = |name, other: &str| settings.get(name).unwrap_or_else(|| other.to_owned());
    let known = [
        ("app_id", setting("SINCH_APP_ID", APP)),
        ("project_id", setting("SINCH_PROJECT_ID", PROJECT)),
    ];
    fill(&mut callback, &now, &known);
    Ok(callback)
}

fn fill(value: &mut Value, now: &str, known: &[(&str, String)]) {
    match value {
        Value::String(text) if text == "{now}" => *text = now.to_owned(),
        Value::String(text) if text == "{id}" => *text = id(),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, now, known)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match known.iter().find(|(known, _)| known == name) {
                    Some((_, id)) => *field = id.as_str().into(),
                    None => fill(field, now, known),
                }
            }
        }
        _ => {}
    }
}

/// Returns an id that looks like those of the API: a letter or digit 26 times.
fn id() -> String {
    let mut bytes = [0; 15];
    // Ids that repeat do no harm but to receivers that notice it.
    let _ = getrandom::fill(&mut bytes);
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("01{}", digits.chars().take(24).collect::<String>())
}
