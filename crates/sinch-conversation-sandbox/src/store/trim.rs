//! Removes the oldest of what grows with every message, so that only so much of it stays.

use rusqlite::Transaction;

use super::StoreError;
use super::document::run;

/// How many items of a list one transaction looks at: requests wait for it.
const AT_ONCE: usize = 256;

/// A list that grows without an end.
struct List {
    /// The place, the id and whether something is still to be done with it, of those behind the place `?1` that are not
    /// among the last `?2`; at most `?3` of them.
    old: &'static str,
    /// What removes something with the id `?1`.
    by_id: &'static [&'static str],
    /// What removes something at the place `?1`.
    by_place: &'static [&'static str],
}

const LISTS: [List; 4] = [
    // Messages and events, with their statuses. What is still to be done with one is a job.
    List {
        old: "SELECT seq, id, EXISTS (SELECT 1 FROM jobs WHERE subject = id) FROM journal
              WHERE seq > ?1 AND seq <= (SELECT max(seq) FROM journal) - ?2 ORDER BY seq LIMIT ?3",
        by_id: &[
            "DELETE FROM sent_messages WHERE id = ?1",
            "DELETE FROM sent_events WHERE id = ?1",
            "DELETE FROM messages WHERE id = ?1",
            "DELETE FROM events WHERE id = ?1",
        ],
        by_place: &["DELETE FROM journal WHERE seq = ?1"],
    },
    List {
        old: "SELECT seq, '', state = 'pending' OR EXISTS (SELECT 1 FROM replays WHERE callback = callbacks.seq)
              FROM callbacks
              WHERE seq > ?1 AND seq <= (SELECT max(seq) FROM callbacks) - ?2 ORDER BY seq LIMIT ?3",
        by_id: &[],
        by_place: &[
            "DELETE FROM attempts WHERE callback = ?1",
            "DELETE FROM callbacks WHERE seq = ?1",
        ],
    },
    List {
        old: "SELECT seq, '', 0 FROM consent_records
              WHERE seq > ?1 AND seq <= (SELECT max(seq) FROM consent_records) - ?2 ORDER BY seq LIMIT ?3",
        by_id: &[],
        by_place: &["DELETE FROM consent_records WHERE seq = ?1"],
    },
    List {
        old: "SELECT rowid, id, EXISTS (SELECT 1 FROM jobs WHERE subject = id) FROM batches
              WHERE rowid > ?1 AND rowid <= (SELECT max(rowid) FROM batches) - ?2 ORDER BY rowid LIMIT ?3",
        by_id: &[],
        by_place: &["DELETE FROM batches WHERE rowid = ?1"],
    },
];

/// How far each list was looked through: what has to stay for now is not looked at every time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks([i64; LISTS.len()]);

/// Removes some of what is older than the last `most` of each list, unless something is still to be done with it.
/// Returns the marks for the next time, and whether there is more to remove.
pub(crate) fn trim(
    tx: &Transaction<'_>,
    most: u32,
    mut marks: Marks,
) -> Result<(Marks, bool), StoreError> {
    let mut more = false;
    for (list, mark) in LISTS.iter().zip(&mut marks.0) {
        let old = list.old(tx, *mark, most)?;
        more |= old.len() == AT_ONCE && !old.iter().all(|item| item.is_busy);
        // The next look begins where this one ended, or at the beginning.
        let last = old.last().filter(|_| old.len() == AT_ONCE);
        *mark = last.map_or(0, |item| item.place);
        for item in old.iter().filter(|item| !item.is_busy) {
            list.remove(tx, item)?;
        }
    }
    Ok((marks, more))
}

struct Item {
    place: i64,
    id: String,
    is_busy: bool,
}

impl List {
    fn old(&self, tx: &Transaction<'_>, mark: i64, most: u32) -> Result<Vec<Item>, StoreError> {
        let mut statement = tx.prepare_cached(self.old)?;
        let items = statement.query_map((mark, most, AT_ONCE), |row| {
            Ok(Item {
                place: row.get(0)?,
                id: row.get(1)?,
                is_busy: row.get(2)?,
            })
        })?;
        Ok(items.collect::<Result<_, _>>()?)
    }

    fn remove(&self, tx: &Transaction<'_>, item: &Item) -> Result<(), StoreError> {
        for sql in self.by_id {
            run(tx, sql, [&item.id])?;
        }
        for sql in self.by_place {
            run(tx, sql, [item.place])?;
        }
        Ok(())
    }
}
