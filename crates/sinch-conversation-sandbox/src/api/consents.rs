//! The opt-out lists of an app.

use serde_json::Value;
use sinch_conversation_raw::types::{
    AuditRecord, ConsentsListType, GetAuditRecordsFromConsentResponse,
    GetIdentitiesFromConsentResponse, Identity,
};
use sinch_conversation_raw::wire::{Timestamp, Wire};

use super::apps;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::engine::consents::number;
use crate::store::{Scope, consents};

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let app_id = call.param("app_id");
    apps::find(scope, app_id)?;
    let list = ConsentsListType::from(call.param("list_type"));
    if let ConsentsListType::Unknown(found) = &list {
        let description = format!("{found:?} is not a documented value");
        return Err(ApiError::invalid("list_type", description));
    }
    let page = Page::read(&scope.state.seal, call)?;
    let after = page.after().unwrap_or_default();
    let skipped = skipped(call, &page)?;
    let found = consents::list(scope.tx, app_id, &list, after, skipped, page.fetch())?;
    let found = page.cut(found, String::clone);
    let mut answer = GetIdentitiesFromConsentResponse::default();
    answer.identities = Some(found.items.into_iter().map(Identity::new).collect());
    answer.next_page_token = Some(found.next);
    Ok(answer.to_value())
}

/// Reads the deprecated `page_number`, which counts from 0. A page token takes precedence.
fn skipped(call: &Call, page: &Page<'_>) -> Result<i64, ApiError> {
    let number = call.query_number("page_number")?.unwrap_or(0);
    if number < 0 {
        let description = format!("expected 0 or more, found {number}");
        return Err(ApiError::invalid("page_number", description));
    }
    if page.after().is_some() {
        return Ok(0);
    }
    let size = i64::try_from(page.fetch() - 1).unwrap_or(i64::MAX);
    Ok(number.saturating_mul(size))
}

pub(super) fn records(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let (app_id, identity) = (call.param("app_id"), number(call.param("identity")));
    apps::find(scope, app_id)?;
    let changes = consents::records(scope.tx, app_id, identity)?;
    if changes.is_empty() {
        return Err(ApiError::not_found("identity", identity));
    }
    let records = changes.into_iter().map(|change| {
        AuditRecord::new(
            change.origin,
            change.operation,
            change.list,
            scope.project(),
            app_id,
            Timestamp::from(change.at),
        )
    });
    let mut answer = GetAuditRecordsFromConsentResponse::default();
    answer.audit_records = Some(records.collect());
    answer.identity = Some(Identity::new(identity));
    Ok(answer.to_value())
}
