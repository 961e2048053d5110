//! A message that an app sends, and its delivery.

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{
    AppMessage, ChannelIdentity, DeliveryStatus, MessageContentType, ProcessingMode, Reason,
};
use sinch_conversation_raw::wire::Timestamp;

use super::channels::Failure;

/// A message that an app has sent, returned by [`Sandbox::sent`](crate::Sandbox::sent).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// The `message_id` that the API answered with.
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
    pub message: AppMessage,
    /// What the last channel it was given to shows, where that differs from [`message`](Self::message): templates are
    /// filled in, content for this channel alone replaces the rest, and what the channel cannot show is text.
    pub rendered: Option<AppMessage>,
    /// The request's `message_metadata`; empty when there was none.
    pub message_metadata: String,
    /// The request's `correlation_id`; empty when there was none.
    pub correlation_id: String,
    /// When the API accepted it.
    pub accepted_time: Timestamp,
    /// When delivery is given up, if the request had a `ttl`.
    pub expires: Option<Timestamp>,
    /// The content type that the request declared, which decides which opt-out lists apply.
    pub message_content_type: MessageContentType,
    /// Its statuses so far, in order.
    pub receipts: Vec<Receipt>,
    /// The ordering key of its callbacks: the contact it was accepted for, or the message if there is none. It is kept
    /// when contacts are merged, so that receipts stay in order.
    pub(crate) ordering_key: String,
    /// The URL for receipts, which replaces the webhooks.
    pub(crate) callback_url: Option<String>,
    /// The identities to try, in order, and the index of the current one.
    pub(crate) plan: Vec<ChannelIdentity>,
    pub(crate) position: usize,
    /// The failure, once it is decided.
    pub(crate) failing: Option<Failure>,
    /// Whether it still counts in the queue of its app.
    pub(crate) queued: bool,
    /// When the channel first failed, in microseconds since 1970, and how often it was retried.
    pub(crate) failed_first: Option<i64>,
    pub(crate) retries: u32,
    /// The batch that it was sent with.
    pub(crate) batch: Option<BatchPlace>,
}

/// The position of a message in a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BatchPlace {
    pub(crate) batch_id: String,
    /// Counted from 0.
    pub(crate) message_index: usize,
}

/// A status that a message or an event had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// The status.
    pub status: DeliveryStatus,
    /// The channel and the recipient's identity there.
    pub channel_identity: Option<ChannelIdentity>,
    /// The reason of a failure.
    pub reason: Option<Reason>,
    /// When it was reported.
    pub time: Timestamp,
}

impl SentMessage {
    /// Returns the latest status; `None` while the message waits for its first channel.
    #[must_use]
    pub fn status(&self) -> Option<&DeliveryStatus> {
        self.receipts.last().map(|receipt| &receipt.status)
    }

    /// Returns the statuses in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<&str> {
        self.receipts
            .iter()
            .map(|receipt| receipt.status.as_str())
            .collect()
    }

    /// Returns whether it was delivered or read, or has failed for good.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.status(),
            Some(DeliveryStatus::Delivered | DeliveryStatus::Read | DeliveryStatus::Failed)
        )
    }

    /// Returns the identity of the current or last delivery attempt.
    #[must_use]
    pub fn channel_identity(&self) -> Option<&ChannelIdentity> {
        self.plan.get(self.position)
    }

    /// Returns what the person sees on the channel that it was given to last.
    #[must_use]
    pub fn shown(&self) -> &AppMessage {
        self.rendered.as_ref().unwrap_or(&self.message)
    }

    /// Returns whether there is another channel to try.
    pub(crate) fn has_next_channel(&self) -> bool {
        self.position + 1 < self.plan.len()
    }
}
