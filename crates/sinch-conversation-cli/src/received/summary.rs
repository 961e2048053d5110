//! A callback in a few words.

use serde_json::Value;
use sinch_conversation::webhook::CallbackKind;

/// The most characters of a summary.
const LONGEST: usize = 120;

/// Returns who a callback is about, what it is about, and the beginning of a text.
pub(crate) fn summary(event: &Value) -> String {
    let content = content(event);
    let text = |pointer: &str| content.pointer(pointer).and_then(Value::as_str);
    let words = [
        text("/channel_identity/channel"),
        text("/channel_identity/identity"),
        text("/status"),
        text("/reason/code"),
        text("/id").or(text("/message_id")).or(text("/event_id")),
    ];
    let mut words: Vec<String> = words.into_iter().flatten().map(str::to_owned).collect();
    if let Some(text) = text("/contact_message/text_message/text") {
        words.push(format!("{text:?}"));
    }
    words.join(" ").chars().take(LONGEST).collect()
}

/// Returns the member that is particular to the kind of the callback.
fn content(event: &Value) -> &Value {
    let kind = event.as_object().and_then(CallbackKind::of);
    kind.and_then(|kind| event.get(kind.key)).unwrap_or(event)
}
