//! Queues and groups by their names.

use std::collections::{BTreeSet, HashMap};

use super::connection::Session;
use super::schema;
use super::values::get;
use crate::pace::PaceKey;
use crate::store::StoreError;
use crate::time::Time;

/// What holds for a whole queue.
pub(super) struct Queue {
    pub(super) id: i64,
    pub(super) paused: Option<String>,
    pub(super) hold_until: Time,
    pub(super) next_permit: Time,
}

/// The number of a queue, if there is one of this name.
pub(super) async fn find(session: &Session<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    if let Some(id) = session.pool.known_queue(name) {
        return Ok(Some(id));
    }
    let found = look_up(session, name).await?;
    if let Some(id) = found {
        session.pool.learn_queue(name, id);
    }
    Ok(found)
}

async fn look_up(session: &Session<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT id FROM queues WHERE name = $1";
    let found = session.first(sql, &[&name]).await?;
    found.map(|row| get(&row, 0)).transpose()
}

/// The number of a queue, which is made when there is none of this name.
pub(super) async fn number(session: &Session<'_>, name: &str) -> Result<i64, StoreError> {
    if let Some(id) = find(session, name).await? {
        return Ok(id);
    }
    let sql = "INSERT INTO queues (name) VALUES ($1) ON CONFLICT DO NOTHING";
    session.execute(sql, &[&name]).await?;
    // Somebody else may have made it, and committed it by now. It is not learned, since this may be undone still.
    look_up(session, name).await?.ok_or(StoreError::Busy)
}

/// Reads a queue, which is made when there is none of this name. Fails when the tables are not for this program any more.
pub(super) async fn read(session: &Session<'_>, name: &str) -> Result<Queue, StoreError> {
    let id = number(session, name).await?;
    let sql = "SELECT q.paused, q.hold_until, q.next_permit, v.version, v.compatible_from
               FROM queues q, version v WHERE q.id = $1";
    let row = session.first(sql, &[&id]).await?;
    let row = row.ok_or_else(|| StoreError::Database("a queue is gone".to_owned()))?;
    schema::check(get(&row, 3)?, get(&row, 4)?)?;
    Ok(Queue {
        id,
        paused: get(&row, 0)?,
        hold_until: get(&row, 1).map(Time::from_micros)?,
        next_permit: get(&row, 2).map(Time::from_micros)?,
    })
}

/// The number of a group, if there is one of this name.
pub(super) async fn find_group(
    session: &Session<'_>,
    queue: i64,
    name: &str,
) -> Result<Option<i64>, StoreError> {
    let names = [name];
    let found = find_groups(session, queue, &names).await?;
    Ok(found.get(name).copied())
}

/// The numbers of groups, which are made when there are none of these names.
pub(super) async fn groups(
    session: &Session<'_>,
    queue: i64,
    names: &[&str],
) -> Result<HashMap<String, i64>, StoreError> {
    let found = find_groups(session, queue, names).await?;
    if names.iter().all(|name| found.contains_key(*name)) {
        return Ok(found);
    }
    // In order, so that two that make the same groups do not wait for each other.
    let sql = "INSERT INTO groups (queue, name) SELECT $1, name FROM unnest($2::text[]) AS n(name) ORDER BY name
               ON CONFLICT DO NOTHING";
    session.execute(sql, &[&queue, &names]).await?;
    find_groups(session, queue, names).await
}

async fn find_groups(
    session: &Session<'_>,
    queue: i64,
    names: &[&str],
) -> Result<HashMap<String, i64>, StoreError> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT name, id FROM groups WHERE queue = $1 AND name = ANY($2)";
    let rows = session.query(sql, &[&queue, &names]).await?;
    let pair = |row| Ok((get(row, 0)?, get(row, 1)?));
    rows.iter().map(pair).collect()
}

/// The numbers of apps and channels that rows count for, which are made when there are none. That of the app as a whole is
/// made too.
pub(super) async fn paces(
    session: &Session<'_>,
    queue: i64,
    keys: &BTreeSet<&PaceKey>,
) -> Result<HashMap<PaceKey, i64>, StoreError> {
    let known = find_paces(session, queue, keys).await?;
    if keys.iter().all(|key| known.contains_key(*key)) {
        return Ok(known);
    }
    let (apps, channels) = columns(keys);
    let sql = "INSERT INTO paces (queue, app, channel)
               SELECT DISTINCT $1::bigint, k.app, c.channel FROM unnest($2::text[], $3::text[]) AS k(app, channel)
               CROSS JOIN LATERAL (VALUES (''), (k.channel)) AS c(channel)
               ORDER BY 2, 3
               ON CONFLICT DO NOTHING";
    session.execute(sql, &[&queue, &apps, &channels]).await?;
    find_paces(session, queue, keys).await
}

async fn find_paces(
    session: &Session<'_>,
    queue: i64,
    keys: &BTreeSet<&PaceKey>,
) -> Result<HashMap<PaceKey, i64>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let (apps, channels) = columns(keys);
    let sql = "SELECT p.app, nullif(p.channel, ''), p.id FROM paces p
               JOIN unnest($2::text[], $3::text[]) AS k(app, channel) ON k.app = p.app AND k.channel = p.channel
               WHERE p.queue = $1";
    let found = session.query(sql, &[&queue, &apps, &channels]).await?;
    let pair = |row| Ok((pace_key(get(row, 0)?, get(row, 1)?), get(row, 2)?));
    found.iter().map(pair).collect()
}

fn columns<'a>(keys: &BTreeSet<&'a PaceKey>) -> (Vec<&'a str>, Vec<&'a str>) {
    let channel = |key: &&'a PaceKey| key.channel.as_deref().unwrap_or_default();
    let apps = keys.iter().map(|key| key.app.as_str()).collect();
    (apps, keys.iter().map(channel).collect())
}

/// An app, or a channel of it.
pub(super) fn pace_key(app: String, channel: Option<String>) -> PaceKey {
    let key = PaceKey::new(app);
    match channel {
        Some(channel) => key.channel(channel),
        None => key,
    }
}
