//! What the sandbox remembers for whoever tests with it: callbacks and the attempts to deliver them.

use chrono::{DateTime, Utc};

/// A callback and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Callback {
    /// The trigger it was made for, such as `MESSAGE_DELIVERY`.
    pub trigger: String,
    /// The app whose webhook or message asked for it.
    pub app_id: String,
    /// The webhook, or `None` when the message brought its own `callback_url`.
    pub webhook_id: Option<String>,
    /// Where it goes.
    pub target: String,
    /// The body, byte for byte as it is sent.
    pub body: String,
    /// How far it is.
    pub state: CallbackState,
    /// Each attempt to deliver it, in order.
    pub attempts: Vec<Attempt>,
}

impl Callback {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// How far a callback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallbackState {
    /// It waits for its first attempt or the next one.
    Pending,
    /// The receiver answered with 2xx.
    Delivered,
    /// All attempts failed.
    Abandoned,
    /// Its webhook was deleted first.
    Dropped,
}

impl CallbackState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Abandoned => "abandoned",
            Self::Dropped => "dropped",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "delivered" => Self::Delivered,
            "abandoned" => Self::Abandoned,
            "dropped" => Self::Dropped,
            _ => Self::Pending,
        }
    }
}

/// One attempt to deliver a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// When it ended, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The status the receiver answered with, if it answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub problem: Option<String>,
}
