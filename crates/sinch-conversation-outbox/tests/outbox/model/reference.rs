//! What is known of each row without looking at the store: which requests there were, and what was learned of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use sinch_conversation_outbox::store::{Begun, Claimed, Outcome, Receipt, Settlement};
use sinch_conversation_outbox::{Evidence, Reply, RowId, State, Time, UnknownPolicy};

/// How long a policy waits, and how much of that the clocks of two workers may eat up.
pub(super) const PAUSE: Duration = Duration::from_secs(400);
pub(super) const SKEW: Duration = Duration::from_secs(60);
/// How long a worker holds a row.
pub(super) const LEASE: Duration = Duration::from_secs(90);

/// How long a message stays in the queue of the app, and how many may wait there.
pub(super) const DRAIN: Duration = Duration::from_secs(60);
pub(super) const DEPTH: u32 = 2;

/// One request that reached the API.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) row: RowId,
    pub(super) at: Time,
    /// The message, if the API accepted it.
    pub(super) message: Option<String>,
    /// Whether the worker was told that it was definitely not processed.
    pub(super) is_void: bool,
}

#[derive(Default)]
pub(super) struct Facts {
    pub(super) policies: BTreeMap<RowId, UnknownPolicy>,
    pub(super) requests: Vec<Request>,
    /// The most that the store was told of a row.
    pub(super) proven: BTreeMap<RowId, Evidence>,
    /// Rows that each worker has begun, and whose outcome it has not stored, with the time before they were begun.
    pub(super) begun: BTreeMap<(usize, RowId), Time>,
    /// Rows of which an outcome was lost.
    pub(super) uncertain: BTreeSet<RowId>,
    pub(super) refused: BTreeSet<RowId>,
    pub(super) cancelled: BTreeSet<RowId>,
    pub(super) expiring: BTreeSet<RowId>,
    /// Messages that failed before their row was sent again by somebody.
    pub(super) given_up: BTreeSet<String>,
    /// Rows of the app whose queue is short, and when that is empty.
    pub(super) paced: BTreeSet<RowId>,
    pub(super) empty_at: Time,
    /// Broken rules. They are found on tasks of the workers, where a panic would be taken for one of the sender.
    pub(super) violations: Vec<String>,
}

#[derive(Clone, Default)]
pub(super) struct Reference(Arc<Mutex<Facts>>);

const fn rank(evidence: Evidence) -> u8 {
    match evidence {
        Evidence::Accepted => 1,
        Evidence::Failed => 2,
        Evidence::Delivered => 3,
        _ => 4,
    }
}

impl Facts {
    fn is_given_up(&self, message: Option<&str>) -> bool {
        message.is_some_and(|id| self.given_up.contains(id))
    }

    fn prove(&mut self, row: RowId, evidence: Evidence) {
        let known = self.proven.entry(row).or_insert(evidence);
        if rank(evidence) > rank(*known) {
            *known = evidence;
        }
    }
}

impl Reference {
    pub(super) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap()
    }

    /// The store gives rows to a worker.
    pub(super) fn claims(&self, claimed: &Claimed, at: Time) {
        let mut facts = self.facts();
        for row in &claimed.rows {
            if !facts.paced.contains(&row.id) {
                continue;
            }
            facts.empty_at = facts.empty_at.max(at).plus(DRAIN);
            if facts.empty_at.since(at) > DRAIN * DEPTH + SKEW {
                let violation = format!("{} is claimed at {at:?}, the queue is full", row.id);
                facts.violations.push(violation);
            }
        }
    }

    /// The store lets a worker send these rows.
    pub(super) fn begins(&self, worker: usize, begun: &[Begun], at: Time) {
        let mut facts = self.facts();
        for begun in begun {
            if facts.proven.contains_key(&begun.id) {
                let violation = format!("{} is begun although it was accepted", begun.id);
                facts.violations.push(violation);
            }
            facts.begun.insert((worker, begun.id), at);
        }
    }

    /// The API answers a request. `choice` decides how; it accepts nearly as often as not.
    pub(super) fn answer(&self, by: (usize, RowId), at: Time, choice: u16) -> Reply {
        let mut facts = self.facts();
        let row = by.1;
        match facts.begun.get(&by) {
            Some(begun) if at.since(*begun) < LEASE => {}
            begun => {
                let violation = format!("{row} is sent at {at:?}, begun: {begun:?}");
                facts.violations.push(violation);
            }
        }
        let number = facts.requests.len();
        let message = || Some(format!("message-{number}"));
        let reason = "as chosen".to_owned();
        let (reply, message) = match choice % 10 {
            4 => (Reply::Refused { reason }, None),
            5 => (
                Reply::NotProcessed {
                    retry_after: None,
                    reason,
                },
                None,
            ),
            6 => (
                Reply::Throttled {
                    retry_after: None,
                    reason,
                },
                None,
            ),
            7 => (Reply::Fatal { reason }, None),
            8 => (Reply::Unknown { reason }, None),
            9 => (Reply::Unknown { reason }, message()),
            _ => (
                Reply::Accepted {
                    message_id: message(),
                },
                message(),
            ),
        };
        let is_void = !matches!(reply, Reply::Unknown { .. } | Reply::Accepted { .. });
        facts.check_request(row, at);
        facts.requests.push(Request {
            row,
            at,
            message,
            is_void,
        });
        reply
    }

    /// The store has what came of rows.
    pub(super) fn settles(&self, worker: usize, settlements: &[Settlement]) {
        let mut facts = self.facts();
        for settlement in settlements {
            let row = settlement.id;
            match &settlement.outcome {
                Outcome::Accepted { message_id } => {
                    if !facts.is_given_up(message_id.as_deref()) {
                        facts.prove(row, Evidence::Accepted);
                    }
                }
                Outcome::Refused { .. } => {
                    facts.refused.insert(row);
                }
                Outcome::Unknown { .. } => {
                    facts.uncertain.insert(row);
                }
                Outcome::NotProcessed { .. } => {}
                _ => continue,
            }
            facts.begun.remove(&(worker, row));
        }
    }

    pub(super) fn receives(&self, receipts: &[Receipt]) {
        let mut facts = self.facts();
        for receipt in receipts {
            let is_old = facts.is_given_up(receipt.message_id.as_deref());
            let is_repeated = is_old && rank(receipt.evidence) <= rank(Evidence::Failed);
            if let Some(row) = receipt.row
                && !is_repeated
            {
                facts.prove(row, receipt.evidence);
            }
        }
    }

    /// Somebody has a row sent again that was refused or has failed.
    pub(super) fn retries(&self, row: RowId) {
        let mut facts = self.facts();
        let may_be = match facts.proven.get(&row) {
            Some(evidence) => *evidence == Evidence::Failed,
            None => facts.refused.contains(&row),
        };
        if !may_be {
            let violation = format!("{row} is sent again, and may have been sent");
            facts.violations.push(violation);
        }
        facts.proven.remove(&row);
        facts.refused.remove(&row);
        let mut given_up = Vec::new();
        for request in facts.requests.iter_mut().filter(|one| one.row == row) {
            request.is_void = true;
            given_up.extend(request.message.clone());
        }
        facts.given_up.extend(given_up);
    }

    /// A worker dies. Nobody else learns what came of the rows that it had begun.
    pub(super) fn dies(&self, worker: usize) {
        let mut facts = self.facts();
        let keys: Vec<_> = facts
            .begun
            .keys()
            .filter(|key| key.0 == worker)
            .copied()
            .collect();
        for key in keys {
            facts.begun.remove(&key);
            facts.uncertain.insert(key.1);
        }
    }
}

impl Facts {
    /// Whether there may be a further request for a row now.
    fn check_request(&mut self, row: RowId, at: Time) {
        let policy = self.policies[&row];
        let earlier = self
            .requests
            .iter()
            .filter(|one| one.row == row && !one.is_void);
        let is_early =
            |one: &&Request| policy == UnknownPolicy::Leave || at.since(one.at) + 2 * SKEW < PAUSE;
        let wrong: Vec<_> = earlier.filter(is_early).cloned().collect();
        if !wrong.is_empty() {
            let violation = format!("{row} ({policy:?}) is sent again at {at:?} after {wrong:?}");
            self.violations.push(violation);
        }
    }

    /// Whether a row may end like this.
    pub(super) fn check_end(&self, row: RowId, state: State) {
        let is_sent = self
            .requests
            .iter()
            .any(|one| one.row == row && one.message.is_some());
        let fits = match state {
            State::Delivered => is_sent,
            State::Refused => !is_sent && self.refused.contains(&row),
            State::Unknown => {
                let is_left = self.policies[&row] == UnknownPolicy::Leave;
                let may_stay = is_left || self.cancelled.contains(&row);
                !is_sent && self.uncertain.contains(&row) && may_stay
            }
            State::Cancelled => !is_sent && self.cancelled.contains(&row),
            State::Expired => !is_sent && self.expiring.contains(&row),
            _ => false,
        };
        assert!(fits, "{row} ends as {state}, sent: {is_sent}");
    }
}
