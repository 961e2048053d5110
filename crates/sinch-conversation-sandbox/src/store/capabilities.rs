//! The capabilities of recipients on channels, as set by tests.

use rusqlite::Transaction;
use sinch_conversation_raw::types::ChannelIdentity;

use super::StoreError;
use super::document::{self, run};
use crate::model::capability::Capability;

/// The recipient that represents all without a capability of their own.
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

/// Returns the capability of a recipient, or else that of all.
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
