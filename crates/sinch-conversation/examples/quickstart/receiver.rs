//! The web server that callbacks come to.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use sinch_conversation::webhook::{Event, Verifier, WebhookError};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

struct Desk {
    verifier: Verifier,
    events: UnboundedSender<Event>,
}

/// Starts a receiver on a free port. Gives its address, and the events that come in.
pub(crate) async fn start(
    secret: &str,
) -> Result<(String, UnboundedReceiver<Event>), Box<dyn Error>> {
    let (sender, events) = unbounded_channel();
    let desk = Arc::new(Desk {
        verifier: Verifier::new([secret])?,
        events: sender,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/sinch", listener.local_addr()?);
    let router = Router::new()
        .route("/sinch", post(take_in))
        .with_state(desk);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((url, events))
}

/// Checks the signature over the bytes as they came, and passes the event on.
async fn take_in(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = match desk.verifier.event(&headers, &body) {
        Ok(event) => event,
        Err(error) => {
            eprintln!("A callback was refused: {error}");
            return match error {
                WebhookError::Verify(_) => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
        }
    };
    // Answer first, work later: whoever holds the other end takes it from here.
    let _ = desk.events.send(event);
    StatusCode::NO_CONTENT
}
