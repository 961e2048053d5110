//! NATS JetStream: as a sink of the inbox, and as a source of sends.
//!
//! ```text
//!  callback ──▶ Inbox ──▶ store ──▶ Handler ──▶ EventPublisher ──▶ JetStream
//!  JetStream ──▶ SendSource ──▶ store ──▶ Worker ──▶ API
//! ```
//!
//! Neither replaces the store. The store is what tells whether a request may have gone out, and what settles receipts; a
//! stream brings messages to it, and takes events from it.
//!
//! # What is published once, and what twice
//!
//! [`EventPublisher`] publishes an event until JetStream has acknowledged it, with the event's key as `Nats-Msg-Id`. It
//! publishes again when the acknowledgement was lost, or when the process died before the store knew of it. JetStream drops
//! the second one if it comes within the `duplicate_window` of the stream, which is 2 minutes unless it was set. **Beyond
//! the window the stream has the event twice**, with the same `Nats-Msg-Id`. So choose a window that is longer than the
//! lease of the [`Handler`](crate::inbox::Handler) and the longest time that your handlers are down, and have consumers
//! that cannot bear an event twice remember the header.
//!
//! [`SendSource`] acknowledges a message after the store has it. A message that is delivered again, because the process
//! died in between or the acknowledgement was lost, is the row that is there already: each has a dedup key, of its headers
//! or else of its place in the stream. The store keeps dedup keys for as long as their rows, whatever the window of the
//! stream is. So do not purge rows before the stream has dropped their messages.
//!
//! # TLS
//!
//! Connections are made by the application, with `async-nats`. By default that uses TLS when the server asks for it;
//! `ConnectOptions::require_tls` has it use nothing else, and `add_root_certificates` names an authority of your own. This crate takes it without a cryptography provider of
//! its own: with the feature `rustls` of the client it uses the client's. With another TLS of the client, install a
//! provider of `rustls` before connecting to a server that asks for TLS.

mod message;
mod publisher;
mod source;

pub use message::Malformed;
pub use publisher::EventPublisher;
pub use source::{SendSource, SourceError, SourceSummary};
