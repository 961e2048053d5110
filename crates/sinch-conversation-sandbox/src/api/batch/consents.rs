//! Consent records in bulk.

use serde_json::Value;
use sinch_conversation_raw::types::{InsertConsentsRequest, InsertConsentsResponse};
use sinch_conversation_raw::wire::Wire;

use super::super::apps;
use super::begin;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::model::check::Check;
use crate::store::Scope;
use crate::store::batches::BatchKind;

pub(in crate::api) fn insert(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: InsertConsentsRequest = call.body()?;
    check(&request)?;
    apps::find(scope, &request.app_id)?;
    let items = request.consent_records.iter().map(Wire::to_value);
    let mut answer = InsertConsentsResponse::default();
    answer.batch_id = Some(begin(scope, BatchKind::Consents, &request.app_id, items)?);
    Ok(answer.to_value())
}

/// Requires a type in every record, as the documentation does; the schema does not.
fn check(request: &InsertConsentsRequest) -> Result<(), ApiError> {
    let mut check = Check::default();
    for (index, record) in request.consent_records.iter().enumerate() {
        let field = format!("consent_records[{index}]");
        check.that(
            !record.identification.is_empty(),
            &format!("{field}.identification"),
            "is empty",
        );
        check.that(
            record.consent_type.is_some(),
            &format!("{field}.consent_type"),
            "a list is required",
        );
    }
    Ok(check.done()?)
}
