//! Receipts: that a channel has a message, and each of its statuses.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    DeliveryStatus, MessageDeliveryReport, MessageSubmitNotification, Reason,
};
use sinch_conversation_raw::wire::Wire;

use crate::callbacks::notify::{self, Notification};
use crate::model::message::{Receipt, SentMessage};
use crate::store::jobs::{self, Job};
use crate::store::{SENT_MESSAGES, Scope, StoreError};

/// Stores a status and queues the receipt.
pub(super) fn report(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    status: DeliveryStatus,
    reason: Option<Reason>,
) -> Result<(), StoreError> {
    settle(scope, sent, &status)?;
    sent.receipts.push(Receipt {
        status,
        channel_identity: sent.channel_identity().cloned(),
        reason,
        time: scope.timestamp(),
    });
    tell_last(scope, sent)
}

/// Cancels pending jobs once the outcome is known.
fn settle(
    scope: &Scope<'_>,
    sent: &SentMessage,
    status: &DeliveryStatus,
) -> Result<(), StoreError> {
    match status {
        DeliveryStatus::Delivered | DeliveryStatus::Read | DeliveryStatus::Failed => {
            jobs::call_off(scope.tx, &sent.id)
        }
        DeliveryStatus::SwitchingChannel => jobs::call_off_but(scope.tx, &sent.id, Job::Expire),
        _ => Ok(()),
    }
}

/// Marks the message as read by the recipient.
pub(crate) fn read(scope: &Scope<'_>, sent: &mut SentMessage) -> Result<(), StoreError> {
    report(scope, sent, DeliveryStatus::Read, None)?;
    SENT_MESSAGES.put(scope.tx, &sent.id, sent)
}

/// Queues the receipt for the latest status.
fn tell_last(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let kind = CallbackKind::MESSAGE_DELIVERY;
    let url = sent.callback_url.as_deref();
    let Some(receipt) = sent.receipts.last() else {
        return Ok(());
    };
    if url.is_none() && !notify::is_wanted(scope, &sent.app_id, &kind)? {
        return Ok(());
    }
    let notice = notice(sent, kind, &delivery_report(sent, receipt));
    tell(scope, &sent.app_id, url, &notice)
}

fn delivery_report(sent: &SentMessage, receipt: &Receipt) -> MessageDeliveryReport {
    let mut report = MessageDeliveryReport::default();
    report.message_id = Some(sent.id.clone());
    report.conversation_id = Some(sent.conversation_id.clone());
    report.status = Some(receipt.status.clone());
    report.channel_identity = receipt.channel_identity.clone();
    report.contact_id = Some(sent.contact_id.clone());
    report.reason = receipt.reason.clone();
    report.metadata = Some(sent.message_metadata.clone());
    report.processing_mode = Some(sent.processing_mode.clone());
    let failed = receipt.status == DeliveryStatus::Failed;
    if let Some(place) = sent.batch.as_ref().filter(|_| failed) {
        let fields = [
            ("batch_id", place.batch_id.as_str().into()),
            ("message_index", place.message_index.into()),
        ];
        report
            .extra
            .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    }
    report
}

/// Queues a receipt for the app's webhooks, or for the URL that the request named.
pub(super) fn tell(
    scope: &Scope<'_>,
    app_id: &str,
    callback_url: Option<&str>,
    notice: &Notification<'_>,
) -> Result<(), StoreError> {
    match callback_url {
        None => notify::app(scope, app_id, notice),
        Some(url) => {
            let secret = secret_for_urls(scope, app_id)?;
            notify::url(scope, app_id, url, &secret, notice)
        }
    }
}

/// Returns the secret that signs receipts to the URL of a message; empty when the app has none.
fn secret_for_urls(scope: &Scope<'_>, app_id: &str) -> Result<String, StoreError> {
    let app = scope.app(app_id)?;
    let settings = app.as_ref().and_then(|app| app.callback_settings.as_ref());
    let secret =
        settings.and_then(|settings| settings.secret_for_overridden_callback_urls.as_ref());
    Ok(secret
        .map(|secret| secret.expose().to_owned())
        .unwrap_or_default())
}

/// Queues the callback that a channel has the message.
pub(super) fn submit(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let kind = CallbackKind::MESSAGE_SUBMIT;
    if !notify::is_wanted(scope, &sent.app_id, &kind)? {
        return Ok(());
    }
    let mut submitted = MessageSubmitNotification::default();
    submitted.message_id = Some(sent.id.clone());
    submitted.conversation_id = Some(sent.conversation_id.clone());
    submitted.channel_identity = sent.channel_identity().cloned();
    submitted.contact_id = Some(sent.contact_id.clone());
    submitted.submitted_message = Some(sent.message.clone());
    submitted.metadata = Some(sent.message_metadata.clone());
    submitted.processing_mode = Some(sent.processing_mode.clone());
    notify::app(scope, &sent.app_id, &notice(sent, kind, &submitted))
}

fn notice<'a>(sent: &'a SentMessage, kind: CallbackKind, payload: &impl Wire) -> Notification<'a> {
    Notification::new(kind, payload, &sent.ordering_key).correlated(&sent.correlation_id)
}
