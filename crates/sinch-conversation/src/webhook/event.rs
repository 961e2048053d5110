//! A callback as an event.

use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{ConversationWebhookEvent, WebhookTrigger};
use sinch_conversation_raw::wire::{
    DecodeError, JsonError, Mismatches, Timestamp, UnknownObject, Wire,
};

/// The depth from which on JSON cannot be a [`Value`]. Parts that are decoded by themselves are counted from anew.
const DEEPEST: usize = 128;

/// A callback: a view to [match on](Self::kind), the [published type](Self::typed), and the [JSON](Self::raw) as it
/// came.
///
/// Any JSON is an event. An unknown kind, and a part that lacks its documented form, is an `Unknown` alternative with
/// its JSON; nothing is lost.
///
/// ```
/// use sinch_conversation::webhook::{Event, EventKind};
///
/// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p",
///     "message_delivery_report": {"message_id": "01M", "status": "DELIVERED"}}"#)?;
/// match event.kind() {
///     EventKind::Inbound(message) => println!("{:?}", message.content()),
///     EventKind::Delivery(report) => println!("{:?}: {:?}", report.message_id(), report.status()),
///     _ => println!("{}", event.trigger()),
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Event {
    trigger: WebhookTrigger,
    typed: ConversationWebhookEvent,
    decode_error: Option<DecodeError>,
    /// The text that `raw` is parsed from when it is needed.
    body: Vec<u8>,
    raw: OnceLock<Value>,
}

impl Event {
    /// Reads the body of a callback, without checking where it comes from. For requests from outside, use a
    /// [`Receiver`](super::Receiver) or a [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// Only when the body is not JSON, or JSON that no [`Value`] can be: with a number beyond those of `f64`, half of a
    /// surrogate pair, or a depth of 128.
    pub fn from_slice(body: &[u8]) -> Result<Self, serde_json::Error> {
        let mut mismatches = Mismatches::default();
        let decoded = match ConversationWebhookEvent::decode_json(body, &mut mismatches) {
            Ok(typed) => Ok((typed, mismatches)),
            Err(JsonError::Syntax(error)) => return Err(error),
            Err(JsonError::Form(reason)) => Err(reason),
            Err(other) => return Err(serde::de::Error::custom(other)),
        };
        let is_read = matches!(&decoded, Ok((_, mismatches)) if mismatches.is_empty());
        let raw = match is_read && openings(body) < DEEPEST {
            true => OnceLock::new(),
            false => OnceLock::from(serde_json::from_slice::<Value>(body)?),
        };
        Ok(Self::new(decoded, body.to_vec(), raw))
    }

    /// Reads a callback that is parsed already, for instance from a queue.
    /// ```
    /// use serde_json::json;
    /// use sinch_conversation::webhook::Event;
    ///
    /// let event = Event::from_json(json!({"app_id": "01A", "project_id": "p", "message": {"id": "01M"}}));
    /// assert_eq!((event.app_id(), event.trigger().as_str()), (Some("01A"), "MESSAGE_INBOUND"));
    /// let (typed, json) = event.into_parts();
    /// # assert_eq!(typed.key(), Some("message"));
    /// # assert_eq!(json["message"]["id"], "01M");
    /// ```
    pub fn from_json(raw: Value) -> Self {
        let mut mismatches = Mismatches::default();
        let decoded = ConversationWebhookEvent::decode(&raw, &mut mismatches);
        let decoded = decoded.map(|typed| (typed, mismatches));
        Self::new(decoded, Vec::new(), OnceLock::from(raw))
    }

    fn new(
        decoded: Result<(ConversationWebhookEvent, Mismatches), DecodeError>,
        body: Vec<u8>,
        raw: OnceLock<Value>,
    ) -> Self {
        let (typed, decode_error) = match decoded {
            Ok((typed, mismatches)) => (typed, mismatches.into_first()),
            Err(reason) => (
                ConversationWebhookEvent::Unknown(UnknownObject::default()),
                Some(reason),
            ),
        };
        let mut event = Self {
            trigger: WebhookTrigger::Unknown(String::new()),
            typed,
            decode_error,
            body,
            raw,
        };
        event.trigger = event.find_trigger();
        event
    }

    /// The trigger of the published type: both are determined by the first key of the table that is present.
    fn find_trigger(&self) -> WebhookTrigger {
        if let Some(key) = self.typed.key() {
            let kind = CallbackKind::ALL.iter().find(|kind| kind.key == key);
            return kind.map_or_else(
                || WebhookTrigger::Unknown(key.to_owned()),
                |kind| kind.trigger.clone(),
            );
        }
        let Some(fields) = self.raw().as_object() else {
            return WebhookTrigger::Unknown(String::new());
        };
        match CallbackKind::of(fields) {
            Some(kind) => kind.trigger.clone(),
            None => WebhookTrigger::Unknown(unknown_key(fields).unwrap_or_default().to_owned()),
        }
    }

    /// Returns the trigger of the webhook that the callback is for. For an unknown kind it is
    /// `WebhookTrigger::Unknown` with the key that names the kind.
    pub fn trigger(&self) -> &WebhookTrigger {
        &self.trigger
    }

    /// Returns the callback as its published type. [`kind`](Self::kind) is the shorter way to most of it.
    pub fn typed(&self) -> &ConversationWebhookEvent {
        &self.typed
    }

    /// Returns the first place where a callback of a known kind differs from its documented form.
    ///
    /// The rest is typed all the same: the innermost union around that place is its `Unknown` alternative.
    /// ```
    /// use sinch_conversation::webhook::Event;
    ///
    /// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p", "message": {"id": 7}}"#)?;
    /// if let Some(reason) = event.decode_error() {
    ///     println!("not as documented: {reason}, in {}", event.raw());
    /// }
    /// # assert!(event.decode_error().is_some());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn decode_error(&self) -> Option<&DecodeError> {
        self.decode_error.as_ref()
    }

    /// Returns the JSON of the callback as it came. It is parsed on first use.
    pub fn raw(&self) -> &Value {
        // Otherwise `from_slice` has returned its error.
        let parse = || serde_json::from_slice(&self.body).unwrap_or_default();
        self.raw.get_or_init(parse)
    }

    /// Splits the event into the published type and the JSON.
    pub fn into_parts(self) -> (ConversationWebhookEvent, Value) {
        self.raw();
        (self.typed, self.raw.into_inner().unwrap_or_default())
    }

    /// Returns the app that the callback is for; `None` for callbacks about the whole project.
    pub fn app_id(&self) -> Option<&str> {
        self.text("app_id")
    }

    /// Returns the project of the app.
    pub fn project_id(&self) -> Option<&str> {
        self.text("project_id")
    }

    /// Returns the id that was set on the send, when the callback belongs to one.
    pub fn correlation_id(&self) -> Option<&str> {
        self.text("correlation_id")
    }

    /// Returns when the API received it from the channel.
    pub fn accepted_time(&self) -> Option<Timestamp> {
        Timestamp::parse(self.text("accepted_time")?).ok()
    }

    /// Returns when it happened on the channel. Callbacks can arrive out of order: compare this.
    pub fn event_time(&self) -> Option<Timestamp> {
        Timestamp::parse(self.text("event_time")?).ok()
    }

    /// A top-level text, unless it is empty.
    fn text(&self, key: &str) -> Option<&str> {
        self.raw()
            .get(key)?
            .as_str()
            .filter(|text| !text.is_empty())
    }
}

/// Compares the JSON, which determines the rest.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("trigger", &self.trigger)
            .field("typed", &self.typed)
            .field("decode_error", &self.decode_error)
            .finish_non_exhaustive()
    }
}

/// Returns how many objects and lists begin in the text, which is at least its depth. Counted in bytes for a part at a time,
/// which the compiler makes a few instructions of.
fn openings(text: &[u8]) -> usize {
    // Both brackets differ in this bit only, and no other byte becomes one of them.
    let is_opening = |byte: &u8| u8::from(byte | 0x20 == b'{');
    let of_part = |part: &[u8]| part.iter().map(is_opening).sum::<u8>();
    let parts = text.chunks(usize::from(u8::MAX));
    parts.map(|part| usize::from(of_part(part))).sum()
}

/// The key that names an unknown kind: the content of every known one is an object.
fn unknown_key(fields: &Map<String, Value>) -> Option<&str> {
    let own = || {
        let own = |key: &&str| !CallbackKind::SHARED_FIELDS.contains(key);
        fields.keys().map(String::as_str).filter(own)
    };
    own()
        .find(|key| fields.get(*key).is_some_and(Value::is_object))
        .or_else(|| own().next())
}
