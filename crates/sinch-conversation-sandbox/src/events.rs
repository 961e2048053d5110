//! What apps have sent besides messages.

use crate::control;
use crate::engine::events::sent::SentEvent;
use crate::error::ControlError;
use crate::sandbox::Sandbox;
use crate::store::kept;

impl Sandbox {
    /// Every event that apps have sent, oldest first, with its statuses.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn events_sent(&self) -> Result<Vec<SentEvent>, ControlError> {
        control::sent_events(&self.core).await
    }

    /// The event with this id.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownEvent`].
    pub async fn sent_event(&self, event_id: &str) -> Result<SentEvent, ControlError> {
        let id = event_id.to_owned();
        let found = self.core.store.read(move |tx| kept::get(tx, &id)).await?;
        found.ok_or_else(|| ControlError::UnknownEvent {
            event_id: event_id.to_owned(),
        })
    }
}
