//! Being the operator of a channel: knowing what people can do on it, and having news for its apps.

use std::sync::Arc;

use rusqlite::Transaction;
use serde_json::{Map, Value};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    ChannelEventNotification, ChannelEventNotificationChannelEvent, ConversationChannel,
    RecordNotification, RecordNotificationRecordStatus,
};
use sinch_conversation_raw::wire::Wire;

use crate::callbacks::notify::{self, Notice};
use crate::core::Core;
use crate::engine::people;
use crate::engine::scope::Scope;
use crate::model::capability::Capability;
use crate::sandbox::Sandbox;
use crate::sandbox::error::ControlError;
use crate::sandbox::handset::usable_app;
use crate::store::{capabilities, sends};

pub(crate) async fn set_capability(
    core: &Core,
    channel: &ConversationChannel,
    identity: &str,
    capability: Capability,
) -> Result<(), ControlError> {
    let whose = people::identity(channel, identity, "");
    let work = move |tx: &Transaction<'_>| capabilities::set(tx, &whose, &capability);
    Ok(core.store.write(work).await?)
}

/// What a channel tells an app, but for the channel.
pub(crate) fn news(
    event_type: String,
    additional_data: Map<String, Value>,
) -> ChannelEventNotificationChannelEvent {
    let mut event = ChannelEventNotificationChannelEvent::default();
    event.event_type = Some(event_type);
    event.additional_data = Some(additional_data);
    event
}

pub(crate) async fn channel_event(
    core: &Arc<Core>,
    app_id: String,
    channel: ConversationChannel,
    mut event: ChannelEventNotificationChannelEvent,
) -> Result<(), ControlError> {
    let shared = Arc::clone(core);
    let work = move |tx: &Transaction<'_>| {
        let scope = Scope::new(&shared, tx);
        usable_app(&scope, &app_id, &channel)?;
        let lane = channel.as_str().to_owned();
        event.channel = Some(channel);
        let mut notification = ChannelEventNotification::default();
        notification.channel_event = Some(event);
        let notice = notice(CallbackKind::CHANNEL_EVENT, notification.to_value(), &lane);
        Ok(notify::app(&scope, &app_id, &notice)?)
    };
    core.store.write(work).await
}

pub(crate) async fn record_notification(
    core: &Arc<Core>,
    message_id: String,
) -> Result<(), ControlError> {
    let shared = Arc::clone(core);
    let work = move |tx: &Transaction<'_>| {
        let Some(sent) = sends::get(tx, &message_id)? else {
            return Err(ControlError::UnknownMessage { message_id });
        };
        let mut record = RecordNotification::default();
        record.record_status = Some(RecordNotificationRecordStatus::EventRecordStored);
        record.channel_identity = sent.channel_identity().cloned();
        record.contact_id = Some(sent.contact_id.clone());
        record.conversation_id = Some(sent.conversation_id.clone());
        record.processing_mode = Some(sent.processing_mode.clone());
        record.entity_id = Some(message_id);
        let notice = notice(
            CallbackKind::RECORD_NOTIFICATION,
            record.to_value(),
            sent.lane(),
        );
        Ok(notify::app(
            &Scope::new(&shared, tx),
            &sent.app_id,
            &notice,
        )?)
    };
    core.store.write(work).await
}

impl Sandbox {
    /// Says what a recipient can do on a channel, which capability queries tell from now on, also after a restart.
    /// The identity `*` is everybody of whom nothing was said. Sends do not look at it.
    ///
    /// ```no_run
    /// use sinch_conversation_sandbox::Capability;
    ///
    /// # async fn run(sandbox: sinch_conversation_sandbox::Sandbox)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// sandbox.set_capability("RCS", "*", Capability::full()).await?;
    /// sandbox.set_capability("RCS", "46701234567", Capability::none()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn set_capability(
        &self,
        channel: impl Into<ConversationChannel>,
        identity: &str,
        capability: Capability,
    ) -> Result<(), ControlError> {
        set_capability(&self.core, &channel.into(), identity, capability).await
    }

    /// The channel has news for an app, such as `WHATS_APP_QUALITY_RATING_CHANGED`: CHANNEL_EVENT.
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
        let event = news(event_type.to_owned(), additional_data);
        channel_event(&self.core, app_id, channel, event).await
    }

    /// The record of a message was stored: RECORD_NOTIFICATION with EVENT_RECORD_STORED.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`].
    pub async fn record_notification(&self, message_id: &str) -> Result<(), ControlError> {
        record_notification(&self.core, message_id.to_owned()).await
    }
}

fn notice(kind: CallbackKind, payload: Value, lane: &str) -> Notice<'_> {
    Notice {
        kind,
        payload,
        lane,
        message_metadata: "",
        correlation_id: "",
    }
}
