//! A server that returns the same response to every request and records the requests.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A received request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method and target, such as `GET /v1/a?b=c`.
    pub line: String,
    /// The header lines in lower case.
    pub headers: Vec<String>,
    /// The body; `null` if there was none.
    pub body: Value,
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    /// The URL, such as `http://127.0.0.1:4711`.
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Responds to every request with this status line and body.
    pub async fn answering(status: &'static str, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let request = read(&mut stream).await;
                log.lock().expect("no panic while locked").push(request);
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream
                    .write_all(answer.as_bytes())
                    .await
                    .expect("the client is there");
            }
        });
        Self {
            url,
            requests,
            task,
        }
    }

    /// Returns the only request so far.
    #[track_caller]
    pub fn request(&self) -> Request {
        let requests = self.requests.lock().expect("no panic while locked");
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    let head_end = loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.expect("the client writes");
        bytes.extend_from_slice(&part[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("a head of text");
    let mut lines = head.lines();
    let line = lines
        .next()
        .expect("a request line")
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let headers: Vec<String> = lines
        .map(str::to_lowercase)
        .filter(|line| !line.is_empty())
        .collect();
    let length = headers
        .iter()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().expect("a length"));
    let mut body = bytes.split_off(head_end);
    while body.len() < length {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.expect("the client writes");
        body.extend_from_slice(&part[..count]);
    }
    Request {
        line,
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }
}
