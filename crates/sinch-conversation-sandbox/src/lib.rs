#![doc = include_str!("../README.md")]
#![deny(missing_docs)]
// docs.rs marks what needs a feature.
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
pub use sandbox::control::{CallbackLog, LoggedAttempt, Seeded};
pub use sandbox::endpoints::Endpoints;
pub use sandbox::error::{ControlError, StartError};
pub use sandbox::handset::{Handset, Pick};
pub use server::faults::StandingFault;
pub use server::faults::injected::InjectedFault;
pub use server::request_log::LoggedRequest;
/// The types of the API, which the sandbox takes and gives.
pub use sinch_conversation_raw as raw;
