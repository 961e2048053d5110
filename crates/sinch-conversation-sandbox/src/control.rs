//! What a test does with a sandbox besides calling its API: make channels fail, move the clock, look at what went
//! out.

use std::time::Duration;

use sinch_conversation_raw::types::ConversationChannel;

use crate::engine::channels::Failure;
use crate::engine::outbound::SentMessage;
use crate::error::ControlError;
use crate::log::Callback;
use crate::sandbox::Sandbox;
use crate::store::{callbacks, sends};

impl Sandbox {
    /// The next message on this channel fails. Called several times, the messages after it fail as well.
    ///
    /// ```no_run
    /// # fn run(sandbox: sinch_conversation_sandbox::Sandbox) {
    /// sandbox.fail_next("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    /// # }
    /// ```
    pub fn fail_next(&self, channel: impl Into<ConversationChannel>, failure: impl Into<Failure>) {
        self.core
            .channels
            .fail_next(&channel.into(), failure.into());
    }

    /// Every message on this channel fails, until [`restore_channel`](Self::restore_channel).
    pub fn fail_channel(
        &self,
        channel: impl Into<ConversationChannel>,
        failure: impl Into<Failure>,
    ) {
        self.core
            .channels
            .fail_always(&channel.into(), failure.into());
    }

    /// The channel takes messages, reports QUEUED_ON_CHANNEL, and is not heard of again, until
    /// [`restore_channel`](Self::restore_channel). What a `ttl` and `delivery_report_based_fallback` are for.
    pub fn silence_channel(&self, channel: impl Into<ConversationChannel>) {
        self.core.channels.silence(&channel.into());
    }

    /// The channel works again.
    pub fn restore_channel(&self, channel: impl Into<ConversationChannel>) {
        self.core.channels.restore(&channel.into());
    }

    /// All access tokens given so far have expired: calls with them get 401, and `www-authenticate` says so.
    pub fn expire_tokens(&self) {
        self.core.access.expire_tokens();
    }

    /// Moves the sandbox's clock forward. What becomes due happens at once: receipts, retries of callbacks, the
    /// end of access tokens. Times in answers, callbacks and signatures are by this clock.
    pub fn advance_clock(&self, by: Duration) {
        self.core.clock.advance(by);
    }

    /// Every message that apps have sent, oldest first, with its statuses.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn sent(&self) -> Result<Vec<SentMessage>, ControlError> {
        Ok(self.core.store.read(sends::all).await?)
    }

    /// The message with this id.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`].
    pub async fn sent_message(&self, message_id: &str) -> Result<SentMessage, ControlError> {
        let id = message_id.to_owned();
        let found = self.core.store.read(move |tx| sends::get(tx, &id)).await?;
        found.ok_or_else(|| ControlError::UnknownMessage {
            message_id: message_id.to_owned(),
        })
    }

    /// Every callback, oldest first, with the attempts to deliver it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn callbacks(&self) -> Result<Vec<Callback>, ControlError> {
        Ok(self.core.store.read(callbacks::all).await?)
    }
}
