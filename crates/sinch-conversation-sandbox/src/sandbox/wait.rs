//! Waiting for what has to happen, with a deadline, so that tests never sleep.

use std::time::Duration;

use sinch_conversation_raw::types::DeliveryStatus;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::core::Core;
use crate::model::callback::{Callback, CallbackState};
use crate::model::event::SentEvent;
use crate::model::message::SentMessage;
use crate::model::timeline::TimelineEntry;
use crate::sandbox::Sandbox;
use crate::sandbox::control;
use crate::sandbox::error::ControlError;
use crate::server::request_log::LoggedRequest;
use crate::store::record::Only;
use crate::store::window::{Page, Window};
use crate::store::{StoreError, callbacks, replays, steps};

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
        for_delivery(&self.core, message_id, within).await
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
        for_status(&self.core, message_id, status.into(), within).await
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
        for_event(&self.core, event_id, within).await
    }

    /// Waits until a callback that `wanted` accepts has been delivered, and gives the first such.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_for_callback(
        &self,
        within: Duration,
        wanted: impl Fn(&Callback) -> bool,
    ) -> Result<Callback, ControlError> {
        for_callback(&self.core, within, wanted).await
    }

    /// Waits until something is sent or received that `wanted` accepts, and gives the first such; for example a
    /// message of the application under test whose id nobody knows yet.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_for_entry(
        &self,
        within: Duration,
        wanted: impl Fn(&TimelineEntry) -> bool,
    ) -> Result<TimelineEntry, ControlError> {
        let awaited = "an entry of the timeline";
        for_listed(&self.core, awaited, within, wanted).await
    }

    /// Waits until a request that `wanted` accepts has been answered, and gives the first such that is still kept.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_for_request(
        &self,
        within: Duration,
        wanted: impl Fn(&LoggedRequest) -> bool,
    ) -> Result<LoggedRequest, ControlError> {
        for_request(&self.core, within, wanted).await
    }

    /// Waits until no message is on its way and no callback is pending.
    ///
    /// # Errors
    ///
    /// [`ControlError::TimedOut`] after `within`.
    pub async fn wait_until_quiet(&self, within: Duration) -> Result<(), ControlError> {
        until_quiet(&self.core, within).await
    }
}

pub(crate) async fn for_delivery(
    core: &Core,
    message_id: &str,
    within: Duration,
) -> Result<SentMessage, ControlError> {
    let awaited = format!("message {message_id} to be delivered or to fail");
    let wait = Wait::new(core, awaited, within);
    for_message(core, message_id, wait, SentMessage::is_settled).await
}

pub(crate) async fn for_status(
    core: &Core,
    message_id: &str,
    status: DeliveryStatus,
    within: Duration,
) -> Result<SentMessage, ControlError> {
    let wait = Wait::new(core, format!("message {message_id} to be {status}"), within);
    for_message(core, message_id, wait, |message| {
        let mut receipts = message.receipts.iter();
        receipts.any(|receipt| receipt.status == status)
    })
    .await
}

async fn for_message(
    core: &Core,
    message_id: &str,
    mut wait: Wait,
    wanted: impl Fn(&SentMessage) -> bool,
) -> Result<SentMessage, ControlError> {
    loop {
        let message = control::sent_message(core, message_id).await?;
        if wanted(&message) {
            return Ok(message);
        }
        wait.for_change(format!("its statuses so far: {:?}", message.statuses()))
            .await?;
    }
}

pub(crate) async fn for_event(
    core: &Core,
    event_id: &str,
    within: Duration,
) -> Result<SentEvent, ControlError> {
    let awaited = format!("event {event_id} to be delivered or to fail");
    let mut wait = Wait::new(core, awaited, within);
    loop {
        let event = control::sent_event(core, event_id).await?;
        if event.is_settled() {
            return Ok(event);
        }
        wait.for_change(format!("its statuses so far: {:?}", event.statuses()))
            .await?;
    }
}

pub(crate) async fn for_callback(
    core: &Core,
    within: Duration,
    wanted: impl Fn(&Callback) -> bool,
) -> Result<Callback, ControlError> {
    let delivered =
        |callback: &Callback| callback.state == CallbackState::Delivered && wanted(callback);
    for_listed(core, "a callback to be delivered", within, delivered).await
}

pub(crate) async fn for_request(
    core: &Core,
    within: Duration,
    wanted: impl Fn(&LoggedRequest) -> bool,
) -> Result<LoggedRequest, ControlError> {
    let mut wait = Wait {
        changes: core.requests.changes(),
        ..Wait::new(core, "a request to be answered".to_owned(), within)
    };
    loop {
        let requests = core.requests.all();
        let count = requests.len();
        if let Some(found) = requests.into_iter().find(&wanted) {
            return Ok(found);
        }
        wait.for_change(format!("none of {count} requests is it"))
            .await?;
    }
}

/// How many items are looked at in one transaction, so that others get at the store in between.
const LOOK: u32 = 500;

/// What is listed in the order of its numbers.
pub(crate) trait Listed: Sized + Send {
    /// What several of them are called.
    const NAME: &'static str;

    fn number(&self) -> i64;

    fn read(
        core: &Core,
        window: Window,
    ) -> impl Future<Output = Result<Page<Self>, ControlError>> + Send;
}

impl Listed for Callback {
    const NAME: &'static str = "callbacks";

    fn number(&self) -> i64 {
        self.id
    }

    async fn read(core: &Core, window: Window) -> Result<Page<Self>, ControlError> {
        control::callbacks(core, window).await
    }
}

impl Listed for TimelineEntry {
    const NAME: &'static str = "entries";

    fn number(&self) -> i64 {
        self.seq
    }

    async fn read(core: &Core, window: Window) -> Result<Page<Self>, ControlError> {
        control::timeline(core, window, Only::default()).await
    }
}

/// Waits for the first item of a list that `wanted` accepts.
pub(crate) async fn for_listed<T: Listed>(
    core: &Core,
    awaited: &str,
    within: Duration,
    wanted: impl Fn(&T) -> bool,
) -> Result<T, ControlError> {
    let mut wait = Wait::new(core, awaited.to_owned(), within);
    loop {
        let mut window = Window {
            limit: LOOK,
            ..Window::all()
        };
        let (mut count, mut more) = (0, true);
        while more {
            let page = T::read(core, window.clone()).await?;
            (count, more) = (count + page.items.len(), page.more);
            window.after = page.items.last().map_or(window.after, T::number);
            if let Some(found) = page.items.into_iter().find(&wanted) {
                return Ok(found);
            }
        }
        wait.for_change(format!("none of {count} {} is it", T::NAME))
            .await?;
    }
}

pub(crate) async fn until_quiet(core: &Core, within: Duration) -> Result<(), ControlError> {
    let mut wait = Wait::new(core, "the sandbox to be quiet".to_owned(), within);
    loop {
        let now = core.clock.now();
        let counts = core.store.read(move |tx| {
            let callbacks = callbacks::pending(tx)? + replays::pending(tx)?;
            Ok::<_, StoreError>((steps::pending(tx, now)?, callbacks))
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

/// A wait with an end.
struct Wait {
    changes: watch::Receiver<u64>,
    deadline: Instant,
    within: Duration,
    awaited: String,
}

impl Wait {
    /// Begins before the first look, so that no change after it is missed.
    fn new(core: &Core, awaited: String, within: Duration) -> Self {
        Self {
            changes: core.store.changes(),
            deadline: Instant::now() + within,
            within,
            awaited,
        }
    }

    /// Returns when there is reason to look again. `seen` is what the last look has seen.
    async fn for_change(&mut self, seen: String) -> Result<(), ControlError> {
        match timeout_at(self.deadline, self.changes.changed()).await {
            Ok(_) => Ok(()),
            Err(_) => Err(ControlError::TimedOut {
                awaited: self.awaited.clone(),
                seen,
                waited: self.within,
            }),
        }
    }
}
