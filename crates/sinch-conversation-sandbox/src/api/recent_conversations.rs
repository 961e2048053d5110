//! Conversations with their latest messages.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sinch_conversation_raw::types::{ConversationRecentMessage, ListRecentConversationsResponse};
use sinch_conversation_raw::wire::Wire;
use ulid::Ulid;

use super::apps;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::paging::Page;
use crate::core::clock::from_micros;
use crate::store::Scope;
use crate::store::conversations::{self, ConversationFilter, Recent, RecentKey};

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let page = Page::read(&scope.state.seal, call)?;
    let order = call.query_word("order", &["ASC", "DESC"])?;
    let only_active = call.query_flag("only_active")?.unwrap_or_default();
    let app_id = call.query("app_id");
    let app_id = app_id.ok_or_else(|| ApiError::invalid("app_id", "an app is required"))?;
    apps::find(scope, app_id)?;
    // All pages show the state at the time of the first one: otherwise a message that arrives between two pages would
    // move its conversation, which would be listed twice or not at all.
    let (as_of, after) = match page.after_key(read_key)? {
        Some((as_of, place)) => (as_of, Some(place)),
        None => (scope.now.timestamp_micros(), None),
    };
    let wanted = Recent {
        app_id,
        only_active,
        as_of,
        newest: last_id(from_micros(as_of)),
        oldest_first: order == Some("ASC"),
        after,
        limit: page.fetch(),
    };
    let found = conversations::recent(scope.tx, &wanted)?;
    let found = page.cut(found, |((time, id), _, _)| format!("{as_of} {time} {id}"));
    let pairs = found.items.into_iter().map(|(_, conversation, message)| {
        let mut pair = ConversationRecentMessage::default();
        pair.conversation = Some(conversation);
        pair.last_message = message;
        pair
    });
    let mut answer = ListRecentConversationsResponse::default();
    answer.conversations = Some(pairs.collect());
    answer.next_page_token = Some(found.next);
    answer.total_size = Some(conversations::count(
        scope.tx,
        &ConversationFilter {
            app_id: Some(app_id),
            contact_id: None,
            active: only_active.then_some(true),
            active_channel: None,
        },
    )?);
    Ok(answer.to_value())
}

/// Returns the greatest id that can have been generated until then.
fn last_id(time: DateTime<Utc>) -> String {
    let time = u64::try_from(time.timestamp_millis()).unwrap_or_default();
    Ulid::from_parts(time, u128::MAX).to_string()
}

fn read_key(text: &str) -> Option<(i64, RecentKey)> {
    let (as_of, place) = text.split_once(' ')?;
    let (time, id) = place.split_once(' ')?;
    Some((as_of.parse().ok()?, (time.parse().ok()?, id.to_owned())))
}
