//! Injecting messages into a conversation.

use sinch_conversation_raw::types::{
    AppMessage, ContactMessage, ConversationDirection, ConversationMessageTypesInject,
    InjectMessageRequest, ProcessingMode,
};
use sinch_conversation_raw::wire::Timestamp;
use sinch_conversation_raw::{OperationId, conversation};

use super::awaitable::awaitable;
use super::injected::{channel_identity, check_accepted, check_identity};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, ContactId, ConversationId, IntoId};
use crate::message::{Message, rules};
use crate::recipient::Identity;
use crate::transport::PendingCall;

/// A message that is about to be injected into a conversation (`Conversation_InjectMessage`). Await it to inject it.
///
/// Required are the message, [`sent`](Self::sent) or [`received`](Self::received), the address with
/// [`on`](Self::on) and the time with [`accepted`](Self::accepted).
///
/// ```
/// # doctest::run(async |doctest::Setup { client, contact, conversation, .. }| {
/// use std::time::{Duration, SystemTime};
///
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::whatsapp;
///
/// let injected = client
///     .conversations()
///     .inject_message(&conversation, contact)
///     .sent(Text::new("As we said on the telephone: table 4"))
///     .on(whatsapp("+46700000001"))
///     .accepted(SystemTime::now() - Duration::from_secs(3600))
///     .metadata("telephone")
///     .await?;
/// # let stored = client.messages().list().conversation(conversation).collect(10).await?;
/// # assert!(stored.iter().any(|it| it.data().metadata.as_deref() == Some("telephone")));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is injected until it is awaited"]
pub struct InjectMessage {
    client: Client,
    conversation: Result<ConversationId, Error>,
    contact: Result<ContactId, Error>,
    content: Option<Content>,
    identity: Option<Identity>,
    app: Option<AppId>,
    accepted: Option<Timestamp>,
    sender: Option<String>,
    metadata: Option<String>,
    mode: Option<ProcessingMode>,
    refused: Violations,
}

/// The message with its direction.
#[derive(Clone, Debug)]
enum Content {
    Sent(Box<AppMessage>),
    Received(Box<ContactMessage>),
}

impl InjectMessage {
    pub(super) fn new(
        client: Client,
        conversation: impl IntoId<ConversationId>,
        contact: impl IntoId<ContactId>,
    ) -> Self {
        Self {
            client,
            conversation: conversation.into_id(),
            contact: contact.into_id(),
            content: None,
            identity: None,
            app: None,
            accepted: None,
            sender: None,
            metadata: None,
            mode: None,
            refused: Violations::default(),
        }
    }

    /// Sets a message that was sent to the contact.
    pub fn sent(mut self, message: impl Into<Message>) -> Self {
        let message = message.into();
        self.content = Some(Content::Sent(Box::new(message.into())));
        self
    }

    /// Sets a message that was received from the contact.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact, conversation, .. }| {
    /// use std::time::SystemTime;
    ///
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::types::{ContactMessage, TextMessage};
    ///
    /// let inject = client.conversations().inject_message(&conversation, contact);
    /// let inject = inject.received(ContactMessage::new(TextMessage::new("Table 4 is fine")));
    /// inject.on(sms("+46700000001")).sender_id("46700000000").accepted(SystemTime::now()).await?;
    /// # let stored = client.messages().list().conversation(conversation).collect(10).await?;
    /// # assert_eq!(stored.len(), 2);
    /// # Ok(()) });
    /// ```
    pub fn received(mut self, message: ContactMessage) -> Self {
        self.content = Some(Content::Received(Box::new(message)));
        self
    }

    /// Sets the contact's address on the channel that the message went over.
    pub fn on(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Names the app of the address. Messenger, Instagram, LINE and WeChat need it.
    pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
        self.app = self.refused.id(id);
        self
    }

    /// Sets when the message was accepted: within the last 30 days.
    pub fn accepted(mut self, time: impl Into<Timestamp>) -> Self {
        self.accepted = Some(time.into());
        self
    }

    /// Sets the address that the contact wrote to. Received messages only.
    pub fn sender_id(mut self, id: impl Into<String>) -> Self {
        self.sender = Some(id.into());
        self
    }

    /// Adds metadata; at most 1024 characters.
    pub fn metadata(mut self, text: impl Into<String>) -> Self {
        self.metadata = Some(text.into());
        self
    }

    /// Sets the mode in which the message was processed.
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

    fn request(&self) -> Result<InjectMessageRequest, Error> {
        let mut violations = self.refused.clone();
        violations.id::<ConversationId>(self.conversation.clone());
        let contact = violations.id_text::<ContactId>(self.contact.clone());
        match &self.content {
            Some(Content::Sent(message)) => {
                rules::message(message, "app_message.", &mut violations);
                if self.sender.is_some() {
                    let expected = "left out: only a message of the contact has it";
                    violations.malformed("sender_id", expected);
                }
            }
            Some(Content::Received(_)) => {}
            None => violations.missing("message", "give one with `sent` or `received`"),
        }
        if self.identity.is_none() {
            violations.missing("channel_identity", "give the contact's address with `on`");
        }
        check_identity(self.identity.as_ref(), self.app.as_ref(), &mut violations);
        let oldest = InjectMessageRequest::ACCEPT_TIME;
        check_accepted(self.accepted.as_ref(), oldest, &mut violations);
        if let Some(text) = &self.metadata {
            violations.limit("metadata", text, InjectMessageRequest::METADATA);
        }
        let (Some(content), Some(identity), Some(accepted)) =
            (&self.content, &self.identity, &self.accepted)
        else {
            return Err(violations.into());
        };
        violations.finish()?;

        let (direction, kind) = content.parts();
        let identity = channel_identity(identity, self.app.as_ref());
        let mut request =
            InjectMessageRequest::new(accepted.clone(), identity, contact, direction, kind);
        request.sender_id = self.sender.clone();
        request.metadata = self.metadata.clone();
        request.processing_mode = self.mode.clone();
        Ok(request)
    }

    fn inject(self) -> PendingCall<'static, ()> {
        let project = self.client.project_id();
        let request = self.request().and_then(|request| {
            let conversation = self.conversation.as_ref().map_err(Clone::clone)?;
            let id = conversation.as_str();
            Ok(conversation::conversation_inject_message(
                project, id, &request,
            ))
        });
        self.client
            .try_start(OperationId::ConversationInjectMessage, request, Ok)
    }
}

awaitable!(InjectMessage => (), inject);

impl Content {
    fn parts(&self) -> (ConversationDirection, ConversationMessageTypesInject) {
        match self {
            Self::Sent(message) => (ConversationDirection::ToContact, (**message).clone().into()),
            Self::Received(message) => (ConversationDirection::ToApp, (**message).clone().into()),
        }
    }
}
