//! Tells browsers that there is something new, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;

use super::asked::Asked;
use crate::core::Core;
use crate::http::fault::Fault;

/// So often a stream that has nothing to tell says that it is there.
const PING: Duration = Duration::from_secs(15);

/// What happens in this time is told together.
const PAUSE: Duration = Duration::from_millis(50);

/// An event now, and one after each change. Only the number of the last change is kept for a reader, however slow it
/// is. The stream ends when the sandbox stops.
pub(super) async fn stream(core: Arc<Core>, _: Asked) -> Result<Response, Fault> {
    let mut changes = core.store.changes();
    changes.mark_changed();
    let events = stream::unfold((core, changes), |(core, mut changes)| async move {
        let changed = async {
            changes.changed().await.ok()?;
            tokio::time::sleep(PAUSE).await;
            Some(*changes.borrow_and_update())
        };
        let version = tokio::select! {
            version = changed => version?,
            () = core.stopped() => return None,
        };
        let data = json!({ "version": version }).to_string();
        let event = Event::default().event("change").data(data);
        Some((Ok::<_, Infallible>(event), (core, changes)))
    });
    let ping = KeepAlive::new().interval(PING).text("ping");
    Ok(Sse::new(events).keep_alive(ping).into_response())
}
