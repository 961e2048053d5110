//! `capability:query`.

use serde_json::Value;
use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, ProcessingMode, QueryCapability, QueryCapabilityResponse,
};
use sinch_conversation_raw::wire::Wire;

use super::{apps, contacts, events};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::recipient::Addressee;
use crate::engine::{capability, check, contact, send};
use crate::model::check::Check;
use crate::store::Scope;
use crate::store::contacts as stored;

pub(super) fn query(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: QueryCapability = call.body()?;
    let mut check = Check::default();
    check::recipient(&mut check, &request.recipient.kind);
    check.done()?;
    let app = apps::find(scope, &request.app_id)?;
    events::check_contact_id(&app, &request.recipient.kind)?;
    let (contact_id, identities) = whom(scope, &request, &app)?;
    let given = request.request_id.filter(|id| !id.is_empty());
    let request_id = given.unwrap_or_else(|| scope.new_id());
    capability::ask(
        scope,
        &request.app_id,
        &request_id,
        &contact_id,
        &identities,
    )?;
    let mut answer = QueryCapabilityResponse::default();
    answer.app_id = Some(request.app_id);
    answer.recipient = Some(request.recipient);
    answer.request_id = Some(request_id);
    Ok(answer.to_value())
}

/// Returns the contact, if it exists, and the identities that it or the request names. Creates no contact.
fn whom(
    scope: &Scope<'_>,
    request: &QueryCapability,
    app: &AppResponse,
) -> Result<(String, Vec<ChannelIdentity>), ApiError> {
    match send::addressee(&request.recipient.kind, &request.app_id) {
        Addressee::Contact(id) => {
            let contact = contacts::find(scope, &id)?;
            let identities = contact::usable(&contact, &request.app_id);
            Ok((id, identities))
        }
        Addressee::Identities(identities) => {
            let mut contact_id = String::new();
            if app.processing_mode == Some(ProcessingMode::Conversation) {
                contact_id = oldest_with(scope, &identities)?;
            }
            Ok((contact_id, identities))
        }
    }
}

/// Returns the id of the oldest contact that has one of the identities; empty when there is none.
fn oldest_with(scope: &Scope<'_>, identities: &[ChannelIdentity]) -> Result<String, ApiError> {
    let mut oldest: Option<String> = None;
    for identity in identities {
        let holder = stored::with_identity(scope.tx, identity)?
            .into_iter()
            .next();
        oldest = match (oldest, holder) {
            (Some(oldest), Some(holder)) => Some(oldest.min(holder)),
            (oldest, holder) => oldest.or(holder),
        };
    }
    Ok(oldest.unwrap_or_default())
}
