//! Batches of messages: one message, many recipients.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    AppMessage, AppResponse, BatchAdditionalData, BatchNotificationStatus, BatchStatus,
    BatchStatusUpdateNotification, BatchType, MessageBatchData, RecipientAndParam,
    SendBatchRequest, SendMessageRequest,
};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use super::read;
use crate::callbacks::notify::{self, Notification};
use crate::engine::accept::{self, MessageOrder};
use crate::engine::{check, placeholders, send as single};
use crate::model::channels::Failure;
use crate::model::check::summary;
use crate::model::message::BatchPlace;
use crate::store::batches::{self, Batch};
use crate::store::{Scope, StoreError};

/// The metadata key under which each message carries the id of its batch.
const BATCH_ID: &str = "_batch_id";

type Metadata = BTreeMap<String, String>;

/// Builds the request for one recipient; placeholders in it are not filled.
pub(crate) fn request_for(
    batch_id: &str,
    shared: SendBatchRequest,
    to: RecipientAndParam,
) -> SendMessageRequest {
    let merged = |common: Option<Metadata>, own: Option<Metadata>| {
        let mut merged = common.unwrap_or_default();
        merged.extend(own.unwrap_or_default());
        merged.insert(BATCH_ID.to_owned(), batch_id.to_owned());
        object(merged)
    };
    let message_metadata = merged(shared.message_metadata, to.message_metadata);
    let mut request = SendMessageRequest::new(shared.app_id, shared.message, to.recipient);
    request.message_metadata = Some(Value::Object(message_metadata).to_string());
    request.conversation_metadata = Some(merged(
        shared.conversation_metadata,
        to.conversation_metadata,
    ));
    request.processing_strategy = shared.processing_strategy;
    request.callback_url = shared.callback_url;
    request.channel_priority_order = shared.channel_priority_order;
    request.ttl = shared.ttl;
    request.channel_properties = shared.channel_properties;
    request.correlation_id = shared.correlation_id;
    request
}

fn object(metadata: Metadata) -> Map<String, Value> {
    let members = metadata.into_iter();
    members
        .map(|(key, value)| (key, Value::String(value)))
        .collect()
}

/// Sends the message to one recipient, as a single send would.
pub(super) fn send(
    scope: &Scope<'_>,
    batch: &Batch,
    number: usize,
    item: Value,
) -> Result<(), StoreError> {
    let Some(app) = scope.app(&batch.app_id)? else {
        return fail(scope, batch);
    };
    let shared: SendBatchRequest = read(batch.shared.clone())?;
    let mut order = order_for(&app, &batch.id, shared, read(item)?)?;
    order.batch = Some(BatchPlace {
        batch_id: batch.id.clone(),
        message_index: number,
    });
    accept::accept(scope, &batch.app_id, &app, order)?;
    Ok(())
}

/// Builds the order. What a single send would refuse is accepted here and fails afterwards.
fn order_for(
    app: &AppResponse,
    batch_id: &str,
    mut shared: SendBatchRequest,
    to: RecipientAndParam,
) -> Result<MessageOrder, StoreError> {
    let parameters = to.parameters.clone().unwrap_or_default();
    let missing = match placeholders::fill(shared.message.to_value(), &parameters) {
        Ok(filled) => {
            shared.message = read::<AppMessage>(filled)?;
            None
        }
        Err(unfilled) => Some(unfilled.to_string()),
    };
    let request = request_for(batch_id, shared, to);
    let mode = single::mode_of(app, request.processing_strategy.as_ref());
    let problem = missing.or_else(|| {
        let checked = check::message(&request);
        let checked = checked.and_then(|()| check::against_app(&request, app, &mode));
        checked.err().map(|violations| summary(&violations))
    });
    let mut order = single::order(request, mode);
    order.refused = problem.map(|problem| Failure::new("BAD_REQUEST").describe(problem));
    Ok(order)
}

/// Completes a batch whose messages have all been sent.
pub(super) fn finish(scope: &Scope<'_>, batch: &Batch) -> Result<(), StoreError> {
    conclude(scope, batch, BatchNotificationStatus::BatchStatusProcessed)
}

/// Fails a batch whose app was deleted. Its webhooks are gone too, so only the URL of the batch is called.
fn fail(scope: &Scope<'_>, batch: &Batch) -> Result<(), StoreError> {
    batches::drop_items(scope.tx, &batch.id)?;
    conclude(
        scope,
        batch,
        BatchNotificationStatus::from("BATCH_STATUS_FAILED"),
    )
}

fn conclude(
    scope: &Scope<'_>,
    batch: &Batch,
    outcome: BatchNotificationStatus,
) -> Result<(), StoreError> {
    batches::set_status(scope.tx, &batch.id, &BatchStatus::Processed)?;
    let shared: SendBatchRequest = read(batch.shared.clone())?;
    let failed = outcome != BatchNotificationStatus::BatchStatusProcessed;
    let notice = Notification::new(
        CallbackKind::BATCH_STATUS_UPDATE,
        &notification(batch, &shared, outcome),
        &batch.id,
    )
    .correlated(shared.correlation_id.as_deref().unwrap_or_default());
    match shared.callback_url.as_deref().filter(|_| failed) {
        Some(url) => notify::url(scope, &batch.app_id, url, "", &notice),
        None => notify::app(scope, &batch.app_id, &notice),
    }
}

fn notification(
    batch: &Batch,
    shared: &SendBatchRequest,
    outcome: BatchNotificationStatus,
) -> BatchStatusUpdateNotification {
    let mut messages = MessageBatchData::default();
    messages.send_after = Some(Timestamp::from(batch.send_after));
    messages.batch_metadata = Some(metadata_of(shared));
    let mut data = BatchAdditionalData::default();
    data.message_batch_data = Some(messages);
    let mut notification = BatchStatusUpdateNotification::default();
    notification.batch_id = Some(batch.id.clone());
    notification.batch_status = Some(outcome);
    notification.batch_type = Some(BatchType::BatchTypeMessages);
    notification.additional_data = Some(data);
    notification
}

/// Returns the request's `batch_metadata`.
pub(crate) fn metadata_of(shared: &SendBatchRequest) -> Map<String, Value> {
    object(shared.batch_metadata.clone().unwrap_or_default())
}
