//! Channels in tests: failing, silent, delayed, or sending events to an app.

use std::time::Duration;

use serde_json::{Map, Value};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    ChannelEventNotification, ChannelEventNotificationChannelEvent, ConversationChannel,
    RecordNotification, RecordNotificationRecordStatus,
};

use super::Sandbox;
use super::error::ControlError;
use super::handset::usable_app;
use crate::callbacks::notify::{self, Notification};
use crate::model::channels::Failure;
use crate::store::{SENT_MESSAGES, Scope};

impl Sandbox {
    /// Makes the next message or event of an app on this channel fail. Calls add up.
    ///
    /// ```no_run
    /// # fn run(sandbox: sinch_conversation_sandbox::Sandbox) {
    /// sandbox.fail_next("WHATSAPP", "RECIPIENT_NOT_REACHABLE");
    /// # }
    /// ```
    pub fn fail_next(&self, channel: impl Into<ConversationChannel>, failure: impl Into<Failure>) {
        let channels = &self.store.state.channels;
        channels.fail_next(&channel.into(), failure.into());
    }

    /// Makes every message and event of an app on this channel fail, until [`restore_channel`](Self::restore_channel).
    pub fn fail_channel(
        &self,
        channel: impl Into<ConversationChannel>,
        failure: impl Into<Failure>,
    ) {
        let channels = &self.store.state.channels;
        channels.fail_always(&channel.into(), failure.into());
    }

    /// Makes the channel accept messages, report QUEUED_ON_CHANNEL and nothing after that, until
    /// [`restore_channel`](Self::restore_channel). Use it to test a `ttl` or `delivery_report_based_fallback`.
    pub fn silence_channel(&self, channel: impl Into<ConversationChannel>) {
        self.store.state.channels.silence(&channel.into());
    }

    /// Makes the channel work again.
    pub fn restore_channel(&self, channel: impl Into<ConversationChannel>) {
        self.store.state.channels.restore(&channel.into());
    }

    /// Delays each status of the channel by this time, until [`restore_channel`](Self::restore_channel).
    pub fn delay_channel(&self, channel: impl Into<ConversationChannel>, by: Duration) {
        self.store.state.channels.delay(&channel.into(), by);
    }

    /// Sends a channel's event to an app, such as `WHATS_APP_QUALITY_RATING_CHANGED`: CHANNEL_EVENT.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownApp`] and [`ControlError::ChannelNotConfigured`].
    pub async fn channel_event(
        &self,
        app_id: &str,
        channel: impl Into<ConversationChannel>,
        event_type: &str,
        additional_data: Map<String, Value>,
    ) -> Result<(), ControlError> {
        let (app_id, channel) = (app_id.to_owned(), channel.into());
        let mut event = ChannelEventNotificationChannelEvent::default();
        event.channel = Some(channel.clone());
        event.event_type = Some(event_type.to_owned());
        event.additional_data = Some(additional_data);
        let work = move |scope: &Scope<'_>| {
            usable_app(scope, &app_id, &channel)?;
            let mut notification = ChannelEventNotification::default();
            notification.channel_event = Some(event);
            let notice =
                Notification::new(CallbackKind::CHANNEL_EVENT, &notification, channel.as_str());
            Ok(notify::app(scope, &app_id, &notice)?)
        };
        self.store.write(work).await
    }

    /// Reports that the record of a message was stored: RECORD_NOTIFICATION with EVENT_RECORD_STORED.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`].
    pub async fn record_notification(&self, message_id: &str) -> Result<(), ControlError> {
        let message_id = message_id.to_owned();
        let work = move |scope: &Scope<'_>| {
            let Some(sent) = SENT_MESSAGES.get(scope.tx, &message_id)? else {
                return Err(ControlError::UnknownMessage { message_id });
            };
            let mut record = RecordNotification::default();
            record.record_status = Some(RecordNotificationRecordStatus::EventRecordStored);
            record.channel_identity = sent.channel_identity().cloned();
            record.contact_id = Some(sent.contact_id.clone());
            record.conversation_id = Some(sent.conversation_id.clone());
            record.processing_mode = Some(sent.processing_mode.clone());
            record.entity_id = Some(message_id);
            let notice = Notification::new(
                CallbackKind::RECORD_NOTIFICATION,
                &record,
                &sent.ordering_key,
            );
            Ok(notify::app(scope, &sent.app_id, &notice)?)
        };
        self.store.write(work).await
    }
}
