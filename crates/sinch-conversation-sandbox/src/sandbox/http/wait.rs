//! Waits for a condition, with a timeout.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Sandbox;
use super::input::{Input, part};
use super::traffic;
use crate::api::error::ApiError;
use crate::model::callback::Callback;
use crate::model::timeline::{TimelineEntry, TimelineKind};
use crate::sandbox::http::error::unavailable;
use crate::server::request_log::LoggedRequest;

/// The longest timeout, in milliseconds.
const LONGEST: u64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    r#for: Value,
    #[serde(default = "five_seconds")]
    within_ms: u64,
}

fn five_seconds() -> u64 {
    5000
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForMessage {
    message_id: String,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForEvent {
    event_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForCallback {
    callback: WantedCallback,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedCallback {
    trigger: Option<String>,
    message_id: Option<String>,
    app_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForEntry {
    entry: WantedEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedEntry {
    kind: Option<TimelineKind>,
    id: Option<String>,
    app_id: Option<String>,
    channel: Option<String>,
    identity: Option<String>,
    contact_id: Option<String>,
    metadata: Option<String>,
    /// The `seq` of the last entry that the caller has.
    #[serde(default)]
    after: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForRequest {
    request: WantedRequest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedRequest {
    method: Option<String>,
    path: Option<String>,
    operation: Option<String>,
    status: Option<u16>,
    /// The `id` of the last request that the caller has.
    #[serde(default)]
    after: u64,
}

/// Waits for a condition. Stopping the sandbox ends the wait.
pub(super) async fn wait(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let wait: Wait = input.body()?;
    if wait.within_ms > LONGEST {
        let description = format!("expected at most {LONGEST}, found {}", wait.within_ms);
        return Err(ApiError::invalid("within_ms", description));
    }
    tokio::select! {
        awaited = find(&sandbox, wait.r#for, Duration::from_millis(wait.within_ms)) => awaited,
        () = sandbox.store.state.stopped() => Err(unavailable("the sandbox is stopping")),
    }
}

async fn find(sandbox: &Sandbox, awaited: Value, within: Duration) -> Result<Value, ApiError> {
    let awaits = |name: &str| awaited.get(name).is_some();
    if awaited == "quiet" {
        sandbox.wait_until_quiet(within).await?;
        Ok(json!({}))
    } else if awaits("message_id") {
        message(sandbox, part(awaited, "for")?, within).await
    } else if awaits("event_id") {
        let awaited: ForEvent = part(awaited, "for")?;
        let found = sandbox.wait_for_event(&awaited.event_id, within).await?;
        Ok(traffic::event(&found))
    } else if awaits("callback") {
        let ForCallback { callback } = part(awaited, "for")?;
        let found = sandbox.wait_for_callback(within, |it| callback.fits(it));
        Ok(json!(found.await?))
    } else if awaits("entry") {
        let ForEntry { entry } = part(awaited, "for")?;
        let fits = |it: &TimelineEntry| entry.fits(it);
        let found = sandbox.wait_for_entry(within, fits);
        Ok(json!(found.await?))
    } else if awaits("request") {
        let ForRequest { request } = part(awaited, "for")?;
        let found = sandbox.wait_for_request(within, |it| request.fits(it));
        Ok(json!(found.await?))
    } else {
        let expected = "expected {message_id, status}, {event_id}, {callback: {..}}, {entry: {..}}, {request: {..}} \
                        or \"quiet\"";
        Err(ApiError::invalid("for", expected))
    }
}

async fn message(
    sandbox: &Sandbox,
    awaited: ForMessage,
    within: Duration,
) -> Result<Value, ApiError> {
    let id = &awaited.message_id;
    let found = match awaited.status {
        None => sandbox.wait_for_delivery(id, within).await?,
        Some(status) => sandbox.wait_for_status(id, status.as_str(), within).await?,
    };
    Ok(traffic::message(&found))
}

impl WantedCallback {
    fn fits(&self, callback: &Callback) -> bool {
        is_same(&self.trigger, &callback.trigger)
            && is_same(&self.app_id, &callback.app_id)
            && (self.message_id.is_none() || self.message_id == callback.message_id())
    }
}

impl WantedEntry {
    fn fits(&self, entry: &TimelineEntry) -> bool {
        self.kind.is_none_or(|kind| kind == entry.kind)
            && is_same(&self.id, &entry.id)
            && is_same(&self.app_id, &entry.app_id)
            && is_same(&self.channel, &entry.channel)
            && is_same(&self.identity, &entry.identity)
            && is_same(&self.contact_id, &entry.contact_id)
            && is_same(&self.metadata, &entry.metadata)
            && entry.seq > self.after
    }
}

impl WantedRequest {
    fn fits(&self, request: &LoggedRequest) -> bool {
        is_same(&self.method, &request.method)
            && is_same(&self.path, &request.path)
            && is_same(&self.operation, request.operation.unwrap_or_default())
            && (self.status.is_none() || self.status == request.status)
            && request.id > self.after
    }
}

fn is_same(wanted: &Option<String>, found: &str) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted == found)
}
