//! The web server that callbacks come to, and the worker behind it.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use sinch_conversation::webhook::{Event, Receiver, VerifiedEvent};
use tokio::sync::mpsc;

use crate::once::Once;

/// How many events may wait for the worker.
const WAITING: usize = 1_000;

/// How many events are remembered. It has to be more than what comes in while the API still repeats one of them.
const REMEMBERED: usize = 100_000;

/// What the handler needs.
#[derive(Clone)]
struct Desk {
    receiver: Receiver,
    work: mpsc::Sender<Event>,
}

/// This is how the extractor finds the receiver in the state.
impl FromRef<Desk> for Receiver {
    fn from_ref(desk: &Desk) -> Self {
        desk.receiver.clone()
    }
}

/// Returns the route for callbacks, and the events that it accepts.
pub(crate) fn open(receiver: Receiver) -> (Router, mpsc::Receiver<Event>) {
    let (work, events) = mpsc::channel(WAITING);
    let router = Router::new()
        .route("/sinch", post(take_in))
        .with_state(Desk { receiver, work });
    (router, events)
}

/// Passes the event on and answers at once; the work is done elsewhere. What waits in memory is lost when the
/// process ends: where that matters, write it to a durable queue here, before the answer.
async fn take_in(State(desk): State<Desk>, event: VerifiedEvent) -> StatusCode {
    let Ok(place) = desk.work.try_reserve() else {
        // No room: the API shall come again, also with the same nonce.
        let _ = event.release().await;
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    place.send(event.into_event());
    StatusCode::OK
}

/// Does the work, one event after the other. `handle` is told whether the event came before.
pub(crate) async fn work(mut events: mpsc::Receiver<Event>, mut handle: impl FnMut(&Event, bool)) {
    let mut once = Once::remembering(REMEMBERED);
    while let Some(event) = events.recv().await {
        let is_first = once.is_first(&event);
        handle(&event, !is_first);
    }
}
