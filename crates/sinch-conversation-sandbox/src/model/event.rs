//! An event on its way from an app, and what became of it.

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{AppEvent, ChannelIdentity, DeliveryStatus, ProcessingMode};
use sinch_conversation_raw::wire::Timestamp;

use crate::model::channels::Failure;
use crate::model::message::Receipt;

/// An event that an app has sent, as [`Sandbox::events_sent`](crate::Sandbox::events_sent) shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentEvent {
    /// The `event_id` that the API answered with.
    pub id: String,
    /// The app that sent it.
    pub app_id: String,
    /// The mode it was processed in.
    pub processing_mode: ProcessingMode,
    /// The contact it is for; empty in DISPATCH mode.
    pub contact_id: String,
    /// The conversation it belongs to; empty in DISPATCH mode.
    pub conversation_id: String,
    /// What was sent.
    pub event: AppEvent,
    /// `event_metadata` of the request; empty when there was none.
    pub event_metadata: String,
    /// When the API accepted it.
    pub accepted_time: Timestamp,
    /// The one channel it goes to and the recipient's identity there; `None` when there is no channel to use.
    pub channel_identity: Option<ChannelIdentity>,
    /// Its statuses so far, in order.
    pub receipts: Vec<Receipt>,
    /// What orders its callbacks: the contact it was accepted for, without one the event. Stays when contacts are
    /// merged, so that receipts stay in order.
    pub(crate) ordering_key: String,
    /// Where receipts go instead of to the webhooks.
    pub(crate) callback_url: Option<String>,
    /// How it fails, when that is decided.
    pub(crate) failing: Option<Failure>,
}

impl SentEvent {
    /// The latest status; `None` while the event waits for its channel.
    #[must_use]
    pub fn status(&self) -> Option<&DeliveryStatus> {
        self.receipts.last().map(|receipt| &receipt.status)
    }

    /// The statuses in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<&str> {
        let statuses = self.receipts.iter();
        statuses.map(|receipt| receipt.status.as_str()).collect()
    }

    /// Whether it was delivered or has failed.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.status(),
            Some(DeliveryStatus::Delivered | DeliveryStatus::Failed)
        )
    }
}
