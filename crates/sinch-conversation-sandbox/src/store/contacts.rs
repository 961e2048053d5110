//! Contacts and their identities.

use rusqlite::{Transaction, params_from_iter};
use serde_json::json;
use sinch_conversation_raw::types::{ChannelIdentity, Contact};

use super::StoreError;
use super::document::{self, run};
use super::filter::Filter;

/// Adds the contact, or replaces the one with this id.
pub(crate) fn put(tx: &Transaction<'_>, id: &str, contact: &Contact) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO contacts (id, external_id, doc) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, doc = excluded.doc",
        (
            id,
            contact.external_id.as_deref().unwrap_or_default(),
            document::encode(contact)?,
        ),
    )?;
    run(tx, "DELETE FROM identities WHERE contact_id = ?1", [id])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO identities (contact_id, channel, identity, app_id) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for identity in contact.channel_identities.iter().flatten() {
        let app_id = identity.app_id.as_deref().unwrap_or_default();
        insert.execute((id, identity.channel.as_str(), &identity.identity, app_id))?;
    }
    Ok(())
}

/// Returns the ids of the contacts with this identity, oldest first.
pub(crate) fn with_identity(
    tx: &Transaction<'_>,
    identity: &ChannelIdentity,
) -> Result<Vec<String>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT contact_id FROM identities WHERE channel = ?1 AND identity = ?2 AND app_id = ?3",
    )?;
    let app_id = identity.app_id.as_deref().unwrap_or_default();
    // Sorted here: SQLite would make a table for each of these queries.
    let mut ids: Vec<String> = statement
        .query_map(
            (identity.channel.as_str(), &identity.identity, app_id),
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Selects the contacts to list: at most `limit` of those after the id `after`.
#[derive(Debug)]
pub(crate) struct ContactFilter<'a> {
    pub(crate) external_id: Option<&'a str>,
    /// Channel and identity.
    pub(crate) address: Option<(&'a str, &'a str)>,
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
}

/// Contacts, oldest first.
pub(crate) fn list(
    tx: &Transaction<'_>,
    wanted: &ContactFilter<'_>,
) -> Result<Vec<Contact>, StoreError> {
    let mut filter = Filter::default();
    filter.and_some("external_id = ?", wanted.external_id.map(str::to_owned));
    if let Some((channel, identity)) = wanted.address {
        filter.and_all(
            "id IN (SELECT contact_id FROM identities WHERE channel = ? AND identity = ?)",
            [channel.to_owned().into(), identity.to_owned().into()],
        );
    }
    filter.and_some("id > ?", wanted.after.map(str::to_owned));
    let sql = filter.sql(
        "SELECT doc FROM contacts",
        &format!("ORDER BY id LIMIT {}", wanted.limit),
    );
    document::many(tx, &sql, params_from_iter(filter.values()))
}

/// An identity that several contacts have.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) identity: String,
    pub(crate) channels: Vec<String>,
    /// Oldest first.
    pub(crate) contact_ids: Vec<String>,
}

/// Returns the identities that several contacts have on these channels, in order: at most `limit` of those after the
/// identity `after`.
pub(crate) fn shared(
    tx: &Transaction<'_>,
    channels: &[&str],
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Shared>, StoreError> {
    let mut filter = Filter::default();
    filter.and(
        "channel IN (SELECT value FROM json_each(?))",
        json!(channels).to_string(),
    );
    filter.and_some("identity > ?", after.map(str::to_owned));
    let sql = filter.sql(
        "SELECT identity, json_group_array(DISTINCT channel), json_group_array(DISTINCT contact_id)
         FROM identities",
        &format!(
            "GROUP BY identity HAVING count(DISTINCT contact_id) > 1 ORDER BY identity LIMIT {limit}"
        ),
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(filter.values()))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Shared {
            identity: row.get(0)?,
            channels: sorted(&row.get::<_, String>(1)?)?,
            contact_ids: sorted(&row.get::<_, String>(2)?)?,
        });
    }
    Ok(found)
}

fn sorted(list: &str) -> Result<Vec<String>, StoreError> {
    let mut items: Vec<String> = document::decode(list)?;
    items.sort_unstable();
    Ok(items)
}
