//! Batches: lists of items that are processed one by one. Each item is a job of its own, so a batch does not hold up
//! other jobs.

pub(crate) mod messages;

use std::collections::BTreeMap;

use serde_json::Value;
use sinch_conversation_raw::types::{BatchStatus, ConsentRecord, Contact};
use sinch_conversation_raw::wire::Wire;

use super::{consents, contact};
use crate::store::batches::{self, Batch, BatchKind};
use crate::store::jobs::{self, Job};
use crate::store::{CONTACTS, Scope, StoreError};

/// Stores a batch; it starts at its time.
pub(crate) fn accept(
    scope: &Scope<'_>,
    batch: &Batch,
    metadata: &BTreeMap<String, String>,
    items: impl Iterator<Item = Value>,
) -> Result<(), StoreError> {
    batches::add(scope.tx, batch, metadata, items)?;
    let action = if batch.status == BatchStatus::Scheduled {
        Job::BeginBatch
    } else {
        Job::Batch
    };
    jobs::add(scope.tx, &batch.id, action, batch.send_after)
}

/// Starts a batch.
pub(crate) fn begin(scope: &Scope<'_>, id: &str) -> Result<(), StoreError> {
    match batches::get(scope.tx, id)? {
        Some(batch) if batch.status == BatchStatus::Scheduled => {
            batches::set_status(scope.tx, id, &BatchStatus::Ready)?;
            go_on(scope, id)
        }
        _ => Ok(()),
    }
}

/// Cancels a batch, unless it has started.
pub(crate) fn cancel(scope: &Scope<'_>, id: &str) -> Result<(), StoreError> {
    match batches::get(scope.tx, id)? {
        Some(batch) if batch.status == BatchStatus::Scheduled => {
            batches::drop_items(scope.tx, id)?;
            batches::set_status(scope.tx, id, &BatchStatus::Cancelled)
        }
        _ => Ok(()),
    }
}

/// Processes the next item of a batch.
pub(crate) fn go_on(scope: &Scope<'_>, id: &str) -> Result<(), StoreError> {
    let batch = batches::get(scope.tx, id)?;
    let Some(batch) = batch.filter(|batch| batch.status == BatchStatus::Ready) else {
        return Ok(());
    };
    let Some((number, item)) = batches::take_item(scope.tx, id)? else {
        return finish(scope, &batch);
    };
    match batch.kind {
        BatchKind::Messages => messages::send(scope, &batch, number, item)?,
        BatchKind::NewContacts => {
            contact::add(scope, read::<Contact>(item)?)?;
        }
        BatchKind::OldContacts => remove_contact(scope, &read::<String>(item)?)?,
        BatchKind::Consents => {
            consents::insert(scope, &batch.app_id, &read::<ConsentRecord>(item)?)?;
        }
    }
    jobs::add(scope.tx, id, Job::Batch, scope.now)
}

fn finish(scope: &Scope<'_>, batch: &Batch) -> Result<(), StoreError> {
    match batch.kind {
        BatchKind::Messages => messages::finish(scope, batch),
        _ => batches::remove(scope.tx, &batch.id),
    }
}

/// Removes a contact; one that is already gone is not an error.
fn remove_contact(scope: &Scope<'_>, id: &str) -> Result<(), StoreError> {
    match CONTACTS.get(scope.tx, id)? {
        Some(contact) => contact::remove(scope, &contact),
        None => Ok(()),
    }
}

fn read<T: Wire>(value: Value) -> Result<T, StoreError> {
    T::from_value(value).map_err(|error| StoreError::Document(error.to_string()))
}
