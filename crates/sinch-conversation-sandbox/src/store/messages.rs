//! The messages that the API lists.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params_from_iter};
use sinch_conversation_raw::types::{
    ConversationDirection, ConversationMessage, ConversationMessageTypes,
};

use super::StoreError;
use super::columns::Json;
use super::document::{self, run};
use super::filter::Filter;
use crate::model::message::SentMessage;

/// Where the messages of a mode are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Conversation,
    Dispatch,
}

impl Source {
    /// The values of the query parameter `messages_source`.
    pub(crate) const WORDS: [&'static str; 2] = ["CONVERSATION_SOURCE", "DISPATCH_SOURCE"];

    pub(crate) fn from_word(word: Option<&str>) -> Self {
        if word == Some("DISPATCH_SOURCE") {
            Self::Dispatch
        } else {
            Self::Conversation
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        let [conversation, dispatch] = Self::WORDS;
        match self {
            Self::Conversation => conversation,
            Self::Dispatch => dispatch,
        }
    }
}

/// Adds the message, or replaces the one with this id.
pub(crate) fn put(
    tx: &Transaction<'_>,
    id: &str,
    app_id: &str,
    accepted: DateTime<Utc>,
    message: &ConversationMessage,
) -> Result<(), StoreError> {
    let conversation_id = message
        .conversation_id
        .as_deref()
        .filter(|id| !id.is_empty());
    let source = if conversation_id.is_some() {
        Source::Conversation
    } else {
        Source::Dispatch
    };
    let identity = message.channel_identity.as_ref();
    run(tx, "INSERT INTO messages
             (id, app_id, conversation_id, contact_id, channel, identity, direction, source, accepted_us, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET
             channel = excluded.channel, identity = excluded.identity, doc = excluded.doc", (
        id,
        app_id,
        conversation_id,
        message.contact_id.as_deref().unwrap_or_default(),
        identity.map_or("", |identity| identity.channel.as_str()),
        identity.map_or("", |identity| identity.identity.as_str()),
        message.direction.as_ref().map_or("", |direction| direction.as_str()),
        source.as_str(),
        accepted.timestamp_micros(),
        document::encode(message)?,
    ))
}

/// Adds an app's message, or replaces it.
pub(crate) fn put_sent(tx: &Transaction<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let mut stored =
        ConversationMessage::new(ConversationMessageTypes::AppMessage(sent.message.clone()));
    stored.id = Some(sent.id.clone());
    stored.direction = Some(ConversationDirection::ToContact);
    stored.accept_time = Some(sent.accepted_time.clone());
    stored.channel_identity = sent.channel_identity().cloned();
    stored.contact_id = Some(sent.contact_id.clone());
    stored.conversation_id = Some(sent.conversation_id.clone());
    stored.metadata = Some(sent.message_metadata.clone());
    stored.injected = Some(false);
    stored.processing_mode = Some(sent.processing_mode.clone());
    let accepted = sent.accepted_time.to_datetime().unwrap_or_default();
    put(tx, &sent.id, &sent.app_id, accepted.to_utc(), &stored)
}

pub(crate) fn get(
    tx: &Transaction<'_>,
    id: &str,
    source: Source,
) -> Result<Option<ConversationMessage>, StoreError> {
    document::one(
        tx,
        "SELECT doc FROM messages WHERE id = ?1 AND source = ?2",
        [id, source.as_str()],
    )
}

/// Replaces a stored message, except its position and channel.
pub(crate) fn update(
    tx: &Transaction<'_>,
    id: &str,
    message: &ConversationMessage,
) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE messages SET doc = ?2 WHERE id = ?1",
        (id, document::encode(message)?),
    )
}

pub(crate) fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    run(tx, "DELETE FROM messages WHERE id = ?1", [id])
}

/// Selects the messages to list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MessageFilter<'a> {
    pub(crate) source: Source,
    pub(crate) app_id: Option<&'a str>,
    pub(crate) conversation_id: Option<&'a str>,
    pub(crate) contact_id: Option<&'a str>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) identity: Option<&'a str>,
    pub(crate) direction: Option<&'a str>,
    /// Accepted after this time.
    pub(crate) start: Option<DateTime<Utc>>,
    /// Accepted before this time.
    pub(crate) end: Option<DateTime<Utc>>,
}

/// The sort key of the list: when the message was accepted, in microseconds since 1970, and its id.
pub(crate) type Key = (i64, String);

/// Returns at most `limit` messages after the key `after`, newest first, each with its key.
pub(crate) fn list(
    tx: &Transaction<'_>,
    wanted: &MessageFilter<'_>,
    after: Option<Key>,
    limit: usize,
) -> Result<Vec<(Key, ConversationMessage)>, StoreError> {
    let mut filter = Filter::default();
    filter.and("source = ?", wanted.source.as_str().to_owned());
    filter.and_some("app_id = ?", wanted.app_id.map(str::to_owned));
    filter.and_some(
        "conversation_id = ?",
        wanted.conversation_id.map(str::to_owned),
    );
    filter.and_some("contact_id = ?", wanted.contact_id.map(str::to_owned));
    filter.and_some("channel = ?", wanted.channel.map(str::to_owned));
    filter.and_some("identity = ?", wanted.identity.map(str::to_owned));
    filter.and_some("direction = ?", wanted.direction.map(str::to_owned));
    filter.and_some(
        "accepted_us > ?",
        wanted.start.map(|time| time.timestamp_micros()),
    );
    filter.and_some(
        "accepted_us < ?",
        wanted.end.map(|time| time.timestamp_micros()),
    );
    if let Some((accepted, id)) = after {
        filter.and_all("(accepted_us, id) < (?, ?)", [accepted.into(), id.into()]);
    }
    let rest = format!("ORDER BY accepted_us DESC, id DESC LIMIT {limit}");
    let sql = filter.sql("SELECT accepted_us, id, doc FROM messages", &rest);
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(filter.values()), |row| {
        Ok(((row.get(0)?, row.get(1)?), row.get::<_, Json<_>>(2)?.0))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
