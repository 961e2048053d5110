//! Moves one message one step on: to a channel, to the recipient, or to the next channel.

use serde_json::Value;
use sinch_conversation_raw::types::{
    ChannelIdentity, ConversationChannel, DeliveryStatus, MessageDeliveryReport,
    MessageSubmitNotification, Reason, ReasonSubCode,
};
use sinch_conversation_raw::wire::Wire;

use super::channels::{Failure, is_phone};
use super::outbound::{Receipt, SentMessage};
use super::scope::Scope;
use super::{accept, consents, patience, rendering, threads};
use crate::callbacks::notify::{self, Notice};
use crate::clock::later;
use crate::error::ControlError;
use crate::store::messages::{self, Source};
use crate::store::steps::{self, Action};
use crate::store::{StoreError, apps, conversations, queues, sends};

/// Gives the message to the channel whose turn it is.
pub(super) fn hand(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| hand_over(scope, sent))
}

/// The message has reached the recipient.
pub(super) fn deliver(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| {
        report(scope, sent, DeliveryStatus::Delivered, None)
    })
}

/// The message has failed, for the reason that was decided before.
pub(super) fn lose(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| {
        let failure = sent.failing.take();
        let failure = failure.unwrap_or_else(|| Failure::new("UNKNOWN"));
        give_up(scope, sent, failure)
    })
}

pub(super) fn change(
    scope: &Scope<'_>,
    message_id: &str,
    work: impl FnOnce(&mut SentMessage) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(mut sent) = sends::get(scope.tx, message_id)? else {
        return Ok(());
    };
    work(&mut sent)?;
    if sent.queued && !sent.receipts.is_empty() {
        sent.queued = false;
        queues::leave(scope.tx, &sent.app_id)?;
    }
    sends::put(scope.tx, &sent)
}

fn hand_over(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    let Some(app) = apps::get(scope.tx, &sent.app_id)? else {
        sent.plan.truncate(sent.position + 1);
        let failure = Failure::new("UNKNOWN_APP").describe("The app was deleted.");
        return give_up(scope, sent, failure);
    };
    let Some(identity) = sent.channel_identity().cloned() else {
        return Ok(());
    };
    if let Some(failure) = rendering::render(scope, sent, &identity.channel)? {
        return give_up(scope, sent, failure);
    }
    let failure = malformed(&identity.channel, &identity.identity)
        .or(consents::block(scope, sent, &identity)?)
        .or_else(|| scope.core.channels.take_failure(&identity.channel));
    match failure {
        Some(failure) if !failure.after_queueing => give_up(scope, sent, failure),
        failure => {
            submit(scope, sent)?;
            report(scope, sent, DeliveryStatus::QueuedOnChannel, None)?;
            patience::await_report(scope, &app, sent)?;
            sent.failing = failure;
            plan_outcome(scope, sent)
        }
    }
}

/// What the channel will say, unless it is one that says nothing.
fn plan_outcome(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    match &sent.failing {
        Some(_) => plan_step(scope, sent, Action::Lose),
        None if patience::is_reported(scope, sent) => plan_step(scope, sent, Action::Deliver),
        None => Ok(()),
    }
}

fn malformed(channel: &ConversationChannel, identity: &str) -> Option<Failure> {
    let well_formed = !is_phone(channel)
        || (!identity.is_empty() && identity.bytes().all(|byte| byte.is_ascii_digit()));
    (!well_formed).then(|| {
        Failure::new("RECIPIENT_INVALID_CHANNEL_IDENTITY")
            .describe("The identity is not a phone number.")
    })
}

/// The channel has failed: once more, or on to the next, or the end.
pub(super) fn give_up(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    failure: Failure,
) -> Result<(), StoreError> {
    if patience::retry(scope, sent, &failure)? {
        return Ok(());
    }
    (sent.failed_first, sent.retries) = (None, 0);
    if sent.has_next_channel() {
        report(
            scope,
            sent,
            DeliveryStatus::SwitchingChannel,
            Some(reason(&failure)),
        )?;
        sent.position += 1;
        show_channel(scope, sent)?;
        return plan_step(scope, sent, Action::Hand);
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

/// The message has failed for good.
pub(super) fn fail(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    failure: &Failure,
) -> Result<(), StoreError> {
    report(scope, sent, DeliveryStatus::Failed, Some(reason(failure)))
}

fn reason(failure: &Failure) -> Reason {
    let mut reason = Reason::default();
    reason.code = Some(failure.code.clone());
    reason.description = Some(failure.description.clone());
    reason.sub_code = Some(ReasonSubCode::from("UNSPECIFIED_SUB_CODE"));
    reason
}

fn plan_step(scope: &Scope<'_>, sent: &SentMessage, action: Action) -> Result<(), StoreError> {
    steps::add(
        scope.tx,
        &sent.id,
        action,
        later(scope.now, scope.until_next_status(sent.channel_identity())),
    )
}

/// The stored message and its conversation name the channel that is tried now.
fn show_channel(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let source = if sent.conversation_id.is_empty() {
        Source::Dispatch
    } else {
        Source::Conversation
    };
    if messages::get(scope.tx, &sent.id, source)?.is_some() {
        accept::store_message(scope, sent)?;
    }
    if let Some(mut conversation) = conversations::get(scope.tx, &sent.conversation_id)? {
        conversation.active_channel = sent
            .channel_identity()
            .map(|identity| identity.channel.clone());
        threads::save(scope, &conversation)?;
    }
    Ok(())
}

/// Writes a status down and tells of it.
pub(super) fn report(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    status: DeliveryStatus,
    reason: Option<Reason>,
) -> Result<(), StoreError> {
    let mut report = MessageDeliveryReport::default();
    report.message_id = Some(sent.id.clone());
    report.conversation_id = Some(sent.conversation_id.clone());
    report.status = Some(status.clone());
    report.channel_identity = sent.channel_identity().cloned();
    report.contact_id = Some(sent.contact_id.clone());
    report.reason = reason.clone();
    report.metadata = Some(sent.message_metadata.clone());
    report.processing_mode = Some(sent.processing_mode.clone());
    patience::settle(scope, sent, &status)?;
    let metadata = conversation_metadata(scope, sent)?;
    if let Some(place) = sent
        .batch
        .as_ref()
        .filter(|_| status == DeliveryStatus::Failed)
    {
        let fields = [
            ("batch_id", place.batch_id.as_str().into()),
            ("message_index", place.message_index.into()),
        ];
        report
            .extra
            .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    }
    let notice = notice(
        sent,
        &metadata,
        "MESSAGE_DELIVERY",
        "message_delivery_report",
        report.to_value(),
    );
    match &sent.callback_url {
        None => notify::app(scope, &sent.app_id, &notice)?,
        Some(url) => {
            let secret = secret_for_urls(scope, &sent.app_id)?;
            notify::url(scope, &sent.app_id, url, &secret, &notice)?;
        }
    }
    sent.receipts.push(Receipt {
        status,
        channel_identity: sent.channel_identity().cloned(),
        reason,
        time: scope.timestamp(),
    });
    Ok(())
}

/// What receipts are signed with that go to the URL of a message; empty when the app has no such secret.
fn secret_for_urls(scope: &Scope<'_>, app_id: &str) -> Result<String, StoreError> {
    let settings = apps::get(scope.tx, app_id)?.and_then(|app| app.callback_settings);
    let secret = settings.and_then(|settings| settings.secret_for_overridden_callback_urls);
    Ok(secret
        .map(|secret| secret.expose().to_owned())
        .unwrap_or_default())
}

/// Tells that a channel has the message.
fn submit(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let mut submitted = MessageSubmitNotification::default();
    submitted.message_id = Some(sent.id.clone());
    submitted.conversation_id = Some(sent.conversation_id.clone());
    submitted.channel_identity = sent.channel_identity().cloned();
    submitted.contact_id = Some(sent.contact_id.clone());
    submitted.submitted_message = Some(sent.message.clone());
    submitted.metadata = Some(sent.message_metadata.clone());
    submitted.processing_mode = Some(sent.processing_mode.clone());
    let metadata = conversation_metadata(scope, sent)?;
    let notice = notice(
        sent,
        &metadata,
        "MESSAGE_SUBMIT",
        "message_submit_notification",
        submitted.to_value(),
    );
    notify::app(scope, &sent.app_id, &notice)
}

/// The metadata of the conversation, for apps that want it with every callback.
fn conversation_metadata(scope: &Scope<'_>, sent: &SentMessage) -> Result<String, StoreError> {
    if !sent.reports_metadata {
        return Ok(String::new());
    }
    let conversation = conversations::get(scope.tx, &sent.conversation_id)?;
    Ok(conversation
        .map(|conversation| threads::metadata_text(&conversation))
        .unwrap_or_default())
}

fn notice<'a>(
    sent: &'a SentMessage,
    message_metadata: &'a str,
    trigger: &'static str,
    key: &'static str,
    payload: Value,
) -> Notice<'a> {
    Notice {
        trigger,
        key,
        payload,
        lane: sent.lane(),
        message_metadata,
        correlation_id: &sent.correlation_id,
    }
}

/// The recipient has read the message.
pub(crate) fn read(
    scope: &Scope<'_>,
    message_id: &str,
    reader: &ChannelIdentity,
) -> Result<(), ControlError> {
    let sent = sends::get(scope.tx, message_id)?;
    let Some(mut sent) = sent.filter(|sent| sent.channel_identity() == Some(reader)) else {
        return Err(ControlError::UnknownMessage {
            message_id: message_id.to_owned(),
        });
    };
    if sent.status() != Some(&DeliveryStatus::Delivered) {
        let status = sent
            .status()
            .map_or("QUEUED", |status| status.as_str())
            .to_owned();
        return Err(ControlError::NotDelivered {
            message_id: message_id.to_owned(),
            status,
        });
    }
    if !patience::reports_reading(&sent) {
        return Err(ControlError::NoReadReports {
            channel: reader.channel.as_str().to_owned(),
        });
    }
    report(scope, &mut sent, DeliveryStatus::Read, None)?;
    Ok(sends::put(scope.tx, &sent)?)
}
