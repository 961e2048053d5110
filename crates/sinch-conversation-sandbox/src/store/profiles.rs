//! The names that people have on channels.

use rusqlite::{OptionalExtension, Transaction};
use sinch_conversation_raw::types::ChannelIdentity;

use super::StoreError;

/// Keeps the name of who has this identity, with every app; an empty one is forgotten.
pub(crate) fn put(
    tx: &Transaction<'_>,
    identity: &ChannelIdentity,
    name: &str,
) -> Result<(), StoreError> {
    let key = (identity.channel.as_str(), identity.identity.as_str());
    if name.is_empty() {
        tx.prepare_cached("DELETE FROM profiles WHERE channel = ?1 AND identity = ?2")?
            .execute(key)?;
    } else {
        tx.prepare_cached(
            "INSERT INTO profiles (channel, identity, name) VALUES (?1, ?2, ?3)
             ON CONFLICT (channel, identity) DO UPDATE SET name = excluded.name",
        )?
        .execute((key.0, key.1, name))?;
    }
    Ok(())
}

/// The name of who has this identity, if it is known.
pub(crate) fn name(
    tx: &Transaction<'_>,
    identity: &ChannelIdentity,
) -> Result<Option<String>, StoreError> {
    let name = tx
        .prepare_cached("SELECT name FROM profiles WHERE channel = ?1 AND identity = ?2")?
        .query_row(
            (identity.channel.as_str(), identity.identity.as_str()),
            |row| row.get(0),
        )
        .optional()?;
    Ok(name)
}
