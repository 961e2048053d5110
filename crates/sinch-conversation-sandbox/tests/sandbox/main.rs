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
mod delivery;
mod events;
mod fallback;
mod handset;
mod inbound_events;
mod junk;
mod lifecycle;
mod messages;
mod patience;
#[cfg(all(unix, feature = "cli"))]
mod program;
mod queue;
mod retention;
mod sending;
mod stored_events;
mod support;
