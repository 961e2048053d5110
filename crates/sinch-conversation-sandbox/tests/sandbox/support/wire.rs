//! Hand-written HTTP, for what a proper client does not send, and a check for panics.

use std::io;
use std::sync::{Mutex, Once};

use serde_json::Value;
use sinch_conversation_sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Api, SOON};

/// A connection to a sandbox.
pub struct Wire(pub TcpStream);

/// A raw response.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Returns the value of a header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

pub fn address(sandbox: &Sandbox) -> String {
    let base = sandbox.endpoints().conversation();
    base.trim_start_matches("http://").to_owned()
}

/// Builds a request with credentials. `path` is the part after the project.
pub fn request(api: &Api, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} /v1/projects/{}/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        api.project,
        api.token,
        body.len()
    );
    [head.as_bytes(), body].concat()
}

impl Wire {
    pub async fn to(sandbox: &Sandbox) -> Self {
        Self(TcpStream::connect(address(sandbox)).await.unwrap())
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends bytes that the other side may refuse to read.
    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = timeout(SOON, self.0.write_all(bytes.as_ref()))
            .await
            .expect("it neither reads nor closes");
    }

    /// Shuts down the sending side.
    pub async fn finish(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// Returns the next response.
    pub async fn answer(&mut self) -> Raw {
        timeout(SOON, self.read_answer())
            .await
            .expect("no answer")
            .unwrap()
    }

    /// Returns the next response, unless the other side closes first.
    pub async fn try_answer(&mut self) -> Option<Raw> {
        let answer = timeout(SOON, self.read_answer());
        answer.await.expect("no answer").ok()
    }

    async fn read_answer(&mut self) -> io::Result<Raw> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await?);
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = header(&head, "content-length").parse().unwrap_or(0);
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        Ok(Raw { status, head, body })
    }

    /// Returns everything until the other side closes.
    pub async fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        timeout(SOON, self.0.read_to_end(&mut rest))
            .await
            .expect("it stays open")?;
        Ok(rest)
    }
}

/// Returns random numbers: the same in each run, unless `SANDBOX_TEST_SEED` is set. The seed is printed when a test
/// fails.
pub fn random() -> fastrand::Rng {
    let seed = std::env::var("SANDBOX_TEST_SEED").map_or(4, |seed| seed.parse().unwrap());
    println!("SANDBOX_TEST_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Records every panic of this process from now on, except those of assertions in these tests. It is needed because a
/// panic inside of a task or a blocking thread does not fail a test.
pub fn watch_for_panics() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or("", |place| place.file());
            if !place.contains("tests/sandbox") {
                PANICS.lock().unwrap().push(panic.to_string());
            }
            usual(panic);
        }));
    });
}

/// Checks that nothing has panicked.
#[track_caller]
pub fn assert_no_panics() {
    let panics = PANICS.lock().unwrap().clone();
    assert!(panics.is_empty(), "{panics:#?}");
}
