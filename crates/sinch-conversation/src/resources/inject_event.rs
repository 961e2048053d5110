//! Injecting events into a conversation.

use sinch_conversation_raw::types::{InjectConversationEventRequest, ProcessingMode};
use sinch_conversation_raw::wire::Timestamp;
use sinch_conversation_raw::{OperationId, conversation};

use super::SentEvent;
use super::awaitable::awaitable;
use super::injected::{channel_identity, check_accepted, check_identity};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::event::AppEvent;
use crate::id::{AppId, ContactId, ConversationId, IntoId};
use crate::recipient::Identity;
use crate::transport::PendingCall;

/// An event that is about to be injected into a conversation (`Events_InjectEvent`). Await it to inject it. Its time,
/// set with [`accepted`](Self::accepted), is required.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, contact, conversation, .. }| {
/// use std::time::SystemTime;
///
/// use sinch_conversation::event::AppEvent;
/// use sinch_conversation::recipient::whatsapp;
/// use sinch_conversation::types::AgentType;
///
/// let joined = AppEvent::agent_joined(AgentType::Human, "Ada");
/// let inject = client.conversations().inject_event(conversation, joined).contact(contact);
/// let injected = inject.on(whatsapp("+46700000001")).accepted(SystemTime::now()).await?;
/// println!("{}", injected.event_id);
/// # assert_eq!(client.events().get(&injected).await?.id(), &injected.event_id);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is injected until it is awaited"]
pub struct InjectEvent {
    client: Client,
    conversation: Result<ConversationId, Error>,
    event: AppEvent,
    contact: Option<ContactId>,
    identity: Option<Identity>,
    app: Option<AppId>,
    accepted: Option<Timestamp>,
    mode: Option<ProcessingMode>,
    refused: Violations,
}

impl InjectEvent {
    pub(super) fn new(
        client: Client,
        conversation: impl IntoId<ConversationId>,
        event: AppEvent,
    ) -> Self {
        Self {
            client,
            conversation: conversation.into_id(),
            event,
            contact: None,
            identity: None,
            app: None,
            accepted: None,
            mode: None,
            refused: Violations::default(),
        }
    }

    /// Names the contact.
    pub fn contact(mut self, id: impl IntoId<ContactId>) -> Self {
        self.contact = self.refused.id(id);
        self
    }

    /// Sets the contact's address on the channel that the event went over.
    pub fn on(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Names the app of the address. Messenger, Instagram, LINE and WeChat need it.
    pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
        self.app = self.refused.id(id);
        self
    }

    /// Sets when the event was accepted: within the last 30 days.
    pub fn accepted(mut self, time: impl Into<Timestamp>) -> Self {
        self.accepted = Some(time.into());
        self
    }

    /// Sets the mode in which the event was processed.
    pub fn processing_mode(mut self, mode: ProcessingMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Checks that everything required is set and within the documented limits.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        self.request().map(|_| ())
    }

    fn request(&self) -> Result<InjectConversationEventRequest, Error> {
        let mut violations = self.refused.clone();
        violations.id::<ConversationId>(self.conversation.clone());
        check_identity(self.identity.as_ref(), self.app.as_ref(), &mut violations);
        let oldest = InjectConversationEventRequest::ACCEPT_TIME;
        check_accepted(self.accepted.as_ref(), oldest, &mut violations);
        let Some(accepted) = &self.accepted else {
            return Err(violations.into());
        };
        violations.finish()?;
        let mut request = InjectConversationEventRequest::new(accepted.clone());
        request.app_event = Some(self.event.clone().into());
        request.contact_id = self.contact.as_ref().map(ToString::to_string);
        let identity = self.identity.as_ref();
        request.channel_identity =
            identity.map(|identity| channel_identity(identity, self.app.as_ref()));
        request.processing_mode = self.mode.clone();
        Ok(request)
    }

    fn inject(self) -> PendingCall<'static, SentEvent> {
        let project = self.client.project_id();
        let request = self.request().and_then(|request| {
            let conversation = self.conversation.as_ref().map_err(Clone::clone)?;
            let id = conversation.as_str();
            Ok(conversation::events_inject_event(project, id, &request))
        });
        self.client
            .try_start(OperationId::EventsInjectEvent, request, |answer| {
                let (id, accepted) = (answer.event_id.as_ref(), answer.accepted_time.as_ref());
                SentEvent::read(&answer, id, accepted, &answer.extra)
            })
    }
}

awaitable!(InjectEvent => SentEvent, inject);
