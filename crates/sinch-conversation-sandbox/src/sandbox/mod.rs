//! The methods of a sandbox: starting and stopping it, and controlling it from a test. The routes under `/_sandbox/`
//! call the same methods.

mod announcement;
pub(crate) mod builder;
pub(crate) mod callback_log;
mod channels;
mod clock;
pub(crate) mod endpoints;
pub(crate) mod error;
mod faults;
pub(crate) mod handset;
mod http;
mod recipients;
pub(crate) mod seed;
mod snippet;
mod traffic;
mod wait;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::callbacks::{self, CallbackClient};
use crate::core::addresses::Addresses;
use crate::core::clock::{Clock, Ids};
use crate::core::generation::Generation;
use crate::core::seal::Seal;
use crate::core::{Settings, State};
use crate::jobs;
use crate::model::channels::Channels;
use crate::server::access::{Access, Key};
use crate::server::body::Bodies;
use crate::server::faults::Faults;
use crate::server::listener::{self, Limits};
use crate::server::rate_limits::RateLimits;
use crate::server::request_log::RequestLog;
use crate::server::{self, Server, hosts};
use crate::store::{Database, Store, meta};
use builder::{KEY_ID, KEY_SECRET, PROJECT, SandboxBuilder};
use endpoints::Endpoints;
use error::StartError;

/// The longest duration: a month is effectively unlimited, and an [`Instant`](std::time::Instant) can hold it.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A running Sinch Conversation API on this machine.
///
/// Several can run at the same time, each with its own port and state. Dropping one stops it.
pub struct Sandbox {
    store: Arc<Store>,
    server: Arc<Server>,
    callbacks: Arc<CallbackClient>,
    endpoints: Arc<Endpoints>,
    /// A permit for each event stream.
    event_streams: Arc<Semaphore>,
    /// Stopped with it; `None` in the handle that the routes have.
    running: Option<Running>,
}

/// The tasks of a sandbox.
struct Running {
    stop: watch::Sender<bool>,
    listener: Option<JoinHandle<()>>,
    workers: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox with default settings: in memory, on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// [`StartError`] when no port is available.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns a builder, to set options before the start.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    async fn launch(builder: SandboxBuilder) -> Result<Self, StartError> {
        let (names, public) = (builder.names()?, builder.public()?);
        let (database, stored) = open_database(&builder)?;
        let (listener, address) = listen(builder.listen)?;
        let addresses = Addresses::new(address, names, public);
        let endpoints = builder.endpoints(&addresses, stored.project.clone());
        let stop = watch::Sender::new(false);
        let (clock, ids) = (Clock::ahead_by(stored.clock_ahead), Ids::default());
        let state = Arc::new(State {
            generation: Generation::new(ids.next(clock.now())),
            clock,
            ids,
            channels: Channels::default(),
            seal: Seal::new(stored.token_key),
            stopping: stop.subscribe(),
            settings: builder.settings(stored.project),
            addresses,
        });
        let store = Store::new(database, Arc::clone(&state))
            .map_err(|error| StartError::database(builder.database.clone(), &error))?;
        let store = Arc::new(store);
        let callbacks = CallbackClient::new(Arc::clone(&store), builder.callback_timeout);
        let callbacks = callbacks.map_err(|error| StartError::Callbacks {
            reason: error.to_string(),
        })?;
        let mut sandbox = Self {
            callbacks: Arc::new(callbacks),
            endpoints: Arc::new(endpoints),
            event_streams: Arc::new(Semaphore::new(builder.event_streams())),
            server: Arc::new(builder.server(Arc::clone(&store))),
            store,
            running: None,
        };
        if let Some(file) = &builder.seed {
            sandbox.seed_from(file).await?;
        }
        let limits = Limits {
            connections: builder.max_connections,
            read_timeout: builder.read_timeout.min(LONGEST),
        };
        let service = sandbox.service();
        let mut workers = vec![tokio::spawn(jobs::run(Arc::clone(&sandbox.store)))];
        // A fuzzer chooses the targets of callbacks, and nothing may be sent to them.
        if cfg!(not(fuzzing)) {
            workers.extend(callbacks::start(&sandbox.callbacks));
        }
        let keep = builder
            .keep
            .map(|most| jobs::keep(Arc::clone(&sandbox.store), most));
        workers.extend(keep.map(tokio::spawn));
        sandbox.running = Some(Running {
            listener: Some(tokio::spawn(listener::run(
                listener,
                service,
                limits,
                stop.subscribe(),
            ))),
            workers,
            stop,
        });
        Ok(sandbox)
    }

    fn service(&self) -> Router {
        server::service(Arc::clone(&self.server), http::controls(self.handle()))
    }

    /// Returns the service of the listener, for requests without a connection.
    #[cfg(fuzzing)]
    pub fn fuzzed_service(&self) -> Router {
        self.service()
    }

    /// Returns the same sandbox for its own routes, which do not keep it running.
    fn handle(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            server: Arc::clone(&self.server),
            callbacks: Arc::clone(&self.callbacks),
            endpoints: Arc::clone(&self.endpoints),
            event_streams: Arc::clone(&self.event_streams),
            running: None,
        }
    }

    /// Returns its addresses and credentials.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Stops the sandbox: requests in progress are completed (for at most five seconds), and pending callbacks stay in
    /// the database. Afterwards the port and the file are free.
    pub async fn shutdown(mut self) {
        if let Some(running) = &mut self.running {
            running.stop.send_replace(true);
            if let Some(listener) = running.listener.take()
                && let Err(error) = listener.await
            {
                tracing::error!(%error, "the listener failed");
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.stop.send_replace(true);
            running.workers.drain(..).for_each(|worker| worker.abort());
            self.store.close();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

/// The sandbox's own data in its database.
struct Stored {
    project: String,
    token_key: Vec<u8>,
    clock_ahead: i64,
}

fn open_database(builder: &SandboxBuilder) -> Result<(Database, Stored), StartError> {
    let file = &builder.database;
    let mut database = Database::open(file.as_deref())
        .map_err(|error| StartError::database(file.clone(), &error))?;
    let wanted = builder.project.as_deref();
    let read = database.write(|tx| {
        Ok(Stored {
            project: meta::project(tx, wanted.unwrap_or(PROJECT))?,
            token_key: meta::token_key(tx)?,
            clock_ahead: meta::clock_ahead(tx)?,
        })
    });
    let stored = read.map_err(|error| StartError::Database {
        path: file.clone().unwrap_or_else(|| ":memory:".into()),
        reason: error.to_string(),
    })?;
    match wanted {
        Some(wanted) if *wanted != stored.project => Err(StartError::OtherProject {
            stored: stored.project,
            wanted: wanted.to_owned(),
        }),
        _ => Ok((database, stored)),
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = listener::bind(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

impl SandboxBuilder {
    fn endpoints(&self, addresses: &Addresses, project: String) -> Endpoints {
        let key = self.keys.first().cloned().unwrap_or_else(|| Key {
            id: KEY_ID.to_owned(),
            secret: KEY_SECRET.to_owned(),
        });
        Endpoints::new(addresses, project, key)
    }

    fn settings(&self, project: String) -> Settings {
        Settings {
            project,
            callback_retries: self.callback_retries.clone(),
            receipt_interval: self.receipt_interval,
            send_interval: self.send_interval,
            queue_limit: self.queue_limit,
        }
    }

    fn event_streams(&self) -> usize {
        let most = self.max_event_streams.min(self.max_connections / 2);
        most.min(Semaphore::MAX_PERMITS)
    }

    fn server(&self, store: Arc<Store>) -> Server {
        let state = Arc::clone(&store.state);
        Server {
            controls_need_key: state.addresses.are_exposed()
                && !self.keys.is_empty()
                && !self.unprotected_controls,
            access: Access::new(self.keys.clone(), self.token_lifetime, state),
            bodies: Bodies::new(self.read_timeout),
            faults: Faults::default(),
            requests: RequestLog::new(self.keep),
            rate_limits: RateLimits::new(self.requests_per_second, self.limit_token_requests),
            operations: hosts::operations(),
            store,
        }
    }
}
