//! An event that an app sends, and its delivery.

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{AppEvent, ChannelIdentity, DeliveryStatus, ProcessingMode};
use sinch_conversation_raw::wire::Timestamp;

use crate::model::channels::Failure;
use crate::model::message::Receipt;

/// An event that an app has sent, returned by [`Sandbox::events_sent`](crate::Sandbox::events_sent).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentEvent {
    /// The `event_id` that the API answered with.
    pub id: String,
    /// The app that sent it.
    pub app_id: String,
    /// The mode it was processed in.
    pub processing_mode: ProcessingMode,
    /// The contact it was sent to; empty in DISPATCH mode.
    pub contact_id: String,
    /// The conversation it belongs to; empty in DISPATCH mode.
    pub conversation_id: String,
    /// The content.
    pub event: AppEvent,
    /// The request's `event_metadata`; empty when there was none.
    pub event_metadata: String,
    /// When the API accepted it.
    pub accepted_time: Timestamp,
    /// The channel it is sent on and the recipient's identity there; `None` when no channel can be used.
    pub channel_identity: Option<ChannelIdentity>,
    /// Its statuses so far, in order.
    pub receipts: Vec<Receipt>,
    /// The ordering key of its callbacks: the contact it was accepted for, or the event if there is none. It is kept
    /// when contacts are merged, so that receipts stay in order.
    pub(crate) ordering_key: String,
    /// The URL for receipts, which replaces the webhooks.
    pub(crate) callback_url: Option<String>,
    /// The failure, once it is decided.
    pub(crate) failing: Option<Failure>,
}

impl SentEvent {
    /// Returns the latest status; `None` while the event waits for its channel.
    #[must_use]
    pub fn status(&self) -> Option<&DeliveryStatus> {
        self.receipts.last().map(|receipt| &receipt.status)
    }

    /// Returns the statuses in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<&str> {
        let statuses = self.receipts.iter();
        statuses.map(|receipt| receipt.status.as_str()).collect()
    }

    /// Returns whether it was delivered or has failed.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.status(),
            Some(DeliveryStatus::Delivered | DeliveryStatus::Failed)
        )
    }
}
