//! Moves a message on: to a channel, to the recipient, to the next channel, or to its end. A channel is retried after a
//! transient failure, and given up when it reports nothing in time.

use std::time::Duration;

use chrono::TimeDelta;
use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, ConversationChannel, DeliveryStatus, Reason, ReasonSubCode,
};
use sinch_conversation_raw::wire::Timestamp;

use super::{consents, content, conversation, receipts};
use crate::core::clock::{from_micros, later};
use crate::model::channels::{Failure, is_phone};
use crate::model::message::SentMessage;
use crate::store::jobs::{self, Job};
use crate::store::messages::{self, Source};
use crate::store::{CONVERSATIONS, SENT_MESSAGES, Scope, StoreError, queues};

/// The pause before the first retry on a channel; each further one is twice as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);

/// The default of an app's `message_retry_settings.retry_duration`, in seconds.
const RETRY_SECONDS: i32 = 3600;

/// Passes the message to its current channel.
pub(crate) fn hand(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| hand_over(scope, sent))
}

/// Reports the message as delivered.
pub(crate) fn deliver(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| arrive(scope, sent))
}

/// Reports a failure that was decided earlier.
pub(crate) fn lose(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| fail_as_decided(scope, sent))
}

/// Takes the first step of a message that does not wait for it.
pub(super) fn take_first(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    first: Job,
) -> Result<(), StoreError> {
    match first {
        Job::Lose => fail_as_decided(scope, sent),
        _ => hand_over(scope, sent),
    }
}

fn change(
    scope: &Scope<'_>,
    message_id: &str,
    work: impl FnOnce(&mut SentMessage) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(mut sent) = SENT_MESSAGES.get(scope.tx, message_id)? else {
        return Ok(());
    };
    work(&mut sent)?;
    if sent.queued && !sent.receipts.is_empty() {
        sent.queued = false;
        queues::leave(scope.tx, &sent.app_id)?;
    }
    SENT_MESSAGES.update(scope.tx, &sent.id, &sent)
}

fn arrive(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    receipts::report(scope, sent, DeliveryStatus::Delivered, None)
}

fn fail_as_decided(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    let failure = sent.failing.take();
    let failure = failure.unwrap_or_else(|| Failure::new("UNKNOWN"));
    give_up(scope, sent, failure)
}

fn hand_over(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    let Some(app) = scope.app(&sent.app_id)? else {
        sent.plan.truncate(sent.position + 1);
        let failure = Failure::new("UNKNOWN_APP").describe("The app was deleted.");
        return give_up(scope, sent, failure);
    };
    let Some(identity) = sent.channel_identity().cloned() else {
        return Ok(());
    };
    if let Some(failure) = content::render(scope, sent, &identity.channel)? {
        return give_up(scope, sent, failure);
    }
    let failure = malformed(&identity.channel, &identity.identity)
        .or(consents::block(scope, sent, &identity)?)
        .or_else(|| scope.state.channels.take_failure(&identity.channel));
    match failure {
        Some(failure) if !failure.after_queueing => give_up(scope, sent, failure),
        failure => {
            receipts::submit(scope, sent)?;
            receipts::report(scope, sent, DeliveryStatus::QueuedOnChannel, None)?;
            await_report(scope, &app, sent)?;
            sent.failing = failure;
            plan_outcome(scope, sent)
        }
    }
}

/// Reports or schedules the outcome, unless the channel is silent.
fn plan_outcome(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    match &sent.failing {
        Some(_) => next(scope, sent, Job::Lose, fail_as_decided),
        None if is_reported(scope, sent) => next(scope, sent, Job::Deliver, arrive),
        None => Ok(()),
    }
}

/// Returns the failure of an identity that the channel cannot have.
pub(super) fn malformed(channel: &ConversationChannel, identity: &str) -> Option<Failure> {
    let well_formed = !is_phone(channel)
        || (!identity.is_empty() && identity.bytes().all(|byte| byte.is_ascii_digit()));
    (!well_formed).then(|| {
        Failure::new("RECIPIENT_INVALID_CHANNEL_IDENTITY")
            .describe("The identity is not a phone number.")
    })
}

/// Handles a failure of the channel: a retry, the next channel, or the end.
fn give_up(scope: &Scope<'_>, sent: &mut SentMessage, failure: Failure) -> Result<(), StoreError> {
    if retry(scope, sent, &failure)? {
        return Ok(());
    }
    (sent.failed_first, sent.retries) = (None, 0);
    if sent.has_next_channel() {
        receipts::report(
            scope,
            sent,
            DeliveryStatus::SwitchingChannel,
            Some(reason(&failure)),
        )?;
        sent.position += 1;
        show_channel(scope, sent)?;
        return next(scope, sent, Job::Hand, hand_over);
    }
    let last = if sent.plan.len() > 1 {
        let description = format!(
            "All channels were tried; the last failed with {}.",
            failure.code
        );
        Failure::new("NO_CHANNELS_LEFT").describe(description)
    } else {
        failure
    };
    fail(scope, sent, &last)
}

/// Fails the message for good.
fn fail(scope: &Scope<'_>, sent: &mut SentMessage, failure: &Failure) -> Result<(), StoreError> {
    receipts::report(scope, sent, DeliveryStatus::Failed, Some(reason(failure)))
}

pub(super) fn reason(failure: &Failure) -> Reason {
    let mut reason = Reason::default();
    reason.code = Some(failure.code.clone());
    reason.description = Some(failure.description.clone());
    reason.sub_code = Some(ReasonSubCode::from("UNSPECIFIED_SUB_CODE"));
    reason
}

/// Returns the time until the next status on this address.
pub(super) fn until_next_status(scope: &Scope<'_>, address: Option<&ChannelIdentity>) -> Duration {
    scope.state.settings.receipt_interval + scope.state.channels.delay_of(address)
}

/// Takes the next step: immediately, without storing the message before, or as a job if it has to wait.
fn next(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    job: Job,
    step: impl FnOnce(&Scope<'_>, &mut SentMessage) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let pause = until_next_status(scope, sent.channel_identity());
    if pause.is_zero() {
        return step(&scope.renewed(), sent);
    }
    jobs::add(scope.tx, &sent.id, job, later(scope.now, pause))
}

/// Stores the channel that is tried now in the message and its conversation.
fn show_channel(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let source = if sent.conversation_id.is_empty() {
        Source::Dispatch
    } else {
        Source::Conversation
    };
    if messages::get(scope.tx, &sent.id, source)?.is_some() {
        messages::put_sent(scope.tx, sent)?;
    }
    if let Some(mut conversation) = CONVERSATIONS.get(scope.tx, &sent.conversation_id)? {
        conversation.active_channel = sent
            .channel_identity()
            .map(|identity| identity.channel.clone());
        conversation::save(scope, &conversation)?;
    }
    Ok(())
}

/// Schedules the end of a message that has a `ttl`.
pub(super) fn limit(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    ttl: TimeDelta,
) -> Result<(), StoreError> {
    // A `ttl` of ten thousand years is valid, but would exceed the calendar.
    let Some(end) = scope.now.checked_add_signed(ttl) else {
        return Ok(());
    };
    sent.expires = Some(Timestamp::from(end));
    jobs::add(scope.tx, &sent.id, Job::Expire, end)
}

/// Ends a message whose `ttl` is over. It does not fall back to another channel.
pub(crate) fn expire(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| {
        sent.plan.truncate(sent.position + 1);
        let failure =
            Failure::new("DELIVERY_TIMED_OUT").describe("The ttl of the message has expired.");
        fail(scope, sent, &failure)
    })
}

/// Schedules the fallback for when the channel reports nothing in the time that the app allows.
fn await_report(
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
            jobs::add(scope.tx, &sent.id, Job::Switch, due)
        }
        _ => Ok(()),
    }
}

/// Falls back after a channel that reported nothing in time.
pub(crate) fn switch(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| {
        let failure = Failure::new("DELIVERY_TIMED_OUT")
            .describe("No delivery report within delivery_report_waiting_time.");
        give_up(scope, sent, failure)
    })
}

/// Schedules a retry on the same channel after a transient failure. Returns `false` if there is none left. A channel
/// that accepted the message and lost it afterwards is not retried.
fn retry(scope: &Scope<'_>, sent: &mut SentMessage, failure: &Failure) -> Result<bool, StoreError> {
    if !failure.temporary || failure.after_queueing {
        return Ok(false);
    }
    let app = scope.app(&sent.app_id)?;
    let settings = app
        .as_ref()
        .and_then(|app| app.message_retry_settings.as_ref());
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
    // The last retry is at the very end.
    jobs::add(scope.tx, &sent.id, Job::Hand, end.min(scope.now + pause))?;
    Ok(true)
}

/// Returns whether the channel will ever report that the message was delivered.
fn is_reported(scope: &Scope<'_>, sent: &SentMessage) -> bool {
    sent.channel_identity()
        .is_none_or(|identity| !scope.state.channels.is_silent(&identity.channel))
}
