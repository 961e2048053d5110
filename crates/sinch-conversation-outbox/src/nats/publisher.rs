//! Received events, published to JetStream.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use sinch_conversation::webhook::Event;

use crate::inbox::{Failure, StoredEvent};

/// Chooses the subject of an event.
type Subject = Arc<dyn Fn(&Event) -> String + Send + Sync>;

/// Publishes stored events to JetStream: the function of a [`Handler`](crate::inbox::Handler).
///
/// The message is the body of the callback as it came, with the [key](StoredEvent::key) of the event as `Nats-Msg-Id`. The
/// event is handled when JetStream has acknowledged it; otherwise the handler tries again, with its pauses. After the
/// handler's [attempts](crate::inbox::HandlerOptions::max_attempts) an event is dead, so allow enough of them for the
/// longest time that NATS may be down. A message that is larger than the server allows is dead immediately.
///
/// Events are published as they come. Use [`Inbox::in_order_per_contact`](crate::inbox::Inbox::in_order_per_contact) to have
/// those of a contact in order. [This module](self::super) says what is published twice.
///
/// ```
/// use async_nats::jetstream;
/// use sinch_conversation_outbox::SqliteStore;
/// use sinch_conversation_outbox::inbox::{Handler, HandlerOptions};
/// use sinch_conversation_outbox::nats::EventPublisher;
///
/// # async fn example(store: SqliteStore) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let context = jetstream::new(async_nats::connect("nats://localhost:4222").await?);
/// // A stream has to take these subjects: sinch.events.MESSAGE_INBOUND and so on.
/// let publisher = EventPublisher::new(context, "sinch.events");
/// let handler = Handler::new(store, "callbacks", publisher.function())
///     .options(HandlerOptions::default().max_attempts(u32::MAX));
/// handler.run().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a publisher does nothing before it is given to a handler"]
pub struct EventPublisher {
    context: Context,
    subject: Subject,
}

impl EventPublisher {
    /// Makes a publisher whose subjects are this prefix, a dot, and the trigger of the event, such as `MESSAGE_DELIVERY`.
    /// Of a trigger that no document names, all but ASCII letters, digits, `_` and `-` becomes `_`.
    pub fn new(context: Context, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        let subject = move |event: &Event| format!("{prefix}.{}", token(event.trigger().as_str()));
        Self {
            context,
            subject: Arc::new(subject),
        }
    }

    /// Sets the function that chooses the subject of an event. An event whose subject cannot be published to is dead.
    pub fn subject(mut self, choose: impl Fn(&Event) -> String + Send + Sync + 'static) -> Self {
        self.subject = Arc::new(choose);
        self
    }

    /// The function for [`Handler::new`](crate::inbox::Handler::new).
    pub fn function(
        self,
    ) -> impl Fn(StoredEvent) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>
    + Send
    + Sync
    + 'static {
        move |stored| {
            let publisher = self.clone();
            Box::pin(async move { publisher.publish(&stored).await })
        }
    }

    /// Publishes an event, and returns after JetStream has acknowledged it.
    ///
    /// # Errors
    ///
    /// What to do with the event: try again, or bury it.
    pub async fn publish(&self, stored: &StoredEvent) -> Result<(), Failure> {
        let event = stored.event().map_err(Failure::bury)?;
        let subject = (self.subject)(&event);
        if !is_publishable(&subject) {
            return Err(Failure::bury(format!(
                "no subject to publish to: {subject:?}"
            )));
        }
        let message = PublishMessage::build()
            .message_id(&stored.key)
            .payload(stored.body.clone().into());
        let sent = self.context.send_publish(subject, message).await;
        let acknowledged = match sent {
            Ok(acknowledgement) => acknowledgement.await,
            Err(error) => Err(error),
        };
        acknowledged
            .map(|_| ())
            .map_err(|error| match error.kind() {
                PublishErrorKind::MaxPayloadExceeded => Failure::bury(error),
                _ => Failure::retry(error),
            })
    }
}

/// One part of a subject.
fn token(text: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
    text.replace(|char| !is_plain(char), "_")
}

/// Whether a subject has no empty parts, spaces and wildcards.
fn is_publishable(subject: &str) -> bool {
    let is_odd =
        |char: char| char.is_whitespace() || char.is_control() || matches!(char, '*' | '>');
    subject.split('.').all(|part| !part.is_empty()) && !subject.contains(is_odd)
}

impl fmt::Debug for EventPublisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventPublisher").finish_non_exhaustive()
    }
}
