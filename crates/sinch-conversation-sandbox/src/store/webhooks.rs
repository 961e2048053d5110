//! Webhooks.

use rusqlite::Transaction;
use sinch_conversation_raw::types::Webhook;

use super::StoreError;
use super::document::{self, run};

/// Adds the webhook, or replaces the one with this id.
pub(crate) fn put(tx: &Transaction<'_>, id: &str, webhook: &Webhook) -> Result<(), StoreError> {
    run(tx, "INSERT INTO webhooks (id, app_id, target, doc) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET app_id = excluded.app_id, target = excluded.target, doc = excluded.doc", (id, &webhook.app_id, &webhook.target, document::encode(webhook)?))
}

/// Returns the webhooks of an app, oldest first.
pub(crate) fn of_app(tx: &Transaction<'_>, app_id: &str) -> Result<Vec<Webhook>, StoreError> {
    document::many(
        tx,
        "SELECT doc FROM webhooks WHERE app_id = ?1 ORDER BY id",
        [app_id],
    )
}
