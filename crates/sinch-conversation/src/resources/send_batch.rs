//! Sending one message to many recipients.

use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt};
use sinch_conversation_raw::batch;
use sinch_conversation_raw::types::{ProcessingStrategy, SendBatchRequest};
use sinch_conversation_raw::wire::{JsonObject, Timestamp};

use super::awaitable::awaitable;
use super::batch_recipient::{BatchRecipient, check_metadata, check_recipient, put};
use super::batch_records::check_items;
use super::from_now::{DAY, seconds_ahead};
use super::stored::id_of;
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, BatchId, IntoId};
use crate::message::{Message, rules};
use crate::transport::PendingCall;

/// One message to up to 1000 recipients that is about to be sent (`Batch_SendBatch`). Await it to send it.
///
/// Each recipient gets a message of its own, with its own receipts. Places of the form `${name}` in the texts of the
/// message are filled from the recipient's parameters.
///
/// It is retried automatically only when the request was definitely not processed, as a single message is.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, sandbox, .. }| {
/// use std::time::Duration;
///
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
/// use sinch_conversation::resources::BatchRecipient;
///
/// let guests = [("+46700000001", "Ada"), ("+46700000002", "Grace")];
/// let batch = app
///     .send_batch(Text::new("Your table is ready, ${name}"))
///     .recipients(guests.map(|(number, name)| BatchRecipient::new(sms(number)).parameter("name", name)))
///     .batch_metadata("evening", "2025-11-30")
///     .ttl(Duration::from_secs(3600))
///     .await?;
/// println!("{}", batch.batch_id);
/// # client.batches().wait_for(&batch, doctest::SOON).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 2);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct SendBatch {
    client: Client,
    request: SendBatchRequest,
    refused: Violations,
}

/// A batch that the API has accepted. Nothing is delivered yet.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
///
/// let sent = app.send_batch(Text::new("We open again")).recipients([sms("+46700000001")]).await?;
/// let batch = client.batches().status(&sent).await?;
/// # assert_eq!(batch.id(), &sent.batch_id);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SentBatch {
    /// The id of the batch, also found as `_batch_id` in the metadata of the receipts.
    pub batch_id: BatchId,
    /// When the batch goes out. It may be up to five minutes after the time that was asked for.
    pub send_after: Option<Timestamp>,
    /// Fields of the response that this crate does not model, and those that were `null`.
    pub extra: JsonObject,
}

impl From<&SentBatch> for BatchId {
    fn from(sent: &SentBatch) -> Self {
        sent.batch_id.clone()
    }
}

/// The outcome of one batch of [`SendBatch::parts`].
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchPart {
    /// How many recipients came before its first one.
    pub position: usize,
    /// How many recipients it has.
    pub recipients: usize,
    /// The batch, or why it was not accepted.
    pub result: Result<SentBatch, Error>,
}

impl SendBatch {
    pub(super) fn new(client: Client, app: impl IntoId<AppId>, message: Message) -> Self {
        let mut refused = Violations::default();
        let app = refused.id_text::<AppId>(app);
        Self {
            client,
            request: SendBatchRequest::new(app, message, Vec::new()),
            refused,
        }
    }

    /// Adds recipients: 1 to 1000 in all.
    pub fn recipients<R: Into<BatchRecipient>>(
        mut self,
        recipients: impl IntoIterator<Item = R>,
    ) -> Self {
        let recipients = recipients.into_iter().map(|one| one.into().body);
        self.request.recipient_and_params.extend(recipients);
        self
    }

    /// Sends the batch at this time, at most 7 days ahead, and not immediately. More than a minute ahead the API rounds
    /// up to the next full five minutes.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use std::time::{Duration, SystemTime};
    ///
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let tonight = SystemTime::now() + Duration::from_secs(8 * 3600);
    /// let batch = app.send_batch(Text::new("We open")).recipients([sms("+46700000001")]);
    /// if let Some(stated) = batch.send_after(tonight).await?.send_after {
    ///     let rounded = SystemTime::try_from(stated)?.duration_since(tonight)?;
    ///     println!("{} s later than asked for", rounded.as_secs());
    /// #     assert!(rounded < Duration::from_secs(300));
    /// }
    /// # Ok(()) });
    /// ```
    pub fn send_after(mut self, time: impl Into<Timestamp>) -> Self {
        self.request.send_after = Some(time.into());
        self
    }

    /// Adds metadata of the batch itself, by which it can be found again.
    pub fn batch_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        put(&mut self.request.batch_metadata, key, value);
        self
    }

    /// Adds metadata to every message; it comes back in the receipts. The key `_batch_id` is the API's own.
    pub fn message_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        put(&mut self.request.message_metadata, key, value);
        self
    }

    /// Adds metadata to the conversation of every message; it comes back with answers. The key `_batch_id` is the
    /// API's own.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, conversation, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let batch = app.send_batch(Text::new("We open again")).recipients([whatsapp("+46700000001")]);
    /// let sent = batch.conversation_metadata("campaign", "spring").await?;
    /// # client.batches().wait_for(&sent, doctest::SOON).await?;
    /// # let stored = client.conversations().get(conversation).await?;
    /// # let metadata = stored.data().metadata_json.as_ref();
    /// # assert!(metadata.is_some_and(|it| it.get("campaign") == Some(&"spring".into())));
    /// # Ok(()) });
    /// ```
    pub fn conversation_metadata(
        mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        put(&mut self.request.conversation_metadata, key, value);
        self
    }

    /// Sets the channels to try, in this order (`channel_priority_order`).
    pub fn channel_priority(mut self, channels: impl IntoIterator<Item = Channel>) -> Self {
        self.request.channel_priority_order = Some(channels.into_iter().collect());
        self
    }

    /// Sets how long the API tries to deliver: whole seconds, 3 to 315,576,000,000.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.request.ttl = Some(format!("{}s", ttl.as_secs_f64()));
        self
    }

    /// Sends the receipts of these messages to another address than the webhooks of the app.
    pub fn callback_url(mut self, url: impl Into<String>) -> Self {
        self.request.callback_url = Some(url.into());
        self
    }

    /// Adds an id of yours.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.request.correlation_id = Some(id.into());
        self
    }

    /// Chooses how the messages are processed, against the app's own mode.
    pub fn processing_strategy(mut self, strategy: ProcessingStrategy) -> Self {
        self.request.processing_strategy = Some(strategy);
        self
    }

    /// Processes the messages in DISPATCH mode whatever the app's mode is.
    pub fn dispatch_only(self) -> Self {
        self.processing_strategy(ProcessingStrategy::DispatchOnly)
    }

    /// Sets a property of a channel. Known keys are in [`channel::property`](crate::channel::property).
    pub fn channel_property(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        put(&mut self.request.channel_properties, key, value);
        self
    }

    /// Retries the send even if an earlier attempt may have been processed: recipients may get the message more than
    /// once.
    pub fn allow_duplicates(mut self) -> Self {
        self.client.options.allow_duplicates = true;
        self
    }

    /// Sets the limit for this call with all its attempts, in place of the client's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.client.options.timeout = Some(limit);
        self
    }

    /// Sends to any number of recipients, 1000 in a batch, one batch after the other. Nothing is sent until the
    /// stream is polled, and one batch is in memory.
    ///
    /// A batch that fails does not stop the ones after it. Dropping the stream does; to go on later, leave out the
    /// recipients before the [`position`](BatchPart::position) of the first part that was not seen.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use futures_util::StreamExt;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let numbers = (0..1500).map(|guest| sms(format!("+46700{guest:06}")));
    /// let mut parts = app.send_batch(Text::new("We open again")).parts(numbers);
    /// # let mut accepted = 0;
    /// while let Some(part) = parts.next().await {
    ///     match part.result {
    ///         Ok(batch) => println!("{} recipients in {}", part.recipients, batch.batch_id),
    ///         Err(error) => eprintln!("from recipient {}: {error}", part.position),
    ///     }
    /// #     accepted += part.recipients;
    /// }
    /// # assert_eq!(accepted, 1500);
    /// # Ok(()) });
    /// ```
    pub fn parts<R, I>(mut self, recipients: I) -> BoxStream<'static, BatchPart>
    where
        R: Into<BatchRecipient> + 'static,
        I: IntoIterator<Item = R>,
        I::IntoIter: Send + 'static,
    {
        let before = std::mem::take(&mut self.request.recipient_and_params);
        let before = before.into_iter().map(|body| BatchRecipient { body });
        let all = before.chain(recipients.into_iter().map(Into::into));
        let most =
            usize::try_from(SendBatchRequest::RECIPIENT_AND_PARAMS.max).unwrap_or(usize::MAX);
        stream::unfold(
            (self, all, 0),
            move |(batch, mut rest, position)| async move {
                let part: Vec<BatchRecipient> = rest.by_ref().take(most).collect();
                if part.is_empty() {
                    return None;
                }
                let recipients = part.len();
                let part = BatchPart {
                    position,
                    recipients,
                    result: batch.clone().recipients(part).await,
                };
                Some((part, (batch, rest, position + recipients)))
            },
        )
        .boxed()
    }

    /// Checks everything that the API documents a limit for, without sending.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation: its field, the limit and the value.
    pub fn validate(&self) -> Result<(), Error> {
        let (request, mut violations) = (&self.request, self.refused.clone());
        let recipients = &request.recipient_and_params;
        check_items("recipient_and_params", recipients, &mut violations);
        for (index, one) in recipients.iter().enumerate() {
            check_recipient(
                one,
                &format!("recipient_and_params[{index}]."),
                &mut violations,
            );
        }
        violations.limits(request, "");
        rules::content(&request.message, "message.", &mut violations);
        let (message, conversation) = (&request.message_metadata, &request.conversation_metadata);
        check_metadata(message.as_ref(), conversation.as_ref(), "", &mut violations);
        if let Some(time) = &request.send_after {
            check_send_after(time, &mut violations);
        }
        Ok(violations.finish()?)
    }

    fn send(self) -> PendingCall<'static, SentBatch> {
        let request = batch::batch_send_batch(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, |answer| {
                Ok(SentBatch {
                    batch_id: id_of(answer.batch_id.as_ref(), || "batch_id".to_owned(), &answer)?,
                    send_after: answer.send_after,
                    extra: answer.extra,
                })
            })
    }
}

awaitable!(SendBatch => SentBatch, send);

fn check_send_after(time: &Timestamp, violations: &mut Violations) {
    match seconds_ahead(time) {
        // A time in the past means immediately.
        Some(ahead) => {
            let most = SendBatchRequest::SEND_AFTER.max * DAY;
            violations.range("send_after", ahead.max(0), " s ahead", (0, most));
        }
        None => violations.malformed("send_after", "a timestamp, as RFC 3339 has it"),
    }
}
