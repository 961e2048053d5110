//! Tells browsers that there is something new, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;

use super::asked::Asked;
use crate::core::Core;
use crate::http::fault::Fault;

/// So often a stream that has nothing to tell says that it is there.
const PING: Duration = Duration::from_secs(15);

/// What happens in this time is told together.
const PAUSE: Duration = Duration::from_millis(50);

/// What the sandbox holds, and the log of requests, also of those that changed nothing.
struct Changes {
    stored: watch::Receiver<u64>,
    requests: watch::Receiver<u64>,
}

impl Changes {
    fn of(core: &Core) -> Self {
        let mut stored = core.store.changes();
        stored.mark_changed();
        Self {
            stored,
            requests: core.requests.changes(),
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
pub(super) async fn stream(core: Arc<Core>, _: Asked) -> Result<Response, Fault> {
    let changes = Changes::of(&core);
    let events = stream::unfold((core, changes), |(core, mut changes)| async move {
        let version = tokio::select! {
            version = changes.next() => version?,
            () = core.stopped() => return None,
        };
        let data = json!({ "version": version }).to_string();
        let event = Event::default().event("change").data(data);
        Some((Ok::<_, Infallible>(event), (core, changes)))
    });
    let ping = KeepAlive::new().interval(PING).text("ping");
    Ok(Sse::new(events).keep_alive(ping).into_response())
}
