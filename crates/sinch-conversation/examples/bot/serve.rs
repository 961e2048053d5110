//! The bot as a program: it reads its settings from the environment.

use std::error::Error;

use sinch_conversation::Client;
use sinch_conversation::webhook::{Receiver, Verifier};
use tokio::net::TcpListener;

use crate::bot;

/// Receives callbacks at an address such as `127.0.0.1:3000`, with the client's variables and `SINCH_WEBHOOK_SECRET`.
pub(crate) async fn serve(address: &str) -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("SINCH_WEBHOOK_SECRET")?;
    let router = bot::router(Client::from_env()?, Receiver::new(Verifier::new([secret])?));
    let listener = TcpListener::bind(address).await?;
    println!(
        "Callbacks are received at http://{}/sinch.",
        listener.local_addr()?
    );
    axum::serve(listener, router).await?;
    Ok(())
}
