use std::ops::Deref;

use super::{DecodeError, JsonObject};

/// The JSON of an alternative that could not be decoded, kept unchanged.
///
/// Either the alternative is undocumented, or it does not have its documented form; [`reason`](Self::reason) then says
/// where it differs.
///
/// ```
/// use sinch_conversation_raw::{types::{AppMessage, AppMessageTypes}, wire::Wire};
/// use serde_json::json;
///
/// let message = AppMessage::from_value(json!({"text_message": {"text": 5}}))?;
/// let AppMessageTypes::Unknown(unknown) = message.kind else { panic!() };
/// assert_eq!(unknown["text_message"]["text"], 5);
/// assert_eq!(
///     unknown.reason().map(ToString::to_string).as_deref(),
///     Some("text_message.text: expected a string, found an integer"),
/// );
/// # Ok::<(), sinch_conversation_raw::wire::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct UnknownObject {
    json: JsonObject,
    reason: Option<DecodeError>,
}

impl UnknownObject {
    pub(crate) fn new(json: JsonObject, reason: Option<DecodeError>) -> Self {
        Self { json, reason }
    }

    /// Returns where the JSON differs from the documented form of its alternative; `None` for an undocumented
    /// alternative.
    pub fn reason(&self) -> Option<&DecodeError> {
        self.reason.as_ref()
    }

    /// Returns the JSON alone.
    pub fn into_json(self) -> JsonObject {
        self.json
    }
}

impl From<JsonObject> for UnknownObject {
    fn from(json: JsonObject) -> Self {
        Self { json, reason: None }
    }
}

impl Deref for UnknownObject {
    type Target = JsonObject;

    fn deref(&self) -> &JsonObject {
        &self.json
    }
}

/// Compares the JSON only, since the reason follows from it.
impl PartialEq for UnknownObject {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}
