//! Faults that a test injects: requests that are answered wrongly, late or not at all.

pub(crate) mod injected;
pub(crate) mod response;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::server::operation_names;
use injected::{ANY, InjectedFault};
use response::InjectedResponse;

/// A fault that still strikes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StandingFault {
    /// Its id, as [`Sandbox::inject`](crate::Sandbox::inject) gave it.
    pub id: String,
    /// How many more requests it strikes; `None`: all of them, until it is cleared.
    pub left: Option<u32>,
    /// How many requests it has struck.
    pub struck: u64,
    /// What was injected.
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
    /// The documents have no operation of this name.
    UnknownOperation {
        operation: String,
        /// Operations with similar names, the most similar first.
        similar: Vec<&'static str>,
    },
    /// A field of its JSON form is wrong.
    Invalid { field: &'static str, reason: String },
}

/// A fault that strikes a request now.
pub(crate) struct Injection {
    pub(crate) fault: InjectedFault,
    pub(crate) response: Option<InjectedResponse>,
}

/// The faults that still strike, in the order in which they were injected. Not stored: a sandbox starts without any.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Standing>>);

impl Faults {
    /// Adds a fault that strikes from now on.
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

    /// The fault that a request to this operation meets: of several the one that was injected first.
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
