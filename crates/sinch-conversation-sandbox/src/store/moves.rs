//! Moves what belongs to a contact or conversation to another one.

use rusqlite::Transaction;

use super::StoreError;
use super::document::run;

/// Tables with the id in a column and in the document.
const INDEXED: [&str; 2] = ["messages", "events"];

/// Tables with the id in the document, where it may be empty.
const DOCUMENTS: [&str; 4] = ["sent_messages", "sent_events", "probes", "journal"];

pub(crate) fn to_contact(tx: &Transaction<'_>, from: &str, to: &str) -> Result<(), StoreError> {
    change(tx, "contact_id", from, to)
}

pub(crate) fn to_conversation(
    tx: &Transaction<'_>,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    change(tx, "conversation_id", from, to)
}

fn change(tx: &Transaction<'_>, field: &str, from: &str, to: &str) -> Result<(), StoreError> {
    for table in INDEXED {
        let sql = format!(
            "UPDATE {table} SET {field} = ?2, doc = json_set(doc, '$.{field}', ?2) WHERE {field} = ?1"
        );
        run(tx, &sql, [from, to])?;
    }
    for table in DOCUMENTS {
        let sql = format!(
            "UPDATE {table} SET doc = json_set(doc, '$.{field}', ?2)
             WHERE iif(doc = '', NULL, doc ->> '$.{field}') = ?1"
        );
        run(tx, &sql, [from, to])?;
    }
    Ok(())
}
