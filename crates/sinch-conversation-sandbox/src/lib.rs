#![doc = include_str!("../README.md")]
//!
//! # Layers
//!
//! Each module of the source uses those below it in this list and none above it:
//!
//! 1. `sandbox`: the methods of [`Sandbox`], and the routes under `/_sandbox/` that call them
//! 2. `server`: HTTP: connections, routing, credentials, rate limits, injected faults, the log of requests, the page
//! 3. `api`: the operations, their checks and their errors
//! 4. `jobs`: what happens at a given time
//! 5. `engine`: what becomes of a message: recipient, conversation, channel, rendering, delivery, consent
//! 6. `callbacks`: ordering, signing, posting and retrying callbacks
//! 7. `store`: SQLite, one function per query
//! 8. `core`: settings, clock, ids and signatures
//! 9. `model`: messages, events, callbacks, timeline entries, channels
#![deny(missing_docs)]
// Marks items that need a feature on docs.rs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod callbacks;
mod core;
mod engine;
mod jobs;
mod model;
mod sandbox;
mod server;
mod store;

pub use model::callback::{Attempt, Callback, CallbackState};
pub use model::capability::Capability;
pub use model::channels::Failure;
pub use model::consents::ConsentManagement;
pub use model::event::SentEvent;
pub use model::message::{Receipt, SentMessage};
pub use model::timeline::{TimelineEntry, TimelineKind};
pub use sandbox::Sandbox;
pub use sandbox::builder::SandboxBuilder;
pub use sandbox::callback_log::{CallbackLog, LoggedAttempt};
pub use sandbox::endpoints::Endpoints;
pub use sandbox::error::{ControlError, StartError};
pub use sandbox::handset::{Handset, Pick};
pub use sandbox::seed::Seeded;
pub use server::faults::ActiveFault;
pub use server::faults::injected::InjectedFault;
pub use server::request_log::LoggedRequest;
/// The types of the API, which the sandbox's functions accept and return.
pub use sinch_conversation_raw as raw;
