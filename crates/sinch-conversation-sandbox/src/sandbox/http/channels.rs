//! Controls of channels.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sinch_conversation_raw::types::ConversationChannel;

use super::Sandbox;
use super::input::{self, Input};
use crate::api::error::ApiError;
use crate::model::channels::Failure;

/// The highest number of failures that can be set.
const MOST: u32 = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fail {
    reason: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    after_queueing: bool,
    #[serde(default)]
    temporary: bool,
    /// If absent, until the channel is restored.
    times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelEventRequest {
    app_id: String,
    event_type: String,
    #[serde(default)]
    additional_data: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delay {
    milliseconds: u32,
}

/// Returns the channels that a test has changed.
pub(super) async fn list(sandbox: Arc<Sandbox>, _: Input) -> Result<Value, ApiError> {
    Ok(json!({ "channels": sandbox.store.state.channels.all() }))
}

pub(super) async fn fail(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    let channel = channel(&input)?;
    let fail: Fail = input.body()?;
    let mut failure = Failure::new(fail.reason.as_str()).describe(fail.description);
    if fail.after_queueing {
        failure = failure.after_queueing();
    }
    if fail.temporary {
        failure = failure.temporary();
    }
    match fail.times {
        None => sandbox.fail_channel(channel, failure),
        Some(times @ 1..=MOST) => {
            for _ in 0..times {
                sandbox.fail_next(channel.clone(), failure.clone());
            }
        }
        Some(times) => {
            let description = format!("expected 1 to {MOST}, found {times}");
            return Err(ApiError::invalid("times", description));
        }
    }
    Ok(())
}

pub(super) async fn delay(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    let channel = channel(&input)?;
    let delay: Delay = input.body()?;
    let by = Duration::from_millis(delay.milliseconds.into());
    sandbox.delay_channel(channel, by);
    Ok(())
}

/// Sends a channel's event to an app.
pub(super) async fn event(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    let channel = channel(&input)?;
    let ChannelEventRequest {
        app_id,
        event_type,
        additional_data,
    } = input.body()?;
    sandbox
        .channel_event(&app_id, channel, &event_type, additional_data)
        .await?;
    Ok(())
}

pub(super) async fn silence(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    sandbox.silence_channel(channel(&input)?);
    Ok(())
}

pub(super) async fn restore(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    sandbox.restore_channel(channel(&input)?);
    Ok(())
}

fn channel(input: &Input) -> Result<ConversationChannel, ApiError> {
    input::channel("channel", input.param("channel"))
}
