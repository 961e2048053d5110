// The README's links to modules are links to docs.rs. Of two definitions the first counts.
//! [`message`]: crate::message
//! [`recipient`]: crate::recipient
//! [`channel`]: crate::channel
//! [`identity`]: crate::identity
//! [`event`]: crate::event
//! [`bulk`]: crate::bulk
//! [`webhook`]: crate::webhook
//! [`resources`]: crate::resources
//! [`error`]: crate::error
//! [`client`]: crate::client
//! [`auth`]: crate::auth
//! [`region`]: crate::region
//! [`id`]: crate::id
//! [`middleware`]: crate::middleware
//! [`metrics`]: crate::metrics
//! [`doctor`]: crate::doctor
//! [`types`]: crate::types
//! [`guide`]: crate::guide
#![cfg_attr(feature = "blocking", doc = "[`blocking`]: crate::blocking\n")]
//!
#![doc = include_str!("../README.md")]
#![deny(missing_docs)]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod bulk;
pub mod channel;
pub mod client;
pub mod doctor;
mod endpoints;
pub mod error;
pub mod event;
pub mod guide;
pub mod id;
pub mod identity;
pub mod message;
pub mod metrics;
pub mod middleware;
pub mod recipient;
pub mod region;
pub mod resources;
mod transport;
pub mod webhook;

pub use channel::Channel;
pub use client::{Client, ClientBuilder};
pub use endpoints::Service;
pub use error::{Error, ErrorKind};
pub use id::{
    AppId, BatchId, ContactId, ConversationId, EventId, IntoId, MessageId, ProjectId, TemplateId,
    WebhookId,
};
pub use recipient::Recipient;
pub use region::Region;
pub use reqwest;
pub use sinch_conversation_raw as raw;
pub use sinch_conversation_raw::types;
pub use sinch_conversation_raw::wire::{DecodeError, Number, Secret, Timestamp, UnknownObject};
pub use transport::{CallOptions, PendingCall, RateLimit, Response, RetryPolicy, Timeouts};
