//! Moves an app's event on: to its channel, and to its end.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{DeliveryStatus, EventDeliveryReport, Reason};

use super::kinds;
use crate::callbacks::notify::Notification;
use crate::engine::{delivery, receipts};
use crate::model::channels::Failure;
use crate::model::event::SentEvent;
use crate::model::message::Receipt;
use crate::store::jobs::{self, Job};
use crate::store::{SENT_EVENTS, Scope, StoreError};

/// Passes the event to its channel.
pub(crate) fn hand(scope: &Scope<'_>, event_id: &str) -> Result<(), StoreError> {
    change(scope, event_id, |sent| {
        match refusal(scope, sent)? {
            Some(failure) if !failure.after_queueing => {
                return fail(scope, sent, &failure);
            }
            failure => sent.failing = failure,
        }
        report(scope, sent, DeliveryStatus::QueuedOnChannel, None)?;
        if sent.failing.is_none() && is_silent(scope, sent) {
            return Ok(());
        }
        plan_job(scope, sent, Job::SettleEvent)
    })
}

/// Reports that the event was delivered, or the failure that was decided earlier.
pub(crate) fn settle(scope: &Scope<'_>, event_id: &str) -> Result<(), StoreError> {
    change(scope, event_id, |sent| match sent.failing.take() {
        Some(failure) => fail(scope, sent, &failure),
        None => report(scope, sent, DeliveryStatus::Delivered, None),
    })
}

/// Schedules the next job of an event.
pub(super) fn plan_job(scope: &Scope<'_>, sent: &SentEvent, action: Job) -> Result<(), StoreError> {
    let due = scope.now + scope.state.settings.receipt_interval;
    jobs::add(scope.tx, &sent.id, action, due)
}

fn change(
    scope: &Scope<'_>,
    event_id: &str,
    work: impl FnOnce(&mut SentEvent) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(mut sent) = SENT_EVENTS.get(scope.tx, event_id)? else {
        return Ok(());
    };
    work(&mut sent)?;
    SENT_EVENTS.put(scope.tx, &sent.id, &sent)
}

/// Returns why the channel does not deliver the event, if it does not. A failure that a test has set is used only by an
/// event that the channel would deliver otherwise.
fn refusal(scope: &Scope<'_>, sent: &SentEvent) -> Result<Option<Failure>, StoreError> {
    if scope.app(&sent.app_id)?.is_none() {
        let failure = Failure::new("UNKNOWN_APP").describe("The app was deleted.");
        return Ok(Some(failure));
    }
    let Some(identity) = &sent.channel_identity else {
        return Ok(None);
    };
    Ok(delivery::malformed(&identity.channel, &identity.identity)
        .or_else(|| kinds::unsupported(&sent.event.kind, &identity.channel))
        .or_else(|| scope.state.channels.take_failure(&identity.channel)))
}

fn is_silent(scope: &Scope<'_>, sent: &SentEvent) -> bool {
    sent.channel_identity
        .as_ref()
        .is_some_and(|identity| scope.state.channels.is_silent(&identity.channel))
}

fn fail(scope: &Scope<'_>, sent: &mut SentEvent, failure: &Failure) -> Result<(), StoreError> {
    let reason = delivery::reason(failure);
    report(scope, sent, DeliveryStatus::Failed, Some(reason))
}

/// Stores a status and queues the receipt.
fn report(
    scope: &Scope<'_>,
    sent: &mut SentEvent,
    status: DeliveryStatus,
    reason: Option<Reason>,
) -> Result<(), StoreError> {
    let mut report = EventDeliveryReport::default();
    report.event_id = Some(sent.id.clone());
    report.status = Some(status.clone());
    report.channel_identity = sent.channel_identity.clone();
    report.contact_id = Some(sent.contact_id.clone());
    report.reason = reason.clone();
    report.metadata = Some(sent.event_metadata.clone());
    report.processing_mode = Some(sent.processing_mode.clone());
    let notice = Notification::new(CallbackKind::EVENT_DELIVERY, &report, &sent.ordering_key);
    receipts::tell(scope, &sent.app_id, sent.callback_url.as_deref(), &notice)?;
    sent.receipts.push(Receipt {
        status,
        channel_identity: sent.channel_identity.clone(),
        reason,
        time: scope.timestamp(),
    });
    Ok(())
}
