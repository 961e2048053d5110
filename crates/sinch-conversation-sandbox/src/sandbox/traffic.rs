//! Sent and received messages and events, and their callbacks.

use rusqlite::Transaction;

use super::Sandbox;
use super::callback_log::CallbackLog;
use super::error::ControlError;
use crate::model::callback::Callback;
use crate::model::event::SentEvent;
use crate::model::message::SentMessage;
use crate::model::timeline::TimelineEntry;
use crate::store::journal::{self, TimelineFilter};
use crate::store::window::{Page, Window};
use crate::store::{SENT_EVENTS, SENT_MESSAGES, Scope, StoreError, callbacks, replays};

impl Sandbox {
    /// Returns every message that apps have sent, oldest first, with its statuses.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn sent(&self) -> Result<Vec<SentMessage>, ControlError> {
        Ok(self.sent_page(Window::all()).await?.items)
    }

    pub(super) async fn sent_page(
        &self,
        window: Window<String>,
    ) -> Result<Page<SentMessage>, ControlError> {
        self.read(move |tx| SENT_MESSAGES.page(tx, &window)).await
    }

    /// Returns the message with this id.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`].
    pub async fn sent_message(&self, message_id: &str) -> Result<SentMessage, ControlError> {
        let message_id = message_id.to_owned();
        let work = move |scope: &Scope<'_>| {
            let found = SENT_MESSAGES.get(scope.tx, &message_id)?;
            found.ok_or(ControlError::UnknownMessage { message_id })
        };
        self.store.read(work).await
    }

    /// Returns every event that apps have sent, oldest first, with its statuses.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn events_sent(&self) -> Result<Vec<SentEvent>, ControlError> {
        Ok(self.events_page(Window::all()).await?.items)
    }

    pub(super) async fn events_page(
        &self,
        window: Window<String>,
    ) -> Result<Page<SentEvent>, ControlError> {
        self.read(move |tx| SENT_EVENTS.page(tx, &window)).await
    }

    /// Returns the event with this id.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownEvent`].
    pub async fn sent_event(&self, event_id: &str) -> Result<SentEvent, ControlError> {
        let event_id = event_id.to_owned();
        let work = move |scope: &Scope<'_>| {
            let found = SENT_EVENTS.get(scope.tx, &event_id)?;
            found.ok_or(ControlError::UnknownEvent { event_id })
        };
        self.store.read(work).await
    }

    /// Returns everything that contacts have sent, oldest first; also what the API does not store, such as messages in
    /// DISPATCH mode.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn received(&self) -> Result<Vec<TimelineEntry>, ControlError> {
        let received = self.timeline_page(Window::all(), TimelineFilter::received());
        Ok(received.await?.items)
    }

    /// Returns everything that apps and contacts have sent, in order.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn timeline(&self) -> Result<Vec<TimelineEntry>, ControlError> {
        let all = self.timeline_page(Window::all(), TimelineFilter::default());
        Ok(all.await?.items)
    }

    pub(super) async fn timeline_page(
        &self,
        window: Window,
        only: TimelineFilter,
    ) -> Result<Page<TimelineEntry>, ControlError> {
        self.read(move |tx| journal::after(tx, &window, &only))
            .await
    }

    /// Returns every callback, oldest first, with its delivery attempts.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn callbacks(&self) -> Result<Vec<Callback>, ControlError> {
        Ok(self.callbacks_page(Window::all()).await?.items)
    }

    pub(super) async fn callbacks_page(
        &self,
        window: Window,
    ) -> Result<Page<Callback>, ControlError> {
        self.read(move |tx| callbacks::after(tx, &window)).await
    }

    /// Posts a callback again immediately, whatever its state: the same body to the same target, with a new nonce,
    /// timestamp and signature, even if the webhook was deleted. The attempt is added to the callback; if it succeeds,
    /// an abandoned or dropped callback becomes delivered.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownCallback`].
    pub async fn replay_callback(&self, id: i64) -> Result<(), ControlError> {
        let added = self.store.write(move |scope| replays::add(scope.tx, id));
        if added.await? {
            Ok(())
        } else {
            Err(ControlError::UnknownCallback { id })
        }
    }

    /// Returns a log of delivery attempts that starts now.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn callback_log(&self) -> Result<CallbackLog, ControlError> {
        CallbackLog::open(&self.store).await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, ControlError> {
        Ok(self.store.read(move |scope| question(scope.tx)).await?)
    }
}
