//! The program from outside: its output, its exit codes, and what it sends to a sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod failures;
mod operations;
mod profiles;
mod secrets;
mod send;
mod shells;
mod support;
#[cfg(unix)]
mod terminal;
mod transcripts;
