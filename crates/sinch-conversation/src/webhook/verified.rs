//! A callback that passed every check.

use std::error::Error;
use std::fmt;
use std::future::Future;

use super::store::Claim;
use super::{Event, Signed, WebhookError};

/// A callback that is authentic, with an event that was not handled before. Returned by
/// [`Receiver::receive`](super::Receiver::receive).
///
/// With the feature `axum` it is an extractor. The state has to be a [`Receiver`](super::Receiver), or to provide one
/// through `FromRef`; no other extractor may read the body. What is refused is answered with the
/// [status](WebhookError::status) of its error and an empty body, and the reason goes to `tracing`.
///
/// The extractor looks at the [headers](super::Verifier::verify_headers) first: a callback without a signature, or an
/// old one, is refused before its body is read. Each body has a time limit, and all of them together an amount of
/// memory; see `Receiver::body_timeout` and `Receiver::body_memory`. The number of connections, and the time until
/// their headers are complete, are for the web server or a proxy to limit.
///
/// ```
/// use axum::Router;
/// use axum::routing::post;
/// use sinch_conversation::message::Text;
/// use sinch_conversation::webhook::{Event, EventKind, Receiver, VerifiedEvent};
/// use sinch_conversation::{Client, Error};
///
/// fn router(client: Client, receiver: Receiver) -> Router {
///     let receive = async move |event: VerifiedEvent| event.handle(|event| answer(client, event)).await;
///     Router::new().route("/sinch", post(receive)).with_state(receiver)
/// }
///
/// async fn answer(client: Client, event: Event) -> Result<(), Error> {
///     if let EventKind::Inbound(message) = event.kind() {
///         client.reply_to(message, Text::new("Thank you")).await?;
///     }
///     Ok(())
/// }
/// ```
///
/// # Once
///
/// The API may deliver an event more than once: when it got no answer, an answer that is not a success, or one that was
/// late. A delivery of an event that was handled is answered with 200, and one of an event that is being handled with
/// 503; neither gets this far. So an event is handled once, if its handler ends with [`handle`](Self::handle) or
/// [`done`](Self::done).
///
/// When the handler fails, or is dropped because the API stopped waiting, the event can be delivered again. What the
/// handler has done until then is done twice, unless it is in the same transaction; see
/// [`EventStore`](super::EventStore).
#[must_use = "an event that is neither handled nor done is delivered again"]
pub struct VerifiedEvent {
    event: Event,
    signed: Signed,
    claim: Box<dyn Claim>,
}

impl VerifiedEvent {
    pub(super) fn new(event: Event, signed: Signed, claim: Box<dyn Claim>) -> Self {
        Self {
            event,
            signed,
            claim,
        }
    }

    /// Returns the event. To handle it, use [`handle`](Self::handle) or [`done`](Self::done).
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Returns the nonce and the time of the callback.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// Runs a handler, and records the event as handled when the handler succeeds.
    ///
    /// The API waits meanwhile, for a time that is not documented. Work that takes long belongs in a queue; see
    /// [`done`](Self::done).
    ///
    /// # Errors
    ///
    /// [`WebhookError::Handler`] with the handler's error; the event can be delivered again.
    /// [`WebhookError::EventStore`] when the handler succeeded and this could not be recorded.
    pub async fn handle<T, E, F>(self, handler: impl FnOnce(Event) -> F) -> Result<T, WebhookError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
        F: Future<Output = Result<T, E>>,
    {
        match handler(self.event).await {
            Ok(value) => {
                let done = self.claim.done().await;
                done.map(|()| value).map_err(WebhookError::EventStore)
            }
            Err(error) => {
                // A claim that cannot be abandoned expires; the handler's error says more.
                let _ = self.claim.abandon().await;
                Err(WebhookError::Handler(error.into()))
            }
        }
    }

    /// Records the event as handled, and returns it. For instance after it was written to a queue.
    ///
    /// ```
    /// use sinch_conversation::webhook::{VerifiedEvent, WebhookError};
    ///
    /// async fn enqueue(event: VerifiedEvent, queue: &tokio::sync::mpsc::Sender<String>) -> Result<(), WebhookError> {
    ///     match queue.send(event.event().raw().to_string()).await {
    ///         Ok(()) => event.done().await.map(drop),
    ///         // The API delivers it again.
    ///         Err(_) => event.abandon().await,
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`WebhookError::EventStore`] when this could not be recorded; the event may be delivered again.
    pub async fn done(self) -> Result<Event, WebhookError> {
        let done = self.claim.done().await;
        done.map(|()| self.event).map_err(WebhookError::EventStore)
    }

    /// Lets the event be delivered again, because it could not be handled. Answer with 503. Dropping it does the same,
    /// without waiting for the store.
    ///
    /// # Errors
    ///
    /// [`WebhookError::EventStore`] when this could not be recorded.
    pub async fn abandon(self) -> Result<(), WebhookError> {
        let abandoned = self.claim.abandon().await;
        abandoned.map_err(WebhookError::EventStore)
    }

    /// Returns the claim of the store, when it has this type: for stores whose claim is a transaction that the handler
    /// writes through.
    pub fn claim_as<C: Claim>(&mut self) -> Option<&mut C> {
        let claim: &mut dyn std::any::Any = &mut *self.claim;
        claim.downcast_mut()
    }
}

impl fmt::Debug for VerifiedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedEvent")
            .field("event", &self.event)
            .field("signed", &self.signed)
            .finish_non_exhaustive()
    }
}
