//! The log of requests.

use crate::sandbox::Sandbox;
use crate::server::request_log::LoggedRequest;

impl Sandbox {
    /// The last 1,000 requests to the API and the token endpoint, in the order in which they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.core.requests.all()
    }

    /// Forgets the requests so far. Ids go on where they were.
    pub fn clear_requests(&self) {
        self.core.requests.clear();
    }
}
