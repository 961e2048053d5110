//! Contacts that are the same person: merging them, and finding those that share an identity.

use serde_json::Value;
use sinch_conversation_raw::types::{
    IdentityConflict, ListIdentityConflictsResponse, MergeContactRequest,
};
use sinch_conversation_raw::wire::Wire;

use super::contacts;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::engine::{merge, unified_contacts};
use crate::store::Scope;
use crate::store::contacts::Shared;

pub(super) fn merge(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: MergeContactRequest = call.body()?;
    let destination = contacts::find(scope, call.param("destination_id"))?;
    let source = contacts::find(scope, &request.source_id)?;
    if source.id == destination.id {
        let description = "a contact cannot be merged with itself";
        return Err(ApiError::invalid("source_id", description));
    }
    Ok(merge::merge(scope, destination, source)?.to_value())
}

pub(super) fn conflicts(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let page = Page::read(&scope.state.seal, call)?;
    let found = unified_contacts::conflicts(scope, page.after(), page.fetch())?;
    let found = page.cut(found, |shared| shared.identity.clone());
    let mut answer = ListIdentityConflictsResponse::default();
    answer.conflicts = Some(found.items.into_iter().map(conflict).collect());
    answer.next_page_token = Some(found.next);
    Ok(answer.to_value())
}

fn conflict(shared: Shared) -> IdentityConflict {
    let mut conflict = IdentityConflict::default();
    conflict.identity = Some(shared.identity);
    conflict.channels = Some(shared.channels);
    conflict.contact_ids = Some(shared.contact_ids);
    conflict
}
