//! What time does to rows.

use rusqlite::params;

use super::scope::Scope;
use crate::state::record::policy;
use crate::store::{StoreError, Swept};
use crate::time::Time;

pub(super) fn sweep(
    scope: &Scope<'_>,
    queue: &str,
    now: Time,
    limit: usize,
) -> Result<Swept, StoreError> {
    let Some(queue) = scope.find_queue(queue)? else {
        return Ok(Swept::default());
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let due = |sql| scope.places(sql, params![queue, now.micros(), limit]);
    let mut places = due(
        "SELECT seq FROM outbox WHERE queue = ?1 AND lease_until IS NOT NULL AND lease_until <= ?2
         ORDER BY lease_until LIMIT ?3",
    )?;
    places.extend(due(
        "SELECT seq FROM outbox WHERE queue = ?1 AND state = 0 AND expires IS NOT NULL AND expires <= ?2
         ORDER BY expires LIMIT ?3",
    )?);
    places.extend(due(&format!(
        "SELECT seq FROM outbox WHERE queue = ?1 AND policy = {} AND decide_at IS NOT NULL AND decide_at <= ?2
         ORDER BY decide_at LIMIT ?3",
        policy::SEND_AGAIN
    ))?);
    let mut batch = scope.at(&places)?;
    let swept = batch.sweep(now);
    scope.write(&batch, now)?;
    Ok(swept)
}
