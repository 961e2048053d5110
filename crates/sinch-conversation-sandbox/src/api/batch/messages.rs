//! Batches of messages: sending, reading and cancelling them.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    BatchStatus, BatchStatusResponse, ChannelIdentities, ChannelRecipientIdentity,
    RecipientAndParam, RecipientBase, RecipientRequest, SendBatchRequest, SendBatchResponse,
};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use super::super::webhooks::refuse_own;
use super::super::{apps, nothing};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::core::clock::from_micros;
use crate::engine::batch::{self, messages};
use crate::engine::{check, send};
use crate::store::Scope;
use crate::store::batches::{self, Batch, BatchKind};
use crate::store::jobs::{self, Job};

/// A batch starts at a full five minutes, unless it starts in less than a minute.
const SOON: TimeDelta = TimeDelta::minutes(1);
const GRID: TimeDelta = TimeDelta::minutes(5);

pub(in crate::api) fn send(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let mut request: SendBatchRequest = call.body()?;
    let recipients = std::mem::take(&mut request.recipient_and_params);
    let id = scope.new_id();
    let send_after = departure(scope.now, request.send_after.as_ref())?;
    check(scope, &id, &request)?;
    let batch = Batch {
        kind: BatchKind::Messages,
        app_id: request.app_id.clone(),
        status: if send_after > scope.now {
            BatchStatus::Scheduled
        } else {
            BatchStatus::Ready
        },
        send_after,
        shared: request.to_value(),
        id,
    };
    let metadata = request.batch_metadata.unwrap_or_default();
    let items = recipients.iter().map(Wire::to_value);
    batch::accept(scope, &batch, &metadata, items)?;
    let mut answer = SendBatchResponse::default();
    answer.batch_id = Some(batch.id);
    answer.send_after = Some(Timestamp::from(send_after));
    Ok(answer.to_value())
}

/// Checks what all messages share, as for a single send. A mistake in one message makes only that one fail.
fn check(scope: &Scope<'_>, id: &str, request: &SendBatchRequest) -> Result<(), ApiError> {
    let one = messages::request_for(id, request.clone(), placeholder_recipient());
    check::message(&one)?;
    refuse_own(scope, "callback_url", one.callback_url.as_ref())?;
    let app = apps::find(scope, &one.app_id)?;
    let mode = send::mode_of(&app, one.processing_strategy.as_ref());
    Ok(check::against_app(&one, &app, &mode)?)
}

/// A valid recipient, used while the shared fields are checked.
fn placeholder_recipient() -> RecipientAndParam {
    let identity = ChannelRecipientIdentity::new("SMS", "0");
    let identities = ChannelIdentities::new(vec![identity]);
    RecipientAndParam::new(RecipientRequest::new(RecipientBase::IdentifiedBy(
        identities,
    )))
}

/// Returns when a batch starts.
fn departure(now: DateTime<Utc>, asked: Option<&Timestamp>) -> Result<DateTime<Utc>, ApiError> {
    let Some(asked) = asked else {
        return Ok(now);
    };
    let asked = asked
        .to_datetime()
        .ok_or_else(|| ApiError::invalid("send_after", "expected an RFC 3339 date and time"))?;
    let asked = asked.with_timezone(&Utc);
    let days = SendBatchRequest::SEND_AFTER.max;
    if asked - now > TimeDelta::days(days) {
        let description = format!("is more than {days} days in the future");
        return Err(ApiError::invalid("send_after", description));
    }
    if asked - now > SOON {
        return Ok(round_up(asked));
    }
    Ok(asked.max(now))
}

fn round_up(time: DateTime<Utc>) -> DateTime<Utc> {
    let grid = GRID.num_seconds() * 1_000_000;
    let beyond = time.timestamp_micros().rem_euclid(grid);
    if beyond == 0 {
        return time;
    }
    from_micros(time.timestamp_micros() - beyond + grid)
}

pub(in crate::api) fn status(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("batch_id");
    let batch = batches::get(scope.tx, id)?;
    let batch = batch.filter(|batch| batch.kind == BatchKind::Messages);
    show(&batch.ok_or_else(|| ApiError::not_found("batch", id))?)
}

pub(in crate::api) fn statuses(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let key = call.query("metadataKey").unwrap_or_default();
    let value = call.query("metadataValue").unwrap_or_default();
    let found = batches::with_metadata(scope.tx, key, value)?;
    found.iter().map(show).collect()
}

fn show(batch: &Batch) -> Result<Value, ApiError> {
    let shared = SendBatchRequest::from_value(batch.shared.clone())?;
    let mut answer = BatchStatusResponse::default();
    answer.batch_id = Some(batch.id.clone());
    answer.meta_data = Some(messages::metadata_of(&shared));
    answer.status = Some(batch.status.clone());
    answer.send_after = Some(Timestamp::from(batch.send_after));
    Ok(answer.to_value())
}

/// Always succeeds; the status of the batch says whether anything was cancelled.
pub(in crate::api) fn cancel(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request = call.json()?;
    let mut ids: Vec<String> = text(request, &["batch_id"])
        .map(str::to_owned)
        .into_iter()
        .collect();
    let key = text(request, &["metadataKey", "metadata_key"]);
    let value = text(request, &["metadataValue", "metadata_value"]);
    if let Some((key, value)) = key.zip(value) {
        let found = batches::with_metadata(scope.tx, key, value)?;
        ids.extend(found.into_iter().map(|batch| batch.id));
    }
    for id in &ids {
        jobs::add(scope.tx, id, Job::CancelBatch, scope.now)?;
    }
    Ok(nothing())
}

fn text<'a>(request: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| request.get(*name)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[track_caller]
    fn departs(now: &str, asked: Option<&str>) -> Option<String> {
        let now = at(now).to_datetime().unwrap().with_timezone(&Utc);
        let asked = asked.map(at);
        let departure = departure(now, asked.as_ref()).ok()?;
        Some(Timestamp::from(departure).as_str().to_owned())
    }

    #[test]
    fn times_are_rounded_up_to_five_minutes() {
        let now = "2026-01-31T23:52:10Z";
        for (asked, expected) in [
            ("2026-01-31T23:53:10.000001Z", "2026-01-31T23:55:00Z"),
            ("2026-01-31T23:55:00Z", "2026-01-31T23:55:00Z"),
            ("2026-01-31T23:55:00.000001Z", "2026-02-01T00:00:00Z"),
            ("2026-02-01T01:59:00+02:00", "2026-02-01T00:00:00Z"),
            ("2026-02-07T23:52:10Z", "2026-02-07T23:55:00Z"),
        ] {
            assert_eq!(
                departs(now, Some(asked)).as_deref(),
                Some(expected),
                "{asked}"
            );
        }
    }

    #[test]
    fn what_is_near_or_over_is_not_rounded() {
        let now = "2026-01-31T23:52:10Z";
        assert_eq!(departs(now, None).as_deref(), Some(now));
        assert_eq!(
            departs(now, Some("2020-01-01T00:00:00Z")).as_deref(),
            Some(now)
        );
        let near = "2026-01-31T23:53:10Z";
        assert_eq!(departs(now, Some(near)).as_deref(), Some(near));
    }

    #[test]
    fn seven_days_are_the_end() {
        assert_eq!(
            departs("2026-01-31T23:52:10Z", Some("2026-02-07T23:52:10.000001Z")),
            None
        );
    }
}
