#![doc = include_str!("../README.md")]
//!
//! # Where to go on
//!
//! The [`guide`] has a page for each thing that an application does, [recipes](guide::recipes) for tasks that many
//! programs have, and the table of [operations and methods](guide::operations).
#![deny(missing_docs)]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod bulk;
pub mod channel;
pub mod client;
mod config;
pub mod doctor;
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
pub use error::{Error, ErrorKind};
pub use id::{
    AppId, BatchId, ContactId, ConversationId, EventId, IntoId, MessageId, ProjectId, TemplateId,
    WebhookId,
};
pub use recipient::Recipient;
pub use region::{Region, Service};
pub use reqwest;
pub use sinch_conversation_raw as raw;
pub use sinch_conversation_raw::types;
pub use sinch_conversation_raw::wire::{DecodeError, Number, Secret, Timestamp, UnknownObject};
pub use transport::{CallOptions, PendingCall, RateLimit, Response, RetryPolicy, Timeouts};
