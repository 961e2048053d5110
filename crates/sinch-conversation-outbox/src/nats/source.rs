//! Messages of a stream, stored as rows before they are acknowledged.

use std::fmt;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::{MessagesErrorKind, Stream};
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{AckKind, Context, Message};
use futures_util::StreamExt;

use super::message::{Malformed, row};
use crate::outbox::Outbox;
use crate::row::NewRow;
use crate::stop::StopHandle;
use crate::store::{Store, StoreError};

/// How many messages become rows in one transaction, unless told otherwise.
const SLICE: usize = 200;

/// How long to wait after a failure, unless told otherwise.
const PAUSE: Duration = Duration::from_secs(5);

/// The longest reason in a header, in characters.
const REASON: usize = 500;

/// Why a source stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The store failed with what will not pass by itself. What it does not have was not acknowledged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The consumer was deleted.
    #[error("the consumer of the stream was deleted")]
    ConsumerDeleted,
    /// The consumer gets the dead letters too, which would go round for ever.
    #[error("the consumer gets the dead letters too; give it a filter without {subject}")]
    #[non_exhaustive]
    DeadLetterLoop {
        /// The subject of the dead letters.
        subject: String,
    },
}

/// What a source has done, in messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceSummary {
    /// Messages that became rows.
    pub stored: u64,
    /// Messages whose rows were there already.
    pub repeated: u64,
    /// Messages that went to the dead letters.
    pub malformed: u64,
}

/// Stores the messages of a JetStream consumer as rows of an outbox, each before it is acknowledged.
///
/// The payload is the body of a send as JSON, without a correlation id. These headers say more; all are optional:
///
/// | header | what it says |
/// | --- | --- |
/// | `Outbox-Dedup-Key` | the key by which the row is stored once, also beyond the window of the stream. Without it `Nats-Msg-Id` is the key, which is then never to be used for another message, and without that the message's place in its stream |
/// | `Outbox-Group` | the group, such as a campaign |
/// | `Outbox-Ordering-Key` | rows with the same key are sent one after the other |
/// | `Outbox-Priority` | a number of 32 bits; rows with a higher one are sent first |
/// | `Outbox-Not-Before`, `Outbox-Expires` | times as `2026-01-31T12:00:00Z` |
/// | `Outbox-On-Unknown` | `leave`, `ask SECONDS` or `send-again SECONDS`; see [`UnknownPolicy`](crate::UnknownPolicy) |
///
/// A message that is [`Malformed`] goes to the subject of the dead letters, with its payload, its headers other than those
/// of NATS, and `Dead-Reason`, `Dead-Subject` and `Dead-Message-Id`. Then it is terminated. A stream has to take that
/// subject, and the consumer must not: when the dead letter is not acknowledged, the message is delivered again.
///
/// When the store fails, the messages are delivered again after a [pause](Self::pause). The consumer should be durable,
/// with explicit acknowledgements and without a limit of deliveries (`max_deliver`), since JetStream drops what is beyond
/// it. Several sources may share a consumer. Rows are in the order of the stream as long as one source works and nothing
/// fails. [This module](self::super) says what is stored once.
///
/// ```
/// use async_nats::jetstream;
/// use async_nats::jetstream::consumer::pull::Config;
/// use sinch_conversation_outbox::nats::SendSource;
/// use sinch_conversation_outbox::{Outbox, SqliteStore};
///
/// # async fn example(store: SqliteStore) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let context = jetstream::new(async_nats::connect("nats://localhost:4222").await?);
/// let stream = context.get_stream("SENDS").await?;
/// let durable = Config {
///     durable_name: Some("outbox".to_owned()),
///     filter_subject: "sends.new".to_owned(),
///     ..Default::default()
/// };
/// let consumer = stream.get_or_create_consumer("outbox", durable).await?;
/// let source = SendSource::new(Outbox::new(store, "messages"), context, consumer, "sends.dead");
/// let stop = source.stop_handle();
/// let running = tokio::spawn(source.run());
/// // ...
/// stop.stop();
/// let summary = running.await??;
/// println!("{} messages were stored", summary.stored);
/// # Ok(())
/// # }
/// ```
pub struct SendSource<S> {
    outbox: Outbox<S>,
    context: Context,
    consumer: PullConsumer,
    dead_letters: String,
    slice: usize,
    pause: Duration,
    stop: StopHandle,
}

impl<S: Store> SendSource<S> {
    /// Makes a source. It does nothing before [`run`](Self::run).
    pub fn new(
        outbox: Outbox<S>,
        context: Context,
        consumer: PullConsumer,
        dead_letters: impl Into<String>,
    ) -> Self {
        Self {
            outbox,
            context,
            consumer,
            dead_letters: dead_letters.into(),
            slice: SLICE,
            pause: PAUSE,
            stop: StopHandle::new(),
        }
    }

    /// Sets how many messages become rows in one transaction at most; 0 counts as 1. 200 by default.
    #[must_use]
    pub fn slice(mut self, messages: usize) -> Self {
        self.slice = messages.max(1);
        self
    }

    /// Sets how long to wait after a failure of the store or of JetStream. 5 s by default.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The handle that stops this source.
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Stores messages until it is stopped, also over restarts of the server. What it has received and not stored is
    /// delivered again after the `ack_wait` of the consumer.
    ///
    /// # Errors
    ///
    /// [`SourceError`] says what will not pass by itself.
    pub async fn run(self) -> Result<SourceSummary, SourceError> {
        let mut summary = SourceSummary::default();
        while !self.stop.is_stopped() {
            let messages = self.consumer.stream();
            match messages.max_messages_per_batch(self.slice).messages().await {
                Ok(messages) => self.work(messages, &mut summary).await?,
                Err(error) => tracing::warn!(%error, "the consumer cannot be read"),
            }
            tokio::select! {
                () = self.stop.stopped() => {}
                () = tokio::time::sleep(self.pause) => {}
            }
        }
        Ok(summary)
    }

    /// Stores messages until it is stopped, or the consumer cannot be read.
    async fn work(&self, messages: Stream, summary: &mut SourceSummary) -> Result<(), SourceError> {
        let mut slices = messages.ready_chunks(self.slice);
        loop {
            let slice = tokio::select! {
                biased;
                () = self.stop.stopped() => return Ok(()),
                slice = slices.next() => slice.unwrap_or_default(),
            };
            if slice.is_empty() {
                return Ok(());
            }
            let (messages, errors): (Vec<_>, Vec<_>) = slice.into_iter().partition(Result::is_ok);
            let messages = messages.into_iter().flatten().collect();
            self.store(messages, summary).await?;
            if let Some(error) = errors.into_iter().find_map(Result::err) {
                if error.kind() == MessagesErrorKind::ConsumerDeleted {
                    return Err(SourceError::ConsumerDeleted);
                }
                tracing::warn!(%error, "the consumer cannot be read");
                return Ok(());
            }
        }
    }

    async fn store(
        &self,
        messages: Vec<Message>,
        summary: &mut SourceSummary,
    ) -> Result<(), SourceError> {
        let (mut good, mut rows) = (Vec::new(), Vec::new());
        for message in messages {
            match self.read(&message)? {
                Ok(row) => {
                    good.push(message);
                    rows.push(row);
                }
                Err(malformed) => {
                    self.bury(&message, &malformed).await;
                    summary.malformed += 1;
                }
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        match self.outbox.enqueue(rows).await {
            Ok(stored) => {
                for enqueued in stored {
                    summary.stored += u64::from(enqueued.is_new);
                    summary.repeated += u64::from(!enqueued.is_new);
                }
                self.answer(&good, AckKind::Ack).await;
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, messages = good.len(), "the store does not take messages");
                self.answer(&good, AckKind::Nak(Some(self.pause))).await;
                if error.is_final() {
                    Err(error.into())
                } else {
                    Ok(())
                }
            }
        }
    }

    fn read(&self, message: &Message) -> Result<Result<NewRow, Malformed>, SourceError> {
        if message.subject.as_str() == self.dead_letters {
            let subject = self.dead_letters.clone();
            return Err(SourceError::DeadLetterLoop { subject });
        }
        Ok(place(message).and_then(|place| row(message, &place)))
    }

    /// Publishes a dead letter, and terminates its message only when JetStream has it.
    async fn bury(&self, message: &Message, malformed: &Malformed) {
        tracing::warn!(subject = %message.subject, reason = %malformed, "a message cannot be a row");
        let answer = match self.publish_dead(message, malformed).await {
            Ok(()) => AckKind::Term,
            Err(error) => {
                tracing::error!(%error, subject = self.dead_letters, "a dead letter was not taken");
                AckKind::Nak(Some(self.pause))
            }
        };
        self.answer(std::slice::from_ref(message), answer).await;
    }

    async fn publish_dead(
        &self,
        message: &Message,
        malformed: &Malformed,
    ) -> Result<(), PublishError> {
        let mut headers = HeaderMap::new();
        for (name, values) in message.headers.iter().flat_map(HeaderMap::iter) {
            let text: &str = name.as_ref();
            if *name == NATS_MESSAGE_ID {
                values
                    .iter()
                    .for_each(|value| headers.append("Dead-Message-Id", value.clone()));
            } else if !text.starts_with("Nats-") {
                values
                    .iter()
                    .for_each(|value| headers.append(name.clone(), value.clone()));
            }
        }
        // A header is one line.
        let reason = malformed.to_string().replace(char::is_control, " ");
        headers.insert(
            "Dead-Reason",
            reason.chars().take(REASON).collect::<String>(),
        );
        headers.insert("Dead-Subject", message.subject.as_str());
        if let Ok(place) = place(message) {
            headers.insert(NATS_MESSAGE_ID, format!("dead {place}"));
        }
        let letter = PublishMessage::build()
            .payload(message.payload.clone())
            .headers(headers);
        let subject = self.dead_letters.clone();
        self.context.send_publish(subject, letter).await?.await?;
        Ok(())
    }

    /// Answers messages. What is lost here is delivered again, and finds its row.
    async fn answer(&self, messages: &[Message], answer: AckKind) {
        for message in messages {
            if let Err(error) = message.ack_with(answer).await {
                tracing::warn!(%error, "a message could not be answered");
            }
        }
    }
}

/// Tells a message from all others, also from those of a stream that had the same name before.
fn place(message: &Message) -> Result<String, Malformed> {
    let info = message.info().map_err(|_| Malformed::NoStream)?;
    let (published, number) = (info.published.unix_timestamp_nanos(), info.stream_sequence);
    Ok(format!("{} {number} {published}", info.stream))
}

impl<S> fmt::Debug for SendSource<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSource")
            .field("outbox", &self.outbox)
            .field("dead_letters", &self.dead_letters)
            .finish_non_exhaustive()
    }
}
