//! Faults of the API.

use crate::sandbox::Sandbox;
use crate::sandbox::error::ControlError;
use crate::server::faults::injected::InjectedFault;
use crate::server::faults::{self, StandingFault};

impl Sandbox {
    /// Lets the next request, or several, to an operation go wrong, and gives the fault's id. When several faults are
    /// there for an operation, the one that was injected first strikes until it is used up.
    ///
    /// ```no_run
    /// use sinch_conversation_sandbox::InjectedFault;
    ///
    /// # fn run(sandbox: sinch_conversation_sandbox::Sandbox) -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// sandbox.inject(InjectedFault::status("Messages_SendMessage", 503).times(2))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownOperation`], [`ControlError::InvalidFault`].
    pub fn inject(&self, fault: InjectedFault) -> Result<String, ControlError> {
        faults::inject(&self.core, fault)
    }

    /// The faults that still strike, in the order in which they were injected.
    #[must_use]
    pub fn faults(&self) -> Vec<StandingFault> {
        self.core.faults.all()
    }

    /// Takes away all injected faults.
    pub fn clear_faults(&self) {
        self.core.faults.clear();
    }
}
