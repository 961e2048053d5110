//! The metadata of a stored message.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{MessageSource, UpdateMessageMetadataRequest};

use super::awaitable::awaitable;
use super::{Stored, StoredMessage};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::MessageId;
use crate::transport::PendingCall;

/// Metadata that is about to take the place of a message's own (`Messages_UpdateMessageMetadata`). Await it.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, message, .. }| {
/// use sinch_conversation::types::MessageSource;
///
/// let update = client.messages().update_metadata(message, "answered by Ada");
/// let stored = update.source(MessageSource::ConversationSource).await?;
/// # assert_eq!(stored.data().metadata.as_deref(), Some("answered by Ada"));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is changed until it is awaited"]
pub struct UpdateMessageMetadata {
    client: Client,
    message: Result<MessageId, Error>,
    request: UpdateMessageMetadataRequest,
    source: Option<MessageSource>,
}

impl UpdateMessageMetadata {
    pub(super) fn new(client: Client, message: Result<MessageId, Error>, text: String) -> Self {
        Self {
            client,
            message,
            request: UpdateMessageMetadataRequest::new(text),
            source: None,
        }
    }

    /// Sets the store: that of CONVERSATION mode, the default, or of DISPATCH mode.
    pub fn source(mut self, source: MessageSource) -> Self {
        self.source = Some(source);
        self
    }

    /// Checks that the text has at most 1024 characters.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message, .. }| {
    /// let update = client.messages().update_metadata(message, "m".repeat(1025));
    /// assert!(update.validate().is_err_and(|error| error.is_invalid_argument()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for a longer one.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        violations.id::<MessageId>(self.message.clone());
        violations.limits(&self.request, "");
        Ok(violations.finish()?)
    }

    fn update(self) -> PendingCall<'static, StoredMessage> {
        let request = |project: &str, id: &str| {
            let source = self.source.as_ref();
            conversation::messages_update_message_metadata(project, id, source, &self.request)
        };
        let message = self.validate().and(self.message.clone());
        self.client.start_about(message, request, Stored::read)
    }
}

awaitable!(UpdateMessageMetadata => StoredMessage, update);
