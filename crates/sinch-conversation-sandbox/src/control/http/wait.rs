//! Waiting for what has to happen, with a deadline.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{Asked, part};
use super::fault::unavailable;
use super::traffic;
use crate::core::Core;
use crate::http::fault::Fault;
use crate::log::Callback;
use crate::wait;

/// The longest wait, in milliseconds.
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
struct ForCallback {
    callback: Wanted,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    trigger: Option<String>,
    message_id: Option<String>,
    app_id: Option<String>,
}

/// A stop of the sandbox ends the wait.
pub(super) async fn wait(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let wait: Wait = asked.body()?;
    if wait.within_ms > LONGEST {
        let description = format!("expected at most {LONGEST}, found {}", wait.within_ms);
        return Err(Fault::invalid("within_ms", description));
    }
    tokio::select! {
        awaited = find(&core, wait.r#for, Duration::from_millis(wait.within_ms)) => awaited,
        () = core.stopped() => Err(unavailable("the sandbox stops")),
    }
}

async fn find(core: &Core, awaited: Value, within: Duration) -> Result<Value, Fault> {
    if awaited == "quiet" {
        wait::until_quiet(core, within).await?;
        Ok(json!({}))
    } else if awaited.get("message_id").is_some() {
        message(core, part(awaited, "for")?, within).await
    } else if awaited.get("callback").is_some() {
        let awaited: ForCallback = part(awaited, "for")?;
        callback(core, awaited.callback, within).await
    } else {
        let expected = "expected {message_id, status}, {callback: {..}} or \"quiet\"";
        Err(Fault::invalid("for", expected))
    }
}

async fn message(core: &Core, awaited: ForMessage, within: Duration) -> Result<Value, Fault> {
    let id = &awaited.message_id;
    let found = match awaited.status {
        None => wait::for_delivery(core, id, within).await?,
        Some(status) => wait::for_status(core, id, status.as_str().into(), within).await?,
    };
    Ok(traffic::message(&found))
}

async fn callback(core: &Core, wanted: Wanted, within: Duration) -> Result<Value, Fault> {
    let fits = |callback: &Callback| {
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        same(&wanted.trigger, &callback.trigger)
            && same(&wanted.app_id, &callback.app_id)
            && (wanted.message_id.is_none() || wanted.message_id == callback.message_id())
    };
    Ok(json!(wait::for_callback(core, within, fits).await?))
}
