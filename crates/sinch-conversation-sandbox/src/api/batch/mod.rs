//! The Batch API: a request is stored, and processed afterwards.

pub(super) mod consents;
pub(super) mod contacts;
pub(super) mod messages;

use std::collections::BTreeMap;

use serde_json::Value;
use sinch_conversation_raw::types::BatchStatus;

use crate::api::error::ApiError;
use crate::engine::batch;
use crate::store::Scope;
use crate::store::batches::{Batch, BatchKind};

/// Starts a batch of these items immediately, to be processed one after the other, and returns its id.
fn begin(
    scope: &Scope<'_>,
    kind: BatchKind,
    app_id: &str,
    items: impl Iterator<Item = Value>,
) -> Result<String, ApiError> {
    let batch = Batch {
        id: scope.new_id(),
        kind,
        app_id: app_id.to_owned(),
        status: BatchStatus::Ready,
        send_after: scope.now,
        shared: Value::Null,
    };
    batch::accept(scope, &batch, &BTreeMap::new(), items)?;
    Ok(batch.id)
}
