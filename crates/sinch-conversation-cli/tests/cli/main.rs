//! The program from outside: its output, its exit codes, and what it sends to a sandbox.

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
