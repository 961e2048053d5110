//! Takes connections in: so many at once and no more. The others wait, none is turned away.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use super::connection::{self, Signals};

/// How long a stopping sandbox waits for requests that are being answered.
const GRACE: Duration = Duration::from_secs(5);
/// How many connections the system holds for us before we take them; it may have a lower limit of its own.
const BACKLOG: u32 = 4096;
/// How often idle connections are asked to make room for one that waits.
const ASK: Duration = Duration::from_millis(100);

/// Limits of the connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many there are at once.
    pub(crate) connections: usize,
    /// How long a client takes for the head of a request, and how long for its body.
    pub(crate) read_timeout: Duration,
}

/// Listens on an address.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A port can be taken again while connections of a former listener fade away. Windows means something else by it.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until told to stop, and then until the requests at work are answered, which has an end.
pub(crate) async fn run(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let crowded = watch::Sender::new(());
    let signals = Signals {
        stop: stop.clone(),
        crowded: crowded.subscribe(),
    };
    let places = Arc::new(Semaphore::new(
        limits.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    let mut connections = JoinSet::new();
    let mut at_the_door = None;
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            Some(ended) = connections.join_next(), if !connections.is_empty() => note(ended),
            stream = accept(&listener), if at_the_door.is_none() => at_the_door = Some(stream),
            place = place(&places, &crowded), if at_the_door.is_some() => {
                if let Some(stream) = at_the_door.take() {
                    let (router, signals) = (router.clone(), signals.clone());
                    connections.spawn(async move {
                        connection::serve(stream, router, limits.read_timeout, signals).await;
                        drop(place);
                    });
                }
            }
        }
    }
    drop((listener, at_the_door));
    let rest = async {
        while let Some(ended) = connections.join_next().await {
            note(ended);
        }
    };
    if timeout(GRACE, rest).await.is_err() {
        tracing::warn!("connections that did not end in time are cut off");
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                // Such as no file descriptors. It gets better when connections end.
                tracing::error!(%error, "connections cannot be taken in");
                sleep(ASK).await;
            }
        }
    }
}

/// Whether a connection failed before it was taken in, which says nothing about the next one.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn place(
    places: &Arc<Semaphore>,
    crowded: &watch::Sender<()>,
) -> Option<OwnedSemaphorePermit> {
    loop {
        match timeout(ASK, Arc::clone(places).acquire_owned()).await {
            Ok(place) => return place.ok(),
            Err(_) => {
                crowded.send_replace(());
            }
        }
    }
}

fn note(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection panicked");
    }
}
