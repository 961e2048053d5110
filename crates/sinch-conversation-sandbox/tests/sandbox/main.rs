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
mod conversation_changes;
mod delivery;
mod fallback;
mod injecting;
mod junk;
mod lifecycle;
mod merge;
mod message_changes;
mod messages;
mod profiles;
#[cfg(all(unix, feature = "cli"))]
mod program;
mod recent;
mod sending;
mod settings;
mod support;
