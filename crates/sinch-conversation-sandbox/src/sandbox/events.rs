//! What apps have sent besides messages.

use crate::model::event::SentEvent;
use crate::sandbox::Sandbox;
use crate::sandbox::control;
use crate::sandbox::error::ControlError;
use crate::store::window::Window;

impl Sandbox {
    /// Every event that apps have sent, oldest first, with its statuses.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn events_sent(&self) -> Result<Vec<SentEvent>, ControlError> {
        Ok(control::sent_events(&self.core, Window::all()).await?.items)
    }

    /// The event with this id.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownEvent`].
    pub async fn sent_event(&self, event_id: &str) -> Result<SentEvent, ControlError> {
        control::sent_event(&self.core, event_id).await
    }
}
