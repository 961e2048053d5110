//! Messages that are stored.

use serde_json::Value;
use sinch_conversation_raw::types::{ConversationChannel, ListMessagesResponse};
use sinch_conversation_raw::wire::Wire;

use super::check::Check;
use crate::engine::people;
use crate::engine::scope::Scope;
use crate::http::call::Call;
use crate::http::fault::Fault;
use crate::http::page::Page;
use crate::store::messages::{self, Key, Source, Wanted};

/// The most messages on a page.
const LARGEST_PAGE: usize = 1000;

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let id = call.param("message_id");
    let message = messages::get(scope.tx, id, source(call)?)?;
    Ok(message
        .ok_or_else(|| Fault::not_found("message", id))?
        .to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let page = Page::read(call, LARGEST_PAGE)?;
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
    let wanted = Wanted {
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
    let after = page.after().map(read_key).transpose()?;
    let mut found = messages::list(scope.tx, &wanted, after, page.fetch())?;
    if nothing_fits {
        found.clear();
    }
    let found = page.cut(found, |(key, _)| write_key(key));
    let mut listed: Vec<_> = found
        .items
        .into_iter()
        .map(|(_, message)| message)
        .collect();
    if view == Some("WITHOUT_METADATA") {
        listed
            .iter_mut()
            .for_each(|message| message.metadata = None);
    }
    let mut answer = ListMessagesResponse::default();
    answer.messages = Some(listed);
    answer.next_page_token = Some(found.next);
    Ok(answer.to_value())
}

fn source(call: &Call) -> Result<Source, Fault> {
    Ok(Source::from_word(
        call.query_word("messages_source", &Source::WORDS)?,
    ))
}

/// Phone numbers are stored without a plus; without a channel, what starts with one is taken for a number.
fn without_plus(identity: &str, channel: Option<&ConversationChannel>) -> String {
    people::identity(channel.unwrap_or(&ConversationChannel::Sms), identity, "").identity
}

fn check(wanted: &Wanted<'_>) -> Result<(), Fault> {
    let mut check = Check::default();
    if let (Some(start), Some(end)) = (wanted.start, wanted.end) {
        check.that(start < end, "start_time", "has to be earlier than end_time");
    }
    if wanted.source == Source::Dispatch {
        let only = "works only with messages_source CONVERSATION_SOURCE";
        check.that(wanted.conversation_id.is_none(), "conversation_id", only);
        check.that(wanted.contact_id.is_none(), "contact_id", only);
    }
    check.done()
}

fn write_key((accepted, id): &Key) -> String {
    format!("{accepted} {id}")
}

fn read_key(text: &str) -> Result<Key, Fault> {
    let key = text
        .split_once(' ')
        .and_then(|(accepted, id)| Some((accepted.parse().ok()?, id.to_owned())));
    key.ok_or_else(|| Fault::invalid("page_token", "not a token of this list"))
}
