//! One connection: HTTP/1.1 with timeouts, and the ways to abort it.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::server::response::{Break, Endless};

/// A connection that is idle for this long is closed to make room when there are too many.
const IDLE: Duration = Duration::from_millis(500);
/// How long a connection stays open for the client to read the last response. Closing it while the client still sends
/// would discard what the client has not read yet.
const LINGER: Duration = Duration::from_secs(1);

/// What a connection is told by the listener.
#[derive(Clone)]
pub(super) struct Signals {
    /// Set when the sandbox stops.
    pub(super) stop: watch::Receiver<bool>,
    /// Changes when connections wait for a place.
    pub(super) crowded: watch::Receiver<()>,
}

/// What the requests of a connection tell it.
#[derive(Default)]
struct RequestState {
    last_request: Option<Instant>,
    /// Whether a request is being answered: it was read completely, and the response has not started.
    is_answering: bool,
    /// Whether the response goes on for as long as the client reads it.
    is_endless: bool,
    broken: Option<Break>,
}

/// What happens to a connection when others wait for its place.
#[derive(Debug, PartialEq, Eq)]
enum Eviction {
    /// It stays, as it was not idle for long.
    Stays,
    /// It is closed after the current response.
    Ends,
    /// It is closed immediately: the head of its first request has not arrived.
    IsClosed,
}

impl RequestState {
    fn pressed(&self, connected: Instant) -> Eviction {
        let since = self.last_request.unwrap_or(connected);
        if self.is_endless || since.elapsed() < IDLE {
            Eviction::Stays
        } else if self.last_request.is_none() {
            Eviction::IsClosed
        } else {
            Eviction::Ends
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("an injected fault aborts the connection")]
struct Broken;

/// Serves a connection until one side ends it.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    read_timeout: Duration,
    mut signals: Signals,
) {
    // Responses are small, and would otherwise wait for the next packet (Nagle's algorithm).
    let _ = stream.set_nodelay(true);
    let notes = Arc::new(Mutex::new(RequestState::default()));
    let shared = Arc::clone(&notes);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut notes = lock(&shared);
        notes.last_request = Some(Instant::now());
        notes.is_answering = true;
        drop(notes);
        Box::pin(pass(router.call(request), Arc::clone(&shared)))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        // A client that has shut down its sending side may still want the response.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let connected = Instant::now();
    let mut ending = false;
    let mut last_chance = pin!(sleep(read_timeout));
    loop {
        tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection failed");
                }
                break;
            }
            _ = signals.stop.wait_for(|stop| *stop), if !ending => ending = true,
            _ = signals.crowded.changed(), if !ending => {
                match lock(&notes).pressed(connected) {
                    Eviction::Stays => {}
                    Eviction::Ends => ending = true,
                    Eviction::IsClosed => return,
                }
            }
            () = &mut last_chance, if ending => {
                if !lock(&notes).is_answering {
                    // The client does not read the response.
                    return;
                }
            }
        }
        if ending {
            last_chance.as_mut().reset(after(read_timeout));
            Pin::new(&mut connection).graceful_shutdown();
        }
    }
    let stream = connection.into_parts().io.into_inner();
    let broken = lock(&notes).broken.take();
    match broken {
        Some(Break::Reset) => {
            // Closing then sends a reset.
            let _ = stream.set_zero_linger();
        }
        Some(Break::Cut(bytes)) => {
            let _ = timeout(read_timeout, cut(stream, bytes)).await;
        }
        // Nothing is left to send: the client has its response, or the sandbox stops.
        None if ending => {}
        None => close(stream).await,
    }
}

/// Returns the response, unless the connection is to be aborted.
async fn pass(
    answer: impl Future<Output = Result<Response, Infallible>>,
    notes: Arc<Mutex<RequestState>>,
) -> Result<Response, Broken> {
    let mut response = match answer.await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let mut noted = lock(&notes);
    noted.is_answering = false;
    noted.is_endless = response.extensions().get::<Endless>().is_some();
    match response.extensions_mut().remove::<Break>() {
        None => Ok(response),
        Some(broken) => {
            noted.broken = Some(broken);
            Err(Broken)
        }
    }
}

/// Returns the end of a timeout that starts now.
fn after(limit: Duration) -> tokio::time::Instant {
    tokio::time::Instant::now() + limit
}

fn lock(notes: &Mutex<RequestState>) -> MutexGuard<'_, RequestState> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn cut(mut stream: TcpStream, bytes: Bytes) -> io::Result<()> {
    stream.write_all(&bytes).await?;
    close(stream).await;
    Ok(())
}

/// Closes our side, and waits a while for the client to close its own.
async fn close(mut stream: TcpStream) {
    let farewell = async {
        stream.shutdown().await?;
        let mut ignored = vec![0; 16 * 1024];
        while stream.read(&mut ignored).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    let _ = timeout(LINGER, farewell).await;
}
