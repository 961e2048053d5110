//! Receives callbacks on a loopback address: checks them, stores them, and answers them.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use sinch_conversation::raw::wire::Timestamp;
use sinch_conversation::webhook::{Receiver, SignedCallback, Verifier, WebhookError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::context::warn;
use crate::error::{Exit, Failure};
use crate::received::{ReceivedCallback, Store};

/// The most callbacks that wait to be written. While there are more, the API waits for its answer.
const WAITING: usize = 1000;

/// The most events that are remembered, so that each is shown and forwarded once.
const REMEMBERED: usize = 10_000;

/// What arrived.
pub(super) enum Arrival {
    Callback(Box<ReceivedCallback>),
    /// A request that is no authentic callback, and why.
    Refused(String),
}

/// The server of this process.
pub(super) struct Server {
    address: SocketAddr,
    /// The last path that was asked for with GET.
    seen: watch::Receiver<String>,
}

#[derive(Clone)]
struct Shared {
    receiver: Receiver,
    arrivals: mpsc::Sender<Arrival>,
    memory: Arc<Mutex<Memory>>,
    seen: watch::Sender<String>,
}

impl FromRef<Shared> for Receiver {
    fn from_ref(shared: &Shared) -> Self {
        shared.receiver.clone()
    }
}

impl Server {
    /// Starts to receive callbacks with this secret.
    ///
    /// # Errors
    ///
    /// The listener has no address.
    pub(super) fn start(
        listener: TcpListener,
        secret: &str,
    ) -> Result<(Self, mpsc::Receiver<Arrival>), Failure> {
        let address = listener.local_addr();
        let address = address.map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
        let (sender, arrivals) = mpsc::channel(WAITING);
        let (seen_sender, seen) = watch::channel(String::new());
        let shared = Shared {
            receiver: Receiver::new(Verifier::new([secret])?),
            arrivals: sender,
            memory: Arc::new(Mutex::new(Memory::new())),
            seen: seen_sender,
        };
        // At any path: a public address may have one, or may take one away.
        let routes = Router::new().fallback_service(post(receive).get(answer).with_state(shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok((Self { address, seen }, arrivals))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resolves when somebody has asked for a path that ends like this.
    pub(super) async fn is_reached(&self, path: &str) {
        let mut seen = self.seen.clone();
        if seen.wait_for(|seen| seen.ends_with(path)).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn answer(State(shared): State<Shared>, uri: Uri) -> &'static str {
    shared.seen.send_replace(uri.path().to_owned());
    "sinch-conversation listen\n"
}

async fn receive(
    State(shared): State<Shared>,
    headers: HeaderMap,
    callback: Result<SignedCallback, WebhookError>,
) -> StatusCode {
    let arrival = match callback {
        Ok(callback) => {
            let now = Timestamp::from(SystemTime::now()).to_string();
            let received = ReceivedCallback::new(&callback, &headers, now);
            let mut memory = shared.memory.lock().unwrap_or_else(PoisonError::into_inner);
            match memory.note(received) {
                Some(received) => Arrival::Callback(Box::new(received)),
                None => return StatusCode::OK,
            }
        }
        Err(error) => {
            let status = error.status();
            // Nobody waits for it any more when this fails.
            let _ = shared
                .arrivals
                .try_send(Arrival::Refused(error.to_string()));
            return status;
        }
    };
    match shared.arrivals.send(arrival).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What was received.
struct Memory {
    keys: HashSet<String>,
    order: VecDeque<String>,
    /// `None` after it failed.
    store: Option<Store>,
}

impl Memory {
    fn new() -> Self {
        Self {
            keys: HashSet::new(),
            order: VecDeque::new(),
            store: Store::open().map_err(|failure| not_kept(&failure)).ok(),
        }
    }

    /// Stores a callback. Returns it with its id, or `None` if this process has received it before.
    fn note(&mut self, mut callback: ReceivedCallback) -> Option<ReceivedCallback> {
        if !self.keys.insert(callback.key.clone()) {
            return None;
        }
        self.order.push_back(callback.key.clone());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        match self.store.as_mut().map(|store| store.add(&callback)) {
            Some(Ok(id)) => callback.id = id,
            Some(Err(failure)) => {
                not_kept(&failure);
                self.store = None;
            }
            None => {}
        }
        Some(callback)
    }
}

fn not_kept(failure: &Failure) {
    warn(&format!("callbacks are not kept: {}", failure.message()));
}
