#![doc = include_str!("../README.md")]
#![deny(missing_docs)]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod api;
mod builder;
mod callbacks;
mod clock;
mod consents;
mod contract;
mod control;
mod core;
mod endpoints;
mod engine;
mod epoch;
mod error;
mod events;
mod faults;
mod handset;
mod http;
mod log;
mod operator;
mod page;
mod profiles;
mod requests;
mod sandbox;
mod store;
mod strict;
mod timeline;
mod wait;

pub use builder::SandboxBuilder;
pub use consents::ConsentManagement;
pub use control::{CallbackLog, LoggedAttempt, Seeded};
pub use endpoints::Endpoints;
pub use engine::capability::Capability;
pub use engine::channels::Failure;
pub use engine::events::sent::SentEvent;
pub use engine::outbound::{Receipt, SentMessage};
pub use error::{ControlError, StartError};
pub use faults::{InjectedFault, StandingFault};
pub use handset::{Handset, Pick};
pub use log::{Attempt, Callback, CallbackState};
pub use requests::LoggedRequest;
pub use sandbox::Sandbox;
/// The types of the API, which the sandbox takes and gives.
pub use sinch_conversation_raw as raw;
pub use timeline::{TimelineEntry, TimelineKind};
