//! The names of people on channels.

use rusqlite::Transaction;
use sinch_conversation_raw::types::ChannelIdentity;

use super::StoreError;
use super::document::{optional_value, run};

/// Stores the name of the person with this identity; an empty one removes it.
pub(crate) fn put(
    tx: &Transaction<'_>,
    identity: &ChannelIdentity,
    name: &str,
) -> Result<(), StoreError> {
    let key = (identity.channel.as_str(), identity.identity.as_str());
    if name.is_empty() {
        run(
            tx,
            "DELETE FROM profiles WHERE channel = ?1 AND identity = ?2",
            key,
        )?;
    } else {
        run(
            tx,
            "INSERT INTO profiles (channel, identity, name) VALUES (?1, ?2, ?3)
             ON CONFLICT (channel, identity) DO UPDATE SET name = excluded.name",
            (key.0, key.1, name),
        )?;
    }
    Ok(())
}

/// Returns the name of the person with this identity, if there is one.
pub(crate) fn name(
    tx: &Transaction<'_>,
    identity: &ChannelIdentity,
) -> Result<Option<String>, StoreError> {
    optional_value(
        tx,
        "SELECT name FROM profiles WHERE channel = ?1 AND identity = ?2",
        (identity.channel.as_str(), identity.identity.as_str()),
    )
}
