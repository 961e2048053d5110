//! The program from outside: its output, its exit codes, and what it sends to a sandbox.

mod failures;
mod support;
mod transcripts;
