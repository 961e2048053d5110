//! The latest message of each of several recipients.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sinch_conversation_raw::types::{
    ConversationDirection, ConversationMessagesView, ListMessagesByChannelIdentityRequest,
    MessageSource,
};
use sinch_conversation_raw::wire::Timestamp;

use super::messages;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::model::check::Check;
use crate::store::Scope;
use crate::store::messages::{MessageFilter, Source, list as stored};

/// Lists in the order of the request, so a message that arrives between two pages does not change the order.
pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: ListMessagesByChannelIdentityRequest = call.body()?;
    let size = request.page_size.map(i64::from);
    let token = request.page_token.as_deref();
    let page = Page::new(&scope.state.seal, call, size, token)?;
    check(&request)?;
    let filters = filters(&request);
    messages::check(&filters)?;
    let people = people(&request);
    let begin = page
        .after_key(|key| key.parse::<usize>().ok())?
        .map_or(0, |last| last.saturating_add(1));
    let mut found = Vec::new();
    for (index, person) in people.iter().enumerate().skip(begin) {
        if found.len() == page.fetch() {
            break;
        }
        let latest = stored(scope.tx, &person.filter(filters), None, 1)?;
        found.extend(latest.into_iter().map(|(_, message)| (index, message)));
    }
    let found = page.cut(found, |(index, _)| index.to_string());
    let listed = found.items.into_iter().map(|(_, message)| message);
    let bare = request.view == Some(ConversationMessagesView::WithoutMetadata);
    Ok(messages::answer(listed.collect(), found.next, bare))
}

/// A contact or an identity whose latest message is requested.
#[derive(PartialEq, Eq, Hash, Clone)]
enum RequestedRecipient {
    Identity(String),
    Contact(String),
}

impl RequestedRecipient {
    fn filter<'a>(&'a self, filters: MessageFilter<'a>) -> MessageFilter<'a> {
        match self {
            Self::Identity(identity) => MessageFilter {
                identity: Some(identity),
                ..filters
            },
            Self::Contact(id) => MessageFilter {
                contact_id: Some(id),
                ..filters
            },
        }
    }
}

/// Returns everyone in the request, without duplicates.
fn people(request: &ListMessagesByChannelIdentityRequest) -> Vec<RequestedRecipient> {
    let channel = request.channel.as_ref();
    let identities = request.channel_identities.iter().flatten();
    let identities = identities
        .map(|identity| RequestedRecipient::Identity(messages::without_plus(identity, channel)));
    let contacts = request.contact_ids.iter().flatten();
    let mut people: Vec<RequestedRecipient> = identities
        .chain(contacts.cloned().map(RequestedRecipient::Contact))
        .collect();
    let mut seen = HashSet::new();
    people.retain(|person| seen.insert(person.clone()));
    people
}

fn check(request: &ListMessagesByChannelIdentityRequest) -> Result<(), ApiError> {
    let is_given = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let by_identity = is_given(&request.channel_identities);
    let by_contact = is_given(&request.contact_ids);
    let mut check = Check::default();
    check.that(
        by_identity || by_contact,
        "channel_identities",
        "channel_identities or contact_ids are required",
    );
    check.that(
        !(by_identity && by_contact),
        "contact_ids",
        "cannot be combined with channel_identities",
    );
    check.that(
        !by_contact || request.messages_source != Some(MessageSource::DispatchSource),
        "contact_ids",
        "works only with messages_source CONVERSATION_SOURCE",
    );
    Ok(check.done()?)
}

/// Returns the filters that apply to all of the messages.
fn filters(request: &ListMessagesByChannelIdentityRequest) -> MessageFilter<'_> {
    let source = request.messages_source.as_ref().map(MessageSource::as_str);
    MessageFilter {
        source: Source::from_word(source),
        app_id: request.app_id.as_deref().filter(|id| !id.is_empty()),
        conversation_id: None,
        contact_id: None,
        channel: request.channel.as_ref().map(|channel| channel.as_str()),
        identity: None,
        direction: request
            .direction
            .as_ref()
            .map(ConversationDirection::as_str),
        start: request.start_time.as_ref().and_then(utc),
        end: request.end_time.as_ref().and_then(utc),
    }
}

fn utc(time: &Timestamp) -> Option<DateTime<Utc>> {
    Some(time.to_datetime()?.with_timezone(&Utc))
}
