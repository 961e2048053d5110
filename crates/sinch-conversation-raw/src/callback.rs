use serde_json::{Map, Value};

use crate::{types::WebhookTrigger, wire};

/// A kind of callback: the key that identifies it, and the trigger to which a webhook subscribes.
///
/// No field of a callback names its trigger.
///
/// ```
/// use sinch_conversation_raw::CallbackKind;
/// use serde_json::json;
///
/// let callback = json!({"app_id": "01A", "message_delivery_report": {"message_id": "01M"}});
/// let kind = callback.as_object().and_then(CallbackKind::of);
/// assert_eq!(kind, Some(&CallbackKind::MESSAGE_DELIVERY));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackKind {
    /// The key that only callbacks of this kind have, such as `message_delivery_report`.
    pub key: &'static str,
    /// The trigger, such as `MESSAGE_DELIVERY`.
    pub trigger: WebhookTrigger,
}

impl CallbackKind {
    /// Returns the kind of a callback, tried in the order of [`ALL`](Self::ALL); `None` if it is not documented.
    ///
    /// A key that is `null` counts only when no other key matches.
    pub fn of(callback: &Map<String, Value>) -> Option<&'static Self> {
        let key = wire::present(callback, Self::ALL.iter().map(|kind| kind.key))?;
        Self::ALL.iter().find(|kind| kind.key == key)
    }
}
