//! How long rows are kept.

use std::time::Duration;

use crate::state::State;
use crate::store::{Store, StoreError, patiently};
use crate::time::Time;

/// How many rows of each age are deleted in one transaction.
const SLICE: usize = 500;

/// How long rows are kept in the states that they end in. Those of other states are kept for ever, and those that are
/// [not ended](State::is_ended) whatever is set.
///
/// A row that is deleted frees its dedup key: the same message could be stored and sent again after that. Its receipts find
/// nothing any more. So keep rows for longer than anybody stores the same message again, and than receipts take.
///
/// ```
/// use std::time::Duration;
/// use sinch_conversation_outbox::{Retention, State, WorkerOptions};
///
/// const DAY: Duration = Duration::from_secs(86_400);
/// let retention = Retention::default()
///     .keep([State::Delivered, State::Read], 30 * DAY)
///     .keep(State::FAILURES, 180 * DAY);
/// let options = WorkerOptions::default().retention(retention);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    rules: Vec<(Vec<State>, Duration)>,
}

impl Retention {
    /// Keeps rows that are in one of these states for this long after their state changed last. If a state is named more than
    /// once, the shortest time counts.
    #[must_use]
    pub fn keep(mut self, states: impl IntoIterator<Item = State>, age: Duration) -> Self {
        self.rules.push((states.into_iter().collect(), age));
        self
    }

    /// Deletes a slice of the rows of each age. Returns how many there were, and whether there may be more.
    pub(crate) async fn delete_slice<S: Store>(
        &self,
        store: &S,
        queue: &str,
        now: Time,
    ) -> Result<(usize, bool), StoreError> {
        let (mut deleted, mut is_more) = (0, false);
        for (states, age) in &self.rules {
            let before = now.minus(*age);
            let slice = patiently(|| store.purge(queue, states, before, SLICE)).await?;
            deleted += slice;
            is_more |= slice >= SLICE;
        }
        Ok((deleted, is_more))
    }
}
