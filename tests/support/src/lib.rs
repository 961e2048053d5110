//! A server that says and does what a test tells it to, over a real socket.

#[cfg(unix)]
pub mod postgres;
pub mod tls;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// With the query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn is_token(&self) -> bool {
        self.path == "/oauth2/token"
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers.
    Reply {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Closes the connection without an answer.
    Close,
    /// Breaks the connection with a reset.
    Reset,
    /// Answers 200 and closes in the middle of the body.
    Cut,
    /// Never answers.
    Hang,
    /// Answers 200 and stops in the middle of the body, with the connection open.
    Stall,
    /// Answers with something that is not HTTP.
    Garbage,
    /// Answers with a body that never ends: this text, over and over.
    Endless { status: u16, text: &'static str },
    /// Answers with what came, in the body and in a header, as a careless gateway does.
    Echo { status: u16 },
}

impl Act {
    pub fn reply(status: u16, body: impl ToString) -> Self {
        Self::Reply {
            status,
            headers: Vec::new(),
            body: body.to_string(),
        }
    }

    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        match self {
            Self::Reply {
                status,
                mut headers,
                body,
            } => {
                headers.push((name, value.to_string()));
                Self::Reply {
                    status,
                    headers,
                    body,
                }
            }
            other => other,
        }
    }

    /// A token with an hour to live.
    pub fn token(token: &str) -> Self {
        Self::token_for(token, 3600)
    }

    pub fn token_for(token: &str, seconds: u64) -> Self {
        Self::reply(
            200,
            format!(
                r#"{{"access_token":"{token}","token_type":"bearer","expires_in":{seconds},"scope":""}}"#
            ),
        )
    }
}

type Script = dyn Fn(Request, usize) -> Pin<Box<dyn Future<Output = Act> + Send>> + Send + Sync;

/// Runs until it is dropped.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Answers every request with what the script says. Its number counts the requests to the same path, from 0.
    pub async fn start(script: impl Fn(Request, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::start_async(move |request, number| {
            let act = script(request, number);
            async move { act }
        })
        .await
    }

    pub async fn start_async<F>(
        script: impl Fn(Request, usize) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Act> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> =
            Arc::new(move |request, number| Box::pin(script(request, number)));
        let task = tokio::spawn(accept(listener, Arc::clone(&seen), script));
        Self { url, seen, task }
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("the requests").clone()
    }

    /// How many tokens were asked for.
    pub fn tokens(&self) -> usize {
        self.seen()
            .iter()
            .filter(|request| request.is_token())
            .count()
    }

    /// The requests so far, but for those of tokens.
    pub fn calls(&self) -> Vec<Request> {
        self.seen()
            .into_iter()
            .filter(|request| !request.is_token())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Breaks its first connections with a reset before it reads anything, and answers well after that.
pub struct Unread {
    pub url: String,
    connections: Arc<Mutex<usize>>,
    task: tokio::task::JoinHandle<()>,
}

impl Unread {
    pub async fn start(
        resets: usize,
        answer: impl Fn(&str) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(Mutex::new(0));
        let script: Arc<Script> = Arc::new(move |request: Request, _| {
            let act = answer(&request.path);
            Box::pin(async move { act })
        });
        let count = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut serving = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut count = count.lock().expect("the count");
                    *count += 1;
                    *count
                };
                if number > resets {
                    serving.spawn(serve(stream, Arc::default(), Arc::clone(&script)));
                    continue;
                }
                // The request is there, and nobody looks at it.
                let _ = stream.readable().await;
                let _ = stream.set_zero_linger();
            }
        });
        Self {
            url,
            connections,
            task,
        }
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        *self.connections.lock().expect("the count")
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address at which nobody listens.
pub async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn accept(listener: TcpListener, seen: Arc<Mutex<Vec<Request>>>, script: Arc<Script>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&seen), Arc::clone(&script)));
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<Request>>>, script: Arc<Script>) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        let number = {
            let mut seen = seen.lock().expect("the requests");
            seen.push(request.clone());
            seen.iter()
                .filter(|earlier| earlier.path == request.path)
                .count()
                - 1
        };
        match script(request.clone(), number).await {
            Act::Reply {
                status,
                headers,
                body,
            } => write(&mut stream, status, &headers, &body).await,
            Act::Close => return,
            Act::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
            Act::Cut => {
                let _ = stream
                    .write_all(
                        b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"message_id\": \"01",
                    )
                    .await;
                return;
            }
            Act::Hang => std::future::pending().await,
            Act::Stall => {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"message_id\": ")
                    .await;
                std::future::pending().await
            }
            Act::Garbage => {
                let _ = stream.write_all(b"\x00\x01 what is this\r\n\r\n").await;
                return;
            }
            Act::Endless { status, text } => {
                let head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n\r\n");
                let piece = text.repeat(1 + (64 << 10) / text.len());
                let _ = stream.write_all(head.as_bytes()).await;
                while stream.write_all(piece.as_bytes()).await.is_ok() {}
                return;
            }
            Act::Echo { status } => {
                let (headers, body) = echo(&request);
                write(&mut stream, status, &headers, &body).await;
            }
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    let mut lines = head.trim_end().split("\r\n");
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut request = Request {
        method,
        path,
        headers,
        body: String::new(),
    };
    let length: usize = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    while buffer.len() < head_end + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    request.body = String::from_utf8_lossy(&buffer[head_end..head_end + length]).into_owned();
    buffer.drain(..head_end + length);
    Some(request)
}

/// The authorization in every place that a client may show: the message, the code, the details, keys and headers.
fn echo(request: &Request) -> (Vec<(&'static str, String)>, String) {
    let seen = request.header("authorization").unwrap_or_default();
    let credential = seen
        .split_once(' ')
        .map_or(seen, |(_, credential)| credential);
    let headers = [
        ("x-request-id", credential),
        ("www-authenticate", seen),
        ("x-echo", seen),
    ];
    let body = format!(
        r#"{{"error": {{"status": "{credential}", "message": "no access for {seen}", "details": [
            {{"@type": "type.googleapis.com/google.rpc.BadRequest", "{credential}": ["{seen}"],
              "field_violations": [{{"field": "{credential}", "description": "{seen}"}}]}}]}},
            "message_id": {{"{credential}": 1}}, "id": {{"{credential}": 1}}}}"#
    );
    (
        headers
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec(),
        body,
    )
}

async fn write(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
    body: &str,
) {
    let mut head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        head.push_str("content-type: application/json\r\n");
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let _ = stream
        .write_all(format!("{head}\r\n{body}").as_bytes())
        .await;
}
