//! Which rows are looked for.

use crate::state::State;

/// The states that the index `outbox_failures` holds.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
const FAILURES: &str = "(state = 4 OR state > 6)";

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
    /// What a row fulfils that passes: one SQL condition for each of the failures, so that each is a part of the index
    /// `outbox_failures`, and one for all other states.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn conditions(&self) -> Vec<String> {
        let is_failure = |state: &State| State::FAILURES.contains(state);
        let (failures, others): (Vec<State>, Vec<State>) =
            self.states.iter().partition(|state| is_failure(state));
        let failures = failures.iter();
        let mut conditions: Vec<_> = failures
            .map(|state| format!("{FAILURES} AND state = {}", state.code()))
            .collect();
        if !others.is_empty() {
            let codes: Vec<_> = others
                .iter()
                .map(|state| state.code().to_string())
                .collect();
            conditions.push(format!("state IN ({})", codes.join(", ")));
        }
        conditions
    }
}
