//! The operations as methods of a sandbox.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sinch_conversation_raw::types::ConversationChannel;

use super::seed::{self, Seeded};
use crate::model::callback::Callback;
use crate::model::channels::Failure;
use crate::model::message::SentMessage;
use crate::model::timeline::TimelineEntry;
use crate::sandbox::Sandbox;
use crate::sandbox::control;
use crate::sandbox::control::CallbackLog;
use crate::sandbox::error::ControlError;
use crate::store::record::Only;
use crate::store::window::Window;

impl Sandbox {
    /// The next message or event of an app on this channel fails. Called several times, those after it fail as well.
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

    /// Every message and every event of an app on this channel fails, until [`restore_channel`](Self::restore_channel).
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

    /// Each status of the channel comes that much later, until [`restore_channel`](Self::restore_channel).
    pub fn delay_channel(&self, channel: impl Into<ConversationChannel>, by: Duration) {
        self.core.channels.delay(&channel.into(), by);
    }

    /// Moves the sandbox's clock forward. What becomes due happens at once: receipts, retries of callbacks, the
    /// end of access tokens. Times in answers, callbacks and signatures are by this clock. It stops at the
    /// year 9987.
    pub fn advance_clock(&self, by: Duration) {
        control::advance_clock(&self.core, by);
    }

    /// Sets the sandbox's clock to a later moment; see [`advance_clock`](Self::advance_clock).
    ///
    /// # Errors
    ///
    /// [`ControlError::ClockBackwards`] when the moment is over, or later than the year 9987.
    pub fn set_clock(&self, to: DateTime<Utc>) -> Result<(), ControlError> {
        control::set_clock(&self.core, to)
    }

    /// What the sandbox's clock shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.core.clock.now()
    }

    /// Removes all resources, messages and callbacks, those that wait included, the log of requests and all faults,
    /// makes all channels work and sets the clock back to the machine's time. The project, the access keys and the tokens stay, and so do connections. A
    /// callback that is being delivered may still arrive.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn reset(&self) -> Result<(), ControlError> {
        control::reset(&self.core).await
    }

    /// Puts apps, webhooks, contacts, conversations and messages from contacts into the sandbox: all of the document
    /// or nothing. It goes through the same checks as requests, and callbacks are made as for requests. The document
    /// is described at [`SandboxBuilder::seed_file`](crate::SandboxBuilder::seed_file).
    ///
    /// # Errors
    ///
    /// [`ControlError::Seed`] names each place that is wrong; also when an id is taken already.
    pub async fn seed(&self, document: Value) -> Result<Seeded, ControlError> {
        seed::apply(&self.core, document).await
    }

    /// Every message that apps have sent, oldest first, with its statuses.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn sent(&self) -> Result<Vec<SentMessage>, ControlError> {
        Ok(control::sent(&self.core, Window::all()).await?.items)
    }

    /// The message with this id.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`].
    pub async fn sent_message(&self, message_id: &str) -> Result<SentMessage, ControlError> {
        control::sent_message(&self.core, message_id).await
    }

    /// Everything that contacts have sent, oldest first; also what the API does not store, such as messages of
    /// DISPATCH mode.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn received(&self) -> Result<Vec<TimelineEntry>, ControlError> {
        let only = Only {
            received: true,
            ..Only::default()
        };
        let received = control::timeline(&self.core, Window::all(), only);
        Ok(received.await?.items)
    }

    /// Everything that apps and contacts have sent, in the order in which it happened.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn timeline(&self) -> Result<Vec<TimelineEntry>, ControlError> {
        let all = control::timeline(&self.core, Window::all(), Only::default());
        Ok(all.await?.items)
    }

    /// Every callback, oldest first, with the attempts to deliver it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn callbacks(&self) -> Result<Vec<Callback>, ControlError> {
        Ok(control::callbacks(&self.core, Window::all()).await?.items)
    }

    /// Sends a callback once more, at once and whatever its state: the same body to the target it was queued for,
    /// with a new nonce, timestamp and signature. It does so also when the webhook is gone. The attempt is added to
    /// the callback; a callback that was abandoned or dropped counts as delivered when the receiver takes it.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownCallback`].
    pub async fn replay_callback(&self, id: i64) -> Result<(), ControlError> {
        control::replay(&self.core, id).await
    }

    /// The attempts to deliver callbacks from now on, as they happen.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn callback_log(&self) -> Result<CallbackLog, ControlError> {
        CallbackLog::open(&self.core).await
    }
}
