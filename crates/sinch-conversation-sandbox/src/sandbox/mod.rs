//! A running sandbox: starting it and stopping it.

pub(crate) mod builder;
pub(crate) mod callback_log;
pub(crate) mod channel_events;
pub(crate) mod consents;
pub(crate) mod control;
pub(crate) mod endpoints;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod handset;
pub(crate) mod http;
pub(crate) mod methods;
pub(crate) mod profiles;
pub(crate) mod requests;
pub(crate) mod seed;
pub(crate) mod wait;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::callbacks::bearer::Bearers;
use crate::core::addresses::Addresses;
use crate::core::clock::{Clock, Ids};
use crate::core::generation::Epoch;
use crate::core::{Core, Settings};
use crate::model::channels::Channels;
use crate::sandbox::builder::{KEY_ID, KEY_SECRET, PROJECT, SandboxBuilder};
use crate::sandbox::endpoints::Endpoints;
use crate::sandbox::error::StartError;
use crate::server::access::{Access, Key};
use crate::server::body::Bodies;
use crate::server::faults::Faults;
use crate::server::guard;
use crate::server::listener;
use crate::server::listener::Limits;
use crate::server::rate_limits::Pace;
use crate::server::request_log::RequestLog;
use crate::store::{Store, StoreError, meta};
use crate::{callbacks, jobs, server};

/// The longest time limit: a month is as good as none, and an [`Instant`](std::time::Instant) can hold it.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// The Sinch Conversation API on this machine.
///
/// Any number of them run beside each other, each with a port and a state of its own. Dropping one stops it.
pub struct Sandbox {
    pub(crate) core: Arc<Core>,
    stop: watch::Sender<bool>,
    listener: Option<JoinHandle<()>>,
    workers: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox with default settings: in memory, on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// [`StartError`] when no port can be had.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Settings first.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    pub(crate) async fn launch(builder: SandboxBuilder) -> Result<Self, StartError> {
        let (names, public) = (builder.names()?, builder.public()?);
        let (store, kept) = open_store(&builder).await?;
        let project = kept.project;
        let (listener, address) = listen(builder.listen)?;
        let key = builder.keys.first().cloned().unwrap_or_else(|| Key {
            id: KEY_ID.to_owned(),
            secret: KEY_SECRET.to_owned(),
        });
        let stop = watch::Sender::new(false);
        let endpoints = Endpoints::new(address, public.as_ref(), project.clone(), key);
        let addresses = Addresses::new(address, names, public);
        let controls_need_key =
            addresses.are_exposed() && !builder.keys.is_empty() && !builder.unprotected_controls;
        let limits = Limits {
            connections: builder.max_connections,
            read_timeout: builder.read_timeout.min(LONGEST),
        };
        let (clock, ids) = (Clock::ahead_by(kept.clock_ahead), Ids::default());
        let core = Arc::new(Core {
            http: callback_client(builder.callback_timeout)?,
            bearers: Bearers::default(),
            store,
            epoch: Epoch::new(ids.next(clock.now())),
            clock,
            ids,
            access: Access::new(builder.keys, kept.token_key, builder.token_lifetime),
            channels: Channels::default(),
            faults: Faults::default(),
            pace: Pace::new(builder.requests_per_second, builder.limit_token_requests),
            requests: RequestLog::default(),
            stopping: stop.subscribe(),
            routes: server::hosts::routes(),
            bodies: Bodies::new(builder.read_timeout),
            event_streams: Arc::new(Semaphore::new(
                builder
                    .max_event_streams
                    .min(builder.max_connections / 2)
                    .min(Semaphore::MAX_PERMITS),
            )),
            endpoints,
            addresses,
            settings: Settings {
                project,
                callback_retries: builder.callback_retries,
                receipt_interval: builder.receipt_interval,
                send_interval: builder.send_interval,
                queue_limit: builder.queue_limit,
                controls_need_key,
            },
        });
        if let Some(file) = &builder.seed {
            seed::file(&core, file).await?;
        }
        Ok(Self {
            listener: Some(tokio::spawn(listener::run(
                listener,
                server::service(Arc::clone(&core)),
                limits,
                stop.subscribe(),
            ))),
            workers: vec![
                tokio::spawn(jobs::run(Arc::clone(&core))),
                tokio::spawn(callbacks::worker::run(Arc::clone(&core))),
                tokio::spawn(callbacks::replay::run(Arc::clone(&core))),
            ],
            core,
            stop,
        })
    }

    /// Where it listens and what it is called with.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.core.endpoints
    }

    /// Stops the sandbox: requests that are being answered are answered (for five seconds at most), callbacks
    /// that are still pending stay in the database. Afterwards port and file are free.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(listener) = self.listener.take()
            && let Err(error) = listener.await
        {
            tracing::error!(%error, "the listener failed");
        }
        self.halt();
    }

    fn halt(&mut self) {
        self.stop.send_replace(true);
        self.workers.drain(..).for_each(|worker| worker.abort());
        self.core.store.close();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.halt();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("endpoints", &self.core.endpoints)
            .finish_non_exhaustive()
    }
}

/// What a database keeps of the sandbox itself.
struct Kept {
    project: String,
    token_key: Vec<u8>,
    clock_ahead: i64,
}

async fn open_store(builder: &SandboxBuilder) -> Result<(Store, Kept), StartError> {
    let file = builder.database.clone();
    let store =
        Store::open(file.as_deref()).map_err(|error| StartError::database(file.clone(), &error))?;
    let wanted = builder
        .project
        .clone()
        .unwrap_or_else(|| PROJECT.to_owned());
    let read = store.write(move |tx| {
        Ok::<_, StoreError>(Kept {
            project: meta::project(tx, &wanted)?,
            token_key: meta::token_key(tx)?,
            clock_ahead: meta::clock_ahead(tx)?,
        })
    });
    let kept = read.await.map_err(|error| StartError::Database {
        path: file.unwrap_or_else(|| ":memory:".into()),
        reason: error.to_string(),
    })?;
    match &builder.project {
        Some(wanted) if *wanted != kept.project => Err(StartError::OtherProject {
            stored: kept.project,
            wanted: wanted.clone(),
        }),
        _ => Ok((store, kept)),
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = listener::bind(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Callbacks go straight to their targets: no proxy, no redirects.
fn callback_client(timeout: Duration) -> Result<reqwest::Client, StartError> {
    reqwest::Client::builder()
        .user_agent(guard::AGENT)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(timeout)
        .build()
        .map_err(|error| StartError::Callbacks {
            reason: error.to_string(),
        })
}
