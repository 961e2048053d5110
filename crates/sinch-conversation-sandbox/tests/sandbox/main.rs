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
mod control;
mod control_http;
mod delivery;
mod fallback;
mod junk;
mod lifecycle;
mod messages;
#[cfg(all(unix, feature = "cli"))]
mod program;
mod replay;
mod seed;
mod sending;
mod support;
