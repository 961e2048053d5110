//! Waits for a condition, with a timeout, so that tests never sleep.

use std::time::Duration;

use rusqlite::Transaction;
use sinch_conversation_raw::types::DeliveryStatus;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::Sandbox;
use super::error::ControlError;
use crate::model::callback::{Callback, CallbackState};
use crate::model::event::SentEvent;
use crate::model::message::SentMessage;
use crate::model::timeline::TimelineEntry;
use crate::server::request_log::LoggedRequest;
use crate::store::journal::{self, TimelineFilter};
use crate::store::window::{Page, Window};
use crate::store::{Store, StoreError, callbacks, jobs, replays};

impl Sandbox {
    /// Waits until a message is delivered or has failed for good.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`; [`ControlError::UnknownMessage`].
    pub async fn wait_for_delivery(
        &self,
        message_id: &str,
        within: Duration,
    ) -> Result<SentMessage, ControlError> {
        let awaited = format!("message {message_id} to be delivered or to fail");
        self.wait_for_message(message_id, awaited, within, SentMessage::is_settled)
            .await
    }

    /// Waits until a message has, or has had, this status.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`; [`ControlError::UnknownMessage`].
    pub async fn wait_for_status(
        &self,
        message_id: &str,
        status: impl Into<DeliveryStatus>,
        within: Duration,
    ) -> Result<SentMessage, ControlError> {
        let status = status.into();
        let awaited = format!("message {message_id} to be {status}");
        self.wait_for_message(message_id, awaited, within, |message| {
            let mut receipts = message.receipts.iter();
            receipts.any(|receipt| receipt.status == status)
        })
        .await
    }

    /// Waits until an event of an app is delivered or has failed.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`; [`ControlError::UnknownEvent`].
    pub async fn wait_for_event(
        &self,
        event_id: &str,
        within: Duration,
    ) -> Result<SentEvent, ControlError> {
        let awaited = format!("event {event_id} to be delivered or to fail");
        let mut wait = Wait::new(&self.store, awaited, within);
        loop {
            let event = self.sent_event(event_id).await?;
            if event.is_settled() {
                return Ok(event);
            }
            wait.for_change(format!("its statuses so far: {:?}", event.statuses()))
                .await?;
        }
    }

    /// Waits until a callback that `wanted` accepts has been delivered, and returns the first match.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_for_callback(
        &self,
        within: Duration,
        wanted: impl Fn(&Callback) -> bool,
    ) -> Result<Callback, ControlError> {
        let delivered =
            |callback: &Callback| callback.state == CallbackState::Delivered && wanted(callback);
        let read = |tx: &Transaction<'_>, window: &Window| callbacks::after(tx, window);
        let names = ("a callback to be delivered", "callbacks");
        self.wait_for_listed(names, within, read, |it| it.id, delivered)
            .await
    }

    /// Waits until something is sent or received that `wanted` accepts, and returns the first match. Useful if the id
    /// is not known, such as for a message of the application under test.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_for_entry(
        &self,
        within: Duration,
        wanted: impl Fn(&TimelineEntry) -> bool,
    ) -> Result<TimelineEntry, ControlError> {
        let read = |tx: &Transaction<'_>, window: &Window| {
            journal::after(tx, window, &TimelineFilter::default())
        };
        let names = ("an entry of the timeline", "entries");
        self.wait_for_listed(names, within, read, |it| it.seq, wanted)
            .await
    }

    /// Waits until a request that `wanted` accepts has been answered, and returns the first match that is still kept.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_for_request(
        &self,
        within: Duration,
        wanted: impl Fn(&LoggedRequest) -> bool,
    ) -> Result<LoggedRequest, ControlError> {
        let mut wait = Wait {
            changes: self.server.requests.changes(),
            ..Wait::new(&self.store, "a request to be answered".to_owned(), within)
        };
        loop {
            let requests = self.requests();
            let count = requests.len();
            if let Some(found) = requests.into_iter().find(&wanted) {
                return Ok(found);
            }
            wait.for_change(format!("none of {count} requests is it"))
                .await?;
        }
    }

    /// Waits until no message is on its way and no callback is pending.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_until_quiet(&self, within: Duration) -> Result<(), ControlError> {
        let mut wait = Wait::new(&self.store, "the sandbox to be quiet".to_owned(), within);
        loop {
            let counts = self.store.read(|scope| {
                let callbacks = callbacks::pending(scope.tx)? + replays::pending(scope.tx)?;
                Ok::<_, StoreError>((jobs::pending(scope.tx, scope.now)?, callbacks))
            });
            let (messages, callbacks) = counts.await?;
            if messages + callbacks == 0 {
                return Ok(());
            }
            wait.for_change(format!(
                "{messages} messages are on their way, {callbacks} callbacks are pending"
            ))
            .await?;
        }
    }

    async fn wait_for_message(
        &self,
        message_id: &str,
        awaited: String,
        within: Duration,
        wanted: impl Fn(&SentMessage) -> bool,
    ) -> Result<SentMessage, ControlError> {
        let mut wait = Wait::new(&self.store, awaited, within);
        loop {
            let message = self.sent_message(message_id).await?;
            if wanted(&message) {
                return Ok(message);
            }
            wait.for_change(format!("its statuses so far: {:?}", message.statuses()))
                .await?;
        }
    }

    /// Waits for the first item of a list that `wanted` accepts.
    async fn wait_for_listed<T: Send + 'static>(
        &self,
        (awaited, items): (&str, &str),
        within: Duration,
        read: fn(&Transaction<'_>, &Window) -> Result<Page<T>, StoreError>,
        number: fn(&T) -> i64,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<T, ControlError> {
        let mut wait = Wait::new(&self.store, awaited.to_owned(), within);
        loop {
            let mut window = Window {
                limit: LOOK,
                ..Window::all()
            };
            let (mut count, mut more) = (0, true);
            while more {
                let from = window.clone();
                let page = self.read(move |tx| read(tx, &from)).await?;
                (count, more) = (count + page.items.len(), page.more);
                window.after = page.items.last().map_or(window.after, number);
                if let Some(found) = page.items.into_iter().find(&wanted) {
                    return Ok(found);
                }
            }
            wait.for_change(format!("none of {count} {items} is it"))
                .await?;
        }
    }
}

/// The most items in one transaction, so that others can use the store in between.
const LOOK: u32 = 500;

/// How many times as long as the last look others have the store for themselves. A look at a million items takes long,
/// and every one of them that changes is a reason to look again.
const REST: u32 = 4;

/// A wait with a timeout.
struct Wait {
    changes: watch::Receiver<u64>,
    look_began: Instant,
    deadline: Instant,
    within: Duration,
    awaited: String,
}

impl Wait {
    /// Subscribes before the first look, so that no later change is missed.
    fn new(store: &Store, awaited: String, within: Duration) -> Self {
        Self {
            changes: store.changes(),
            look_began: Instant::now(),
            deadline: Instant::now() + within,
            within,
            awaited,
        }
    }

    /// Returns when something has changed, and the store had its rest. `seen` describes the last look, for the error.
    async fn for_change(&mut self, seen: String) -> Result<(), ControlError> {
        let rest = self.look_began.elapsed() * REST;
        let changed = async {
            sleep(rest).await;
            self.changes.changed().await
        };
        let changed = timeout_at(self.deadline, changed).await;
        self.look_began = Instant::now();
        match changed {
            Ok(_) => Ok(()),
            Err(_) => Err(ControlError::TimedOut {
                awaited: self.awaited.clone(),
                seen,
                waited: self.within,
            }),
        }
    }
}
