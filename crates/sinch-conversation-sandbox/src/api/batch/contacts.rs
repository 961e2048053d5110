//! Contacts in bulk.

use serde_json::Value;
use sinch_conversation_raw::types::{CreateContactsRequest, DeleteContactsRequest};
use sinch_conversation_raw::wire::Wire;

use super::super::{contacts, nothing};
use super::begin;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::store::Scope;
use crate::store::batches::BatchKind;

pub(in crate::api) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: CreateContactsRequest = call.body()?;
    let mut items = Vec::with_capacity(request.contacts.len());
    for (index, contact) in request.contacts.into_iter().enumerate() {
        let contact = contacts::new(scope, contact);
        let contact = contact.map_err(|error| error.within(&format!("contacts[{index}]")))?;
        items.push(contact.to_value());
    }
    begin(scope, BatchKind::NewContacts, "", items.into_iter())?;
    Ok(nothing())
}

pub(in crate::api) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: DeleteContactsRequest = call.body()?;
    let items = request.contact_ids.into_iter().map(Value::String);
    begin(scope, BatchKind::OldContacts, "", items)?;
    Ok(nothing())
}
