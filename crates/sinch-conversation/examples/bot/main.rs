//! A bot that answers texts and taps on choices. `cargo run --example bot -p sinch-conversation` prints:
//!
//! ```text
//! Callbacks go to http://127.0.0.1:…/sinch.
//! Guest: Hello
//! Bot:   How can I help? [Book a table] [Opening hours]
//! Guest taps on "Opening hours".
//! Bot:   We are open every day from 17 to 23.
//! The API delivers the first callback again.
//! The bot has sent 2 messages.
//! ```
//!
//! It needs no account: the API is a sandbox in this process. `bot` is the bot itself, `story` tries it out. With an
//! address in `BOT_LISTEN` it is a server for the API or for a sandbox elsewhere, see `serve`.

mod bot;
mod serve;
mod story;

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var("BOT_LISTEN") {
        Ok(address) => serve::serve(&address).await,
        Err(_) => story::tell().await,
    }
}
