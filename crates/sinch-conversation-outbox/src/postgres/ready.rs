//! Rows that can be claimed, in their order, as far as the queues of their apps have room.

use std::collections::HashMap;

use tokio_postgres::Row;

use super::connection::Session;
use super::queues::pace_key;
use super::rows;
use super::values::{get, rows as at_most, time};
use crate::pace::{PaceKey, Rooms};
use crate::store::{Claim, StoreError};

/// Reads which apps and channels have rows that are ready, and locks what is kept of them if that counts. Claims of one
/// app wait for each other here, before they lock anything else.
pub(super) async fn rooms<'a>(
    session: &Session<'_>,
    queue: i64,
    claim: &'a Claim,
) -> Result<(Rooms<'a>, Vec<i64>), StoreError> {
    let mut rooms = Rooms::new(claim);
    // A step of the index for each of the apps, however many rows they have.
    let found = session
        .query(
            "WITH RECURSIVE ready AS (
                 (SELECT pace FROM outbox WHERE queue = $1 AND state = 0 AND readiness = 1 ORDER BY pace LIMIT 1)
                 UNION ALL
                 SELECT (SELECT o.pace FROM outbox o
                     WHERE o.queue = $1 AND o.state = 0 AND o.readiness = 1 AND o.pace > ready.pace
                     ORDER BY o.pace LIMIT 1)
                 FROM ready WHERE ready.pace IS NOT NULL)
             SELECT ready.pace, p.app, nullif(p.channel, '') FROM ready LEFT JOIN paces p ON p.id = ready.pace
             WHERE ready.pace IS NOT NULL ORDER BY ready.pace",
            &[&queue],
        )
        .await?;
    let paces = found
        .iter()
        .map(|row| get(row, 0))
        .collect::<Result<_, _>>()?;
    if claim.pace.is_none() {
        return Ok((rooms, paces));
    }
    let mut keys: Vec<(i64, PaceKey)> = Vec::new();
    for row in &found {
        if let Some(app) = get::<Option<String>>(row, 1)? {
            keys.push((get(row, 0)?, pace_key(app, get(row, 2)?)));
        }
    }
    let apps: Vec<&str> = keys.iter().map(|(_, key)| key.app.as_str()).collect();
    let sql =
        "SELECT app, nullif(channel, ''), empty_at FROM paces WHERE queue = $1 AND app = ANY($2)
               ORDER BY id FOR UPDATE";
    let mut kept = HashMap::new();
    for row in session.query(sql, &[&queue, &apps]).await? {
        kept.insert(pace_key(get(&row, 0)?, get(&row, 1)?), time(&row, 2)?);
    }
    for (pace, key) in keys {
        rooms.know(pace, key, |key| {
            Ok::<_, StoreError>(kept.get(key).copied().unwrap_or_default())
        })?;
    }
    Ok((rooms, paces))
}

/// Locks the next rows that nobody else has locked: at most so many, of apps that have room. Each is a record, with its
/// number of app and channel in the column after it.
pub(super) async fn next(
    session: &Session<'_>,
    queue: i64,
    paces: Vec<(i64, usize)>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let quotas = match paces.as_slice() {
        [] => return Ok(Vec::new()),
        [_] => paces,
        _ => shares(session, queue, paces, limit).await?,
    };
    let (numbers, quotas): (Vec<i64>, Vec<i64>) = quotas
        .into_iter()
        .map(|(pace, quota)| (pace, at_most(quota.min(limit))))
        .unzip();
    let sql = format!(
        "SELECT {}, o.pace
         FROM unnest($2::bigint[], $3::bigint[]) AS p(pace, quota)
         CROSS JOIN LATERAL (
             SELECT * FROM outbox r WHERE r.queue = $1 AND r.pace = p.pace AND r.state = 0 AND r.readiness = 1
             ORDER BY r.priority DESC, r.seq LIMIT p.quota FOR UPDATE SKIP LOCKED) AS o
         LEFT JOIN groups g ON g.id = o.grp
         ORDER BY o.priority DESC, o.seq",
        rows::COLUMNS
    );
    session.query(&sql, &[&queue, &numbers, &quotas]).await
}

/// How many of the next rows are of each app and channel. Without locks, so that no more rows are locked than are needed.
async fn shares(
    session: &Session<'_>,
    queue: i64,
    paces: Vec<(i64, usize)>,
    limit: usize,
) -> Result<Vec<(i64, usize)>, StoreError> {
    let (numbers, rooms): (Vec<i64>, Vec<i64>) = paces
        .into_iter()
        .map(|(pace, room)| (pace, at_most(room.min(limit))))
        .unzip();
    let sql = "SELECT pace, count(*) FROM (
                   SELECT o.pace FROM unnest($2::bigint[], $3::bigint[]) AS p(pace, room)
                   CROSS JOIN LATERAL (
                       SELECT r.pace, r.priority, r.seq FROM outbox r
                       WHERE r.queue = $1 AND r.pace = p.pace AND r.state = 0 AND r.readiness = 1
                       ORDER BY r.priority DESC, r.seq LIMIT p.room) AS o
                   ORDER BY o.priority DESC, o.seq LIMIT $4) AS next
               GROUP BY pace";
    let found = session
        .query(sql, &[&queue, &numbers, &rooms, &at_most(limit)])
        .await?;
    let share = |row| {
        let count: i64 = get(row, 1)?;
        Ok((get(row, 0)?, usize::try_from(count).unwrap_or_default()))
    };
    found.iter().map(share).collect()
}

/// The number of app and channel of a row.
pub(super) fn pace(row: &Row) -> Result<i64, StoreError> {
    get(row, 20)
}

/// Keeps what has changed of the queues of apps.
pub(super) async fn keep(
    session: &Session<'_>,
    queue: i64,
    rooms: &Rooms<'_>,
) -> Result<(), StoreError> {
    let (mut apps, mut channels, mut times) = (vec![], vec![], vec![]);
    for (key, empty_at) in rooms.changed() {
        apps.push(key.app.as_str());
        channels.push(key.channel.as_deref().unwrap_or_default());
        times.push(empty_at.micros());
    }
    if apps.is_empty() {
        return Ok(());
    }
    session
        .execute(
            "UPDATE paces p SET empty_at = k.empty_at
             FROM unnest($2::text[], $3::text[], $4::bigint[]) AS k(app, channel, empty_at)
             WHERE p.queue = $1 AND p.app = k.app AND p.channel = k.channel",
            &[&queue, &apps, &channels, &times],
        )
        .await?;
    Ok(())
}
