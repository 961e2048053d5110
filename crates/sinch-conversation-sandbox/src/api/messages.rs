//! Stored messages.

use serde_json::Value;
use sinch_conversation_raw::types::{
    ConversationChannel, ConversationMessage, ListMessagesResponse, UpdateMessageMetadataRequest,
};
use sinch_conversation_raw::wire::Wire;

use super::nothing;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::model::channels;
use crate::model::check::Check;
use crate::store::messages::{self, Key, MessageFilter, Source};
use crate::store::{SENT_MESSAGES, Scope};

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    Ok(find(scope, call)?.to_value())
}

fn find(scope: &Scope<'_>, call: &Call) -> Result<ConversationMessage, ApiError> {
    let id = call.param("message_id");
    let message = messages::get(scope.tx, id, source(call)?)?;
    message.ok_or_else(|| ApiError::not_found("message", id))
}

/// Removes the message from lists. A message that is not delivered yet still is.
pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    find(scope, call)?;
    messages::remove(scope.tx, call.param("message_id"))?;
    Ok(nothing())
}

/// Replaces the metadata of the message; later receipts carry it too.
pub(super) fn update_metadata(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: UpdateMessageMetadataRequest = call.body()?;
    let mut check = Check::default();
    check.that(
        source(call)? == Source::Conversation,
        "messages_source",
        "metadata can be changed only with CONVERSATION_SOURCE",
    );
    check.limits(&request, "");
    check.done()?;
    let mut message = find(scope, call)?;
    let id = call.param("message_id");
    if let Some(mut sent) = SENT_MESSAGES.get(scope.tx, id)? {
        sent.message_metadata.clone_from(&request.metadata);
        SENT_MESSAGES.put(scope.tx, &sent.id, &sent)?;
    }
    message.metadata = Some(request.metadata);
    messages::update(scope.tx, id, &message)?;
    Ok(message.to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let page = Page::read(&scope.state.seal, call)?;
    let view = call.query_word("view", &["WITH_METADATA", "WITHOUT_METADATA"])?;
    let channel = call.query("channel").map(ConversationChannel::from);
    let identity = call
        .query("channel_identity")
        .map(|identity| without_plus(identity, channel.as_ref()));
    let mut direction = call.query_word("direction", &["TO_APP", "TO_CONTACT"])?;
    let only_recipient = call
        .query_flag("only_recipient_originated")?
        .unwrap_or_default();
    let nothing_fits = only_recipient && direction == Some("TO_CONTACT");
    if only_recipient {
        direction = Some("TO_APP");
    }
    let wanted = MessageFilter {
        source: source(call)?,
        app_id: call.query("app_id"),
        conversation_id: call.query("conversation_id"),
        contact_id: call.query("contact_id"),
        channel: channel.as_ref().map(|channel| channel.as_str()),
        identity: identity.as_deref(),
        direction,
        start: call.query_time("start_time")?,
        end: call.query_time("end_time")?,
    };
    check(&wanted)?;
    let after = page.after_key(read_key)?;
    let mut found = messages::list(scope.tx, &wanted, after, page.fetch())?;
    if nothing_fits {
        found.clear();
    }
    let found = page.cut(found, |(key, _)| write_key(key));
    let listed = found.items.into_iter().map(|(_, message)| message);
    let bare = view == Some("WITHOUT_METADATA");
    Ok(answer(listed.collect(), found.next, bare))
}

/// Returns a page of messages; without their metadata if `bare`.
pub(super) fn answer(mut listed: Vec<ConversationMessage>, next: String, bare: bool) -> Value {
    if bare {
        listed
            .iter_mut()
            .for_each(|message| message.metadata = None);
    }
    let mut answer = ListMessagesResponse::default();
    answer.messages = Some(listed);
    answer.next_page_token = Some(next);
    answer.to_value()
}

fn source(call: &Call) -> Result<Source, ApiError> {
    Ok(Source::from_word(
        call.query_word("messages_source", &Source::WORDS)?,
    ))
}

/// Removes the plus of a phone number, as stored. Without a channel, anything that starts with a plus counts as one.
pub(super) fn without_plus(identity: &str, channel: Option<&ConversationChannel>) -> String {
    channels::identity(channel.unwrap_or(&ConversationChannel::Sms), identity, "").identity
}

pub(super) fn check(wanted: &MessageFilter<'_>) -> Result<(), ApiError> {
    let mut check = Check::default();
    if let (Some(start), Some(end)) = (wanted.start, wanted.end) {
        check.that(start < end, "start_time", "has to be earlier than end_time");
    }
    if wanted.source == Source::Dispatch {
        let only = "works only with messages_source CONVERSATION_SOURCE";
        check.that(wanted.conversation_id.is_none(), "conversation_id", only);
        check.that(wanted.contact_id.is_none(), "contact_id", only);
    }
    Ok(check.done()?)
}

fn write_key((accepted, id): &Key) -> String {
    format!("{accepted} {id}")
}

fn read_key(text: &str) -> Option<Key> {
    let (accepted, id) = text.split_once(' ')?;
    Some((accepted.parse().ok()?, id.to_owned()))
}
