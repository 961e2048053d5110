//! Sending a message.

use std::time::Duration;

use serde_json::Value;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    MessageContentType, MessageQueue, MetadataUpdateStrategy, ProcessingStrategy, RecipientBase,
    RecipientRequest, SendMessageRequest,
};
use sinch_conversation_raw::wire::UnknownObject;

use super::Sent;
use super::awaitable::awaitable;
use crate::channel::{Channel, property};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, IntoId};
use crate::message::{Message, rules};
use crate::recipient::Recipient;
use crate::transport::PendingCall;
use crate::webhook::ReplyAddress;

/// A message that is about to be sent (`Messages_SendMessage`). Await it to send it.
///
/// The documented limits are checked before anything is sent; see [`validate`](Self::validate).
///
/// A send is retried automatically only when it was definitely not processed: no connection, 429 or 503. The API
/// has no idempotency keys, so a send whose response was lost may have been processed; see
/// [`Error::may_have_been_processed`] and [`allow_duplicates`](Self::allow_duplicates).
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use std::time::Duration;
///
/// use sinch_conversation::Channel;
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::{Recipient, sms, whatsapp};
///
/// let sent = app
///     .send(Text::new("Your table is ready"))
///     .to(Recipient::identities([whatsapp("+46700000001"), sms("+46700000001")]))
///     .channel_priority([Channel::WhatsApp, Channel::Sms])
///     .ttl(Duration::from_secs(3600))
///     .metadata("evening")
///     .correlation_id("table-4")
///     .await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
///
/// A one-time code: before other messages, without a contact, and rather twice than not.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// # use std::time::Duration;
/// # use sinch_conversation::message::Text;
/// # use sinch_conversation::recipient::sms;
/// let code = app.send(Text::new("Your code is 4711")).to(sms("+46700000001")).sms_sender("Osteria");
/// let code = code.high_priority().dispatch_only().allow_duplicates();
/// code.timeout(Duration::from_secs(10)).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct SendMessage {
    client: Client,
    /// As it will be sent. Apart, since a builder is moved by each of its methods.
    request: Box<SendMessageRequest>,
    /// Whether the metadata of the conversation was something else than a JSON object.
    has_malformed_metadata: bool,
    refused: Violations,
}

/// The recipient of a message that has none yet.
fn nobody() -> RecipientRequest {
    RecipientRequest::new(RecipientBase::Unknown(UnknownObject::default()))
}

impl SendMessage {
    pub(crate) fn new(client: Client, app: impl IntoId<AppId>, message: Message) -> Self {
        let mut refused = Violations::default();
        let app = refused.id_text::<AppId>(app);
        Self {
            client,
            request: Box::new(SendMessageRequest::new(app, message, nobody())),
            has_malformed_metadata: false,
            refused,
        }
    }

    /// A reply. What its address lacks is reported when it is sent.
    pub(crate) fn reply(client: Client, to: ReplyAddress, message: Message) -> Self {
        let mut refused = Violations::default();
        let recipient = to.recipient.map_or_else(nobody, RecipientRequest::from);
        let app = to.app_id.unwrap_or_else(|| {
            refused.missing("app_id", "use `AppHandle::send`: the callback names no app");
            String::new()
        });
        let mut request = SendMessageRequest::new(app, message, recipient);
        request.channel_priority_order = to.channel.map(|channel| vec![channel]);
        Self {
            client,
            request: Box::new(request),
            has_malformed_metadata: false,
            refused,
        }
    }

    /// Sets the recipient: a contact, an address on a channel, or several addresses of a person.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, contact, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::{Recipient, sms};
    ///
    /// app.send(Text::new("To a number")).to(sms("+46700000001")).await?;
    /// app.send(Text::new("To a contact")).to(Recipient::contact(contact)).await?;
    /// # Ok(()) });
    /// ```
    pub fn to(mut self, recipient: impl Into<Recipient>) -> Self {
        self.request.recipient = recipient.into().into();
        self
    }

    /// Sets the channels to try, in this order (`channel_priority_order`). Each has to be set up in the app. When
    /// one fails and another is left, a receipt has the status `SWITCHING_CHANNEL`.
    ///
    /// Without it the order of the recipient's identities counts, and for a contact its conversation's channel,
    /// its own priority and the app's.
    pub fn channel_priority(mut self, channels: impl IntoIterator<Item = Channel>) -> Self {
        self.request.channel_priority_order = Some(channels.into_iter().collect());
        self
    }

    /// Sets how long the API tries to deliver: whole seconds, 3 to 315,576,000,000. A message that ran out of time
    /// is not tried on another channel. Without it the channel's own time holds.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.request.ttl = Some(format!("{}s", ttl.as_secs_f64()));
        self
    }

    /// Sends the receipts of this message to another address than the webhooks of the app. They are signed with
    /// the app's `secret_for_overridden_callback_urls`.
    pub fn callback_url(mut self, url: impl Into<String>) -> Self {
        self.request.callback_url = Some(url.into());
        self
    }

    /// Adds text that comes back in the receipts of the message; at most 1024 characters.
    pub fn metadata(mut self, text: impl Into<String>) -> Self {
        self.request.message_metadata = Some(text.into());
        self
    }

    /// Sets the metadata of the conversation, a JSON object of at most 2048 characters. It comes back with
    /// messages of the contact. It replaces earlier metadata.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, conversation, .. }| {
    /// use serde_json::json;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let send = app.send(Text::new("Your table is ready")).to(whatsapp("+46700000001"));
    /// send.conversation_metadata(json!({"table": 4})).await?;
    /// # let stored = client.conversations().get(conversation).await?;
    /// # assert_eq!(stored.data().metadata_json.as_ref().and_then(|it| it.get("table")), Some(&json!(4)));
    /// # Ok(()) });
    /// ```
    pub fn conversation_metadata(mut self, object: Value) -> Self {
        let object = match object {
            Value::Object(object) => Some(object),
            _ => None,
        };
        self.has_malformed_metadata = object.is_none();
        self.request.conversation_metadata = object;
        self
    }

    /// As [`conversation_metadata`](Self::conversation_metadata), but merged into earlier metadata as an RFC 7386
    /// patch. CONVERSATION mode only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, conversation, .. }| {
    /// use serde_json::json;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// # let before = app.send(Text::new("Hi")).to(whatsapp("+46700000001"));
    /// # before.conversation_metadata(json!({"table": 4, "waiter": "Grace"})).await?;
    /// let send = app.send(Text::new("You have another waiter")).to(whatsapp("+46700000001"));
    /// send.merge_conversation_metadata(json!({"waiter": "Alan"})).await?;
    /// # let stored = client.conversations().get(conversation).await?;
    /// # let metadata = stored.data().metadata_json.clone().map(serde_json::Value::from);
    /// # assert_eq!(metadata, Some(json!({"table": 4, "waiter": "Alan"})));
    /// # Ok(()) });
    /// ```
    pub fn merge_conversation_metadata(mut self, patch: Value) -> Self {
        self.request.conversation_metadata_update_strategy =
            Some(MetadataUpdateStrategy::MergePatch);
        self.conversation_metadata(patch)
    }

    /// Adds an id of yours that comes back in all callbacks about the message and in the contact's answers; at
    /// most 128 characters. It is an echo: two sends with the same id are two messages.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.request.correlation_id = Some(id.into());
        self
    }

    /// Chooses the queue. Normal priority by default.
    pub fn queue(mut self, queue: MessageQueue) -> Self {
        self.request.queue = Some(queue);
        self
    }

    /// Sends the message with high priority.
    pub fn high_priority(self) -> Self {
        self.queue(MessageQueue::HighPriority)
    }

    /// Chooses how the message is processed, against the app's own mode.
    pub fn processing_strategy(mut self, strategy: ProcessingStrategy) -> Self {
        self.request.processing_strategy = Some(strategy);
        self
    }

    /// Processes the message in DISPATCH mode whatever the app's mode is: no contact, no conversation.
    pub fn dispatch_only(self) -> Self {
        self.processing_strategy(ProcessingStrategy::DispatchOnly)
    }

    /// Sets the type of content, for consent management.
    pub fn content_type(mut self, content: MessageContentType) -> Self {
        self.request.message_content_type = Some(content);
        self
    }

    /// Sets a property of a channel. The keys are in [`channel::property`](crate::channel::property).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// use sinch_conversation::channel::property;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let send = app.send(Text::new("Your table is ready")).to(sms("+46700000001"));
    /// send.property(property::SMS_SENDER, "Osteria").await?;
    /// # assert_eq!(sandbox.sent().await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn property<V: property::Value>(self, key: property::Key<V>, value: impl Into<V>) -> Self {
        self.channel_property(key, value.into().into_text())
    }

    /// Sets any property of a channel; at most 1024 characters. For keys that [`property`](Self::property) does
    /// not have.
    pub fn channel_property(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request
            .channel_properties
            .get_or_insert_default()
            .insert(key.into(), value.into());
        self
    }

    /// Sets the sender of an SMS.
    pub fn sms_sender(self, sender: impl Into<String>) -> Self {
        self.property(property::SMS_SENDER, sender)
    }

    /// Retries the send even if an earlier attempt may have been processed: after a lost connection, a timeout or a
    /// server error. The recipient may get the message more than once.
    pub fn allow_duplicates(mut self) -> Self {
        self.client.options.allow_duplicates = true;
        self
    }

    /// Sets the limit for this call with all its attempts, in place of the client's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.client.options.timeout = Some(limit);
        self
    }

    /// Checks everything that the API documents a limit for, without sending.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let send = app.send(Text::new("Hi")).to(sms("+46700000001")).metadata("m".repeat(1025));
    /// for violation in send.validate().unwrap_err().violations() {
    ///     println!("{violation}");
    /// #     assert_eq!(violation.field, "message_metadata");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation: its field, the limit and the value.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        if self.has_malformed_metadata {
            violations.malformed("conversation_metadata", "a JSON object");
        }
        rules::recipient(&self.request.recipient.kind, "recipient", &mut violations);
        violations.limits(&*self.request, "");
        rules::content(&self.request.message, "message.", &mut violations);
        Ok(violations.finish()?)
    }

    /// Returns the request as it would be sent, for a log of your own or a test.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let request = app.send(Text::new("Hi")).to(sms("+46700000001")).request()?;
    /// println!("{}", serde_json::to_string_pretty(&request)?);
    /// # assert_eq!(request.app_id, app.id()?.as_str());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn request(&self) -> Result<SendMessageRequest, Error> {
        self.validate()?;
        Ok((*self.request).clone())
    }

    fn send(self) -> PendingCall<'static, Sent> {
        let request = conversation::messages_send_message(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, Sent::read)
    }
}

awaitable!(SendMessage => Sent, send);
