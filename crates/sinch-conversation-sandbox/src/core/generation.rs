//! Identifies the current run: a client that remembers what the sandbox held sees when that is gone.

use std::sync::{Mutex, PoisonError};

/// The name of the current run; changes on restart and reset.
pub(crate) struct Generation(Mutex<String>);

impl Generation {
    /// `name` must never have been used before.
    pub(crate) fn new(name: String) -> Self {
        Self(Mutex::new(name))
    }

    pub(crate) fn begin(&self, name: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }

    pub(crate) fn name(&self) -> String {
        let name = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        name.clone()
    }
}
