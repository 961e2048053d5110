//! The timeline: what apps sent and received, in order.

use rusqlite::{Row, Transaction};

use super::StoreError;
use super::columns::Name;
use super::document::{self, run};
use super::window::{Page, Window};
use crate::model::event::SentEvent;
use crate::model::message::SentMessage;
use crate::model::timeline::{TimelineEntry, TimelineKind};

/// Adds an entry at the end.
pub(crate) fn add(tx: &Transaction<'_>, entry: &TimelineEntry) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO journal (kind, id, app_id, doc) VALUES (?1, ?2, ?3, ?4)",
        (
            Name(entry.kind),
            &entry.id,
            &entry.app_id,
            document::encode(entry)?,
        ),
    )
}

/// Adds an app's message or event. Its content and statuses are read from its own table.
pub(crate) fn add_sent(
    tx: &Transaction<'_>,
    kind: TimelineKind,
    id: &str,
    app_id: &str,
) -> Result<(), StoreError> {
    run(
        tx,
        "INSERT INTO journal (kind, id, app_id, doc) VALUES (?1, ?2, ?3, '')",
        (Name(kind), id, app_id),
    )
}

/// Selects the entries to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimelineFilter {
    /// Only those of this app.
    pub(crate) app_id: Option<String>,
    /// Only those of contacts.
    pub(crate) received: bool,
}

impl TimelineFilter {
    /// Selects those of contacts.
    pub(crate) fn received() -> Self {
        Self {
            received: true,
            ..Self::default()
        }
    }
}

/// Returns the entries after a `seq`, oldest first.
pub(crate) fn after(
    tx: &Transaction<'_>,
    window: &Window,
    only: &TimelineFilter,
) -> Result<Page<TimelineEntry>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, journal.doc, sent_messages.doc, sent_events.doc FROM journal
         LEFT JOIN sent_messages ON sent_messages.id = journal.id
         LEFT JOIN sent_events ON sent_events.id = journal.id
         WHERE seq > ?1 AND (?2 IS NULL OR journal.app_id = ?2)
           AND (NOT ?4 OR journal.kind IN ('received', 'event_received'))
         ORDER BY seq LIMIT ?3",
    )?;
    let rows = statement.query((window.after, &only.app_id, window.rows(), only.received))?;
    window.page(rows, read)
}

fn read(row: &Row<'_>) -> Result<(TimelineEntry, usize), StoreError> {
    let (sent, event): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
    let (mut entry, length) = match (sent, event) {
        (Some(sent), _) => {
            let decoded: SentMessage = document::decode(&sent)?;
            (TimelineEntry::from(decoded), sent.len())
        }
        (None, Some(event)) => {
            let decoded: SentEvent = document::decode(&event)?;
            (TimelineEntry::from(decoded), event.len())
        }
        (None, None) => {
            let own: String = row.get(1)?;
            (document::decode(&own)?, own.len())
        }
    };
    entry.seq = row.get(0)?;
    Ok((entry, length))
}
