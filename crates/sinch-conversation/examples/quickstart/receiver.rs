//! The web server that callbacks come to.

use std::error::Error;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use sinch_conversation::webhook::{Event, Receiver, VerifiedEvent, Verifier, WebhookError};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Starts a receiver on a free port. Returns its address, and the events that it accepts.
pub(crate) async fn start(
    secret: &str,
) -> Result<(String, UnboundedReceiver<Event>), Box<dyn Error>> {
    let (sender, events) = unbounded_channel();
    // Answer first, work later: the event is handled where it comes out of the channel.
    let receive = async move |event: VerifiedEvent| -> Result<StatusCode, WebhookError> {
        let _ = sender.send(event.done().await?);
        Ok(StatusCode::NO_CONTENT)
    };
    let router = Router::new()
        .route("/sinch", post(receive))
        .with_state(Receiver::new(Verifier::new([secret])?));

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/sinch", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((url, events))
}
