//! Acts as the contact: the person at the other end of a channel.

mod choices;
mod events;
mod messages;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, ContactMessage, ContactMessageTypes, ConversationChannel,
    DeliveryStatus, TextMessage,
};

use super::Sandbox;
use super::error::ControlError;
use crate::engine::events::inbound as inbound_events;
use crate::engine::events::kinds::InboundEvent;
use crate::engine::{inbound, receipts, recipient};
use crate::model::channels::{self, hides_reading};
use crate::model::message::SentMessage;
use crate::model::strict;
use crate::store::{SENT_MESSAGES, Scope, Store};

pub use choices::Pick;

/// A person on one channel of an app; returned by [`Sandbox::handset`].
#[derive(Clone)]
pub struct Handset {
    store: Arc<Store>,
    app_id: String,
    channel: ConversationChannel,
    identity: String,
}

impl Sandbox {
    /// Returns the person that the app reaches on this channel under this identity (a phone number on SMS, for
    /// example).
    ///
    /// ```no_run
    /// # async fn run(sandbox: sinch_conversation_sandbox::Sandbox, app_id: &str)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// sandbox.handset(app_id, "WHATSAPP", "46701234567").says("Two at eight, please").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn handset(
        &self,
        app_id: impl Into<String>,
        channel: impl Into<ConversationChannel>,
        identity: impl Into<String>,
    ) -> Handset {
        Handset {
            store: Arc::clone(&self.store),
            app_id: app_id.into(),
            channel: channel.into(),
            identity: identity.into(),
        }
    }
}

impl Handset {
    /// Sends a text to the app: MESSAGE_INBOUND. Returns the id of the message.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownApp`] and [`ControlError::ChannelNotConfigured`].
    pub async fn says(&self, text: impl Into<String>) -> Result<String, ControlError> {
        let text = ContactMessageTypes::TextMessage(TextMessage::new(text));
        self.sends(ContactMessage::new(text)).await
    }

    /// Sends any contact message, as JSON, such as `{"choice_response_message": {...}}`. Returns its id.
    ///
    /// # Errors
    ///
    /// [`ControlError::NotAContactMessage`] when the JSON is not one, and those of [`says`](Self::says).
    pub async fn sends_json(&self, message: Value) -> Result<String, ControlError> {
        self.sends(read_message(message)?).await
    }

    /// Sends any contact message. Returns its id.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn sends(&self, message: ContactMessage) -> Result<String, ControlError> {
        self.act(move |scope, line| line.receive(scope, &message))
            .await
    }

    /// Reads a delivered message: a READ receipt.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`], also for a message to another person, and [`ControlError::NotDelivered`].
    pub async fn reads(&self, message_id: &str) -> Result<(), ControlError> {
        let (message_id, reader) = (message_id.to_owned(), self.identity());
        let work = move |scope: &Scope<'_>| {
            let mut sent = received_by(scope, &message_id, &reader)?;
            if sent.status() != Some(&DeliveryStatus::Delivered) {
                return Err(not_delivered(&sent));
            }
            if hides_reading(&reader.channel) {
                return Err(ControlError::NoReadReports {
                    channel: reader.channel.as_str().to_owned(),
                });
            }
            Ok(receipts::read(scope, &mut sent)?)
        };
        self.store.write(work).await
    }

    /// Runs an action of the person in one transaction.
    async fn act<T, W>(&self, work: W) -> Result<T, ControlError>
    where
        T: Send + 'static,
        W: FnOnce(&Scope<'_>, &Line<'_>) -> Result<T, ControlError> + Send + 'static,
    {
        let (app_id, from) = (self.app_id.clone(), self.identity());
        let work = move |scope: &Scope<'_>| {
            let line = Line {
                app_id: &app_id,
                app: usable_app(scope, &app_id, &from.channel)?,
                from: &from,
            };
            work(scope, &line)
        };
        self.store.write(work).await
    }

    fn identity(&self) -> ChannelIdentity {
        channels::identity(&self.channel, &self.identity, &self.app_id)
    }
}

/// An app, and the address of a person there.
struct Line<'a> {
    app_id: &'a str,
    app: Arc<AppResponse>,
    from: &'a ChannelIdentity,
}

impl Line<'_> {
    fn receive(&self, scope: &Scope<'_>, message: &ContactMessage) -> Result<String, ControlError> {
        let id = inbound::receive(scope, self.app_id, &self.app, self.from, message)?;
        Ok(id)
    }

    fn raise(&self, scope: &Scope<'_>, event: &InboundEvent) -> Result<String, ControlError> {
        check_source(event, &self.from.channel)?;
        let id = inbound_events::receive(scope, self.app_id, &self.app, self.from, event)?;
        Ok(id)
    }
}

impl fmt::Debug for Handset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handset")
            .field("app_id", &self.app_id)
            .field("channel", &self.channel)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// Parses a contact message.
pub(crate) fn read_message(message: Value) -> Result<ContactMessage, ControlError> {
    let message = strict::read::<ContactMessage>(&message)
        .map_err(|error| not_a_message(error.path(), error.expected(), error.found()))?;
    if let ContactMessageTypes::Unknown(_) = message.kind {
        return Err(not_a_message(
            "",
            "a contact message such as text_message",
            "an undocumented one",
        ));
    }
    Ok(message)
}

/// Sends a contact message to an app.
pub(crate) fn send(
    scope: &Scope<'_>,
    app_id: &str,
    from: &ChannelIdentity,
    message: &ContactMessage,
) -> Result<String, ControlError> {
    let app = usable_app(scope, app_id, &from.channel)?;
    let line = Line { app_id, app, from };
    line.receive(scope, message)
}

/// Returns a message that was delivered to this person.
fn received_by(
    scope: &Scope<'_>,
    message_id: &str,
    person: &ChannelIdentity,
) -> Result<SentMessage, ControlError> {
    let sent = SENT_MESSAGES
        .get(scope.tx, message_id)?
        .filter(|sent| sent.channel_identity() == Some(person))
        .ok_or_else(|| ControlError::UnknownMessage {
            message_id: message_id.to_owned(),
        })?;
    match sent.status() {
        Some(DeliveryStatus::Delivered | DeliveryStatus::Read) => Ok(sent),
        _ => Err(not_delivered(&sent)),
    }
}

fn not_delivered(sent: &SentMessage) -> ControlError {
    let status = sent.status().map_or("QUEUED", |status| status.as_str());
    ControlError::NotDelivered {
        message_id: sent.id.clone(),
        status: status.to_owned(),
    }
}

/// Refuses an event that this channel does not support.
fn check_source(event: &InboundEvent, channel: &ConversationChannel) -> Result<(), ControlError> {
    match event.sources() {
        Some(sources) if !sources.contains(channel) => Err(ControlError::NoSuchEvent {
            event: event.kind(),
            channel: channel.as_str().to_owned(),
            channels: sources.iter().map(|it| it.as_str().to_owned()).collect(),
        }),
        _ => Ok(()),
    }
}

/// Returns the app, if it exists and has this channel.
pub(crate) fn usable_app(
    scope: &Scope<'_>,
    app_id: &str,
    channel: &ConversationChannel,
) -> Result<Arc<AppResponse>, ControlError> {
    let app = scope.app(app_id)?;
    let app = app.ok_or_else(|| ControlError::UnknownApp {
        app_id: app_id.to_owned(),
    })?;
    if !recipient::has_channel(&app, channel) {
        return Err(ControlError::ChannelNotConfigured {
            app_id: app_id.to_owned(),
            channel: channel.as_str().to_owned(),
        });
    }
    Ok(app)
}

fn not_a_message(path: &str, expected: &str, found: &str) -> ControlError {
    ControlError::NotAContactMessage {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
