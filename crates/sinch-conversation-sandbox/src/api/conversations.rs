//! Conversations.

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    Conversation, CreateConversationRequest, ListConversationsResponse, ProcessingMode,
};
use sinch_conversation_raw::wire::Wire;

use super::check::Check;
use super::{apps, contacts, nothing};
use crate::engine::scope::Scope;
use crate::engine::threads;
use crate::http::call::Call;
use crate::http::fault::Fault;
use crate::http::page::Page;
use crate::store::conversations::{self, Wanted};

/// The most conversations on a page.
const LARGEST_PAGE: usize = 20;

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let request: CreateConversationRequest = call.body()?;
    check(&request)?;
    let app = apps::find(scope, &request.app_id)?;
    contacts::find(scope, &request.contact_id)?;
    if app.processing_mode != Some(ProcessingMode::Conversation) {
        return Err(Fault::invalid(
            "app_id",
            "the app is not in CONVERSATION mode",
        ));
    }
    let active = request.active.unwrap_or(true);
    if active && conversations::active(scope.tx, &request.app_id, &request.contact_id)?.is_some() {
        let description = "the app and the contact have an active conversation already";
        return Err(Fault::invalid("contact_id", description));
    }
    let mut conversation = Conversation::default();
    conversation.active = Some(active);
    conversation.active_channel = request.active_channel;
    conversation.app_id = Some(request.app_id);
    conversation.contact_id = Some(request.contact_id);
    conversation.metadata = request.metadata;
    conversation.metadata_json = request.metadata_json;
    conversation.correlation_id = request.correlation_id;
    Ok(threads::open(scope, conversation)?.to_value())
}

fn check(request: &CreateConversationRequest) -> Result<(), Fault> {
    let mut check = Check::default();
    check.that(!request.app_id.is_empty(), "app_id", "is empty");
    check.that(!request.contact_id.is_empty(), "contact_id", "is empty");
    check.length("metadata", request.metadata.as_deref(), 1024);
    check.length("correlation_id", request.correlation_id.as_deref(), 128);
    check_metadata(&mut check, "metadata_json", request.metadata_json.as_ref());
    check.done()
}

/// Metadata of a conversation may have 2048 characters when it is written down.
pub(super) fn check_metadata(
    check: &mut Check,
    field: &str,
    metadata: Option<&Map<String, Value>>,
) {
    let text = metadata.map(|metadata| Value::Object(metadata.clone()).to_string());
    check.length(field, text.as_deref(), 2048);
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    Ok(find(scope, call)?.to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let page = Page::read(call, LARGEST_PAGE)?;
    let wanted = Wanted {
        app_id: call.query("app_id"),
        contact_id: call.query("contact_id"),
        active: call.query_flag("only_active")?,
        active_channel: call.query("active_channel"),
    };
    let mut check = Check::default();
    let named = wanted.app_id.is_some() || wanted.contact_id.is_some();
    check.that(named, "app_id", "app_id or contact_id is needed");
    check.done()?;
    let found = conversations::list(scope.tx, &wanted, page.after(), page.fetch())?;
    let found = page.cut(found, |conversation| {
        conversation.id.clone().unwrap_or_default()
    });
    let mut answer = ListConversationsResponse::default();
    answer.conversations = Some(found.items);
    answer.next_page_token = Some(found.next);
    answer.total_size = Some(conversations::count(scope.tx, &wanted)?);
    Ok(answer.to_value())
}

pub(super) fn stop(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    threads::stop(scope, find(scope, call)?)?;
    Ok(nothing())
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    threads::remove(scope, &find(scope, call)?)?;
    Ok(nothing())
}

fn find(scope: &Scope<'_>, call: &Call) -> Result<Conversation, Fault> {
    let id = call.param("conversation_id");
    conversations::get(scope.tx, id)?.ok_or_else(|| Fault::not_found("conversation", id))
}
