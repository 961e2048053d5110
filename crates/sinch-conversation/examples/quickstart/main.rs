//! Sends a message and receives the answer.
//!
//! Without arguments it needs no account: it starts the sandbox in this process and tells a small story with it.
//! `cargo run --example quickstart -p sinch-conversation`
//!
//! With `--live` it sends one text for real, with the key in the `SINCH_*` variables:
//! `cargo run --example quickstart -p sinch-conversation -- --live +46700000001`

mod live;
mod receiver;
mod story;

use std::error::Error;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => story::tell().await,
        ["--live", number] => live::send(number).await,
        _ => Err("usage: quickstart [--live PHONE_NUMBER]".into()),
    }
}
