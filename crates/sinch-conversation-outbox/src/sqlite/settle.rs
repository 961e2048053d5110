//! What came of rows: answers, receipts, and what time does to them.

use rusqlite::params;

use super::rows::{Note, Stored, mode, policy};
use super::scope::Scope;
use crate::row::RowId;
use crate::state::{Change, Evidence, State};
use crate::store::{Outcome, Receipt, Settlement, StoreError, Swept};
use crate::time::Time;

pub(super) fn settle(
    scope: &Scope<'_>,
    settlements: &[Settlement],
    now: Time,
) -> Result<usize, StoreError> {
    let mut changed = 0;
    for settlement in settlements {
        let Some(row) = scope.by_id(settlement.id)? else {
            continue;
        };
        changed += usize::from(settle_one(scope, &row, &settlement.outcome, now)?);
    }
    Ok(changed)
}

fn settle_one(
    scope: &Scope<'_>,
    row: &Stored,
    outcome: &Outcome,
    now: Time,
) -> Result<bool, StoreError> {
    let mut note = Note::default();
    let change = match outcome {
        Outcome::Accepted { message_id } => {
            note.message_id = message_id.as_deref();
            Change::Evidence(Evidence::Accepted)
        }
        Outcome::NotProcessed {
            attempt,
            not_before,
            reason,
        } => {
            note.reason = Some(reason);
            note.due = Some(*not_before);
            Change::NotProcessed(*attempt)
        }
        Outcome::Refused { attempt, reason } => {
            note.reason = Some(reason);
            Change::Refuse(*attempt)
        }
        Outcome::Unknown { attempt, reason } => {
            note.reason = Some(reason);
            Change::Unknown(*attempt)
        }
        Outcome::Released { worker } => Change::Release(worker),
        Outcome::SendAgain { attempt } if row.mode == mode::CANCELLED => {
            return leave(scope, row, *attempt, now);
        }
        Outcome::SendAgain { attempt } => Change::SendAgain(*attempt),
        Outcome::Leave { attempt } => return leave(scope, row, *attempt, now),
    };
    let changed = scope.change(row, &change, &note, now)?.is_some();
    if !changed {
        // A receipt may have been faster than the answer.
        scope.note_message(row, note.message_id)?;
    }
    Ok(changed)
}

fn leave(scope: &Scope<'_>, row: &Stored, attempt: u32, now: Time) -> Result<bool, StoreError> {
    let is_meant = row.life.state == State::Unknown && row.life.attempt == attempt;
    Ok(is_meant && scope.leave(row, now)? > 0)
}

pub(super) fn receive(
    scope: &Scope<'_>,
    receipts: &[Receipt],
    now: Time,
) -> Result<Vec<Option<RowId>>, StoreError> {
    let one = |receipt| receive_one(scope, receipt, now);
    receipts.iter().map(one).collect()
}

fn receive_one(
    scope: &Scope<'_>,
    receipt: &Receipt,
    now: Time,
) -> Result<Option<RowId>, StoreError> {
    let Some(row) = row_of(scope, receipt)? else {
        return Ok(None);
    };
    let note = Note {
        due: None,
        message_id: receipt.message_id.as_deref(),
        reason: receipt.reason.as_deref(),
    };
    let change = Change::Evidence(receipt.evidence);
    if scope.change(&row, &change, &note, now)?.is_none() {
        scope.note_message(&row, note.message_id)?;
    }
    Ok(Some(row.id))
}

fn row_of(scope: &Scope<'_>, receipt: &Receipt) -> Result<Option<Stored>, StoreError> {
    if let Some(id) = receipt.row
        && let Some(row) = scope.by_id(id)?
    {
        return Ok(Some(row));
    }
    match &receipt.message_id {
        Some(id) => scope.by_message(id),
        None => Ok(None),
    }
}

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
    let mut swept = Swept::default();
    let held = due(
        "SELECT seq FROM outbox WHERE queue = ?1 AND lease_until IS NOT NULL AND lease_until <= ?2
         ORDER BY lease_until LIMIT ?3",
    )?;
    for place in held {
        match change(scope, place, |_| Change::EndLease(now), now)? {
            Some(State::Queued) => swept.released += 1,
            Some(State::Unknown) => swept.unknown += 1,
            _ => {}
        }
    }
    let expired = due(
        "SELECT seq FROM outbox WHERE queue = ?1 AND state = 0 AND expires IS NOT NULL AND expires <= ?2
         ORDER BY expires LIMIT ?3",
    )?;
    for place in expired {
        swept.expired += usize::from(change(scope, place, |_| Change::Expire, now)?.is_some());
    }
    let unknown = due(&format!(
        "SELECT seq FROM outbox WHERE queue = ?1 AND policy = {} AND decide_at IS NOT NULL AND decide_at <= ?2
         ORDER BY decide_at LIMIT ?3",
        policy::SEND_AGAIN
    ))?;
    for place in unknown {
        let again = |attempt| Change::SendAgain(attempt);
        swept.sent_again += usize::from(change(scope, place, again, now)?.is_some());
    }
    Ok(swept)
}

/// Changes the row at a place, and returns its state then.
fn change(
    scope: &Scope<'_>,
    place: i64,
    change: impl FnOnce(u32) -> Change<'static>,
    now: Time,
) -> Result<Option<State>, StoreError> {
    let Some(row) = scope.at(place)? else {
        return Ok(None);
    };
    let change = change(row.life.attempt);
    let life = scope.change(&row, &change, &Note::default(), now)?;
    Ok(life.map(|life| life.state))
}
