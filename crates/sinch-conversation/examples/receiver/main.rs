//! Receives callbacks, and handles each event once although it may come more than once.
//!
//! It needs no account: it starts the sandbox in this process, and lets the first answer to a callback get lost.
//! `cargo run --example receiver -p sinch-conversation`
//!
//! `desk` and `once` are the parts to take along; `story` tries them out.

mod desk;
mod once;
mod story;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match story::tell().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
