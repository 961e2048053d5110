//! What every layer above needs: settings, clock, ids and signatures. It depends on none of them.

pub(crate) mod addresses;
pub(crate) mod clock;
pub(crate) mod generation;
pub(crate) mod seal;

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::model::channels::Channels;
use addresses::Addresses;
use clock::{Clock, Ids};
use generation::Generation;
use seal::Seal;

/// The settings that the builder collects.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) project: String,
    /// Pauses before the second, third, ... attempt to deliver a callback.
    pub(crate) callback_retries: Vec<Duration>,
    /// The time between two statuses of a message.
    pub(crate) receipt_interval: Duration,
    /// The time between two messages leaving the queue of an app.
    pub(crate) send_interval: TimeDelta,
    /// The most messages in the queue of an app.
    pub(crate) queue_limit: usize,
}

/// The state of a running sandbox that is not in its database.
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) addresses: Addresses,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) generation: Generation,
    pub(crate) channels: Channels,
    pub(crate) seal: Seal,
    /// Set when the sandbox stops; event streams then end.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl State {
    /// Returns a new id, greater than all before it.
    pub(crate) fn new_id(&self) -> String {
        self.ids.next(self.clock.now())
    }

    /// Returns when the sandbox stops.
    pub(crate) async fn stopped(&self) {
        let _ = self.stopping.clone().wait_for(|stop| *stop).await;
    }
}
