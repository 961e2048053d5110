//! The program from outside: its output, its exit codes, and what it sends to a sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[cfg(unix)]
mod bulk;
#[cfg(unix)]
mod callbacks;
mod failures;
mod fixtures;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring;
#[cfg(unix)]
mod leftover;
#[cfg(unix)]
mod listen;
mod operations;
#[cfg(unix)]
mod outbox;
mod profiles;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod receiver;
#[cfg(unix)]
mod rules;
#[cfg(unix)]
mod running;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod screen;
mod secrets;
mod send;
mod shells;
mod support;
#[cfg(unix)]
mod terminal;
mod transcripts;
