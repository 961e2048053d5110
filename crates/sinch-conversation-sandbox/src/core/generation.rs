//! Since when the sandbox is what it is: those who remember what it held can tell that it began anew.

use std::sync::{Mutex, PoisonError};

/// A name for the time between two beginnings: the start of the program, and each reset.
pub(crate) struct Epoch(Mutex<String>);

impl Epoch {
    /// `name` has to be one that was never used before.
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
