//! Tells browsers that there is something new, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;

use super::Sandbox;
use super::input::Input;
use crate::api::error::ApiError;
use crate::server::response::Endless;

/// How often a stream that has nothing to tell says that it is there. Only when that fails is it known that nobody
/// reads it any more, and its permit is free again.
const PING: Duration = Duration::from_secs(2);

/// What happens in this time is told together.
const PAUSE: Duration = Duration::from_millis(50);

/// What the sandbox holds, and the log of requests, also of those that changed nothing.
struct Changes {
    stored: watch::Receiver<u64>,
    requests: watch::Receiver<u64>,
}

impl Changes {
    fn of(sandbox: &Sandbox) -> Self {
        let mut stored = sandbox.store.changes();
        stored.mark_changed();
        Self {
            stored,
            requests: sandbox.server.requests.changes(),
        }
    }

    /// The number of the next change. `None` when there will be none.
    async fn next(&mut self) -> Option<u64> {
        tokio::select! {
            changed = self.stored.changed() => changed,
            changed = self.requests.changed() => changed,
        }
        .ok()?;
        tokio::time::sleep(PAUSE).await;
        let stored = *self.stored.borrow_and_update();
        Some(stored.wrapping_add(*self.requests.borrow_and_update()))
    }
}

/// An event now, and one after each change. Only the number of the last change is kept for a reader, however slow it
/// is. The stream ends when the sandbox stops.
pub(super) async fn stream(sandbox: Arc<Sandbox>, _: Input) -> Result<Response, ApiError> {
    let permit = Arc::clone(&sandbox.event_streams).try_acquire_owned();
    let permit = permit.map_err(|_| {
        ApiError::exhausted(
            "as many event streams as there may be are open: close one, or allow more with --max-event-streams",
        )
    })?;
    let changes = Changes::of(&sandbox);
    let state = (sandbox, changes, permit);
    let events = stream::unfold(state, |(sandbox, mut changes, permit)| async move {
        let version = tokio::select! {
            version = changes.next() => version?,
            () = sandbox.store.state.stopped() => return None,
        };
        let data = json!({ "version": version }).to_string();
        let event = Event::default().event("change").data(data);
        Some((Ok::<_, Infallible>(event), (sandbox, changes, permit)))
    });
    let ping = KeepAlive::new().interval(PING).text("ping");
    let mut response = Sse::new(events).keep_alive(ping).into_response();
    response.extensions_mut().insert(Endless);
    Ok(response)
}
