//! Stopping a worker from elsewhere.

use std::sync::Arc;

use tokio::sync::watch;

/// Stops a worker or a handler; returned by [`Worker::stop_handle`](crate::Worker::stop_handle) and
/// [`Handler::stop_handle`](crate::inbox::Handler::stop_handle). Clones stop the same one.
#[derive(Clone, Debug)]
pub struct StopHandle {
    signal: Arc<watch::Sender<bool>>,
}

impl StopHandle {
    pub(crate) fn new() -> Self {
        Self {
            signal: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Begins nothing further. What is under way comes to its end and is stored, then the worker or handler returns.
    pub fn stop(&self) {
        self.signal.send_replace(true);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.signal.borrow()
    }

    /// Returns once it was asked to stop.
    pub(crate) async fn stopped(&self) {
        // The sender is in this handle, so it does not go away.
        let _ = self.signal.subscribe().wait_for(|stopped| *stopped).await;
    }
}
