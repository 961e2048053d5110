//! What recipients can do on a channel, as far as a test has said so.

use rusqlite::Transaction;
use sinch_conversation_raw::types::ChannelIdentity;

use super::StoreError;
use super::document::{self, run};
use crate::model::capability::Capability;

/// The recipient that stands for all that have no capability of their own.
pub(crate) const ANYONE: &str = "*";

pub(crate) fn set(
    tx: &Transaction<'_>,
    whose: &ChannelIdentity,
    capability: &Capability,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO capabilities (channel, identity, doc) VALUES (?1, ?2, ?3)
         ON CONFLICT (channel, identity) DO UPDATE SET doc = excluded.doc",
        (
            whose.channel.as_str(),
            &whose.identity,
            document::encode(capability)?,
        ),
    )
}

/// What was said of this recipient, or of anyone on the channel.
pub(crate) fn of(
    tx: &Transaction<'_>,
    recipient: &ChannelIdentity,
) -> Result<Option<Capability>, StoreError> {
    document::one(
        tx,
        "SELECT doc FROM capabilities WHERE channel = ?1 AND identity IN (?2, ?3)
         ORDER BY identity = ?3 LIMIT 1",
        (recipient.channel.as_str(), &recipient.identity, ANYONE),
    )
}
