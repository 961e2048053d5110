//! How a queue is doing.

use crate::state::State;
use crate::time::Time;

/// Rows by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; State::ALL.len()]);

impl Counts {
    /// How many rows are in a state.
    pub fn of(&self, state: State) -> u64 {
        let place = usize::try_from(state.code()).ok();
        place
            .and_then(|place| self.0.get(place))
            .copied()
            .unwrap_or_default()
    }

    /// Adds rows in a state.
    pub fn add(&mut self, state: State, rows: u64) {
        let place = usize::try_from(state.code()).ok();
        if let Some(count) = place.and_then(|place| self.0.get_mut(place)) {
            *count = count.saturating_add(rows);
        }
    }

    /// How many rows are yet to be sent, or are being sent.
    pub fn waiting(&self) -> u64 {
        let states = State::ALL.into_iter().filter(|state| !state.is_ended());
        states.map(|state| self.of(state)).sum()
    }

    /// How many rows there are.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// How a queue, or one of its groups, is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The rows by state.
    pub counts: Counts,
    /// Why the queue is paused, if it is.
    pub paused: Option<String>,
    /// Nothing of the queue is sent before this time, when the API asked to wait. It may have passed.
    pub hold_until: Option<Time>,
    /// What was done to the group, when the status is that of one.
    pub group: GroupMode,
}

impl Status {
    /// Makes the answer of a store for a queue that is not held.
    pub const fn new(counts: Counts, paused: Option<String>) -> Self {
        Self {
            counts,
            paused,
            hold_until: None,
            group: GroupMode::Running,
        }
    }
}

/// What was done to a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupMode {
    /// It is sent.
    #[default]
    Running,
    /// It is paused.
    Paused,
    /// It is cancelled, for good.
    Cancelled,
}

impl GroupMode {
    /// The number under which stores keep it. It never changes.
    pub const fn code(self) -> i64 {
        match self {
            Self::Running => 0,
            Self::Paused => 1,
            Self::Cancelled => 2,
        }
    }

    /// The mode with this number; `None` for a number of a later version.
    pub fn from_code(code: i64) -> Option<Self> {
        let all = [Self::Running, Self::Paused, Self::Cancelled];
        all.into_iter().find(|known| known.code() == code)
    }
}
