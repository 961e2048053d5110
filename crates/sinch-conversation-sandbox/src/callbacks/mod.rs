//! Callbacks: ordered, signed and posted to the application.

mod attempt;
pub(crate) mod bearer;
pub(crate) mod notify;
mod queues;
mod replay;
mod sign;
mod worker;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::store::{Store, StoreError};
use bearer::Bearers;

/// The user agent of callbacks.
pub(crate) const AGENT: &str = concat!("sinch-conversation-sandbox/", env!("CARGO_PKG_VERSION"));

/// Posts callbacks.
pub(crate) struct CallbackClient {
    store: Arc<Store>,
    http: reqwest::Client,
    bearers: Bearers,
}

impl CallbackClient {
    /// Callbacks go straight to their targets: no proxy, no redirects.
    pub(crate) fn new(store: Arc<Store>, timeout: Duration) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(AGENT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            .build()?;
        Ok(Self {
            store,
            http,
            bearers: Bearers::default(),
        })
    }

    /// Forgets the access tokens for targets.
    pub(crate) fn forget_tokens(&self) {
        self.bearers.clear();
    }
}

/// Delivers callbacks until aborted, starting with those that an earlier run left pending.
pub(crate) fn start(client: &Arc<CallbackClient>) -> [JoinHandle<()>; 2] {
    [
        tokio::spawn(worker::run(Arc::clone(client))),
        tokio::spawn(replay::run(Arc::clone(client))),
    ]
}

fn report(error: &StoreError) {
    if !matches!(error, StoreError::Closed) {
        tracing::error!(%error, "delivery of callbacks is suspended: the store failed");
    }
}

/// Describes the error and its causes, without the URL, which may hold a secret.
fn describe(error: &reqwest::Error) -> String {
    let mut text = match error {
        error if error.is_timeout() => "timed out".to_owned(),
        error if error.is_connect() => "cannot connect".to_owned(),
        error if error.is_builder() => "the URL cannot be called".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
