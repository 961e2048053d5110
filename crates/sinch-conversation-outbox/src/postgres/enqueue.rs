//! Storing rows.

use std::collections::{BTreeSet, HashMap};

use super::connection::Session;
use super::values::{Uuid, code, get};
use super::{queues, rows};
use crate::row::{NewRow, RowId};
use crate::state::State;
use crate::state::record::{Readiness, policy_codes};
use crate::store::{Enqueued, StoreError};
use crate::time::Time;

/// Where rows are to be stored.
struct Places {
    queue: i64,
    ids: Vec<RowId>,
    groups: Vec<i64>,
    paces: Vec<i64>,
}

pub(super) async fn enqueue(
    session: &Session<'_>,
    queue: &str,
    new: &[NewRow],
    now: Time,
) -> Result<Vec<Enqueued>, StoreError> {
    let number = queues::number(session, queue).await?;
    let names: BTreeSet<&str> = new.iter().filter_map(|row| row.group.as_deref()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let groups = queues::groups(session, number, &names).await?;
    let group = |row: &NewRow| match &row.group {
        Some(name) => groups.get(name).copied().ok_or(StoreError::Busy),
        None => Ok(0),
    };
    let numbers = new.iter().map(group).collect::<Result<Vec<_>, _>>()?;
    let keys = new.iter().filter_map(|row| row.pace_key.as_ref()).collect();
    let paces = queues::paces(session, number, &keys).await?;
    let pace = |row: &NewRow| match &row.pace_key {
        Some(key) => paces.get(key).copied().ok_or(StoreError::Busy),
        None => Ok(0),
    };
    let places = Places {
        queue: number,
        ids: new.iter().map(|_| RowId::random(now)).collect(),
        groups: numbers,
        paces: new.iter().map(pace).collect::<Result<_, _>>()?,
    };
    let stored = insert(session, &places, new, now).await?;
    let ids = &places.ids;

    let mut counts: HashMap<(i64, i64, i64), i64> = HashMap::new();
    for (id, group) in ids.iter().zip(&places.groups) {
        if stored.contains(id) {
            let kind = (number, *group, State::Queued.code());
            *counts.entry(kind).or_default() += 1;
        }
    }
    rows::count(session, counts.into_iter()).await?;
    let is_first = |id: &RowId| stored.contains(id);
    let keys = new.iter().zip(ids).filter(|(_, id)| !is_first(id));
    let keys: Vec<&str> = keys
        .filter_map(|(row, _)| row.dedup_key.as_deref())
        .collect();
    let known = first_with(session, number, &keys).await?;
    session.announce(queue).await?;
    let answer = |(row, id): (&NewRow, &RowId)| {
        if is_first(id) {
            return Ok(Enqueued::new(*id, true));
        }
        let first = row.dedup_key.as_ref().and_then(|key| known.get(key));
        // The first one was deleted meanwhile: this can be stored now.
        let first = first.ok_or(StoreError::Busy)?;
        Ok(Enqueued::new(*first, false))
    };
    new.iter().zip(ids).map(answer).collect()
}

/// Stores rows in their order, but for those whose dedup key is there. Returns the ids of those that were stored.
async fn insert(
    session: &Session<'_>,
    places: &Places,
    new: &[NewRow],
    now: Time,
) -> Result<BTreeSet<RowId>, StoreError> {
    fn column<'a, T>(new: &'a [NewRow], of: impl Fn(&'a NewRow) -> T) -> Vec<T> {
        new.iter().map(of).collect()
    }
    let due = |row: &NewRow| row.not_before.unwrap_or(now).max(now);
    // Whether it has to wait for another one is found out by a claim.
    let readiness = |row: &NewRow| match row.ordering_key {
        Some(_) => Readiness::Unchecked,
        None => Readiness::at(due(row), now),
    };
    let ids: Vec<Uuid> = places.ids.iter().copied().map(Uuid).collect();
    let stored = session
        .query(
            "INSERT INTO outbox (queue, created, changed, id, grp, dedup_key, ordering_key, priority, request, policy,
                 pause, expires, due, readiness, pace)
             SELECT $1, $2, $2, id, grp, dedup_key, ordering_key, priority, request, policy, pause, expires, due,
                 readiness, pace
             FROM unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::integer[], $8::text[], $9::smallint[],
                 $10::bigint[], $11::bigint[], $12::bigint[], $13::smallint[], $14::bigint[]) WITH ORDINALITY
                 AS n(id, grp, dedup_key, ordering_key, priority, request, policy, pause, expires, due, readiness, pace, place)
             ORDER BY place
             ON CONFLICT (queue, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING
             RETURNING id",
            &[
                &places.queue,
                &now.micros(),
                &ids,
                &places.groups,
                &column(new, |row| row.dedup_key.as_deref()),
                &column(new, |row| row.ordering_key.as_deref()),
                &column(new, |row| row.priority),
                &column(new, |row| row.request.as_str()),
                &column(new, |row| code(policy_codes(row.on_unknown).0)),
                &column(new, |row| policy_codes(row.on_unknown).1),
                &column(new, |row| row.expires.map(Time::micros)),
                &column(new, |row| due(row).micros()),
                &column(new, |row| code(readiness(row).code())),
                &places.paces,
            ],
        )
        .await?;
    let id = |row| get::<Uuid>(row, 0).map(|id| id.0);
    stored.iter().map(id).collect()
}

async fn first_with(
    session: &Session<'_>,
    queue: i64,
    keys: &[&str],
) -> Result<HashMap<String, RowId>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT dedup_key, id FROM outbox WHERE queue = $1 AND dedup_key = ANY($2)";
    let found = session.query(sql, &[&queue, &keys]).await?;
    let pair = |row| Ok((get(row, 0)?, get::<Uuid>(row, 1)?.0));
    found.iter().map(pair).collect()
}
