//! The clock, and the tokens that expire by it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sinch_conversation_raw::wire::Timestamp;

use super::Sandbox;
use super::input::Input;
use crate::api::error::ApiError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: Option<f64>,
    set: Option<String>,
}

pub(super) async fn show(sandbox: Arc<Sandbox>, _: Input) -> Result<Value, ApiError> {
    Ok(shown(&sandbox))
}

pub(super) async fn change(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let change: ClockChange = input.body()?;
    match (change.advance_seconds, change.set) {
        (Some(seconds), None) => {
            let by = Duration::try_from_secs_f64(seconds).map_err(|_| {
                ApiError::invalid(
                    "advance_seconds",
                    "expected seconds, from 0 up to the year 9987",
                )
            })?;
            sandbox.advance_clock(by);
        }
        (None, Some(text)) => {
            let to = DateTime::parse_from_rfc3339(&text).map_err(|_| {
                let description =
                    format!("expected a time such as 2030-01-31T10:00:00Z, found {text:?}");
                ApiError::invalid("set", description)
            })?;
            sandbox.set_clock(to.with_timezone(&Utc))?;
        }
        _ => {
            let description = "expected exactly one of advance_seconds, set";
            return Err(ApiError::invalid("", description));
        }
    }
    Ok(shown(&sandbox))
}

fn shown(sandbox: &Sandbox) -> Value {
    json!({ "now": Timestamp::from(sandbox.now()) })
}

pub(super) async fn expire_tokens(sandbox: Arc<Sandbox>, _: Input) -> Result<(), ApiError> {
    sandbox.expire_tokens();
    Ok(())
}
