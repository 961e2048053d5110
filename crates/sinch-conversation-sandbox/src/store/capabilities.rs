//! What recipients can do on a channel, as far as a test has said so.

use rusqlite::{OptionalExtension, Transaction};
use sinch_conversation_raw::types::ChannelIdentity;

use super::StoreError;
use crate::model::capability::Capability;

/// The recipient that stands for all that have no capability of their own.
pub(crate) const ANYONE: &str = "*";

pub(crate) fn set(
    tx: &Transaction<'_>,
    whose: &ChannelIdentity,
    capability: &Capability,
) -> Result<(), StoreError> {
    let document = serde_json::to_string(capability)
        .map_err(|error| StoreError::Document(error.to_string()))?;
    tx.prepare_cached(
        "INSERT INTO capabilities (channel, identity, doc) VALUES (?1, ?2, ?3)
         ON CONFLICT (channel, identity) DO UPDATE SET doc = excluded.doc",
    )?
    .execute((whose.channel.as_str(), &whose.identity, document))?;
    Ok(())
}

/// What was said of this recipient, or of anyone on the channel.
pub(crate) fn of(
    tx: &Transaction<'_>,
    recipient: &ChannelIdentity,
) -> Result<Option<Capability>, StoreError> {
    let text: Option<String> = tx
        .prepare_cached(
            "SELECT doc FROM capabilities WHERE channel = ?1 AND identity IN (?2, ?3)
             ORDER BY identity = ?3 LIMIT 1",
        )?
        .query_row(
            (recipient.channel.as_str(), &recipient.identity, ANYONE),
            |row| row.get(0),
        )
        .optional()?;
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| StoreError::Document(error.to_string()))
}
