//! Injected faults of the API, and the log of the requests that meet them.

use super::Sandbox;
use super::error::ControlError;
use crate::server::faults::ActiveFault;
use crate::server::faults::injected::InjectedFault;
use crate::server::request_log::LoggedRequest;

impl Sandbox {
    /// Injects a fault into the next request, or several, to an operation, and returns the fault's id. If an operation
    /// has several faults, the oldest one applies until it is used up.
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
        let id = self.store.state.new_id();
        self.server.faults.inject(id.clone(), fault)?;
        self.store.tell();
        Ok(id)
    }

    /// Returns the faults that are still active, in the order of injection.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.server.faults.all()
    }

    /// Removes all injected faults.
    pub fn clear_faults(&self) {
        self.server.faults.clear();
        self.store.tell();
    }

    /// Returns the last 1,000 requests to the API and the token endpoint, in the order of their responses.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.server.requests.all()
    }

    /// Clears the request log. Ids continue.
    pub fn clear_requests(&self) {
        self.server.requests.clear();
    }
}
