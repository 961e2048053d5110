//! Identifies the current run, so that a client notices when the data it remembers is gone.

use std::sync::{Mutex, PoisonError};

/// The id of the current run; changes on restart and reset.
pub(crate) struct Generation(Mutex<String>);

impl Generation {
    /// `name` must not have been used before.
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
