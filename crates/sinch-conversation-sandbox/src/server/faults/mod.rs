//! Injected faults: requests that get wrong, late or no responses.

pub(crate) mod injected;
pub(crate) mod response;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::server::operation_names;
use injected::{ANY, InjectedFault};
use response::InjectedResponse;

/// An injected fault that is still active.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StandingFault {
    /// The id, as returned by [`Sandbox::inject`](crate::Sandbox::inject).
    pub id: String,
    /// How many more requests it applies to; `None`: all, until it is cleared.
    pub left: Option<u32>,
    /// How many requests it has applied to.
    pub struck: u64,
    /// The injected fault.
    #[serde(flatten)]
    pub fault: InjectedFault,
}

struct Standing {
    shown: StandingFault,
    response: Option<InjectedResponse>,
}

/// Why a fault cannot be injected.
#[derive(Debug)]
pub(crate) enum FaultError {
    /// The documents have no operation with this name.
    UnknownOperation {
        operation: String,
        /// Operations with similar names, the most similar first.
        similar: Vec<&'static str>,
    },
    /// A field of its JSON form is invalid.
    Invalid { field: &'static str, reason: String },
}

/// A fault that applies to the current request.
pub(crate) struct Injection {
    pub(crate) fault: InjectedFault,
    pub(crate) response: Option<InjectedResponse>,
}

/// The active faults, in the order of injection. Not stored: after a restart there are none.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Standing>>);

impl Faults {
    /// Adds a fault.
    pub(crate) fn inject(&self, id: String, fault: InjectedFault) -> Result<(), FaultError> {
        if fault.operation != ANY && !operation_names::is_operation(&fault.operation) {
            return Err(FaultError::UnknownOperation {
                similar: operation_names::similar_operations(&fault.operation),
                operation: fault.operation,
            });
        }
        let response = InjectedResponse::of(&fault)?;
        let shown = StandingFault {
            id,
            left: Some(fault.times).filter(|times| *times > 0),
            struck: 0,
            fault,
        };
        self.standing().push(Standing { shown, response });
        Ok(())
    }

    /// Returns the fault for a request to this operation, the oldest if there are several, and counts it.
    pub(crate) fn strike(&self, operation: &str) -> Option<Injection> {
        let mut standing = self.standing();
        let at = standing
            .iter()
            .position(|one| one.shown.fault.is_for(operation))?;
        let one = standing.get_mut(at)?;
        one.shown.struck += 1;
        let strike = Injection {
            fault: one.shown.fault.clone(),
            response: one.response.clone(),
        };
        one.shown.left = one.shown.left.map(|left| left.saturating_sub(1));
        if one.shown.left == Some(0) {
            standing.remove(at);
        }
        Some(strike)
    }

    pub(crate) fn all(&self) -> Vec<StandingFault> {
        self.standing()
            .iter()
            .map(|one| one.shown.clone())
            .collect()
    }

    pub(crate) fn clear(&self) {
        self.standing().clear();
    }

    fn standing(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
