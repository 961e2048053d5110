//! An HTTP/1.1 server that sends exactly the bytes of its script, so that truncated bodies and stalls are real.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// An action of the server after it has read a request.
#[derive(Clone)]
pub(crate) enum ServerAction {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes repeatedly until the client disconnects.
    Endless(Vec<u8>),
    /// Sends one byte every 20 ms until the client disconnects.
    Drip(u8),
    /// Sends nothing more and keeps the connection open until the client disconnects.
    Hold,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Uses the nth script for the nth connection, and the last one for all later connections.
    pub(crate) fn start(scripts: Vec<Vec<ServerAction>>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = oneshot::channel();
        let log = Arc::clone(&requests);
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = serve(listener, &scripts, &log) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            requests,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/conversation.yaml", self.address)
    }

    /// Returns the heads of the requests so far, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, scripts: &[Vec<ServerAction>], log: &Mutex<Vec<String>>) {
    for turn in 0.. {
        let (mut stream, _) = listener.accept().await.unwrap();
        let script = scripts.get(turn).or(scripts.last()).unwrap();
        // The client may disconnect at any time, which the test checks on its side.
        let _ = answer(&mut stream, script, log).await;
    }
}

async fn answer(
    stream: &mut TcpStream,
    script: &[ServerAction],
    log: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let head = read_head(stream).await?;
    log.lock().unwrap().push(head);
    for step in script {
        match step {
            ServerAction::Send(bytes) => stream.write_all(bytes).await?,
            ServerAction::Endless(bytes) => loop {
                stream.write_all(bytes).await?;
            },
            ServerAction::Drip(byte) => loop {
                stream.write_all(&[*byte]).await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            },
            ServerAction::Hold => {
                stream.read_u8().await?;
            }
        }
    }
    stream.shutdown().await
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).to_lowercase())
}

/// Makes a response with its correct length.
pub(crate) fn answer_with(
    status: &str,
    headers: &str,
    body: impl AsRef<[u8]>,
) -> Vec<ServerAction> {
    let body = body.as_ref();
    answer_of_length(status, headers, body.len(), body)
}

/// Makes a response that claims a length.
pub(crate) fn answer_of_length(
    status: &str,
    headers: &str,
    length: usize,
    body: impl AsRef<[u8]>,
) -> Vec<ServerAction> {
    vec![
        ServerAction::Send(
            format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n")
                .into_bytes(),
        ),
        ServerAction::Send(body.as_ref().to_vec()),
    ]
}

/// Makes the head of a chunked response.
pub(crate) fn chunked() -> ServerAction {
    ServerAction::Send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec())
}

/// Makes one chunk of a chunked response; an empty one ends it.
pub(crate) fn chunk(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
    framed.extend_from_slice(bytes);
    framed.extend_from_slice(b"\r\n");
    framed
}
