//! A server that responds immediately, in its own process on its own core.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::Failure;
use crate::fixtures;
use crate::machine::{self, Machine};

/// The number of pages in the list of messages.
pub(crate) const PAGES: u32 = 2;

/// The path that returns the last request.
const LAST: &str = "/last";

#[derive(Args)]
pub(crate) struct Options {
    #[arg(long)]
    core: Option<usize>,
}

/// A running stub, which ends when this is dropped.
pub(crate) struct Stub {
    process: Child,
    pub(crate) url: String,
}

/// A request that the stub received.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The method, path and query.
    pub(crate) line: String,
    pub(crate) body: String,
}

impl Stub {
    pub(crate) fn start(machine: &Machine) -> Result<Self, Failure> {
        let core = machine.stub_core().map(|core| format!("--core={core}"));
        let mut process = Command::new(std::env::current_exe()?)
            .arg("stub")
            .args(core)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("the stub has no output")?;
        let mut stub = Self {
            process,
            url: String::new(),
        };
        BufReader::new(output).read_line(&mut stub.url)?;
        stub.url.truncate(stub.url.trim_end().len());
        Ok(stub)
    }

    /// Returns the last request before this one.
    pub(crate) async fn last(&self) -> Result<Seen, Failure> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.get(format!("{}{LAST}", self.url)).send().await?;
        Ok(answer.json().await?)
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until standard input ends, which happens when the parent process is gone.
pub(crate) fn serve(options: &Options) -> Result<(), Failure> {
    options.core.map_or(Ok(()), machine::pin)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    thread::spawn(move || accept(&listener));
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}

fn accept(listener: &TcpListener) {
    let answers = Arc::new(Answers::new());
    for stream in listener.incoming().map_while(Result::ok) {
        let answers = Arc::clone(&answers);
        // The client notices broken connections itself.
        thread::spawn(move || answers.serve(stream));
    }
}

/// Complete responses, prepared in advance.
struct Answers {
    token: Vec<u8>,
    sent: Vec<u8>,
    pages: Vec<Vec<u8>>,
    last: Mutex<Seen>,
}

impl Answers {
    fn new() -> Self {
        let token =
            json!({"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": ""});
        let sent = json!({"message_id": "01EQBC1A3BEK731GY4YXEN0000", "accepted_time": "2022-02-07T20:01:09.892757478Z"});
        let page = |number: u32| {
            let next = (number + 1 < PAGES).then(|| (number + 1).to_string());
            answer(&fixtures::page(&next.unwrap_or_default()))
        };
        Self {
            token: answer(&token.to_string()),
            sent: answer(&sent.to_string()),
            pages: (0..PAGES).map(page).collect(),
            last: Mutex::default(),
        }
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::new();
        while let Some(seen) = read(&mut stream, &mut buffer)? {
            let told;
            let answer = if seen.line.contains(LAST) {
                let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                let last = json!({"line": last.line, "body": last.body});
                told = answer(&last.to_string());
                &told
            } else {
                let answer = self.to(&seen.line);
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = seen;
                answer
            };
            stream.write_all(answer)?;
        }
        Ok(())
    }

    fn to(&self, line: &str) -> &[u8] {
        if line.contains("messages:send") {
            return &self.sent;
        }
        if line.contains("/oauth2/token") {
            return &self.token;
        }
        let token = line.split_once("page_token=").map_or("0", |(_, rest)| rest);
        let digits = token.split(|c: char| !c.is_ascii_digit()).next();
        let number: usize = digits.and_then(|digits| digits.parse().ok()).unwrap_or(0);
        self.pages.get(number).map_or(&[], Vec::as_slice)
    }
}

fn answer(body: &str) -> Vec<u8> {
    let mut text = String::from("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");
    let _ = write!(text, "content-length: {}\r\n\r\n{body}", body.len());
    text.into_bytes()
}

/// Reads the next request; `None` when the client has closed the connection.
fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<Seen>> {
    let mut chunk = [0; 4096];
    loop {
        if let Some((seen, length)) = parse(buffer) {
            buffer.drain(..length);
            return Ok(Some(seen));
        }
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(None);
        }
        buffer.extend(chunk.iter().take(count));
    }
}

/// Returns the request at the start of the buffer and its length, if it is complete.
fn parse(buffer: &[u8]) -> Option<(Seen, usize)> {
    let end = buffer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(buffer.get(..end)?).ok()?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    let body = buffer.get(end + 4..end + 4 + length)?;
    let seen = Seen {
        line: head.lines().next().unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(body).into_owned(),
    };
    Some((seen, end + 4 + length))
}
