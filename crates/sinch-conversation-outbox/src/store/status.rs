//! How a queue is doing.

use crate::state::State;

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
}

impl Status {
    /// Makes the answer of a store.
    pub const fn new(counts: Counts, paused: Option<String>) -> Self {
        Self { counts, paused }
    }
}
