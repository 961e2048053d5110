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
pub struct ActiveFault {
    /// The id, as returned by [`Sandbox::inject`](crate::Sandbox::inject).
    pub id: String,
    /// How many more requests it applies to; `None`: all, until it is cleared.
    pub remaining: Option<u32>,
    /// How many requests it has applied to.
    pub applied: u64,
    /// The injected fault.
    #[serde(flatten)]
    pub fault: InjectedFault,
}

struct TrackedFault {
    shown: ActiveFault,
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
pub(crate) struct Faults(Mutex<Vec<TrackedFault>>);

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
        let shown = ActiveFault {
            id,
            remaining: Some(fault.times).filter(|times| *times > 0),
            applied: 0,
            fault,
        };
        self.active().push(TrackedFault { shown, response });
        Ok(())
    }

    /// Returns the fault for a request to this operation, the oldest if there are several, and counts it.
    pub(crate) fn take(&self, operation: &str) -> Option<Injection> {
        let mut active = self.active();
        let at = active
            .iter()
            .position(|one| one.shown.fault.is_for(operation))?;
        let one = active.get_mut(at)?;
        one.shown.applied += 1;
        let injection = Injection {
            fault: one.shown.fault.clone(),
            response: one.response.clone(),
        };
        one.shown.remaining = one.shown.remaining.map(|left| left.saturating_sub(1));
        if one.shown.remaining == Some(0) {
            active.remove(at);
        }
        Some(injection)
    }

    pub(crate) fn all(&self) -> Vec<ActiveFault> {
        self.active().iter().map(|one| one.shown.clone()).collect()
    }

    pub(crate) fn clear(&self) {
        self.active().clear();
    }

    fn active(&self) -> MutexGuard<'_, Vec<TrackedFault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
