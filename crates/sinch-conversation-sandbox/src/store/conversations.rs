//! Conversations.

use rusqlite::{Transaction, params_from_iter};
use sinch_conversation_raw::types::{Conversation, ConversationMessage};

use super::StoreError;
use super::columns::Json;
use super::document::{self, run, value};
use super::filter::Filter;

/// Adds the conversation, or replaces the one with this id.
pub(crate) fn put(
    tx: &Transaction<'_>,
    id: &str,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    run(tx, "INSERT INTO conversations (id, app_id, contact_id, active, active_channel, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET app_id = excluded.app_id, contact_id = excluded.contact_id,
             active = excluded.active, active_channel = excluded.active_channel, doc = excluded.doc", (
            id,
            &conversation.app_id,
            &conversation.contact_id,
            conversation.active.unwrap_or_default(),
            conversation.active_channel.as_ref().map_or("", |channel| channel.as_str()),
            document::encode(conversation)?,
        ))
}

/// Replaces a conversation whose app, contact and activity did not change.
pub(crate) fn update(
    tx: &Transaction<'_>,
    id: &str,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    let channel = conversation.active_channel.as_ref();
    run(
        tx,
        "UPDATE conversations SET active_channel = ?2, doc = ?3 WHERE id = ?1",
        (
            id,
            channel.map_or("", |channel| channel.as_str()),
            document::encode(conversation)?,
        ),
    )
}

/// Returns the active conversation of an app and a contact.
pub(crate) fn active(
    tx: &Transaction<'_>,
    app_id: &str,
    contact_id: &str,
) -> Result<Option<Conversation>, StoreError> {
    document::one(
        tx,
        "SELECT doc FROM conversations WHERE app_id = ?1 AND contact_id = ?2 AND active = 1",
        [app_id, contact_id],
    )
}

/// All conversations of a contact, oldest first.
pub(crate) fn of_contact(
    tx: &Transaction<'_>,
    contact_id: &str,
) -> Result<Vec<Conversation>, StoreError> {
    document::many(
        tx,
        "SELECT doc FROM conversations WHERE contact_id = ?1 ORDER BY id",
        [contact_id],
    )
}

/// Which conversations to list.
#[derive(Debug)]
pub(crate) struct ConversationFilter<'a> {
    pub(crate) app_id: Option<&'a str>,
    pub(crate) contact_id: Option<&'a str>,
    pub(crate) active: Option<bool>,
    pub(crate) active_channel: Option<&'a str>,
}

impl ConversationFilter<'_> {
    fn filter(&self) -> Filter {
        let mut filter = Filter::default();
        filter.and_some("app_id = ?", self.app_id.map(str::to_owned));
        filter.and_some("contact_id = ?", self.contact_id.map(str::to_owned));
        filter.and_some("active = ?", self.active);
        filter.and_some("active_channel = ?", self.active_channel.map(str::to_owned));
        filter
    }
}

/// Returns at most `limit` conversations after the id `after`, oldest first.
pub(crate) fn list(
    tx: &Transaction<'_>,
    wanted: &ConversationFilter<'_>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Conversation>, StoreError> {
    let mut filter = wanted.filter();
    filter.and_some("id > ?", after.map(str::to_owned));
    let sql = filter.sql(
        "SELECT doc FROM conversations",
        &format!("ORDER BY id LIMIT {limit}"),
    );
    document::many(tx, &sql, params_from_iter(filter.values()))
}

/// Selects the conversations to list with their latest messages.
#[derive(Debug)]
pub(crate) struct Recent<'a> {
    pub(crate) app_id: &'a str,
    pub(crate) only_active: bool,
    /// Messages accepted later, in microseconds since 1970, do not count, so all pages show the same state.
    pub(crate) as_of: i64,
    /// Conversations with a greater id do not count either.
    pub(crate) newest: String,
    pub(crate) oldest_first: bool,
    pub(crate) after: Option<RecentKey>,
    pub(crate) limit: usize,
}

/// The sort key: when the latest message was accepted, 0 without one, and the conversation's id.
pub(crate) type RecentKey = (i64, String);

/// A conversation with its latest message, and its sort key.
pub(crate) type WithLatest = (RecentKey, Conversation, Option<ConversationMessage>);

/// Returns conversations by the time of their latest message.
pub(crate) fn recent(
    tx: &Transaction<'_>,
    wanted: &Recent<'_>,
) -> Result<Vec<WithLatest>, StoreError> {
    let (behind, order) = if wanted.oldest_first {
        ("(ifnull(m.accepted_us, 0), c.id) > (?, ?)", "ASC")
    } else {
        ("(ifnull(m.accepted_us, 0), c.id) < (?, ?)", "DESC")
    };
    let mut filter = Filter::default();
    filter.and("c.app_id = ?", wanted.app_id.to_owned());
    filter.and("c.id <= ?", wanted.newest.clone());
    filter.and_some("c.active = ?", wanted.only_active.then_some(true));
    if let Some((time, id)) = &wanted.after {
        filter.and_all(behind, [(*time).into(), id.clone().into()]);
    }
    let select = format!(
        "SELECT ifnull(m.accepted_us, 0) AS latest, c.id, c.doc, m.doc
         FROM conversations c LEFT JOIN messages m ON m.id = (
             SELECT id FROM messages WHERE conversation_id = c.id AND accepted_us <= {}
             ORDER BY accepted_us DESC, id DESC LIMIT 1)",
        wanted.as_of
    );
    let rest = format!(
        "ORDER BY latest {order}, c.id {order} LIMIT {}",
        wanted.limit
    );
    // The time differs with each list, so the statement is not worth caching.
    let mut statement = tx.prepare(&filter.sql(&select, &rest))?;
    let rows = statement.query_map(params_from_iter(filter.values()), |row| {
        let message: Option<Json<_>> = row.get(3)?;
        Ok((
            (row.get(0)?, row.get(1)?),
            row.get::<_, Json<_>>(2)?.0,
            message.map(|Json(message)| message),
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns how many there are on all pages.
pub(crate) fn count(
    tx: &Transaction<'_>,
    wanted: &ConversationFilter<'_>,
) -> Result<i32, StoreError> {
    let filter = wanted.filter();
    let sql = filter.sql("SELECT count(*) FROM conversations", "");
    value(tx, &sql, params_from_iter(filter.values()))
}
