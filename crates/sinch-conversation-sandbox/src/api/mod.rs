//! The operations: one module a resource, one function an operation. Each runs inside one transaction, so it
//! happens whole or not at all.

mod apps;
mod batch;
mod check;
mod consents;
mod contacts;
mod content;
mod conversations;
mod inject;
mod latest;
mod merge;
mod messages;
mod patch;
mod profile;
mod recent;
pub(crate) mod send;
mod settings;
mod templates;
mod transcode;
mod webhooks;

use serde_json::{Value, json};

use crate::engine::scope::Scope;
use crate::http::call::Call;
use crate::http::fault::Fault;

/// Does what the call asks for and gives the body of the answer.
pub(crate) fn perform(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    match call.operation.id {
        "App_CreateApp" => apps::create(scope, call),
        "App_DeleteApp" => apps::delete(scope, call),
        "App_GetApp" => apps::get(scope, call),
        "App_ListApps" => apps::list(scope),
        "App_UpdateApp" => apps::update(scope, call),
        "Batch_CancelBatch" => batch::messages::cancel(scope, call),
        "Batch_CreateContacts" => batch::contacts::create(scope, call),
        "Batch_DeleteContacts" => batch::contacts::delete(scope, call),
        "Batch_GetBatchStatus" => batch::messages::status(scope, call),
        "Batch_GetBatchStatusesByMetadata" => batch::messages::statuses(scope, call),
        "Batch_InsertConsents" => batch::consents::insert(scope, call),
        "Batch_SendBatch" => batch::messages::send(scope, call),
        "Consents_GetConsents" => consents::list(scope, call),
        "Consents_GetConsentsAuditRecords" => consents::records(scope, call),
        "Contact_CreateContact" => contacts::create(scope, call),
        "Contact_DeleteContact" => contacts::delete(scope, call),
        "Contact_GetChannelProfile" => profile::get(scope, call),
        "Contact_GetContact" => contacts::get(scope, call),
        "Contact_ListContacts" => contacts::list(scope, call),
        "Contact_ListIdentityConflicts" => merge::conflicts(scope, call),
        "Contact_MergeContact" => merge::merge(scope, call),
        "Contact_UpdateContact" => contacts::update(scope, call),
        "Conversation_CreateConversation" => conversations::create(scope, call),
        "Conversation_DeleteConversation" => conversations::delete(scope, call),
        "Conversation_GetConversation" => conversations::get(scope, call),
        "Conversation_InjectMessage" => inject::message(scope, call),
        "Conversation_ListConversations" => conversations::list(scope, call),
        "Conversation_ListRecentConversations" => recent::list(scope, call),
        "Conversation_StopActiveConversation" => conversations::stop(scope, call),
        "Conversation_UpdateConversation" => conversations::update(scope, call),
        "Messages_DeleteMessage" => messages::delete(scope, call),
        "Messages_GetMessage" => messages::get(scope, call),
        "Messages_ListMessages" => messages::list(scope, call),
        "Messages_ListMessagesByChannelIdentity" => latest::list(scope, call),
        "Messages_SendMessage" => send::send(scope, call),
        "Messages_UpdateMessageMetadata" => messages::update_metadata(scope, call),
        "ProjectSettings_CreateSettings" => settings::create(scope, call),
        "ProjectSettings_DeleteSettings" => settings::delete(scope),
        "ProjectSettings_GetSettings" => settings::get(scope),
        "ProjectSettings_UpdateSettings" => settings::update(scope, call),
        "Templates_v2_CreateTemplate" => templates::create(scope, call),
        "Templates_v2_DeleteTemplate" => templates::delete(scope, call),
        "Templates_v2_GetTemplate" => templates::get(scope, call),
        "Templates_v2_ListTemplates" => templates::list(scope),
        "Templates_v2_ListTranslations" => templates::translations(scope, call),
        "Templates_v2_UpdateTemplate" => templates::update(scope, call),
        "Transcoding_TranscodeMessage" => transcode::transcode(scope, call),
        "Webhooks_CreateWebhook" => webhooks::create(scope, call),
        "Webhooks_DeleteWebhook" => webhooks::delete(scope, call),
        "Webhooks_GetWebhook" => webhooks::get(scope, call),
        "Webhooks_ListWebhooks" => webhooks::list(scope, call),
        "Webhooks_UpdateWebhook" => webhooks::update(scope, call),
        other => Err(Fault::unimplemented(other)),
    }
}

/// The body of an answer that says nothing.
fn nothing() -> Value {
    json!({})
}
