//! Accepts connections up to a limit. Further ones wait; none is refused.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use super::connection::{self, Signals};

/// How long a stopping sandbox waits for requests in progress.
const GRACE: Duration = Duration::from_secs(5);
/// The most connections that the system queues until they are accepted; it may have a lower limit of its own.
const BACKLOG: u32 = 4096;
/// How often idle connections are asked to make room for a waiting one.
const ASK: Duration = Duration::from_millis(100);

/// Limits of the connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most connections at the same time.
    pub(crate) connections: usize,
    /// How long a client may take for the head of a request, and for its body.
    pub(crate) read_timeout: Duration,
}

/// Listens on an address.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // The port can be reused while connections of an earlier listener close. The option means something else on
    // Windows.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until it is stopped, and then until requests in progress are completed, for a limited time.
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
    let mut connections = JoinSet::new();
    let mut places = Places::new(limits.connections);
    let mut at_the_door = None;
    let mut out_of_files = false;
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            Some(ended) = connections.join_next(), if !connections.is_empty() => note(ended),
            accepted = accept(&listener), if at_the_door.is_none() && !out_of_files => match accepted {
                Ok(stream) => at_the_door = Some(stream),
                Err(error) => {
                    out_of_files = true;
                    places.shrink(connections.len(), &error);
                }
            },
            () = sleep(ASK), if at_the_door.is_some() || out_of_files => {
                crowded.send_replace(());
                out_of_files = false;
            }
        }
        if places.are_left(connections.len())
            && let Some(stream) = at_the_door.take()
        {
            let (router, signals) = (router.clone(), signals.clone());
            connections.spawn(connection::serve(
                stream,
                router,
                limits.read_timeout,
                signals,
            ));
        }
    }
    drop((listener, at_the_door));
    let rest = async {
        while let Some(ended) = connections.join_next().await {
            note(ended);
        }
    };
    if timeout(GRACE, rest).await.is_err() {
        tracing::warn!("connections that did not end in time are aborted");
    }
}

/// The places for connections.
struct Places {
    wanted: usize,
    limit: usize,
}

impl Places {
    fn new(wanted: usize) -> Self {
        let wanted = wanted.max(1);
        Self {
            wanted,
            limit: wanted,
        }
    }

    /// Lowers the limit when the system is out of file descriptors, and leaves some for callbacks and the database.
    fn shrink(&mut self, present: usize, error: &io::Error) {
        let limit = (present - present / 4).clamp(1, self.limit);
        if limit < self.limit {
            tracing::warn!(
                %error,
                "too few file descriptors (see ulimit -n): at most {limit} connections at the same time"
            );
            self.limit = limit;
        }
    }

    /// Returns whether another connection may be accepted. When all are closed, the limit is reset.
    fn are_left(&mut self, present: usize) -> bool {
        if present == 0 {
            self.limit = self.wanted;
        }
        present < self.limit
    }
}

/// Accepts the next connection; fails when the system has no resources for it.
async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok(stream),
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns whether the error concerns only the connection that was to be accepted.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

fn note(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection panicked");
    }
}
