//! Conversations.

use rusqlite::{Transaction, params_from_iter};
use sinch_conversation_raw::types::Conversation;

use super::filter::Filter;
use super::{StoreError, document};

/// Adds the conversation, or replaces the one with this id.
pub(crate) fn put(
    tx: &Transaction<'_>,
    id: &str,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO conversations (id, app_id, contact_id, active, active_channel, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET app_id = excluded.app_id, contact_id = excluded.contact_id,
             active = excluded.active, active_channel = excluded.active_channel, doc = excluded.doc",
        (
            id,
            &conversation.app_id,
            &conversation.contact_id,
            conversation.active.unwrap_or_default(),
            conversation.active_channel.as_ref().map_or("", |channel| channel.as_str()),
            document::encode(conversation),
        ),
    )?;
    Ok(())
}

pub(crate) fn get(tx: &Transaction<'_>, id: &str) -> Result<Option<Conversation>, StoreError> {
    document::one(tx, "SELECT doc FROM conversations WHERE id = ?1", [id])
}

/// The active conversation of an app and a contact.
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
pub(crate) struct Wanted<'a> {
    pub(crate) app_id: Option<&'a str>,
    pub(crate) contact_id: Option<&'a str>,
    pub(crate) active: Option<bool>,
    pub(crate) active_channel: Option<&'a str>,
}

impl Wanted<'_> {
    fn filter(&self) -> Filter {
        let mut filter = Filter::default();
        filter.and_some("app_id = ?", self.app_id.map(str::to_owned));
        filter.and_some("contact_id = ?", self.contact_id.map(str::to_owned));
        filter.and_some("active = ?", self.active);
        filter.and_some("active_channel = ?", self.active_channel.map(str::to_owned));
        filter
    }
}

/// At most `limit` conversations behind the id `after`, oldest first.
pub(crate) fn list(
    tx: &Transaction<'_>,
    wanted: &Wanted<'_>,
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

/// How many there are on all pages.
pub(crate) fn count(tx: &Transaction<'_>, wanted: &Wanted<'_>) -> Result<i32, StoreError> {
    let filter = wanted.filter();
    let sql = filter.sql("SELECT count(*) FROM conversations", "");
    Ok(tx
        .prepare_cached(&sql)?
        .query_row(params_from_iter(filter.values()), |row| row.get(0))?)
}

/// Removes the conversation with its messages.
pub(crate) fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM conversations WHERE id = ?1", [id])?;
    Ok(())
}
