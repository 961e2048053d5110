//! Metadata for recipients in DISPATCH mode, which callbacks about their messages carry.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};
use sinch_conversation_raw::types::ChannelIdentity;

use super::StoreError;
use super::document::run;

/// Metadata as JSON text, and the correlation id; empty when there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DispatchMetadata {
    pub(crate) metadata: String,
    pub(crate) correlation_id: String,
}

/// Stores the metadata; an empty half leaves what is there.
pub(crate) fn put(
    tx: &Transaction<'_>,
    app_id: &str,
    identity: &ChannelIdentity,
    metadata: &DispatchMetadata,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    run(tx, "INSERT INTO dispatch_metadata (app_id, channel, identity, metadata, correlation_id, kept_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (app_id, channel, identity) DO UPDATE SET
             metadata = iif(excluded.metadata = '', metadata, excluded.metadata),
             correlation_id = iif(excluded.correlation_id = '', correlation_id, excluded.correlation_id),
             kept_us = excluded.kept_us", (
        app_id,
        identity.channel.as_str(),
        &identity.identity,
        &metadata.metadata,
        &metadata.correlation_id,
        now.timestamp_micros(),
    ))
}

/// Removes an app's metadata that was last written before this time.
pub(crate) fn remove_before(
    tx: &Transaction<'_>,
    app_id: &str,
    before: DateTime<Utc>,
) -> Result<(), StoreError> {
    run(
        tx,
        "DELETE FROM dispatch_metadata WHERE app_id = ?1 AND kept_us < ?2",
        (app_id, before.timestamp_micros()),
    )
}

pub(crate) fn get(
    tx: &Transaction<'_>,
    app_id: &str,
    identity: &ChannelIdentity,
) -> Result<DispatchMetadata, StoreError> {
    let metadata = tx.prepare_cached("SELECT metadata, correlation_id FROM dispatch_metadata WHERE app_id = ?1 AND channel = ?2 AND identity = ?3")?.query_row((app_id, identity.channel.as_str(), &identity.identity),
            |row| Ok(DispatchMetadata { metadata: row.get(0)?, correlation_id: row.get(1)? }),
        )
        .optional()?;
    Ok(metadata.unwrap_or_default())
}
