//! Rows for those who look at them.

use tokio_postgres::Row as SqlRow;

use super::connection::Session;
use super::queues;
use super::values::{Uuid, attempt, get, known, rows as at_most, time};
use crate::row::{Row, RowNumber};
use crate::state::State;
use crate::store::{Key, RowFilter, StoreError};

pub(super) const ROW: &str = "id, request, created, state, attempt, dedup_key, message_id, reason, changed, seq, \
     (SELECT name FROM groups WHERE groups.id = grp)";

pub(super) async fn find(
    session: &Session<'_>,
    queue: &str,
    key: &Key,
) -> Result<Option<Row>, StoreError> {
    let Some(queue) = queues::find(session, queue).await? else {
        return Ok(None);
    };
    let found = match key {
        Key::Id(id) => {
            let sql = format!("SELECT {ROW} FROM outbox WHERE queue = $1 AND id = $2");
            session.first(&sql, &[&queue, &Uuid(*id)]).await?
        }
        Key::Dedup(key) => {
            let sql = format!("SELECT {ROW} FROM outbox WHERE queue = $1 AND dedup_key = $2");
            session.first(&sql, &[&queue, key]).await?
        }
    };
    found.as_ref().map(read).transpose()
}

pub(super) fn read(row: &SqlRow) -> Result<Row, StoreError> {
    let Uuid(id) = get(row, 0)?;
    let mut read = Row::new(id, get(row, 1)?, time(row, 2)?);
    read.state = known(row, 3, State::from_code)?;
    read.attempt = attempt(row, 4)?;
    read.dedup_key = get(row, 5)?;
    read.message_id = get(row, 6)?;
    read.reason = get(row, 7)?;
    read.changed = time(row, 8)?;
    read.number = get(row, 9)?;
    read.group = get(row, 10)?;
    Ok(read)
}

pub(super) async fn list(
    session: &Session<'_>,
    queue: &str,
    filter: &RowFilter,
    after: RowNumber,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let Some(queue) = queues::find(session, queue).await? else {
        return Ok(Vec::new());
    };
    let group = match &filter.group {
        Some(name) => match queues::find_group(session, queue, name).await? {
            Some(group) => Some(group),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let most = at_most(limit);
    let mut rows = Vec::new();
    for condition in filter.conditions() {
        let sql = format!(
            "SELECT {ROW} FROM outbox
             WHERE queue = $1 AND seq > $2 AND ($3::bigint IS NULL OR grp = $3) AND {condition} ORDER BY seq LIMIT $4"
        );
        let found = session
            .query(&sql, &[&queue, &after, &group, &most])
            .await?;
        for row in &found {
            rows.push(read(row)?);
        }
    }
    rows.sort_by_key(|row| row.number);
    rows.truncate(limit);
    Ok(rows)
}
