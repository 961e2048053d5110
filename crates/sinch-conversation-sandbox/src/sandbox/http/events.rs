//! Notifies browsers of changes, with server-sent events.

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

/// The interval of pings on an idle stream. Only when one fails is a closed stream noticed, and its permit released.
const PING: Duration = Duration::from_secs(2);

/// Changes within this time are reported together.
const PAUSE: Duration = Duration::from_millis(50);

/// Changes of the store, and of the request log, which also has requests that changed nothing.
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

    /// Returns the number of the next change. `None` when the sandbox has stopped.
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

/// Sends an event immediately, and one after each change. A slow reader gets only the latest number. The stream ends
/// when the sandbox stops.
pub(super) async fn stream(sandbox: Arc<Sandbox>, _: Input) -> Result<Response, ApiError> {
    let permit = Arc::clone(&sandbox.event_streams).try_acquire_owned();
    let permit = permit.map_err(|_| {
        ApiError::exhausted(
            "the limit of open event streams is reached: close one, or raise it with --max-event-streams",
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
