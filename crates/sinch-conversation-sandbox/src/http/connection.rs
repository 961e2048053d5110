//! One connection: HTTP/1.1 with time limits, and the ways to break it off.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
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
use tokio::time::timeout;

use super::answer::Break;

/// A connection without a request for so long makes room for others when there are too many.
const IDLE: Duration = Duration::from_millis(500);
/// How long a connection is kept to see that the client has read the last answer. A connection that is closed while
/// the client still sends takes away what the client has not read yet.
const LINGER: Duration = Duration::from_secs(1);

/// What a connection is told from outside.
#[derive(Clone)]
pub(super) struct Signals {
    /// Set when the sandbox stops.
    pub(super) stop: watch::Receiver<bool>,
    /// Changes when connections wait for a place.
    pub(super) crowded: watch::Receiver<()>,
}

/// What its requests tell the connection.
#[derive(Default)]
struct Notes {
    last_request: Option<Instant>,
    broken: Option<Break>,
}

#[derive(Debug, thiserror::Error)]
#[error("a fault breaks the connection off")]
struct Broken;

/// Answers the requests of a connection until one side ends it.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    read_timeout: Duration,
    mut signals: Signals,
) {
    // Answers are small; without this they may wait for the next packet.
    let _ = stream.set_nodelay(true);
    let notes = Arc::new(Mutex::new(Notes::default()));
    let shared = Arc::clone(&notes);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        lock(&shared).last_request = Some(Instant::now());
        Box::pin(pass(router.call(request), Arc::clone(&shared)))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        // Who has sent all there is to send may still want the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut ending = false;
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
                ending = lock(&notes).last_request.is_some_and(|last| last.elapsed() >= IDLE);
            }
        }
        if ending {
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
        // Nothing is on its way: the client had its answer, or the sandbox stops.
        None if ending => {}
        None => close(stream).await,
    }
}

/// The answer, unless the connection is to be broken off.
async fn pass(
    answer: impl Future<Output = Result<Response, Infallible>>,
    notes: Arc<Mutex<Notes>>,
) -> Result<Response, Broken> {
    let mut response = match answer.await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match response.extensions_mut().remove::<Break>() {
        None => Ok(response),
        Some(broken) => {
            lock(&notes).broken = Some(broken);
            Err(Broken)
        }
    }
}

fn lock(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn cut(mut stream: TcpStream, bytes: Bytes) -> io::Result<()> {
    stream.write_all(&bytes).await?;
    close(stream).await;
    Ok(())
}

/// Ends our side, and waits a while for the client to end its own.
async fn close(mut stream: TcpStream) {
    let farewell = async {
        stream.shutdown().await?;
        let mut ignored = vec![0; 16 * 1024];
        while stream.read(&mut ignored).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    let _ = timeout(LINGER, farewell).await;
}
