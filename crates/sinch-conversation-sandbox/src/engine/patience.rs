//! How long a message is waited for: its `ttl`, further tries on the same channel, and the time after which
//! silence of a channel counts as failure.

use chrono::TimeDelta;
use sinch_conversation_raw::types::{AppResponse, DeliveryStatus};
use sinch_conversation_raw::wire::Timestamp;

use crate::core::clock::from_micros;
use crate::engine::progress;
use crate::model::channels::Failure;
use crate::model::message::SentMessage;
use crate::store::steps::{self, Action};
use crate::store::{APPS, Scope, StoreError};

/// The pause before the second try on a channel; each one after it is twice as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);

/// `message_retry_settings.retry_duration` of an app that does not say, in seconds.
const RETRY_SECONDS: i32 = 3600;

/// Plans the end of a message that has a time to live.
pub(super) fn limit(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    ttl: TimeDelta,
) -> Result<(), StoreError> {
    // A `ttl` of ten thousand years is allowed; the calendar ends before.
    let Some(end) = scope.now.checked_add_signed(ttl) else {
        return Ok(());
    };
    sent.expires = Some(Timestamp::from(end));
    steps::add(scope.tx, &sent.id, Action::Expire, end)
}

/// The `ttl` is over. The message is not switched to another channel.
pub(crate) fn expire(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    progress::change(scope, message_id, |sent| {
        sent.plan.truncate(sent.position + 1);
        let failure =
            Failure::new("DELIVERY_TIMED_OUT").describe("The ttl of the message is over.");
        progress::fail(scope, sent, &failure)
    })
}

/// The channel has the message: when nothing is heard of it in the time that the app allows, the next one gets it.
pub(super) fn await_report(
    scope: &Scope<'_>,
    app: &AppResponse,
    sent: &SentMessage,
) -> Result<(), StoreError> {
    let fallback = app.delivery_report_based_fallback.as_ref();
    let seconds = fallback
        .filter(|fallback| fallback.enabled == Some(true))
        .and_then(|fallback| fallback.delivery_report_waiting_time);
    match seconds {
        Some(seconds) if sent.has_next_channel() => {
            let due = scope.now + TimeDelta::seconds(seconds.into());
            steps::add(scope.tx, &sent.id, Action::Switch, due)
        }
        _ => Ok(()),
    }
}

/// Nothing was heard from the channel in time.
pub(crate) fn switch(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    progress::change(scope, message_id, |sent| {
        let failure = Failure::new("DELIVERY_TIMED_OUT")
            .describe("No delivery report within delivery_report_waiting_time.");
        progress::give_up(scope, sent, failure)
    })
}

/// After a failure that may pass, plans another try on the same channel. `false` when it was the last. What a
/// channel took and lost afterwards is not given to it again.
pub(super) fn retry(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    failure: &Failure,
) -> Result<bool, StoreError> {
    if !failure.temporary || failure.after_queueing {
        return Ok(false);
    }
    let settings = APPS
        .get(scope.tx, &sent.app_id)?
        .and_then(|app| app.message_retry_settings);
    let seconds = settings.and_then(|settings| settings.retry_duration);
    let since = from_micros(
        *sent
            .failed_first
            .get_or_insert(scope.now.timestamp_micros()),
    );
    let end = since + TimeDelta::seconds(seconds.unwrap_or(RETRY_SECONDS).into());
    if scope.now >= end {
        return Ok(false);
    }
    let pause = FIRST_PAUSE * 2_i32.saturating_pow(sent.retries);
    sent.retries = sent.retries.saturating_add(1).min(16);
    // The last try is at the very end.
    steps::add(scope.tx, &sent.id, Action::Hand, end.min(scope.now + pause))?;
    Ok(true)
}

/// Whether the channel will ever say that the message has arrived.
pub(super) fn is_reported(scope: &Scope<'_>, sent: &SentMessage) -> bool {
    sent.channel_identity()
        .is_none_or(|identity| !scope.state.channels.is_silent(&identity.channel))
}

/// Calls off what was planned, once the outcome is known.
pub(super) fn settle(
    scope: &Scope<'_>,
    sent: &SentMessage,
    status: &DeliveryStatus,
) -> Result<(), StoreError> {
    match status {
        DeliveryStatus::Delivered | DeliveryStatus::Read | DeliveryStatus::Failed => {
            steps::call_off(scope.tx, &sent.id)
        }
        DeliveryStatus::SwitchingChannel => steps::call_off_but(scope.tx, &sent.id, Action::Expire),
        _ => Ok(()),
    }
}
