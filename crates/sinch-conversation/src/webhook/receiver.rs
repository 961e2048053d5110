//! Receiving callbacks: each check in its order, and each event once.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[cfg(feature = "axum")]
use super::body::BodyReader;
use super::store::{Begun, EventStore};
use super::{
    Deliveries, Event, MemoryEvents, Signed, SignedCallback, VerifiedEvent, Verifier, WebhookError,
    signed_callback,
};

/// The longest body that is accepted by default, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// The last second of the year 9999, which every clock and database can represent.
const FAR: Duration = Duration::from_secs(253_402_300_799);

/// Receives callbacks: checks the signature over the raw bytes, reads the event, and refuses events that were handled.
///
/// It works with any web framework: headers are pairs of a name and a value, as for a [`Verifier`]. With the feature
/// `axum`, [`VerifiedEvent`] is an extractor. Clones are cheap and share the memory of what was handled.
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
/// event.handle(async |event| Ok::<(), std::io::Error>(println!("{:?}", event.kind()))).await?;
///
/// let again = receiver.receive(&headers, body).await;
/// assert!(matches!(again, Err(WebhookError::AlreadyHandled)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Receiver {
    pub(super) verifier: Verifier,
    events: Arc<dyn EventStore>,
    deliveries: Option<Deliveries>,
    pub(super) body_limit: usize,
    #[cfg(feature = "axum")]
    pub(super) bodies: BodyReader,
}

impl Receiver {
    /// Creates a receiver of what the verifier accepts, up to 1 MiB. It remembers the handled events in the memory of
    /// this process, with the bounds of [`MemoryEvents`].
    pub fn new(verifier: Verifier) -> Self {
        Self {
            verifier,
            events: Arc::new(MemoryEvents::new()),
            deliveries: None,
            body_limit: BODY_LIMIT,
            #[cfg(feature = "axum")]
            bodies: BodyReader::default(),
        }
    }

    /// Remembers the handled events in another store, for instance one that several processes share. An `Arc` of a
    /// store is one as well.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::webhook::{Deliveries, MemoryEvents, Receiver, Verifier};
    ///
    /// # fn main() -> Result<(), sinch_conversation::Error> {
    /// let deliveries = Deliveries::new();
    /// let receiver = Receiver::new(Verifier::new(["the secret of the webhook"])?)
    ///     .events(MemoryEvents::new().max_age(Duration::from_secs(3600)))
    ///     .deliveries(&deliveries)
    ///     .body_limit(256 * 1024);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn events(mut self, store: impl EventStore + 'static) -> Self {
        self.events = Arc::new(store);
        self
    }

    /// Passes every delivery report on to those who [wait](Deliveries::wait_for) for it: when it is received, before its
    /// handler runs, and even if that fails.
    #[must_use]
    pub fn deliveries(mut self, deliveries: &Deliveries) -> Self {
        self.deliveries = Some(deliveries.clone());
        self
    }

    /// Sets the longest body that is accepted, in bytes. 1 MiB by default.
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

    /// Receives a callback: its headers, and the bytes of its body as they came.
    ///
    /// The event is claimed from here on: another delivery of it is refused while it is handled. Say what became of it
    /// with [`VerifiedEvent::handle`] or [`VerifiedEvent::done`]; dropping it lets the API deliver it again.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] says which check failed, and what to [answer](WebhookError::status).
    pub async fn receive<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &[u8],
    ) -> Result<VerifiedEvent, WebhookError> {
        let (event, signed) = self.read(headers, body)?;
        let key = signed_callback::key(&event, &signed);
        let begun = self.events.begin(&key, self.end_of(&signed)).await;
        match begun.map_err(WebhookError::EventStore)? {
            Begun::New(claim) => Ok(VerifiedEvent::new(event, signed, claim)),
            Begun::InProgress => Err(WebhookError::InProgress),
            Begun::Handled => Err(WebhookError::AlreadyHandled),
        }
    }

    /// Checks a callback and reads it, and does not look at whether its event was handled: for those who store callbacks
    /// themselves before they answer them.
    ///
    /// ```
    /// use sinch_conversation::webhook::{Receiver, Verifier};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let verifier = Verifier::new(["the secret of the webhook"])?;
    /// let body = br#"{"app_id": "01A", "project_id": "p", "message": {"id": "01M"}}"#;
    /// let headers = verifier.sign_for_test(body);
    ///
    /// let callback = Receiver::new(verifier).check(&headers, body)?;
    /// assert_eq!(callback.key().as_str(), "MESSAGE_INBOUND/01M");
    /// assert_eq!(callback.body(), body);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`WebhookError`] says which check failed, and what to [answer](WebhookError::status).
    pub fn check<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl Into<Vec<u8>>,
    ) -> Result<SignedCallback, WebhookError> {
        let body = body.into();
        let (event, signed) = self.read(headers, &body)?;
        Ok(SignedCallback::new(event, signed, body))
    }

    /// Checks a callback, and passes its report on.
    fn read<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &[u8],
    ) -> Result<(Event, Signed), WebhookError> {
        let limit = self.body_limit;
        if body.len() > limit {
            return Err(WebhookError::TooLarge { limit });
        }
        let signed = self.verifier.verify(headers, body)?;
        let event = Event::from_slice(body)?;
        if let Some(deliveries) = &self.deliveries {
            deliveries.observe(&event);
        }
        Ok((event, signed))
    }

    /// When the callback leaves the window. The window counts whole seconds and includes its last one.
    fn end_of(&self, signed: &Signed) -> SystemTime {
        let end = Duration::from_secs(signed.timestamp)
            .saturating_add(self.verifier.allowed_age())
            .saturating_add(Duration::from_secs(1));
        SystemTime::UNIX_EPOCH + end.min(FAR)
    }
}

impl From<Verifier> for Receiver {
    fn from(verifier: Verifier) -> Self {
        Self::new(verifier)
    }
}

/// The latest time that is stored.
pub(super) fn far_future() -> SystemTime {
    SystemTime::UNIX_EPOCH + FAR
}
