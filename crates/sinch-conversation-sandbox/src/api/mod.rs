//! The operations: one module per resource, one function per operation. Each runs in one transaction, so it takes
//! effect completely or not at all.

mod apps;
mod batch;
pub(crate) mod call;
mod capability;
mod consents;
mod contacts;
pub(crate) mod contract;
mod conversations;
pub(crate) mod error;
mod events;
mod inject;
mod last_messages;
mod merge;
mod messages;
pub(crate) mod paging;
mod patch;
mod profile;
mod recent_conversations;
mod send;
mod settings;
mod templates;
mod transcode;
mod webhooks;

use serde_json::{Value, json};
use sinch_conversation_raw::OperationId as Id;

use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::store::Scope;

/// Runs the operation and returns the body of the response.
pub(crate) fn perform(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    match call.operation.id {
        Id::AppCreateApp => apps::create(scope, call),
        Id::AppDeleteApp => apps::delete(scope, call),
        Id::AppGetApp => apps::get(scope, call),
        Id::AppListApps => apps::list(scope),
        Id::AppUpdateApp => apps::update(scope, call),
        Id::CapabilityQueryCapability => capability::query(scope, call),
        Id::BatchCancelBatch => batch::messages::cancel(scope, call),
        Id::BatchCreateContacts => batch::contacts::create(scope, call),
        Id::BatchDeleteContacts => batch::contacts::delete(scope, call),
        Id::BatchGetBatchStatus => batch::messages::status(scope, call),
        Id::BatchGetBatchStatusesByMetadata => batch::messages::statuses(scope, call),
        Id::BatchInsertConsents => batch::consents::insert(scope, call),
        Id::BatchSendBatch => batch::messages::send(scope, call),
        Id::ConsentsGetConsents => consents::list(scope, call),
        Id::ConsentsGetConsentsAuditRecords => consents::records(scope, call),
        Id::ContactCreateContact => contacts::create(scope, call),
        Id::ContactDeleteContact => contacts::delete(scope, call),
        Id::ContactGetChannelProfile => profile::get(scope, call),
        Id::ContactGetContact => contacts::get(scope, call),
        Id::ContactListContacts => contacts::list(scope, call),
        Id::ContactListIdentityConflicts => merge::conflicts(scope, call),
        Id::ContactMergeContact => merge::merge(scope, call),
        Id::ContactUpdateContact => contacts::update(scope, call),
        Id::ConversationCreateConversation => conversations::create(scope, call),
        Id::ConversationDeleteConversation => conversations::delete(scope, call),
        Id::ConversationGetConversation => conversations::get(scope, call),
        Id::ConversationInjectMessage => inject::message(scope, call),
        Id::ConversationListConversations => conversations::list(scope, call),
        Id::ConversationListRecentConversations => recent_conversations::list(scope, call),
        Id::ConversationStopActiveConversation => conversations::stop(scope, call),
        Id::EventsDeleteEvents => events::delete(scope, call),
        Id::EventsGetEvent => events::get(scope, call),
        Id::EventsInjectEvent => events::inject(scope, call),
        Id::EventsListEvents => events::list(scope, call),
        Id::EventsSendEvent => events::send(scope, call),
        Id::ConversationUpdateConversation => conversations::update(scope, call),
        Id::MessagesDeleteMessage => messages::delete(scope, call),
        Id::MessagesGetMessage => messages::get(scope, call),
        Id::MessagesListMessages => messages::list(scope, call),
        Id::MessagesListMessagesByChannelIdentity => last_messages::list(scope, call),
        Id::MessagesSendMessage => send::send(scope, call),
        Id::MessagesUpdateMessageMetadata => messages::update_metadata(scope, call),
        Id::ProjectSettingsCreateSettings => settings::create(scope, call),
        Id::ProjectSettingsDeleteSettings => settings::delete(scope),
        Id::ProjectSettingsGetSettings => settings::get(scope),
        Id::ProjectSettingsUpdateSettings => settings::update(scope, call),
        Id::TemplatesV2CreateTemplate => templates::create(scope, call),
        Id::TemplatesV2DeleteTemplate => templates::delete(scope, call),
        Id::TemplatesV2GetTemplate => templates::get(scope, call),
        Id::TemplatesV2ListTemplates => templates::list(scope),
        Id::TemplatesV2ListTranslations => templates::translations(scope, call),
        Id::TemplatesV2UpdateTemplate => templates::update(scope, call),
        Id::TranscodingTranscodeMessage => transcode::transcode(scope, call),
        Id::WebhooksCreateWebhook => webhooks::create(scope, call),
        Id::WebhooksDeleteWebhook => webhooks::delete(scope, call),
        Id::WebhooksGetWebhook => webhooks::get(scope, call),
        Id::WebhooksListWebhooks => webhooks::list(scope, call),
        Id::WebhooksUpdateWebhook => webhooks::update(scope, call),
        other => Err(ApiError::unimplemented(other)),
    }
}

/// Returns an empty body.
fn nothing() -> Value {
    json!({})
}
