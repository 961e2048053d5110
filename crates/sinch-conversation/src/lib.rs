#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod auth;
pub mod channel;
pub mod client;
mod config;
pub mod error;
pub mod id;
pub mod message;
pub mod metrics;
pub mod recipient;
pub mod region;
pub mod resources;
mod transport;
pub mod webhook;

pub use channel::Channel;
pub use client::{Client, ClientBuilder};
pub use error::{Error, ErrorKind};
pub use id::{AppId, ContactId, ConversationId, MessageId, ProjectId, WebhookId};
pub use recipient::Recipient;
pub use region::{Region, Service};
pub use reqwest;
pub use sinch_conversation_raw::types;
pub use sinch_conversation_raw::wire::{Secret, Timestamp};
pub use transport::{CallOptions, RateLimit, RetryPolicy, Timeouts};
