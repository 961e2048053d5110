//! The Batch API: what is asked for is written down, and done afterwards.

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

/// Has the items done at once, one after the other, and gives the id of the batch.
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
