//! Receives a message from a contact.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    AppResponse, ChannelCredentialsTypes, ChannelIdentity, ContactMessage, ContactMessageTypes,
    Conversation, ConversationChannel, ConversationDirection, ConversationMessage,
    ConversationMessageTypes, ConversationMetadataReportView, ProcessingMode,
};

use super::accept::keeps_dispatch;
use super::{consents, contact, conversation};
use crate::callbacks::notify::{self, Notification, ordering_key};
use crate::model::timeline::{TimelineEntry, TimelineKind};
use crate::store::dispatch_metadata::{self, DispatchMetadata};
use crate::store::journal;
use crate::store::{SENT_MESSAGES, Scope, StoreError, messages};

/// The contact and conversation of something inbound.
#[derive(Default)]
pub(crate) struct Origin {
    /// Empty in DISPATCH mode, like the conversation id.
    pub(crate) contact_id: String,
    pub(crate) conversation_id: String,
    pub(crate) conversation: Option<Conversation>,
    /// The metadata that the application attached to its last message.
    pub(crate) attached: DispatchMetadata,
}

impl Origin {
    /// Returns the ordering key of callbacks: the contact, or without one the message or event.
    pub(crate) fn ordering_key<'a>(&'a self, id: &'a str) -> &'a str {
        ordering_key(&self.contact_id, id)
    }
}

/// Stores the message, queues the callback, and returns the message's id.
pub(crate) fn receive(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    from: &ChannelIdentity,
    message: &ContactMessage,
) -> Result<String, StoreError> {
    let mode = mode_of(app);
    let in_conversation = mode == ProcessingMode::Conversation;
    let mut origin = origin(scope, app_id, &mode, from)?;
    if let Some(conversation) = &mut origin.conversation {
        conversation::touch(scope, conversation, Some(&from.channel))?;
    }
    let id = scope.new_id();
    let mut stored =
        ConversationMessage::new(ConversationMessageTypes::ContactMessage(message.clone()));
    stored.id = Some(id.clone());
    stored.direction = Some(ConversationDirection::ToApp);
    stored.accept_time = Some(scope.timestamp());
    stored.channel_identity = Some(from.clone());
    stored.contact_id = Some(origin.contact_id.clone());
    stored.conversation_id = Some(origin.conversation_id.clone());
    stored.metadata = Some(metadata_of_answered(scope, message)?);
    stored.injected = Some(false);
    stored.sender_id = Some(sender_id(app, &from.channel));
    stored.processing_mode = Some(mode);
    let entry = TimelineEntry::of_message(TimelineKind::Received, app_id, &stored);
    journal::add(scope.tx, &entry)?;
    if in_conversation || keeps_dispatch(app) {
        messages::put(scope.tx, &id, app_id, scope.now, &stored)?;
    }
    tell(
        scope,
        app_id,
        origin.ordering_key(&id),
        &stored,
        &origin.attached,
    )?;
    consents::apply_keyword(scope, app_id, &stored)?;
    Ok(id)
}

/// Queues the callback about a contact's message. It is the only callback with the metadata of the conversation, and
/// has it only if the app is set up so.
pub(super) fn tell(
    scope: &Scope<'_>,
    app_id: &str,
    ordering_key: &str,
    message: &ConversationMessage,
    attached: &DispatchMetadata,
) -> Result<(), StoreError> {
    let full = Some(ConversationMetadataReportView::Full);
    let app = scope.app(app_id)?;
    let is_reported = app.is_some_and(|app| app.conversation_metadata_report_view == full);
    // A stored message has the same fields as the one in the callback.
    let mut notice = Notification::new(CallbackKind::MESSAGE_INBOUND, message, ordering_key);
    notice = notice.correlated(&attached.correlation_id);
    if is_reported {
        notice.message_metadata = &attached.metadata;
    }
    notify::app(scope, app_id, &notice)
}

/// Returns the mode in which the app receives messages.
pub(crate) fn mode_of(app: &AppResponse) -> ProcessingMode {
    let mode = app.processing_mode.clone();
    mode.unwrap_or(ProcessingMode::Dispatch)
}

/// Returns the contact and conversation; in CONVERSATION mode creates them if needed.
pub(crate) fn origin(
    scope: &Scope<'_>,
    app_id: &str,
    mode: &ProcessingMode,
    from: &ChannelIdentity,
) -> Result<Origin, StoreError> {
    if *mode == ProcessingMode::Conversation {
        return origin_in_conversation(scope, app_id, from);
    }
    Ok(Origin {
        attached: dispatch_metadata::get(scope.tx, app_id, from)?,
        ..Origin::default()
    })
}

fn origin_in_conversation(
    scope: &Scope<'_>,
    app_id: &str,
    from: &ChannelIdentity,
) -> Result<Origin, StoreError> {
    let contact = contact::sender(scope, app_id, from)?;
    let contact_id = contact.id.unwrap_or_default();
    let conversation = conversation::find_or_open(scope, app_id, &contact_id)?;
    Ok(Origin {
        contact_id,
        attached: conversation::attached(&conversation),
        conversation_id: conversation.id.clone().unwrap_or_default(),
        conversation: Some(conversation),
    })
}

/// Returns the `message_metadata` of the app's message that this one answers.
fn metadata_of_answered(scope: &Scope<'_>, message: &ContactMessage) -> Result<String, StoreError> {
    let answered = match &message.kind {
        ContactMessageTypes::ChoiceResponseMessage(choice) => Some(&choice.message_id),
        _ => message.reply_to.as_ref().map(|reply| &reply.message_id),
    };
    let Some(answered) = answered else {
        return Ok(String::new());
    };
    Ok(SENT_MESSAGES
        .get(scope.tx, answered)?
        .map(|sent| sent.message_metadata)
        .unwrap_or_default())
}

/// Returns the address that the contact wrote to, if the app's credentials name it.
fn sender_id(app: &AppResponse, channel: &ConversationChannel) -> String {
    let credentials = app.channel_credentials.iter().flatten();
    let own = credentials.filter(|credentials| credentials.channel.as_ref() == Some(channel));
    let mut claimed = own.filter_map(|credentials| match &credentials.kind {
        ChannelCredentialsTypes::StaticBearer(bearer) => Some(bearer.claimed_identity.clone()),
        _ => None,
    });
    claimed.next().unwrap_or_default()
}
