//! The sandbox over real sockets: every part of the API, its callbacks, and the program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod access;
mod apps_and_webhooks;
mod batch;
mod batch_contacts;
mod batch_schedule;
mod callbacks;
mod capability;
mod consents;
mod contacts_and_conversations;
mod contract;
mod control;
mod control_causes;
mod control_http;
mod control_junk;
mod control_more;
mod conversation_changes;
mod delivery;
mod events;
mod fallback;
mod faults;
mod fidelity;
#[cfg(all(unix, feature = "cli"))]
mod flags;
mod gateway;
#[cfg(all(unix, feature = "cli"))]
mod grouped;
mod handset;
mod hostile;
mod inbound_events;
mod injecting;
mod junk;
mod keep;
mod layers;
mod lifecycle;
mod limits;
mod merge;
mod message_changes;
mod messages;
mod patience;
mod profiles;
#[cfg(all(unix, feature = "cli"))]
mod program;
mod queue;
mod recent;
mod replay;
mod requests;
mod retention;
mod seed;
mod sending;
mod settings;
mod stored_events;
mod support;
mod template_sends;
mod templates;
mod timeline;
mod transcode;
mod undocumented;
mod wire;
