//! Receiving callbacks: checking the signature, reading the event, handling it once, answering it.
//!
//! | type | what it does |
//! | --- | --- |
//! | [`Verifier`] | checks that a callback comes from the API and was not changed on the way |
//! | [`Event`], [`EventKind`] | what the callback says, to match on |
//! | [`Receiver`], [`VerifiedEvent`] | both, for each event once, with limits for bodies; an extractor of axum |
//! | [`SignedCallback`] | an authentic callback with its body, to be stored before it is handled; an extractor of axum |
//! | [`MemoryEvents`], [`EventStore`] | where the receiver remembers the handled events, by their [`EventKey`] |
//! | [`Deliveries`] | waiting for the delivery of a message that was sent |
//!
//! [`Client::reply_to`](crate::Client::reply_to) answers a message where it came from. The guide has a page on
//! [receiving](crate::guide::receiving).

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "axum")]
mod body;
mod contact_event;
mod content;
mod deliveries;
mod error;
mod event;
mod event_key;
mod headers;
mod inbound;
mod kind;
mod memory;
mod receiver;
mod reply;
mod report;
mod signature;
mod signed_callback;
mod store;
mod verified;
mod view;

pub use contact_event::{ContactEventContent, InboundContactEvent, Reaction};
pub use content::{ChoiceResponse, InboundLocation, InboundMedia, MessageContent, ProductOrder};
pub use deliveries::{Deliveries, Delivery, DeliveryTimeout};
pub use error::WebhookError;
pub use event::Event;
pub use event_key::EventKey;
pub use inbound::InboundMessage;
pub use kind::EventKind;
pub use memory::{MemoryEvents, MemoryEventsError};
pub use receiver::Receiver;
pub use reply::ReplyAddress;
pub use report::{DeliveryReport, EventReport, SubmittedMessage};
pub use signature::{Signed, Verifier, VerifyError};
pub use signed_callback::SignedCallback;
pub use sinch_conversation_raw::CallbackKind;
pub use store::{Begun, Claim, EventStore, EventStoreError, EventStoreFuture};
pub use verified::VerifiedEvent;

impl Verifier {
    /// Checks a callback and reads it. An event that was handled before is not noticed: [`Receiver`] does that.
    /// [`Verifier`] has an example.
    ///
    /// # Errors
    ///
    /// When the check fails, or when the body is not JSON. A callback of an unknown kind is no error.
    pub fn event<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: &[u8],
    ) -> Result<Event, WebhookError> {
        self.verify(headers, body)?;
        Ok(Event::from_slice(body)?)
    }
}
