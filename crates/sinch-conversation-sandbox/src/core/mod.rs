//! What every part of a running sandbox shares.

pub(crate) mod addresses;
pub(crate) mod clock;
pub(crate) mod generation;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sinch_conversation_raw::Operation;
use tokio::sync::{Semaphore, watch};

use crate::callbacks::bearer::Bearers;
use crate::core::clock::{Clock, Ids};
use crate::core::generation::Epoch;
use crate::model::channels::Channels;
use crate::sandbox::endpoints::Endpoints;
use crate::server::access::Access;
use crate::server::body::Bodies;
use crate::server::faults::Faults;
use crate::server::rate_limits::Pace;
use crate::server::request_log::RequestLog;
use crate::server::router::Routes;
use crate::store::Store;
use addresses::Addresses;

/// What the builder was told.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) project: String,
    /// Pauses before the second, third, ... attempt to deliver a callback.
    pub(crate) callback_retries: Vec<Duration>,
    /// Time between one status of a message and the next.
    pub(crate) receipt_interval: Duration,
    /// Time between one message of an app leaving its queue and the next.
    pub(crate) send_interval: TimeDelta,
    /// The most messages that wait in the queue of an app.
    pub(crate) queue_limit: usize,
    /// Whether the page and the controls are for those who have a key.
    pub(crate) controls_need_key: bool,
}

pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) epoch: Epoch,
    pub(crate) access: Access,
    pub(crate) channels: Channels,
    pub(crate) routes: Routes<&'static Operation>,
    pub(crate) bodies: Bodies,
    /// A permit for each event stream.
    pub(crate) event_streams: Arc<Semaphore>,
    /// Delivers callbacks.
    pub(crate) http: reqwest::Client,
    pub(crate) bearers: Bearers,
    pub(crate) faults: Faults,
    pub(crate) pace: Pace,
    pub(crate) requests: RequestLog,
    pub(crate) endpoints: Endpoints,
    pub(crate) addresses: Addresses,
    /// Set when the sandbox stops. Answers that would go on for ever end then.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Core {
    /// Returns when the sandbox is to stop: what would go on for long ends then.
    pub(crate) async fn stopped(&self) {
        let _ = self.stopping.clone().wait_for(|stop| *stop).await;
    }
}
