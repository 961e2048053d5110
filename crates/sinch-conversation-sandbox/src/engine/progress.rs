//! Moves one message one step on: to a channel, to the recipient, or to the next channel.

use std::time::Duration;

use sinch_conversation_raw::types::{
    ChannelIdentity, ConversationChannel, DeliveryStatus, Reason, ReasonSubCode,
};

use super::{accept, consents, patience, receipts, rendering, threads};
use crate::core::clock::later;
use crate::model::channels::{Failure, is_phone};
use crate::model::message::SentMessage;
use crate::store::messages::{self, Source};
use crate::store::steps::{self, Action};
use crate::store::{APPS, CONVERSATIONS, SENT_MESSAGES, Scope, StoreError, queues};

/// Gives the message to the channel whose turn it is.
pub(crate) fn hand(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| hand_over(scope, sent))
}

/// The message has reached the recipient.
pub(crate) fn deliver(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
    change(scope, message_id, |sent| {
        receipts::report(scope, sent, DeliveryStatus::Delivered, None)
    })
}

/// The message has failed, for the reason that was decided before.
pub(crate) fn lose(scope: &Scope<'_>, message_id: &str) -> Result<(), StoreError> {
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
    let Some(mut sent) = SENT_MESSAGES.get(scope.tx, message_id)? else {
        return Ok(());
    };
    work(&mut sent)?;
    if sent.queued && !sent.receipts.is_empty() {
        sent.queued = false;
        queues::leave(scope.tx, &sent.app_id)?;
    }
    SENT_MESSAGES.put(scope.tx, &sent.id, &sent)
}

fn hand_over(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    let Some(app) = APPS.get(scope.tx, &sent.app_id)? else {
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
        .or_else(|| scope.state.channels.take_failure(&identity.channel));
    match failure {
        Some(failure) if !failure.after_queueing => give_up(scope, sent, failure),
        failure => {
            receipts::submit(scope, sent)?;
            receipts::report(scope, sent, DeliveryStatus::QueuedOnChannel, None)?;
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

/// Why a channel cannot use this identity, if it cannot.
pub(super) fn malformed(channel: &ConversationChannel, identity: &str) -> Option<Failure> {
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
        receipts::report(
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
    receipts::report(scope, sent, DeliveryStatus::Failed, Some(reason(failure)))
}

pub(super) fn reason(failure: &Failure) -> Reason {
    let mut reason = Reason::default();
    reason.code = Some(failure.code.clone());
    reason.description = Some(failure.description.clone());
    reason.sub_code = Some(ReasonSubCode::from("UNSPECIFIED_SUB_CODE"));
    reason
}

/// The time between one status on this address and the next.
pub(super) fn until_next_status(scope: &Scope<'_>, address: Option<&ChannelIdentity>) -> Duration {
    scope.state.settings.receipt_interval + scope.state.channels.delay_of(address)
}

fn plan_step(scope: &Scope<'_>, sent: &SentMessage, action: Action) -> Result<(), StoreError> {
    steps::add(
        scope.tx,
        &sent.id,
        action,
        later(scope.now, until_next_status(scope, sent.channel_identity())),
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
    if let Some(mut conversation) = CONVERSATIONS.get(scope.tx, &sent.conversation_id)? {
        conversation.active_channel = sent
            .channel_identity()
            .map(|identity| identity.channel.clone());
        threads::save(scope, &conversation)?;
    }
    Ok(())
}
