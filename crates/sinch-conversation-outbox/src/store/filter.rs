//! Which rows are looked for.

use crate::state::State;

/// Which rows of a queue are listed.
///
/// ```
/// use sinch_conversation_outbox::State;
/// use sinch_conversation_outbox::store::RowFilter;
///
/// let refused = RowFilter::states([State::Refused]).group("reopening");
/// let failures = RowFilter::failures();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowFilter {
    /// Their states, each of them once.
    pub states: Vec<State>,
    /// Their group; `None` for rows of every group and of none.
    pub group: Option<String>,
}

impl RowFilter {
    /// Rows in one of these states.
    pub fn states(states: impl IntoIterator<Item = State>) -> Self {
        let mut states: Vec<_> = states.into_iter().collect();
        states.sort();
        states.dedup();
        Self {
            states,
            group: None,
        }
    }

    /// Rows that reached nobody, as far as it is known: [`State::FAILURES`].
    pub fn failures() -> Self {
        Self::states(State::FAILURES)
    }

    /// Rows of this group only.
    #[must_use]
    pub fn group(mut self, name: impl Into<String>) -> Self {
        self.group = Some(name.into());
        self
    }
}
