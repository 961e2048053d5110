//! What apps sent and received, in the order in which it happened.

use rusqlite::{Row, Transaction};

use super::kept::Kept;
use super::window::{Page, Window};
use super::{StoreError, kept, sends};
use crate::model::event::SentEvent;
use crate::model::timeline::{TimelineEntry, TimelineKind};

/// Adds an entry at the end.
pub(crate) fn add(tx: &Transaction<'_>, entry: &TimelineEntry) -> Result<(), StoreError> {
    let document =
        serde_json::to_string(entry).map_err(|error| StoreError::Document(error.to_string()))?;
    tx.prepare_cached("INSERT INTO record (kind, id, app_id, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute((entry.kind.as_str(), &entry.id, &entry.app_id, document))?;
    Ok(())
}

/// Adds a message of an app; what it says and what became of it is looked up among the sends.
pub(crate) fn add_sent(tx: &Transaction<'_>, id: &str, app_id: &str) -> Result<(), StoreError> {
    refer(tx, TimelineKind::Sent, id, app_id)
}

/// Adds an event of an app; what it says and what became of it is looked up among what is kept.
pub(crate) fn add_sent_event(
    tx: &Transaction<'_>,
    id: &str,
    app_id: &str,
) -> Result<(), StoreError> {
    refer(tx, TimelineKind::EventSent, id, app_id)
}

fn refer(
    tx: &Transaction<'_>,
    kind: TimelineKind,
    id: &str,
    app_id: &str,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO record (kind, id, app_id, doc) VALUES (?1, ?2, ?3, '')")?
        .execute((kind.as_str(), id, app_id))?;
    Ok(())
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Only {
    /// Those of this app.
    pub(crate) app_id: Option<String>,
    /// Those of contacts.
    pub(crate) received: bool,
}

impl Only {
    /// Those of contacts.
    pub(crate) fn received() -> Self {
        Self {
            received: true,
            ..Self::default()
        }
    }
}

/// The entries behind a `seq`, oldest first.
pub(crate) fn after(
    tx: &Transaction<'_>,
    window: &Window,
    only: &Only,
) -> Result<Page<TimelineEntry>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT record.seq, record.doc, sends.doc, kept.doc FROM record
         LEFT JOIN sends ON sends.id = record.id
         LEFT JOIN kept ON kept.kind = ?4 AND kept.id = record.id
         WHERE seq > ?1 AND (?2 IS NULL OR record.app_id = ?2)
           AND (NOT ?5 OR record.kind IN ('received', 'event_received'))
         ORDER BY seq LIMIT ?3",
    )?;
    let rows = statement.query((
        window.after,
        &only.app_id,
        window.rows(),
        SentEvent::KIND,
        only.received,
    ))?;
    window.page(rows, read)
}

/// Gives what a contact that goes away has received or sent to another contact.
pub(crate) fn move_to_contact(
    tx: &Transaction<'_>,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    shift(tx, "$.contact_id", from, to)
}

/// Gives what belongs to a conversation that goes away to another conversation.
pub(crate) fn move_to_conversation(
    tx: &Transaction<'_>,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    shift(tx, "$.conversation_id", from, to)
}

fn shift(tx: &Transaction<'_>, path: &str, from: &str, to: &str) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE record SET doc = json_set(doc, ?1, ?3) WHERE iif(doc = '', NULL, doc ->> ?1) = ?2",
    )?
    .execute([path, from, to])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<(TimelineEntry, usize), StoreError> {
    let (sent, event): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
    let (mut entry, length) = match (sent, event) {
        (Some(sent), _) => (TimelineEntry::from(sends::decode(&sent)?), sent.len()),
        (None, Some(event)) => {
            let decoded = kept::decode::<SentEvent>(&event)?;
            (TimelineEntry::from(decoded), event.len())
        }
        (None, None) => {
            let document: String = row.get(1)?;
            let decoded = serde_json::from_str(&document)
                .map_err(|error| StoreError::Document(error.to_string()))?;
            (decoded, document.len())
        }
    };
    entry.seq = row.get(0)?;
    Ok((entry, length))
}
