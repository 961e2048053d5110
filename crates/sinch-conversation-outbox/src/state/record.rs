//! A row as stores read and write it, with all that follows from a change of its life.

use super::{Change, Lease, Life, State};
use crate::row::{RowId, UnknownPolicy};
use crate::store::{GroupMode, Outcome};
use crate::time::Time;

/// Whether a queued row can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It is not due.
    Scheduled,
    /// It can be claimed.
    Ready,
    /// Its group was paused when somebody wanted to send it.
    Held,
    /// It waits for an earlier row with its ordering key.
    Waiting,
    /// Whether it has to wait for another row with its ordering key is to be found out.
    Unchecked,
}

impl Readiness {
    const ALL: [Self; 5] = [
        Self::Scheduled,
        Self::Ready,
        Self::Held,
        Self::Waiting,
        Self::Unchecked,
    ];

    /// The number under which stores keep it. It never changes.
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Scheduled => 0,
            Self::Ready => 1,
            Self::Held => 2,
            Self::Waiting => 3,
            Self::Unchecked => 4,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// That of a row for which only its time counts.
    pub(crate) fn at(due: Time, now: Time) -> Self {
        if due > now {
            Self::Scheduled
        } else {
            Self::Ready
        }
    }
}

/// The numbers under which stores keep a policy: its kind, and its pause in microseconds. They never change.
pub(crate) fn policy_codes(policy: UnknownPolicy) -> (i64, i64) {
    let pause = crate::time::micros(policy.pause().unwrap_or_default());
    let kind = match policy {
        UnknownPolicy::Leave => 0,
        UnknownPolicy::SendAgainAfter(_) => policy::SEND_AGAIN,
        UnknownPolicy::AskAfter(_) => policy::ASK,
    };
    (kind, pause)
}

/// The kinds of policies that somebody looks for.
pub(crate) mod policy {
    pub(crate) const SEND_AGAIN: i64 = 1;
    pub(crate) const ASK: i64 = 2;
}

/// The policy with these numbers; `None` for one of a later version.
pub(crate) fn policy_from_codes(kind: i64, pause: i64) -> Option<UnknownPolicy> {
    let pause = std::time::Duration::from_micros(u64::try_from(pause).unwrap_or_default());
    match kind {
        0 => Some(UnknownPolicy::Leave),
        policy::SEND_AGAIN => Some(UnknownPolicy::SendAgainAfter(pause)),
        policy::ASK => Some(UnknownPolicy::AskAfter(pause)),
        _ => None,
    }
}

/// What is needed of a row to change it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Where it is in its table.
    pub(crate) place: i64,
    pub(crate) id: RowId,
    pub(crate) queue: i64,
    /// 0 for none.
    pub(crate) group: i64,
    pub(crate) mode: GroupMode,
    pub(crate) life: Life,
    pub(crate) expires: Option<Time>,
    pub(crate) ordering_key: Option<String>,
    pub(crate) policy: UnknownPolicy,
    pub(crate) readiness: Readiness,
    pub(crate) due: Time,
    /// When somebody has to decide about it, because it is unknown.
    pub(crate) decide_at: Option<Time>,
    /// Whether it keeps later rows with its ordering key waiting.
    pub(crate) is_open: bool,
    pub(crate) changed: Time,
    /// The id of its message. Stores keep the first one.
    pub(crate) message_id: Option<String>,
    /// The id of the message that failed before the row was sent again by somebody.
    pub(crate) given_up: Option<String>,
    /// The reason, if there is a new one.
    pub(crate) reason: Option<String>,
}

impl Record {
    /// Changes the row, if its life allows that. Returns its state then.
    pub(super) fn change(&mut self, change: &Change<'_>, now: Time) -> Option<State> {
        self.life = self.life.after(change)?;
        let was_open = self.is_open;
        self.decide_at = self.decides_at(now);
        self.is_open = !self.life.state.is_ended() || self.decide_at.is_some();
        // It comes back while a later row with its key may be under way.
        let is_late = self.is_open && !was_open && self.ordering_key.is_some();
        self.readiness = if is_late {
            Readiness::Unchecked
        } else {
            Readiness::at(self.due, now)
        };
        self.changed = now;
        Some(self.life.state)
    }

    /// When somebody has to decide about the row, in its state. Nothing of a cancelled group is sent again.
    fn decides_at(&self, now: Time) -> Option<Time> {
        if self.life.state != State::Unknown || self.mode == GroupMode::Cancelled {
            return None;
        }
        self.policy.pause().map(|pause| now.plus(pause))
    }

    /// Whether its time is over.
    fn is_expired(&self, now: Time) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether it may be sent now, if it is claimed.
    #[cfg(feature = "postgres")]
    pub(crate) fn is_sendable(&self, now: Time) -> bool {
        self.mode == GroupMode::Running && !self.is_expired(now)
    }

    /// Deals with a queued or claimed row that must not be sent now. Returns whether it was one.
    pub(super) fn put_aside(&mut self, now: Time) -> bool {
        if self.mode == GroupMode::Cancelled {
            self.change(&Change::Cancel, now);
            return true;
        }
        if self.is_expired(now) {
            self.change(&Change::Expire, now);
            return true;
        }
        if self.mode == GroupMode::Running {
            return false;
        }
        if let Some(lease) = self.life.lease.clone() {
            self.change(&Change::Release(&lease.worker), now);
        }
        self.readiness = Readiness::Held;
        true
    }

    /// Sends an unknown row again, after this request. One of a cancelled group stays unknown.
    pub(super) fn send_again(&mut self, attempt: u32, now: Time) -> Option<State> {
        if self.mode == GroupMode::Cancelled {
            self.leave(attempt);
            return None;
        }
        self.change(&Change::SendAgain(attempt), now)
    }

    /// Ends the wait of an unknown row for a decision about this request: it stays unknown. Returns whether it waited.
    pub(super) fn leave(&mut self, attempt: u32) -> bool {
        let is_meant = self.life.state == State::Unknown && self.life.attempt == attempt;
        let waits = is_meant && self.decide_at.is_some();
        if waits {
            self.decide_at = None;
            self.is_open = false;
        }
        waits
    }

    /// Ends the wait for a decision at its time, as a policy to send again does.
    pub(super) fn is_decided(&self, now: Time) -> bool {
        matches!(self.policy, UnknownPolicy::SendAgainAfter(_))
            && self.decide_at.is_some_and(|at| at <= now)
    }

    pub(super) fn expire(&mut self, now: Time) -> Option<State> {
        let is_due = self.life.state == State::Queued && self.is_expired(now);
        is_due.then(|| self.change(&Change::Expire, now)).flatten()
    }

    pub(super) fn begin(&mut self, lease: &Lease, now: Time) -> Option<State> {
        self.change(&Change::Begin(lease.clone()), now)
    }

    /// Stores what came of it. Returns whether its state changed, or its wait for a decision ended.
    pub(super) fn settle(&mut self, outcome: &Outcome, now: Time) -> bool {
        let (change, reason) = match outcome {
            Outcome::Retry => return self.retry(now),
            Outcome::Accepted { message_id } if self.is_given_up(message_id.as_deref()) => {
                return false;
            }
            Outcome::Accepted { message_id } => {
                self.note_message(message_id.as_deref());
                let accepted = super::Evidence::Accepted;
                (Change::Evidence(accepted), None)
            }
            Outcome::NotProcessed {
                attempt, reason, ..
            } => (Change::NotProcessed(*attempt), Some(reason)),
            Outcome::Refused { attempt, reason } => (Change::Refuse(*attempt), Some(reason)),
            Outcome::Unknown { attempt, reason } => (Change::Unknown(*attempt), Some(reason)),
            Outcome::Released { worker } => (Change::Release(worker), None),
            Outcome::SendAgain { attempt } if self.mode == GroupMode::Cancelled => {
                return self.leave(*attempt);
            }
            Outcome::SendAgain { attempt } => (Change::SendAgain(*attempt), None),
            Outcome::Leave { attempt } => return self.leave(*attempt),
        };
        let due = match outcome {
            Outcome::NotProcessed { not_before, .. } => *not_before,
            _ => self.due,
        };
        let before = std::mem::replace(&mut self.due, due);
        let is_changed = self.change(&change, now).is_some();
        if is_changed {
            self.reason = reason.cloned().or(self.reason.take());
        } else {
            self.due = before;
        }
        is_changed
    }

    /// Sends the row again. What is repeated about the message that failed does not settle it any more.
    fn retry(&mut self, now: Time) -> bool {
        let is_wanted = self.mode != GroupMode::Cancelled;
        let is_changed = is_wanted && self.change(&Change::Retry, now).is_some();
        if is_changed {
            self.given_up = self.message_id.take().or(self.given_up.take());
        }
        is_changed
    }

    /// Whether this is the message that failed before the row was sent again.
    pub(super) fn is_given_up(&self, message_id: Option<&str>) -> bool {
        message_id.is_some() && self.given_up.as_deref() == message_id
    }

    /// Keeps the id of its message, unless it has one.
    pub(super) fn note_message(&mut self, id: Option<&str>) {
        if self.message_id.is_none() {
            self.message_id = id.map(str::to_owned);
        }
    }
}
