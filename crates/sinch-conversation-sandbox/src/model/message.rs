//! A message on its way from an app, and what became of it.

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{
    AppMessage, ChannelIdentity, DeliveryStatus, MessageContentType, ProcessingMode, Reason,
};
use sinch_conversation_raw::wire::Timestamp;

use super::channels::Failure;

/// A message that an app has sent, as [`Sandbox::sent`](crate::Sandbox::sent) shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// The `message_id` that the API answered with.
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
    pub message: AppMessage,
    /// What the channel that it was given to last makes of it, where that is something else than
    /// [`message`](Self::message): the template filled in, what is meant for this channel alone, and as text what
    /// the channel cannot show.
    pub rendered: Option<AppMessage>,
    /// `message_metadata` of the request; empty when there was none.
    pub message_metadata: String,
    /// `correlation_id` of the request; empty when there was none.
    pub correlation_id: String,
    /// When the API accepted it.
    pub accepted_time: Timestamp,
    /// When it is given up, if the request had a `ttl`.
    pub expires: Option<Timestamp>,
    /// What it is said to be, which decides the opt-out lists that it is held against.
    pub message_content_type: MessageContentType,
    /// Its statuses so far, in order.
    pub receipts: Vec<Receipt>,
    /// What orders its callbacks: the contact it was accepted for, without one the message. Stays when contacts
    /// are merged, so that receipts stay in order.
    pub(crate) ordering_key: String,
    /// Where receipts go instead of to the webhooks.
    pub(crate) callback_url: Option<String>,
    /// The identities to try, in order, and how far that is.
    pub(crate) plan: Vec<ChannelIdentity>,
    pub(crate) position: usize,
    /// How it fails, when that is decided.
    pub(crate) failing: Option<Failure>,
    /// Whether it counts in the queue of its app still.
    pub(crate) queued: bool,
    /// When the channel failed first, in microseconds since 1970, and how often it was asked again.
    pub(crate) failed_first: Option<i64>,
    pub(crate) retries: u32,
    /// The batch that it was sent with.
    pub(crate) batch: Option<BatchPlace>,
}

/// Which message of a batch this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BatchPlace {
    pub(crate) batch_id: String,
    /// The first one is 0.
    pub(crate) message_index: usize,
}

/// One status that a message had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// The status.
    pub status: DeliveryStatus,
    /// The channel and the recipient's identity that it concerns.
    pub channel_identity: Option<ChannelIdentity>,
    /// Why, when something failed.
    pub reason: Option<Reason>,
    /// When.
    pub time: Timestamp,
}

impl SentMessage {
    /// The latest status; `None` while the message waits for its first channel.
    #[must_use]
    pub fn status(&self) -> Option<&DeliveryStatus> {
        self.receipts.last().map(|receipt| &receipt.status)
    }

    /// The statuses in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<&str> {
        self.receipts
            .iter()
            .map(|receipt| receipt.status.as_str())
            .collect()
    }

    /// Whether it was delivered or read, or has failed for good.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.status(),
            Some(DeliveryStatus::Delivered | DeliveryStatus::Read | DeliveryStatus::Failed)
        )
    }

    /// The identity that it is tried on now, or was tried on last.
    #[must_use]
    pub fn channel_identity(&self) -> Option<&ChannelIdentity> {
        self.plan.get(self.position)
    }

    /// What the person sees on the channel that it was given to last.
    #[must_use]
    pub fn shown(&self) -> &AppMessage {
        self.rendered.as_ref().unwrap_or(&self.message)
    }

    /// Whether there is another channel to try.
    pub(crate) fn has_next_channel(&self) -> bool {
        self.position + 1 < self.plan.len()
    }
}
