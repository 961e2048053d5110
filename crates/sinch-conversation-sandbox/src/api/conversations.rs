//! Conversations.

use serde_json::Value;
use sinch_conversation_raw::types::{
    Conversation, CreateConversationRequest, ListConversationsResponse, MetadataUpdateStrategy,
    ProcessingMode,
};
use sinch_conversation_raw::wire::Wire;

use super::{apps, contacts, nothing, patch};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::engine::conversation;
use crate::model::check::Check;
use crate::store::conversations::{self, ConversationFilter};
use crate::store::{CONVERSATIONS, Scope};

#[expect(
    deprecated,
    reason = "the API still accepts the text instead of the JSON"
)]
pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: CreateConversationRequest = call.body()?;
    let mut conversation = Conversation::default();
    conversation.active = Some(request.active.unwrap_or(true));
    conversation.active_channel = request.active_channel;
    conversation.app_id = Some(request.app_id);
    conversation.contact_id = Some(request.contact_id);
    conversation.metadata = request.metadata;
    conversation.metadata_json = request.metadata_json;
    conversation.correlation_id = request.correlation_id;
    check(&conversation)?;
    check_app(scope, &conversation)?;
    contacts::find(
        scope,
        conversation.contact_id.as_deref().unwrap_or_default(),
    )?;
    refuse_second(scope, &conversation, "contact_id")?;
    Ok(conversation::open(scope, conversation)?.to_value())
}

fn check(conversation: &Conversation) -> Result<(), ApiError> {
    let mut check = Check::default();
    let is_given = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
    check.that(is_given(&conversation.app_id), "app_id", "is empty");
    check.that(is_given(&conversation.contact_id), "contact_id", "is empty");
    check.limits(conversation, "");
    Ok(check.done()?)
}

fn check_app(scope: &Scope<'_>, conversation: &Conversation) -> Result<(), ApiError> {
    let app = apps::find(scope, conversation.app_id.as_deref().unwrap_or_default())?;
    if app.processing_mode == Some(ProcessingMode::Conversation) {
        Ok(())
    } else {
        let description = "the app is not in CONVERSATION mode";
        Err(ApiError::invalid("app_id", description))
    }
}

/// Refuses a second active conversation of an app and a contact. The error names `field`.
fn refuse_second(
    scope: &Scope<'_>,
    conversation: &Conversation,
    field: &str,
) -> Result<(), ApiError> {
    let app_id = conversation.app_id.as_deref().unwrap_or_default();
    let contact_id = conversation.contact_id.as_deref().unwrap_or_default();
    let present = conversations::active(scope.tx, app_id, contact_id)?;
    let other = present.is_some_and(|present| present.id != conversation.id);
    if other && conversation.active == Some(true) {
        let description = "the app and the contact already have an active conversation";
        return Err(ApiError::invalid(field, description));
    }
    Ok(())
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    Ok(find(scope, call)?.to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let page = Page::read(&scope.state.seal, call)?;
    let wanted = ConversationFilter {
        app_id: call.query("app_id"),
        contact_id: call.query("contact_id"),
        active: call.query_flag("only_active")?,
        active_channel: call.query("active_channel"),
    };
    let mut check = Check::default();
    let named = wanted.app_id.is_some() || wanted.contact_id.is_some();
    check.that(named, "app_id", "app_id or contact_id is required");
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

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let present = find(scope, call)?;
    let conversation = patched(&present, call)?;
    check(&conversation)?;
    let moves = conversation.app_id != present.app_id;
    if moves {
        check_app(scope, &conversation)?;
    }
    let field = if moves { "app_id" } else { "active" };
    refuse_second(scope, &conversation, field)?;
    conversation::change(scope, present.active == Some(true), &conversation)?;
    Ok(conversation.to_value())
}

/// Applies the request to the conversation.
fn patched(present: &Conversation, call: &Call) -> Result<Conversation, ApiError> {
    let strategy = call.query_word("metadata_update_strategy", &["REPLACE", "MERGE_PATCH"])?;
    let mut conversation =
        patch::apply::<Conversation, _>(present, call, &["contact_id", "id", "last_received"])?;
    let mask = call.query_list("update_mask");
    let is_named = mask.is_none_or(|mask| mask.contains(&"metadata_json"));
    let metadata = call.json()?.get("metadata_json").and_then(Value::as_object);
    if let Some(metadata) = metadata.filter(|_| is_named) {
        let strategy = strategy.map(MetadataUpdateStrategy::from);
        conversation
            .metadata_json
            .clone_from(&present.metadata_json);
        conversation::set_metadata(&mut conversation, metadata, strategy.as_ref());
    }
    conversation::fill(&mut conversation);
    Ok(conversation)
}

pub(super) fn stop(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    conversation::stop(scope, find(scope, call)?)?;
    Ok(nothing())
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    conversation::remove(scope, &find(scope, call)?)?;
    Ok(nothing())
}

/// Returns the conversation that the path names, or 404.
pub(super) fn find(scope: &Scope<'_>, call: &Call) -> Result<Conversation, ApiError> {
    let id = call.param("conversation_id");
    CONVERSATIONS
        .get(scope.tx, id)?
        .ok_or_else(|| ApiError::not_found("conversation", id))
}
