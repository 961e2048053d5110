//! The life of a received event, without any storage.

use crate::state::Lease;
use crate::time::Time;

/// What has become of a received event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventState {
    /// Waits to be handled.
    Waiting,
    /// A handler works on it.
    Claimed,
    /// It was handled.
    Handled,
    /// Nobody could handle it. It is kept until it is replayed.
    Dead,
}

impl EventState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Claimed, Self::Handled, Self::Dead];

    /// The number under which stores keep it. It never changes.
    pub const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Claimed => 1,
            Self::Handled => 2,
            Self::Dead => 3,
        }
    }

    /// The state with this number; `None` for a number of a later version.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Something that happens to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventChange {
    /// A handler takes it.
    Claim(Lease),
    /// It was handled.
    Handle,
    /// The attempt with this number failed; there will be another one.
    Retry(u32),
    /// The attempt with this number failed, and there will be none.
    Bury(u32),
    /// It is this late, and the handler may be dead.
    EndLease(Time),
    /// A dead event is handled again.
    Replay,
}

/// Where an event is in its life.
///
/// ```
/// use sinch_conversation_outbox::inbox::{EventChange, EventLife, EventState};
///
/// let handled = EventLife::default().after(&EventChange::Handle).expect("it waits");
/// assert_eq!(handled.state, EventState::Handled);
/// assert_eq!(handled.after(&EventChange::Replay), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLife {
    /// The state.
    pub state: EventState,
    /// How often it was claimed.
    pub attempt: u32,
    /// Who works on it.
    pub lease: Option<Lease>,
}

impl Default for EventLife {
    fn default() -> Self {
        Self {
            state: EventState::Waiting,
            attempt: 0,
            lease: None,
        }
    }
}

impl EventLife {
    /// The life after a change, or `None` when the change is not possible or changes nothing.
    ///
    /// A success counts even after the lease ended; a failure counts for its own attempt only.
    #[must_use]
    pub fn after(&self, change: &EventChange) -> Option<Self> {
        use EventState::{Claimed, Dead, Handled, Waiting};
        let (mut attempt, mut lease) = (self.attempt, None);
        let state = match (change, self.state) {
            (EventChange::Claim(by), Waiting) => {
                attempt = attempt.saturating_add(1);
                lease = Some(by.clone());
                Claimed
            }
            (EventChange::Handle, Waiting | Claimed | Dead) => Handled,
            (EventChange::Retry(number), Claimed) if *number == attempt => Waiting,
            (EventChange::Bury(number), Claimed) if *number == attempt => Dead,
            (EventChange::EndLease(now), Claimed) if self.is_over(*now) => Waiting,
            (EventChange::Replay, Dead) => {
                attempt = 0;
                Waiting
            }
            _ => return None,
        };
        Some(Self {
            state,
            attempt,
            lease,
        })
    }

    fn is_over(&self, now: Time) -> bool {
        self.lease.as_ref().is_none_or(|lease| lease.until <= now)
    }
}
