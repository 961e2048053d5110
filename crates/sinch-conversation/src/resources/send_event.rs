//! Sending an event.

use std::time::Duration;

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    MessageQueue, RecipientBase, RecipientRequest, SendEventRequest,
};
use sinch_conversation_raw::wire::{JsonObject, Timestamp, UnknownObject, Wire};

use super::awaitable::awaitable;
use super::stored::id_of;
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::event::AppEvent;
use crate::id::{AppId, EventId, IntoId};
use crate::message::rules;
use crate::recipient::Recipient;
use crate::transport::PendingCall;

/// An event that is about to be sent (`Events_SendEvent`). Await it to send it.
///
/// An event goes to one channel; there is no fallback. Like a message it is retried automatically only when the API
/// definitely did not process it.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, .. }| {
/// use sinch_conversation::Channel;
/// use sinch_conversation::event::AppEvent;
/// use sinch_conversation::recipient::whatsapp;
///
/// let event = app.send_event(AppEvent::composing()).to(whatsapp("+46700000001"));
/// let sent = event.channel(Channel::WhatsApp).metadata("bot").await?;
/// println!("accepted as {}", sent.event_id);
/// # assert_eq!(client.events().get(&sent).await?.id(), &sent.event_id);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct SendEvent {
    client: Client,
    request: SendEventRequest,
    refused: Violations,
}

/// An event that the API has accepted.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, .. }| {
/// use sinch_conversation::event::AppEvent;
/// use sinch_conversation::recipient::whatsapp;
///
/// let sent = app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
/// let event = client.events().get(&sent).await?;
/// # assert_eq!(event.id(), &sent.event_id);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SentEvent {
    /// The id of the event, also found in its receipts.
    pub event_id: EventId,
    /// When the API accepted it.
    pub accepted_time: Option<Timestamp>,
    /// Fields of the response that this crate does not model, and those that were `null`.
    pub extra: JsonObject,
}

impl SentEvent {
    /// Reads the id of a response.
    pub(super) fn read(
        answer: &impl Wire,
        event_id: Option<&String>,
        accepted_time: Option<&Timestamp>,
        extra: &JsonObject,
    ) -> Result<Self, Error> {
        Ok(Self {
            event_id: id_of(event_id, || "event_id".to_owned(), answer)?,
            accepted_time: accepted_time.cloned(),
            extra: extra.clone(),
        })
    }
}

impl From<&SentEvent> for EventId {
    fn from(sent: &SentEvent) -> Self {
        sent.event_id.clone()
    }
}

impl SendEvent {
    pub(crate) fn new(client: Client, app: impl IntoId<AppId>, event: AppEvent) -> Self {
        let mut refused = Violations::default();
        let app = refused.id_text::<AppId>(app);
        let nobody = RecipientRequest::new(RecipientBase::Unknown(UnknownObject::default()));
        Self {
            client,
            request: SendEventRequest::new(app, event, nobody),
            refused,
        }
    }

    /// Sets the recipient: a contact, or an address on a channel.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, contact, .. }| {
    /// use sinch_conversation::event::AppEvent;
    /// use sinch_conversation::recipient::{Recipient, whatsapp};
    ///
    /// app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
    /// app.send_event(AppEvent::composing_end()).to(Recipient::contact(contact)).await?;
    /// # Ok(()) });
    /// ```
    pub fn to(mut self, recipient: impl Into<Recipient>) -> Self {
        self.request.recipient = recipient.into().into();
        self
    }

    /// Sends the event on this channel and not on the one that the contact is on.
    pub fn channel(mut self, channel: Channel) -> Self {
        self.request.channel_priority_order = Some(vec![channel]);
        self
    }

    /// Sends the receipts of this event to another address than the webhooks of the app.
    pub fn callback_url(mut self, url: impl Into<String>) -> Self {
        self.request.callback_url = Some(url.into());
        self
    }

    /// Adds text that comes back in the receipts of the event.
    pub fn metadata(mut self, text: impl Into<String>) -> Self {
        self.request.event_metadata = Some(text.into());
        self
    }

    /// Chooses the queue. Normal priority by default.
    pub fn queue(mut self, queue: MessageQueue) -> Self {
        self.request.queue = Some(queue);
        self
    }

    /// Sends the event with high priority.
    pub fn high_priority(self) -> Self {
        self.queue(MessageQueue::HighPriority)
    }

    /// Retries the send even if an earlier attempt may have been processed; see
    /// [`SendMessage::allow_duplicates`](super::SendMessage::allow_duplicates).
    pub fn allow_duplicates(mut self) -> Self {
        self.client.options.allow_duplicates = true;
        self
    }

    /// Sets the limit for this call with all its attempts, in place of the client's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.client.options.timeout = Some(limit);
        self
    }

    /// Checks the recipient, without sending.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        rules::recipient(&self.request.recipient.kind, "recipient", &mut violations);
        Ok(violations.finish()?)
    }

    fn send(self) -> PendingCall<'static, SentEvent> {
        let request = conversation::events_send_event(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, |answer| {
                let (id, accepted) = (answer.event_id.as_ref(), answer.accepted_time.as_ref());
                SentEvent::read(&answer, id, accepted, &answer.extra)
            })
    }
}

awaitable!(SendEvent => SentEvent, send);
