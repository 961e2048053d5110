//! The sandbox over real sockets: every part of the API, its callbacks, and the program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod access;
mod apps_and_webhooks;
mod callbacks;
mod contacts_and_conversations;
mod delivery;
mod fallback;
mod faults;
mod hostile;
mod junk;
mod lifecycle;
mod limits;
mod messages;
#[cfg(all(unix, feature = "cli"))]
mod program;
mod requests;
mod sending;
mod support;
mod wire;
