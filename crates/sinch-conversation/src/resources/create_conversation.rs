//! Creating a conversation.

use serde_json::Value;
use sinch_conversation_raw::types::CreateConversationRequest;
use sinch_conversation_raw::{OperationId, conversation};

use super::awaitable::awaitable;
use super::{Conversation, Stored};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, ContactId, IntoId};
use crate::transport::PendingCall;

/// A conversation that is about to be created (`Conversation_CreateConversation`). Await it to create it.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, .. }| {
/// # use sinch_conversation::{recipient::sms, types::ContactLanguage};
/// # let contact = client.contacts().create(sms("+46700000002"), ContactLanguage::EnGb).await?;
/// use serde_json::json;
/// use sinch_conversation::Channel;
///
/// let conversation = client
///     .conversations()
///     .create(app, contact)
///     .active(true)
///     .active_channel(Channel::Sms)
///     .metadata(json!({"table": 4}))
///     .correlation_id("booking-7")
///     .await?;
/// println!("{}", conversation.id());
/// # assert_eq!(conversation.data().correlation_id.as_deref(), Some("booking-7"));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateConversation {
    client: Client,
    /// As it will be sent, but for the metadata.
    request: CreateConversationRequest,
    metadata: Option<Value>,
    refused: Violations,
}

impl CreateConversation {
    pub(super) fn new(
        client: Client,
        app: impl IntoId<AppId>,
        contact: impl IntoId<ContactId>,
    ) -> Self {
        let mut refused = Violations::default();
        let app = refused.id_text::<AppId>(app);
        let contact = refused.id_text::<ContactId>(contact);
        Self {
            client,
            request: CreateConversationRequest::new(app, contact),
            metadata: None,
            refused,
        }
    }

    /// Sets whether the conversation is active. A contact has at most one active conversation with an app.
    pub fn active(mut self, active: bool) -> Self {
        self.request.active = Some(active);
        self
    }

    /// Sets the channel that the conversation is on.
    pub fn active_channel(mut self, channel: Channel) -> Self {
        self.request.active_channel = Some(channel);
        self
    }

    /// Sets the metadata (`metadata_json`), a JSON object of at most 2048 characters.
    pub fn metadata(mut self, object: Value) -> Self {
        self.metadata = Some(object);
        self
    }

    /// Sets an id of yours; at most 128 characters.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.request.correlation_id = Some(id.into());
        self
    }

    /// Checks the limits that the API documents, without creating anything.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        self.request().map(|_| ())
    }

    fn request(&self) -> Result<CreateConversationRequest, Error> {
        let mut violations = self.refused.clone();
        let mut request = self.request.clone();
        request.metadata_json = violations.object("metadata_json", self.metadata.as_ref());
        violations.limits(&request, "");
        violations.finish()?;
        Ok(request)
    }

    fn create(self) -> PendingCall<'static, Conversation> {
        let request = self.request().map(|request| {
            conversation::conversation_create_conversation(self.client.project_id(), &request)
        });
        self.client.try_start(
            OperationId::ConversationCreateConversation,
            request,
            Stored::read,
        )
    }
}

awaitable!(CreateConversation => Conversation, create);
