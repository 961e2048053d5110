//! Taking callbacks in: each check in its order, and each callback once.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderMap;

#[cfg(feature = "axum")]
use super::body::BodyReader;
use super::memory::MemoryNonces;
use super::nonce::{Claim, NonceStore};
use super::{Event, Signed, Verifier, WebhookError};

/// The longest body that is read, unless told otherwise, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// The last second of the year 9999: far enough, and within what every clock and store can say.
const FAR: Duration = Duration::from_secs(253_402_300_799);

/// Takes callbacks in: checks the signature over the raw bytes, reads the event, and refuses what it has seen.
///
/// Clones are cheap, and share the memory of what was seen.
///
/// ```
/// use sinch_conversation::webhook::{Receiver, Verifier, WebhookError};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::new(["the secret of the webhook"])?;
/// let body = br#"{"app_id": "01A", "project_id": "p", "message": {"id": "01M"}}"#;
/// let headers = verifier.sign_for_test(body);
///
/// let receiver = Receiver::new(verifier);
/// let event = receiver.receive(&headers, body).await?;
/// assert_eq!(event.trigger().as_str(), "MESSAGE_INBOUND");
///
/// let again = receiver.receive(&headers, body).await;
/// assert!(matches!(again, Err(WebhookError::Replayed)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Receiver {
    pub(super) verifier: Verifier,
    nonces: Arc<dyn NonceStore>,
    pub(super) body_limit: usize,
    #[cfg(feature = "axum")]
    pub(super) bodies: BodyReader,
}

impl Receiver {
    /// Takes in what the verifier accepts, up to 1 MiB, and remembers it in the memory of this process, as
    /// [`MemoryNonces`] says.
    pub fn new(verifier: Verifier) -> Self {
        Self {
            verifier,
            nonces: Arc::new(MemoryNonces::new()),
            body_limit: BODY_LIMIT,
            #[cfg(feature = "axum")]
            bodies: BodyReader::default(),
        }
    }

    /// Remembers what was seen in another store, for instance one that several processes share. An `Arc` of a
    /// store is one as well.
    #[must_use]
    pub fn nonces(mut self, store: impl NonceStore + 'static) -> Self {
        self.nonces = Arc::new(store);
        self
    }

    /// Sets the longest body that is taken, in bytes. 1 MiB by default.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets how long the extractor of axum waits for a whole body. 10 s by default.
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.bodies.timeout = timeout;
        self
    }

    /// Sets how much memory the bodies that the extractor of axum is reading take together, in bytes. 32 MiB by
    /// default. Clones of this receiver share it. What comes beyond it is answered with 503.
    ///
    /// The web server's own buffers come on top, and so do the events that your handlers hold.
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn body_memory(mut self, bytes: usize) -> Self {
        self.bodies.set_memory(bytes);
        self
    }

    /// Takes in a callback, with its headers and the bytes of its body as they came.
    ///
    /// The nonce is known from here on. When the callback cannot be handled after all, say so with
    /// [`VerifiedEvent::release`].
    ///
    /// # Errors
    ///
    /// [`WebhookError`] says which check failed, and what to [answer](WebhookError::status). Only an authentic
    /// callback with a JSON body makes its nonce known.
    pub async fn receive(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<VerifiedEvent, WebhookError> {
        let limit = self.body_limit;
        if body.len() > limit {
            return Err(WebhookError::TooLarge { limit });
        }
        let signed = self.verifier.verify(headers, body)?;
        let event = Event::from_slice(body)?;
        let claim = self.nonces.claim(&signed.nonce, self.end_of(&signed));
        match claim.await.map_err(WebhookError::NonceStore)? {
            Claim::Known => Err(WebhookError::Replayed),
            Claim::New => Ok(VerifiedEvent {
                event,
                signed,
                nonces: Arc::clone(&self.nonces),
            }),
        }
    }

    /// When the callback leaves the window. The window counts whole seconds, and its last one is still good.
    fn end_of(&self, signed: &Signed) -> SystemTime {
        let end = Duration::from_secs(signed.timestamp)
            .saturating_add(self.verifier.allowed_age())
            .saturating_add(Duration::from_secs(1));
        SystemTime::UNIX_EPOCH + end.min(FAR)
    }
}

/// A callback that comes from the API, and that this receiver has not seen before. It can be used like the
/// [`Event`] in it.
///
/// With the feature `axum` it is an extractor. The state has to give a [`Receiver`] through `FromRef`, or be one;
/// no other extractor may take the body. What is refused gets the [status](WebhookError::status) of its error,
/// with an empty body, and the reason goes to `tracing`.
///
/// The extractor looks at the [headers](Verifier::verify_headers) first: what has no signature, or is old, is refused
/// before its body is read. Bodies are read under a time limit each and within an amount of memory for all of them, see
/// `Receiver::body_timeout` and `Receiver::body_memory`. How many connections there are, and how long one may be silent
/// before its headers are complete, is for the web server or a proxy to limit.
///
/// ```
/// use axum::Router;
/// use axum::http::StatusCode;
/// use axum::routing::post;
/// use sinch_conversation::types::ConversationWebhookEvent as Callback;
/// use sinch_conversation::webhook::{Receiver, VerifiedEvent, Verifier};
///
/// async fn take_in(event: VerifiedEvent) -> StatusCode {
///     match event.typed() {
///         Callback::MessageInboundEvent(inbound) => println!("said: {:?}", inbound.message),
///         Callback::MessageDeliveryReceiptEvent(receipt) => {
///             println!("receipt: {:?}", receipt.message_delivery_report.status);
///         }
///         _ => println!("also: {}", event.trigger()),
///     }
///     StatusCode::OK
/// }
///
/// # fn main() -> Result<(), sinch_conversation::Error> {
/// let verifier = Verifier::new(["the secret of the webhook"])?;
/// let router: Router = Router::new()
///     .route("/sinch", post(take_in))
///     .with_state(Receiver::new(verifier));
/// # Ok(())
/// # }
/// ```
///
/// # Once
///
/// A replay, which has the nonce of a callback that was seen, never gets this far. A repetition is another matter:
/// when the API did not get an answer it may come again with the same event under a new nonce. So handle each
/// event once by what it is about: the id of the message and, for receipts, the status and the channel. The
/// example `receiver` does this.
///
/// Answer fast and work later: when the API gives up waiting, the web server may drop the handler halfway. A handler
/// that cannot take the event in calls [`release`](Self::release) before it answers with a failure.
pub struct VerifiedEvent {
    event: Event,
    signed: Signed,
    nonces: Arc<dyn NonceStore>,
}

impl VerifiedEvent {
    /// The event alone.
    pub fn into_event(self) -> Event {
        self.event
    }

    /// The nonce and the time of the callback.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// Forgets that the callback was seen, because it could not be processed. Without this a repetition with the
    /// same nonce is answered with 200 and lost.
    ///
    /// # Errors
    ///
    /// [`WebhookError::NonceStore`] when the store failed; the nonce may be known still.
    pub async fn release(self) -> Result<(), WebhookError> {
        let released = self.nonces.release(&self.signed.nonce).await;
        released.map_err(WebhookError::NonceStore)
    }
}

impl Deref for VerifiedEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
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
